/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The resolver of tests: answers from struct fake_state.
 */
#include "harness/fake_state.h"

#include <stdlib.h>

#include "array.h"
#include "error.h"
#include "json_node.h"
#include "strbuf.h"

#include "engine/event_info.h"
#include "engine/field.h"
#include "engine/format.h"
#include "engine/json.h"

static struct fake_state *state_of(struct event *ev)
{
	return (struct fake_state *)ev;
}

/* --- The resolver ---------------------------------------------------------- */

static void resolve_param(struct event *ev, unsigned i)
{
	ev->params[i].outcome = OUTCOME_ABSENT;
}

static enum outcome give_process(struct fake_state *s, size_t i,
				 enum process_part part,
				 const struct process **ret)
{
	if (i >= s->nprocesses)
		return OUTCOME_ABSENT;
	if (s->parts[part] == OUTCOME_VALUE)
		*ret = &s->processes[i];
	return s->parts[part];
}

static enum outcome resolve_process(struct event *ev, int up,
				    enum process_part part,
				    const struct process **ret)
{
	return give_process(state_of(ev), up < 0 ? 0 : (size_t)up, part, ret);
}

static enum outcome resolve_leader(struct event *ev, enum leader_kind kind,
				   enum process_part part,
				   const struct process **ret)
{
	struct fake_state *s = state_of(ev);

	if (s->leaders[kind] < 0)
		return OUTCOME_ABSENT;

	return give_process(s, (size_t)s->leaders[kind], part, ret);
}

static enum outcome resolve_event_fd(struct event *ev, enum fd_part part,
				     const struct fd_info **ret)
{
	struct fake_state *s = state_of(ev);

	if (s->fd_parts[part] == OUTCOME_PENDING)
		return OUTCOME_ABSENT;
	if (s->fd_parts[part] == OUTCOME_VALUE)
		*ret = &s->fd;
	return s->fd_parts[part];
}

/* A descriptor of the table has what its kind has. */
static bool fd_has(const struct fd_info *fd, enum fd_part part)
{
	if (part == FD_PART_CLIENT || part == FD_PART_ROLE)
		return fd->client_port != 0;
	if (part == FD_PART_SERVER)
		return fd->server_port != 0;

	return true;
}

static enum outcome resolve_fd(struct event *ev, int64_t fd, enum fd_part part,
			       const struct fd_info **ret)
{
	struct fake_state *s = state_of(ev);

	for (size_t i = 0; i < s->nfds; i++) {
		if (s->fds[i].fd != fd || !fd_has(&s->fds[i], part))
			continue;
		*ret = &s->fds[i];
		return OUTCOME_VALUE;
	}
	return OUTCOME_ABSENT;
}

static enum outcome resolve_fds(struct event *ev, const int64_t **ret,
				size_t *ret_n)
{
	struct fake_state *s = state_of(ev);
	int64_t *numbers = arena_alloc(ev->arena, s->nfds * sizeof(*numbers));

	for (size_t i = 0; i < s->nfds; i++)
		numbers[i] = s->fds[i].fd;
	*ret = numbers;
	*ret_n = s->nfds;
	return OUTCOME_VALUE;
}

/* Joins, with no normalisation: that is the tracer's. */
static enum outcome resolve_path(struct event *ev, int64_t dirfd,
				 struct span path, struct span *ret)
{
	struct fake_state *s = state_of(ev);
	const struct fd_info *fd;
	struct span base = s->cwd;

	*ret = path;
	if (path.n && path.data[0] == '/')
		return OUTCOME_VALUE;
	if (dirfd != -100)
		base = resolve_fd(ev, dirfd, FD_PART_NAME, &fd) ==
				       OUTCOME_VALUE ?
			       fd->name :
			       SPAN("<UNKNOWN>");
	ret->data = arena_printf(ev->arena, &ret->n, "%.*s%s%.*s",
				 SPAN_FMT(base),
				 span_ends_with(base, SPAN("/")) ? "" : "/",
				 SPAN_FMT(path));
	return OUTCOME_VALUE;
}

static enum outcome resolve_user(struct event *ev, uint32_t uid,
				 const struct user_info **ret)
{
	if (state_of(ev)->user.uid != uid || !state_of(ev)->user.name.data)
		return OUTCOME_ABSENT;
	*ret = &state_of(ev)->user;
	return OUTCOME_VALUE;
}

static enum outcome resolve_group(struct event *ev, uint32_t gid,
				  const struct group_info **ret)
{
	if (state_of(ev)->group.gid != gid || !state_of(ev)->group.name.data)
		return OUTCOME_ABSENT;
	*ret = &state_of(ev)->group;
	return OUTCOME_VALUE;
}

static enum outcome resolve_stack(struct event *ev, struct span *ret)
{
	(void)ev;
	*ret = SPAN("inner+0x1 < main+0x2");
	return OUTCOME_VALUE;
}

static const struct resolver resolver = {
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

/* --- Filling in ------------------------------------------------------------ */

void fake_state_init(struct fake_state *s, enum event_type type)
{
	memset(s, 0, sizeof(*s));
	s->ev.type = type;
	s->ev.phase = PHASE_EXIT;
	s->ev.nparams = event_info(type)->nparams;
	s->ev.num = 1;
	s->ev.tid = s->ev.pid = 100;
	s->ev.arena = &s->arena;
	s->ev.resolver = &resolver;
	s->env.arena = &s->arena;
	for (size_t i = 0; i < PROCESS_PART_COUNT; i++)
		s->parts[i] = OUTCOME_VALUE;
	for (size_t i = 0; i < LEADER_KIND_COUNT; i++)
		s->leaders[i] = -1;
}

void fake_state_done(struct fake_state *s)
{
	arena_done(&s->arena);
}

struct value *fake_param(struct fake_state *s, const char *name)
{
	int i = event_param_index(s->ev.type, name);
	struct value *v;

	if (i < 0)
		abort();
	v = &s->ev.params[i];
	v->type = event_param_info(s->ev.type, (unsigned)i)->type;
	v->outcome = OUTCOME_VALUE;
	return v;
}

void fake_param_int(struct fake_state *s, const char *name, int64_t i)
{
	fake_param(s, name)->i = i;
}

void fake_param_text(struct fake_state *s, const char *name, const char *text)
{
	fake_param(s, name)->text = span_of(text);
}

void fake_param_outcome(struct fake_state *s, const char *name, enum outcome o)
{
	fake_param(s, name)->outcome = o;
}

void fake_fd(struct fake_state *s, int64_t fd, enum fd_kind kind,
	     const char *name)
{
	s->fd = (struct fd_info){ .fd = fd, .kind = kind };
	s->fd_parts[FD_PART_NUM] = OUTCOME_VALUE;
	s->fd_parts[FD_PART_KIND] = OUTCOME_VALUE;
	if (!name)
		return;
	s->fd.name = span_of(name);
	s->fd_parts[FD_PART_NAME] = OUTCOME_VALUE;
}

/* --- Asking ---------------------------------------------------------------- */

const struct value *fake_field_arg(struct fake_state *s, const char *name,
				   const char *arg)
{
	struct eval e = { .env = &s->env, .ev = &s->ev };
	const struct field_ref *ref;
	struct error err;

	if (field_resolve(&s->env, span_of(name),
			  arg ? span_of(arg) : (struct span){ NULL, 0 }, &ref,
			  &err) < 0)
		abort();
	return field_value(&e, ref);
}

const struct value *fake_field(struct fake_state *s, const char *name)
{
	return fake_field_arg(s, name, NULL);
}

const char *fake_output(struct fake_state *s, const char *text)
{
	struct eval e = { .env = &s->env, .ev = &s->ev };
	struct strbuf b = STRBUF_INIT;
	struct format *format;
	const char *out;

	if (format_compile(&s->env, span_of(text), &format, NULL) < 0)
		return NULL;
	format_text(format, &e, &b);
	out = arena_strndup(&s->arena, b.data, b.n);
	strbuf_done(&b);
	return out;
}

const char *fake_json(struct fake_state *s, const char *text)
{
	struct eval e = { .env = &s->env, .ev = &s->ev };
	struct json_object *object = json_object_new_object();
	struct strbuf b = STRBUF_INIT;
	struct format *format;
	const char *out = NULL;

	if (format_compile(&s->env, span_of(text), &format, NULL) == 0) {
		format_json(format, &e, object);
		json_print(object, &b);
		out = arena_strndup(&s->arena, b.data, b.n);
	}
	json_object_put(object);
	strbuf_done(&b);
	return out;
}
