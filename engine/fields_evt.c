/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields of the event itself: its time, type, category, parameters and result.
 * What depends on the result of a call that has not ended is UNKNOWN; everything
 * that the call's arguments decide is final at its entry.
 */
#include "fields.h"

#include <time.h>

#include "cleanup.h"
#include "strbuf.h"

#include "render.h"

#define NS_PER_S UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)

/* What a completed event has and a call at its entry has not. */
static bool is_entry(const struct eval *e)
{
	return e->ev->phase == PHASE_ENTRY;
}

/* --- Shared questions ------------------------------------------------------ */

enum outcome event_result(struct event *ev, int64_t *ret)
{
	const struct event_info *info = event_info(ev->type);
	const struct value *v;

	if (info->event_class != CLASS_SYSCALL || !event_is_exit(ev->type) ||
	    ev->type == EVENT_GENERIC_X || info->nparams == 0 ||
	    ev->nparams == 0)
		return OUTCOME_ABSENT;
	v = event_param(ev, 0);
	if (v->outcome != OUTCOME_VALUE)
		return v->outcome;
	*ret = v->i;
	return OUTCOME_VALUE;
}

enum outcome event_param_named(struct event *ev, const char *name,
			       const struct value **ret)
{
	int i = event_param_index(ev->type, name);
	const struct value *v;

	if (i < 0 || i >= ev->nparams)
		return OUTCOME_ABSENT;
	v = event_param(ev, (unsigned)i);
	if (v->outcome == OUTCOME_VALUE)
		*ret = v;

	return v->outcome;
}

bool event_is_open(enum event_type type)
{
	return type == EVENT_SYSCALL_OPEN_X ||
	       type == EVENT_SYSCALL_OPENAT_2_X ||
	       type == EVENT_SYSCALL_OPENAT2_X ||
	       type == EVENT_SYSCALL_OPEN_BY_HANDLE_AT_X;
}

enum outcome extract_never(struct eval *e, const struct field_ref *ref,
			   struct value *ret)
{
	(void)e;
	(void)ref;
	(void)ret;
	return OUTCOME_ABSENT;
}

/* --- Number and time ------------------------------------------------------- */

enum outcome extract_evt_num(struct eval *e, const struct field_ref *ref,
			     struct value *ret)
{
	(void)ref;
	if (is_entry(e))
		return OUTCOME_UNKNOWN;

	return give_uint(ret, e->ev->num);
}

enum outcome extract_evt_time(struct eval *e, const struct field_ref *ref,
			      struct value *ret)
{
	static const char *const formats[] = {
		[TIME_LOCAL] = "%H:%M:%S",
		[TIME_LOCAL_S] = "%H:%M:%S",
		[TIME_ISO] = "%Y-%m-%dT%H:%M:%S",
		[TIME_DATE] = "%Y-%m-%d %H:%M:%S",
		[TIME_DATE_S] = "%Y-%m-%d %H:%M:%S",
	};
	int how = ref->info->variant;
	time_t s = (time_t)(e->ev->time_ns / NS_PER_S);
	bool has_ns = how != TIME_LOCAL_S && how != TIME_DATE_S;
	char text[64];
	struct tm tm;

	if (is_entry(e))
		return OUTCOME_UNKNOWN;
	if (!(how == TIME_ISO ? gmtime_r(&s, &tm) : localtime_r(&s, &tm)))
		return OUTCOME_ABSENT;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* the table above */
	strftime(text, sizeof(text), formats[how], &tm);
#pragma GCC diagnostic pop
	ret->text.data = arena_printf(e->ev->arena, &ret->text.n, "%s", text);
	if (has_ns)
		ret->text.data = arena_printf(
			e->ev->arena, &ret->text.n, "%s.%09u%s", text,
			(unsigned)(e->ev->time_ns % NS_PER_S),
			how == TIME_ISO ? "+0000" : "");
	return OUTCOME_VALUE;
}

/* All of it, its whole seconds, or what is beyond them. */
static uint64_t ns_part(uint64_t ns, int part)
{
	if (part == NS_RAW)
		return ns;

	return part == NS_RAW_S ? ns / NS_PER_S : ns % NS_PER_S;
}

enum outcome extract_evt_ns(struct eval *e, const struct field_ref *ref,
			    struct value *ret)
{
	uint64_t first = e->env->first_event_ns;
	uint64_t now = e->ev->time_ns;
	int how = ref->info->variant;

	if (is_entry(e))
		return OUTCOME_UNKNOWN;
	if (how < NS_REL)
		return give_uint(ret, ns_part(now, how));
	now = first && now > first ? now - first : 0;
	return give_uint(ret, ns_part(now, how - NS_REL + NS_RAW));
}

enum outcome extract_evt_delta(struct eval *e, const struct field_ref *ref,
			       struct value *ret)
{
	uint64_t *before = ref->extra;
	uint64_t now = e->ev->time_ns;
	uint64_t delta = *before && now > *before ? now - *before : 0;

	if (is_entry(e))
		return OUTCOME_UNKNOWN;
	*before = now;
	return give_uint(ret, ns_part(delta, ref->info->variant));
}

enum outcome extract_util_cnt(struct eval *e, const struct field_ref *ref,
			      struct value *ret)
{
	uint64_t *count = ref->extra;

	if (is_entry(e))
		return OUTCOME_UNKNOWN;

	return give_uint(ret, (*count)++);
}

enum outcome extract_evt_zero(struct eval *e, const struct field_ref *ref,
			      struct value *ret)
{
	(void)e;
	(void)ref;
	return give_uint(ret, 0);
}

enum outcome extract_evt_zero_text(struct eval *e, const struct field_ref *ref,
				   struct value *ret)
{
	(void)e;
	(void)ref;
	return give_text(ret, SPAN("0ns"));
}

/* Milliseconds between the event and the time of the argument, rounded up. */
enum outcome extract_evt_around(struct eval *e, const struct field_ref *ref,
				struct value *ret)
{
	uint64_t now = e->ev->time_ns, then = ref->index;
	uint64_t apart = now > then ? now - then : then - now;

	if (is_entry(e))
		return OUTCOME_UNKNOWN;

	return give_uint(ret, apart / NS_PER_MS + (apart % NS_PER_MS != 0));
}

/* --- Kind of event --------------------------------------------------------- */

enum outcome extract_evt_source(struct eval *e, const struct field_ref *ref,
				struct value *ret)
{
	(void)e;
	(void)ref;
	return give_text(ret, SPAN("syscall"));
}

static bool is_meta(const struct event *ev)
{
	unsigned class = event_info(ev->type)->event_class;

	return class == CLASS_META || class == CLASS_INTERNAL;
}

enum outcome extract_evt_is_async(struct eval *e, const struct field_ref *ref,
				  struct value *ret)
{
	(void)ref;
	return give_bool(ret, is_meta(e->ev));
}

enum outcome extract_evt_asynctype(struct eval *e, const struct field_ref *ref,
				   struct value *ret)
{
	(void)ref;
	if (!is_meta(e->ev))
		return OUTCOME_ABSENT;

	return extract_evt_type(e, ref, ret);
}

enum outcome extract_evt_hostname(struct eval *e, const struct field_ref *ref,
				  struct value *ret)
{
	(void)ref;
	if (!e->env->options.hostname)
		return OUTCOME_ABSENT;

	return give_string(ret, e->env->options.hostname);
}

enum outcome extract_evt_dir(struct eval *e, const struct field_ref *ref,
			     struct value *ret)
{
	(void)ref;
	return give_string(ret, event_is_exit(e->ev->type) ? "<" : ">");
}

enum outcome extract_evt_type(struct eval *e, const struct field_ref *ref,
			      struct value *ret)
{
	const struct value *name;

	(void)ref;
	if (e->ev->type == EVENT_ASYNCEVENT_E &&
	    event_param_named(e->ev, "name", &name) == OUTCOME_VALUE)
		return give_text(ret, name->text);

	return give_string(ret, event_name(e->ev));
}

enum outcome extract_evt_type_is(struct eval *e, const struct field_ref *ref,
				 struct value *ret)
{
	uint64_t type = (uint64_t)e->ev->type;
	uint64_t first = (uint64_t)ref->number;

	if (ref->has_index)
		return give_uint(ret, type == ref->index);

	return give_uint(ret, type == first || type == first + 1);
}

enum outcome extract_syscall_type(struct eval *e, const struct field_ref *ref,
				  struct value *ret)
{
	(void)ref;
	if (event_info(e->ev->type)->event_class != CLASS_SYSCALL)
		return OUTCOME_ABSENT;

	return give_string(ret, event_name(e->ev));
}

static bool category_is_io(unsigned category)
{
	return category == CATEGORY_IO_READ || category == CATEGORY_IO_WRITE ||
	       category == CATEGORY_IO_OTHER;
}

/* The category of calls on any descriptor is that of the descriptor. */
static const char *const kind_categories[FD_KIND_COUNT] = {
	[FD_KIND_FILE] = "file",
	[FD_KIND_DIRECTORY] = "file",
	[FD_KIND_IPV4_SOCKET] = "net",
	[FD_KIND_IPV4_SERVER] = "net",
	[FD_KIND_IPV6_SOCKET] = "net",
	[FD_KIND_IPV6_SERVER] = "net",
	[FD_KIND_UNIX_SOCKET] = "ipc",
	[FD_KIND_FIFO] = "ipc",
	[FD_KIND_EVENT] = "ipc",
	[FD_KIND_SIGNALFD] = "ipc",
	[FD_KIND_INOTIFY] = "ipc",
};

enum outcome extract_evt_category(struct eval *e, const struct field_ref *ref,
				  struct value *ret)
{
	unsigned category = event_info(e->ev->type)->category;
	const struct fd_info *fd;
	const char *name = "unknown";
	enum outcome o;

	(void)ref;
	if (!category_is_io(category))
		return give_string(ret, category_name(category));
	o = field_fd(e->ev, FD_PART_KIND, &fd);
	if (o == OUTCOME_UNKNOWN)
		return o;
	if (o == OUTCOME_VALUE && kind_categories[fd->kind])
		name = kind_categories[fd->kind];
	return give_string(ret, name);
}

enum outcome extract_evt_cpu(struct eval *e, const struct field_ref *ref,
			     struct value *ret)
{
	(void)ref;
	if (is_entry(e))
		return OUTCOME_UNKNOWN;
	if (e->ev->cpu < 0)
		return OUTCOME_ABSENT;

	return give_int(ret, e->ev->cpu);
}

static bool has_flag(const struct eval *e, unsigned flag)
{
	return event_info(e->ev->type)->flags & flag;
}

/* Known when the call has ended. */
enum outcome extract_evt_claim(struct eval *e, const struct field_ref *ref,
			       struct value *ret)
{
	if (is_entry(e))
		return OUTCOME_UNKNOWN;
	return give_bool(ret, (int)e->ev->claim == ref->info->variant);
}

enum outcome extract_evt_is_io(struct eval *e, const struct field_ref *ref,
			       struct value *ret)
{
	static const unsigned flags[] = {
		[IO_ANY] = EVENT_READS_FROM_FD | EVENT_WRITES_TO_FD,
		[IO_READ] = EVENT_READS_FROM_FD,
		[IO_WRITE] = EVENT_WRITES_TO_FD,
	};

	return give_bool(ret, has_flag(e, flags[ref->info->variant]));
}

enum outcome extract_evt_io_dir(struct eval *e, const struct field_ref *ref,
				struct value *ret)
{
	(void)ref;
	if (has_flag(e, EVENT_WRITES_TO_FD))
		return give_text(ret, SPAN("write"));
	if (has_flag(e, EVENT_READS_FROM_FD))
		return give_text(ret, SPAN("read"));

	return OUTCOME_ABSENT;
}

enum outcome extract_evt_is_wait(struct eval *e, const struct field_ref *ref,
				 struct value *ret)
{
	(void)ref;
	return give_bool(ret, has_flag(e, EVENT_WAITS));
}

enum outcome extract_evt_is_syslog(struct eval *e, const struct field_ref *ref,
				   struct value *ret)
{
	struct fd_source s = { .ev = e->ev, .of_event = true };
	struct span name;

	(void)ref;
	if (!has_flag(e, EVENT_WRITES_TO_FD) ||
	    fd_name_text(&s, &name) != OUTCOME_VALUE)
		return give_bool(ret, false);

	return give_bool(ret, memmem(name.data, name.n, "/dev/log", 8) != NULL);
}

/* --- Result ---------------------------------------------------------------- */

enum outcome extract_evt_rawres(struct eval *e, const struct field_ref *ref,
				struct value *ret)
{
	(void)ref;
	return event_result(e->ev, &ret->i);
}

enum outcome extract_evt_failed(struct eval *e, const struct field_ref *ref,
				struct value *ret)
{
	int64_t result;
	enum outcome o = event_result(e->ev, &result);

	(void)ref;
	if (o != OUTCOME_VALUE)
		return o;

	return give_bool(ret, result < 0);
}

enum outcome event_param_text(struct eval *e, unsigned i, struct value *ret)
{
	CLEANUP(strbuf_done) struct strbuf raw = STRBUF_INIT;
	CLEANUP(strbuf_done) struct strbuf resolved = STRBUF_INIT;
	const struct strbuf *b;

	render_param(e, i, &raw, &resolved);
	b = resolved.n ? &resolved : &raw;
	return give_text(ret, span_make(arena_strndup(e->ev->arena, b->data,
						      b->n),
					b->n));
}

enum outcome extract_evt_res(struct eval *e, const struct field_ref *ref,
			     struct value *ret)
{
	int64_t result;
	enum outcome o = event_result(e->ev, &result);

	(void)ref;
	if (o != OUTCOME_VALUE)
		return o;
	if (result >= 0)
		return give_text(ret, SPAN("SUCCESS"));

	return event_param_text(e, 0, ret);
}

static bool bufflen_wants(int variant, unsigned category, enum fd_kind kind)
{
	bool in = category == CATEGORY_IO_READ;
	bool out = category == CATEGORY_IO_WRITE;
	bool file = kind == FD_KIND_FILE;
	bool net = fd_kind_is_inet(kind);
	const bool wants[] = {
		[BUFLEN_ALL] = true,
		[BUFLEN_IN] = in,
		[BUFLEN_OUT] = out,
		[BUFLEN_FILE] = file,
		[BUFLEN_FILE_IN] = file && in,
		[BUFLEN_FILE_OUT] = file && out,
		[BUFLEN_NET] = net,
		[BUFLEN_NET_IN] = net && in,
		[BUFLEN_NET_OUT] = net && out,
	};

	return wants[variant];
}

enum outcome extract_evt_buflen(struct eval *e, const struct field_ref *ref,
				struct value *ret)
{
	unsigned category = event_info(e->ev->type)->category;
	const struct fd_info *fd;
	int64_t result;
	enum outcome o;

	if (!category_is_io(category))
		return OUTCOME_ABSENT;
	o = field_fd(e->ev, FD_PART_KIND, &fd);
	if (o != OUTCOME_VALUE)
		return o;
	if (!bufflen_wants(ref->info->variant, category, fd->kind))
		return OUTCOME_ABSENT;
	o = event_result(e->ev, &result);
	if (o != OUTCOME_VALUE)
		return o;
	if (result < 0)
		return OUTCOME_ABSENT;

	return give_uint(ret, (uint64_t)result);
}

/* --- Counters -------------------------------------------------------------- */

/* Which of the error counters an event belongs to. ABSENT, UNKNOWN: not known. */
static enum outcome error_kind(struct event *ev, int *ret)
{
	enum event_type type = ev->type;
	const struct fd_info *fd;
	enum outcome o = field_fd(ev, FD_PART_KIND, &fd);
	bool found = o == OUTCOME_VALUE;

	if (o == OUTCOME_UNKNOWN)
		return o;
	*ret = COUNT_ERROR_OTHER;
	if (found && fd_kind_is_file(fd->kind))
		*ret = COUNT_ERROR_FILE;
	else if (found && (fd_kind_is_inet(fd->kind) ||
			   fd->kind == FD_KIND_UNIX_SOCKET))
		*ret = COUNT_ERROR_NET;
	else if (!found &&
		 (event_is_open(type) || type == EVENT_SYSCALL_CREAT_X))
		*ret = COUNT_ERROR_FILE;
	else if (!found && (type == EVENT_SOCKET_ACCEPT_5_X ||
			    type == EVENT_SOCKET_ACCEPT4_6_X ||
			    type == EVENT_SOCKET_CONNECT_X))
		*ret = COUNT_ERROR_NET;
	else if (event_info(type)->category == CATEGORY_MEMORY)
		*ret = COUNT_ERROR_MEMORY;
	return OUTCOME_VALUE;
}

static enum outcome count_error(struct event *ev, int which, struct value *ret)
{
	int64_t result;
	enum outcome o = event_result(ev, &result);
	int kind;

	if (o != OUTCOME_VALUE)
		return o;
	if (which != COUNT_ERROR) {
		o = error_kind(ev, &kind);
		if (o != OUTCOME_VALUE)
			return o;
		if (kind != which)
			return OUTCOME_ABSENT;
	}
	return give_uint(ret, result < 0);
}

enum outcome extract_evt_count(struct eval *e, const struct field_ref *ref,
			       struct value *ret)
{
	bool is_procinfo = e->ev->type == EVENT_PROCINFO_E;

	switch (ref->info->variant) {
	case COUNT_ALL:
		return give_uint(ret, 1);
	case COUNT_EXIT:
		return event_is_exit(e->ev->type) ? give_uint(ret, 1) :
						    OUTCOME_ABSENT;
	case COUNT_PROCINFO:
		return give_uint(ret, is_procinfo && e->ev->tid == e->ev->pid);
	case COUNT_THREADINFO:
		return give_uint(ret, is_procinfo);
	default:
		return count_error(e->ev, ref->info->variant, ret);
	}
}
