/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields of the event's parameters: as text, raw, as opening modes, as an absolute
 * path. Opening modes are final at entry wherever the call's flags decide them.
 */
#include "fields.h"

#include "cleanup.h"
#include "strbuf.h"

#include "render.h"

/* Bits of the open flags (file_flags of flags.def). */
enum {
	FILE_O_RDONLY = 1,
	FILE_O_WRONLY = 2,
	FILE_O_CREAT = 4,
	FILE_O_TMPFILE = 0x2000,
	FILE_O_F_CREATED = 0x4000,
};

/* --- Parameters ------------------------------------------------------------ */

enum outcome extract_evt_args(struct eval *e, const struct field_ref *ref,
			      struct value *ret)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	(void)ref;
	for (unsigned i = 0; i < e->ev->nparams; i++) {
		const struct value *v = event_param(e->ev, i);

		if (e->ev->phase == PHASE_ENTRY &&
		    (v->outcome == OUTCOME_UNKNOWN || v->partial))
			return OUTCOME_UNKNOWN;
	}
	render_params(e, &b);
	return give_text(ret, span_make(arena_strndup(e->ev->arena, b.data, b.n),
					b.n));
}

/* The index of the parameter that evt.arg.X or evt.arg[N] means, or -1. */
static int wanted_param(const struct event *ev, const struct field_ref *ref)
{
	if (ref->has_index)
		return ref->index < ev->nparams ? (int)ref->index : -1;

	return event_param_index(ev->type, ref->arg.data);
}

/* A relative path is shown from a directory that may not be known yet. */
static bool starts_from_unknown(struct event *ev, unsigned i)
{
	int dirfd = event_param_info(ev->type, i)->dirfd;

	return dirfd >= 0 &&
	       event_param(ev, (unsigned)dirfd)->outcome == OUTCOME_UNKNOWN;
}

enum outcome extract_evt_arg(struct eval *e, const struct field_ref *ref,
			     struct value *ret)
{
	int i = wanted_param(e->ev, ref);
	const struct value *v;

	if (i < 0 || i >= e->ev->nparams)
		return OUTCOME_ABSENT;
	v = event_param(e->ev, (unsigned)i);
	if (v->outcome == OUTCOME_UNKNOWN ||
	    (v->outcome == OUTCOME_VALUE && v->partial) ||
	    starts_from_unknown(e->ev, (unsigned)i))
		return OUTCOME_UNKNOWN;
	if (v->outcome == OUTCOME_FAILED)
		return OUTCOME_FAILED;

	return event_param_text(e, (unsigned)i, ret);
}

enum outcome extract_evt_rawarg(struct eval *e, const struct field_ref *ref,
				struct value *ret)
{
	const struct value *v;
	enum outcome o = event_param_named(e->ev, ref->arg.data, &v);

	if (o != OUTCOME_VALUE)
		return o;
	if (v->partial)
		return OUTCOME_UNKNOWN;
	*ret = *v;
	return OUTCOME_VALUE;
}

enum outcome extract_evt_buffer(struct eval *e, const struct field_ref *ref,
				struct value *ret)
{
	const struct value *v;
	int i = event_param_index(e->ev->type, "data");
	enum outcome o;

	(void)ref;
	if (i < 0)
		return OUTCOME_ABSENT;
	o = event_param_named(e->ev, "data", &v);
	if (o == OUTCOME_ABSENT)
		return give_text(ret, SPAN(""));
	if (o != OUTCOME_VALUE)
		return o;
	if (v->type != VALUE_BYTEBUF)
		return OUTCOME_ABSENT;

	return give_text(ret, v->text);
}

/* --- The open family ------------------------------------------------------- */

/* Bits of one of the event's numeric parameters; 0 when it has no value. */
static enum outcome param_bits(struct event *ev, const char *name,
			       uint64_t *ret_bits, bool *ret_partial)
{
	const struct value *v;
	enum outcome o = event_param_named(ev, name, &v);

	if (o == OUTCOME_UNKNOWN)
		return o;
	*ret_bits = o == OUTCOME_VALUE ? v->u : 0;
	*ret_partial = o == OUTCOME_VALUE && v->partial;
	return OUTCOME_VALUE;
}

static enum outcome open_exec(struct event *ev, struct value *ret)
{
	uint64_t flags = FILE_O_CREAT, mode = 0;
	bool partial;
	enum outcome o;

	if (ev->type == EVENT_SYSCALL_OPEN_BY_HANDLE_AT_X ||
	    (!event_is_open(ev->type) && ev->type != EVENT_SYSCALL_CREAT_X))
		return give_bool(ret, false);
	if (ev->type != EVENT_SYSCALL_CREAT_X) {
		o = param_bits(ev, "flags", &flags, &partial);
		if (o != OUTCOME_VALUE)
			return o;
	}
	o = param_bits(ev, "mode", &mode, &partial);
	if (o != OUTCOME_VALUE)
		return o;
	return give_bool(ret, (flags & (FILE_O_CREAT | FILE_O_TMPFILE)) &&
				      (mode & 0111));
}

/* Final at entry unless the call may create the file. */
static enum outcome open_create(struct event *ev, uint64_t flags, bool partial,
				struct value *ret)
{
	int64_t result;
	enum outcome o;

	if (flags & FILE_O_F_CREATED)
		return give_bool(ret, true);
	if (partial && (flags & (FILE_O_CREAT | FILE_O_TMPFILE)))
		return OUTCOME_UNKNOWN;
	if (!(flags & FILE_O_TMPFILE))
		return give_bool(ret, false);
	o = event_result(ev, &result);
	if (o == OUTCOME_UNKNOWN)
		return o;

	return give_bool(ret, o == OUTCOME_VALUE && result >= 0);
}

enum outcome extract_evt_is_open(struct eval *e, const struct field_ref *ref,
				 struct value *ret)
{
	int what = ref->info->variant;
	uint64_t flags;
	bool partial;
	enum outcome o;

	if (what == OPEN_EXEC)
		return open_exec(e->ev, ret);
	if (!event_is_open(e->ev->type))
		return give_bool(ret, false);
	o = param_bits(e->ev, "flags", &flags, &partial);
	if (o != OUTCOME_VALUE)
		return o;
	if (what == OPEN_CREATE)
		return open_create(e->ev, flags, partial, ret);

	return give_bool(ret, flags & (what == OPEN_READ ? FILE_O_RDONLY :
							   FILE_O_WRONLY));
}

/* --- evt.abspath ----------------------------------------------------------- */

/* Which parameters make up the path; NULL: the path stands alone. */
static const struct abspath {
	enum event_type type;
	const char *dirfd, *path;
	const char *dst_dirfd, *dst_path;
} abspaths[] = {
	{ EVENT_SYSCALL_RENAMEAT_X, "olddirfd", "oldpath", "newdirfd",
	  "newpath" },
	{ EVENT_SYSCALL_RENAMEAT2_X, "olddirfd", "oldpath", "newdirfd",
	  "newpath" },
	{ EVENT_SYSCALL_LINKAT_2_X, "olddir", "oldpath", "newdir", "newpath" },
	{ EVENT_SYSCALL_SYMLINKAT_X, "linkdirfd", "linkpath", NULL, NULL },
	{ EVENT_SYSCALL_OPENAT_2_X, "dirfd", "name", NULL, NULL },
	{ EVENT_SYSCALL_OPENAT2_X, "dirfd", "name", NULL, NULL },
	{ EVENT_SYSCALL_OPEN_BY_HANDLE_AT_X, NULL, "path", NULL, NULL },
	{ EVENT_SYSCALL_UNLINKAT_2_X, "dirfd", "name", NULL, NULL },
	{ EVENT_SYSCALL_MKDIRAT_X, "dirfd", "path", NULL, NULL },
	{ EVENT_SYSCALL_FCHMODAT_X, "dirfd", "filename", NULL, NULL },
	{ EVENT_SYSCALL_FCHOWNAT_X, "dirfd", "pathname", NULL, NULL },
};

static const struct abspath *abspath_of(enum event_type type)
{
	for (size_t i = 0; i < ARRAY_SIZE(abspaths); i++)
		if (abspaths[i].type == type)
			return &abspaths[i];

	return NULL;
}

enum outcome extract_evt_abspath(struct eval *e, const struct field_ref *ref,
				 struct value *ret)
{
	const struct abspath *a = abspath_of(e->ev->type);
	bool dst = ref->arg.data && span_is(ref->arg, "dst");
	const struct value *dirfd, *path;
	const char *dirfd_name;
	int64_t fd = -1;
	enum outcome o;

	if (!a)
		return OUTCOME_ABSENT;
	dst = dst && a->dst_path;
	dirfd_name = dst ? a->dst_dirfd : a->dirfd;
	if (dirfd_name) {
		o = event_param_named(e->ev, dirfd_name, &dirfd);
		if (o != OUTCOME_VALUE)
			return o;
		fd = dirfd->i;
	} else {
		o = event_result(e->ev, &fd);
		if (o != OUTCOME_VALUE)
			return o;
		if (fd <= 0)
			return OUTCOME_ABSENT;
	}
	o = event_param_named(e->ev, dst ? a->dst_path : a->path, &path);
	if (o != OUTCOME_VALUE)
		return o;

	return e->ev->resolver->path(e->ev, fd, path->text, &ret->text);
}
