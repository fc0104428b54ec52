/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events from text. What the line does not say is absent.
 */
#include "harness/fake_event.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "array.h"
#include "resolver.h"

#include "engine/event_info.h"
#include "engine/op.h"

/* --- The resolver ---------------------------------------------------------------- */

static struct fake_event *fake_of(struct event *ev)
{
	return (struct fake_event *)ev;
}

static void resolve_param(struct event *ev, unsigned i)
{
	ev->params[i].outcome = OUTCOME_ABSENT;
}

static enum outcome resolve_process(struct event *ev, int up,
				    enum process_part part,
				    const struct process **ret)
{
	struct fake_event *f = fake_of(ev);
	size_t i = up < 0 ? 0 : (size_t)up;
	enum outcome outcome;

	if (i >= f->nprocesses)
		return OUTCOME_ABSENT;
	outcome = f->parts[i][part];
	if (outcome == OUTCOME_VALUE)
		*ret = &f->processes[i];
	return outcome == OUTCOME_PENDING ? OUTCOME_ABSENT : outcome;
}

static enum outcome resolve_leader(struct event *ev, enum leader_kind kind,
				   enum process_part part,
				   const struct process **ret)
{
	(void)ev;
	(void)kind;
	(void)part;
	(void)ret;
	return OUTCOME_ABSENT;
}

static enum outcome resolve_event_fd(struct event *ev, enum fd_part part,
				     const struct fd_info **ret)
{
	struct fake_event *f = fake_of(ev);
	enum outcome outcome = f->fd_parts[part];

	if (outcome == OUTCOME_VALUE)
		*ret = &f->fd;
	return outcome == OUTCOME_PENDING ? OUTCOME_ABSENT : outcome;
}

static enum outcome resolve_fd(struct event *ev, int64_t fd, enum fd_part part,
			       const struct fd_info **ret)
{
	return fd == fake_of(ev)->fd.fd ? resolve_event_fd(ev, part, ret) :
					  OUTCOME_ABSENT;
}

static enum outcome resolve_fds(struct event *ev, const int64_t **ret,
				size_t *ret_n)
{
	*ret = &fake_of(ev)->fd.fd;
	*ret_n = 1;
	return OUTCOME_VALUE;
}

static enum outcome resolve_path(struct event *ev, int64_t dirfd,
				 struct span path, struct span *ret)
{
	(void)ev;
	(void)dirfd;
	*ret = path;
	return OUTCOME_VALUE;
}

static enum outcome resolve_user(struct event *ev, uint32_t uid,
				 const struct user_info **ret)
{
	(void)ev;
	(void)uid;
	(void)ret;
	return OUTCOME_ABSENT;
}

static enum outcome resolve_group(struct event *ev, uint32_t gid,
				  const struct group_info **ret)
{
	(void)ev;
	(void)gid;
	(void)ret;
	return OUTCOME_ABSENT;
}

static enum outcome resolve_stack(struct event *ev, struct span *ret)
{
	(void)ev;
	*ret = SPAN("inner+0x1 < main+0x2");
	return OUTCOME_VALUE;
}

static const struct resolver fake_resolver = {
	.param = resolve_param,
	.process = resolve_process,
	.leader = resolve_leader,
	.event_fd = resolve_event_fd,
	.fd = resolve_fd,
	.fds = resolve_fds,
	.path = resolve_path,
	.stack = resolve_stack,
	.user = resolve_user,
	.group = resolve_group,
};

/* --- Reading --------------------------------------------------------------------- */

static int64_t number(struct span s)
{
	char buf[32];

	snprintf(buf, sizeof(buf), "%.*s", SPAN_FMT(s));
	return strtoll(buf, NULL, 0);
}

/* The outcome that stands for a value; PENDING: there is one. */
static enum outcome outcome_of(struct span value)
{
	if (span_is(value, "?"))
		return OUTCOME_UNKNOWN;
	return span_is(value, "!") ? OUTCOME_FAILED : OUTCOME_VALUE;
}

static bool set_param(struct fake_event *f, struct span name, struct span value)
{
	char *key = arena_strndup(&f->arena, name.data, name.n);
	int i = event_param_index(f->ev.type, key);
	struct value *v;
	enum value_class class;

	if (i < 0)
		return false;
	v = &f->ev.params[i];
	v->type = event_param_info(f->ev.type, (unsigned)i)->type;
	v->outcome = (uint8_t)outcome_of(value);
	v->partial = value.n && value.data[0] == '~';
	value = span_from(value, v->partial);
	class = value_class_of(v->type);
	if (class == VALUE_CLASS_TEXT || class == VALUE_CLASS_BYTES)
		v->text = value;
	else if (class == VALUE_CLASS_BOOL)
		v->b = span_is(value, "true");
	else
		v->i = number(value);
	return true;
}

static struct span_list words(struct fake_event *f, struct span s)
{
	struct span *items = arena_alloc(&f->arena, (s.n + 1) * sizeof(*items));
	size_t n = 0;

	while (s.n) {
		const char *blank = memchr(s.data, ' ', s.n);
		size_t len = blank ? (size_t)(blank - s.data) : s.n;

		items[n++] = span_make(s.data, len);
		s = span_from(s, len + 1);
	}
	return (struct span_list){ items, n };
}

static void set_ids(struct process *p, struct span value)
{
	p->pid = p->tid = p->vpid = p->vtid = number(value);
}

static bool set_process(struct fake_event *f, size_t i, struct span key,
			struct span value)
{
	struct process *p = &f->processes[i];
	enum process_part part = PROCESS_PART_COUNT;

	if (span_is(key, "comm")) {
		part = PROCESS_COMM;
		p->comm = value;
	} else if (span_is(key, "exe") || span_is(key, "args")) {
		part = PROCESS_ARGS;
		if (span_is(key, "exe"))
			p->exe = value;
		else
			p->args = words(f, value);
	} else if (span_is(key, "exepath")) {
		part = PROCESS_EXEPATH;
		p->exepath = value;
	} else if (span_is(key, "cwd")) {
		part = PROCESS_CWD;
		p->cwd = value;
	} else if (span_is(key, "pid")) {
		part = PROCESS_IDS;
		set_ids(p, value);
	} else if (span_is(key, "uid")) {
		part = PROCESS_USER;
		p->uid = (uint32_t)number(value);
	}
	if (part == PROCESS_PART_COUNT)
		return false;
	f->parts[i][part] = (uint8_t)outcome_of(value);
	f->nprocesses = i + 1 > f->nprocesses ? i + 1 : f->nprocesses;
	return true;
}

static void set_ip(struct span value, struct ip_address *ret)
{
	char buf[64];

	snprintf(buf, sizeof(buf), "%.*s", SPAN_FMT(value));
	ret->family = strchr(buf, ':') ? AF_INET6 : AF_INET;
	inet_pton(ret->family, buf, ret->bytes);
}

static bool set_socket(struct fake_event *f, struct span key, struct span value)
{
	bool client = key.data[0] == 's';

	f->fd_parts[FD_PART_KIND] = f->fd_parts[FD_PART_ROLE] = OUTCOME_VALUE;
	f->fd_parts[FD_PART_CLIENT] = f->fd_parts[FD_PART_SERVER] =
		OUTCOME_VALUE;
	f->fd.kind = FD_KIND_IPV4_SOCKET;
	f->fd.role = FD_ROLE_CLIENT;
	f->fd.connected = true;
	if (span_is(key, "sip") || span_is(key, "dip"))
		set_ip(value, client ? &f->fd.client : &f->fd.server);
	else if (client)
		f->fd.client_port = (uint16_t)number(value);
	else
		f->fd.server_port = (uint16_t)number(value);
	return true;
}

static bool set_fd(struct fake_event *f, struct span key, struct span value)
{
	if (span_is(key, "num")) {
		f->fd.fd = number(value);
		f->fd_parts[FD_PART_NUM] = (uint8_t)outcome_of(value);
		return true;
	}
	if (span_is(key, "kind")) {
		f->fd.kind = span_is(value, "directory") ? FD_KIND_DIRECTORY :
							   FD_KIND_FILE;
		f->fd_parts[FD_PART_KIND] = (uint8_t)outcome_of(value);
		return true;
	}
	if (!span_is(key, "name"))
		return set_socket(f, key, value);
	f->fd.name = value;
	f->fd.kind = FD_KIND_FILE;
	f->fd_parts[FD_PART_NAME] = (uint8_t)outcome_of(value);
	f->fd_parts[FD_PART_KIND] = (uint8_t)outcome_of(value);
	return true;
}

static bool set(struct fake_event *f, struct span key, struct span value)
{
	if (span_starts_with(key, SPAN("arg.")))
		return set_param(f, span_from(key, 4), value);
	if (span_starts_with(key, SPAN("proc.")))
		return set_process(f, 0, span_from(key, 5), value);
	if (span_starts_with(key, SPAN("parent.")))
		return set_process(f, 1, span_from(key, 7), value);
	if (key.n > 3 && key.data[0] == 'p' && key.data[2] == '.')
		return set_process(f, (size_t)(key.data[1] - '0') % 8,
				   span_from(key, 3), value);
	if (span_starts_with(key, SPAN("fd.")))
		return set_fd(f, span_from(key, 3), value);
	if (span_is(key, "num"))
		f->ev.num = (uint64_t)number(value);
	else if (span_is(key, "cpu"))
		f->ev.cpu = (int16_t)number(value);
	else if (span_is(key, "time"))
		f->ev.time_ns = (uint64_t)number(value);
	else
		return false;
	return true;
}

static bool set_phase(struct fake_event *f, struct span phase)
{
	f->ev.phase = span_is(phase, "entry")	    ? PHASE_ENTRY :
		      span_is(phase, "unconfirmed") ? PHASE_UNCONFIRMED :
						      PHASE_EXIT;
	return true;
}

static bool set_type(struct fake_event *f, struct span word)
{
	const char *at = memchr(word.data, '@', word.n);
	size_t n = at ? (size_t)(at - word.data) : word.n;
	struct span name = span_make(word.data, n);
	struct interest set = { 0 };
	bool found = false;

	set_phase(f, span_from(word, n + 1));
	event_types_named(name, &set);
	/* procexit and signaldeliver have no exit event */
	for (unsigned odd = 2; !found && odd--;) {
		for (unsigned i = odd; i < EVENT_TYPE_COUNT; i += 2) {
			if (interest_has(&set, i)) {
				f->ev.type = i;
				found = true;
			}
		}
	}
	for (unsigned i = 0; !found && i < GENERIC_COUNT; i++) {
		if (interest_has_generic(&set, i)) {
			f->ev.type = EVENT_GENERIC_X;
			f->ev.generic = (uint16_t)i;
			return true;
		}
	}
	return found;
}

/* The next word of the line; a quote in it hides blanks, and goes away. */
static struct span next_word(struct fake_event *f, struct span *line)
{
	char *out = arena_alloc(&f->arena, line->n + 1);
	size_t i = 0, n = 0;
	bool quoted = false;

	while (i < line->n && line->data[i] == ' ')
		i++;
	for (; i < line->n && (quoted || line->data[i] != ' '); i++) {
		if (line->data[i] == '"')
			quoted = !quoted;
		else
			out[n++] = line->data[i];
	}
	out[n] = '\0';
	*line = span_from(*line, i);
	return span_make(out, n);
}

bool fake_event_init(struct fake_event *f, struct span line)
{
	struct span word;

	*f = (struct fake_event){ .ev = { .num = 1,
					  .time_ns = UINT64_C(1000000000),
					  .tid = 1,
					  .pid = 1,
					  .resolver = &fake_resolver } };
	f->ev.arena = &f->arena;
	word = next_word(f, &line);
	if (!set_type(f, word))
		return false;
	f->ev.nparams = event_info(f->ev.type)->nparams;
	for (word = next_word(f, &line); word.n; word = next_word(f, &line)) {
		const char *equals = memchr(word.data, '=', word.n);
		size_t n = equals ? (size_t)(equals - word.data) : word.n;

		if (!equals ||
		    !set(f, span_make(word.data, n), span_from(word, n + 1)))
			return false;
	}
	return true;
}

void fake_event_done(struct fake_event *f)
{
	arena_done(&f->arena);
}
