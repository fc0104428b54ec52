/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fs.path.*: the paths that calls act on. They exist for calls that succeeded; the
 * open family gives its name either way. Each call is a row: which parameter is
 * which path, and what a relative one starts from. Some starting points are Falco's
 * choice rather than the kernel's (oracle, captures "files"): renameat and linkat
 * take the current directory, others say "<UNKNOWN>" for it.
 */
#include "fields.h"

#include <fcntl.h>

/* What a relative path starts from. */
enum start {
	START_CWD,
	START_DIRFD,   /* the event's descriptor; unknown for AT_FDCWD */
	START_UNKNOWN,
	START_OPENED,  /* an opened file: its own name; unknown if there is none */
	START_FD,      /* no path at all: the name of the event's descriptor */
};

struct fspath {
	enum event_type type;
	uint8_t which; /* PATH_NAME, PATH_SOURCE, PATH_TARGET */
	uint8_t start; /* enum start */
	const char *param;
};

static const struct fspath fspaths[] = {
	{ EVENT_SYSCALL_MKDIR_2_X, PATH_NAME, START_CWD, "path" },
	{ EVENT_SYSCALL_MKDIRAT_X, PATH_NAME, START_DIRFD, "path" },
	{ EVENT_SYSCALL_RMDIR_2_X, PATH_NAME, START_CWD, "path" },
	{ EVENT_SYSCALL_UNLINK_2_X, PATH_NAME, START_CWD, "path" },
	{ EVENT_SYSCALL_UNLINKAT_2_X, PATH_NAME, START_DIRFD, "name" },
	{ EVENT_SYSCALL_OPEN_X, PATH_NAME, START_CWD, "name" },
	{ EVENT_SYSCALL_OPENAT_2_X, PATH_NAME, START_OPENED, "name" },
	{ EVENT_SYSCALL_OPENAT2_X, PATH_NAME, START_OPENED, "name" },
	{ EVENT_SYSCALL_CHMOD_X, PATH_NAME, START_CWD, "filename" },
	{ EVENT_SYSCALL_FCHMOD_X, PATH_NAME, START_FD, NULL },
	{ EVENT_SYSCALL_FCHMODAT_X, PATH_NAME, START_DIRFD, "filename" },
	{ EVENT_SYSCALL_CHOWN_X, PATH_NAME, START_CWD, "path" },
	{ EVENT_SYSCALL_LCHOWN_X, PATH_NAME, START_CWD, "path" },
	{ EVENT_SYSCALL_FCHOWN_X, PATH_NAME, START_FD, NULL },
	{ EVENT_SYSCALL_FCHOWNAT_X, PATH_NAME, START_DIRFD, "pathname" },
	{ EVENT_SYSCALL_QUOTACTL_X, PATH_NAME, START_CWD, "special" },
	{ EVENT_SYSCALL_UMOUNT_1_X, PATH_NAME, START_CWD, "name" },
	{ EVENT_SYSCALL_UMOUNT2_X, PATH_NAME, START_CWD, "name" },
	{ EVENT_SYSCALL_RENAME_X, PATH_SOURCE, START_CWD, "oldpath" },
	{ EVENT_SYSCALL_RENAME_X, PATH_TARGET, START_CWD, "newpath" },
	{ EVENT_SYSCALL_RENAMEAT_X, PATH_SOURCE, START_CWD, "oldpath" },
	{ EVENT_SYSCALL_RENAMEAT_X, PATH_TARGET, START_CWD, "newpath" },
	{ EVENT_SYSCALL_RENAMEAT2_X, PATH_SOURCE, START_CWD, "oldpath" },
	{ EVENT_SYSCALL_RENAMEAT2_X, PATH_TARGET, START_CWD, "newpath" },
	{ EVENT_SYSCALL_LINK_2_X, PATH_SOURCE, START_CWD, "newpath" },
	{ EVENT_SYSCALL_LINK_2_X, PATH_TARGET, START_CWD, "oldpath" },
	{ EVENT_SYSCALL_LINKAT_2_X, PATH_SOURCE, START_CWD, "newpath" },
	{ EVENT_SYSCALL_LINKAT_2_X, PATH_TARGET, START_CWD, "oldpath" },
	{ EVENT_SYSCALL_SYMLINK_X, PATH_SOURCE, START_CWD, "linkpath" },
	{ EVENT_SYSCALL_SYMLINK_X, PATH_TARGET, START_CWD, "target" },
	{ EVENT_SYSCALL_SYMLINKAT_X, PATH_SOURCE, START_DIRFD, "linkpath" },
	{ EVENT_SYSCALL_SYMLINKAT_X, PATH_TARGET, START_UNKNOWN, "target" },
	{ EVENT_SYSCALL_MOUNT_X, PATH_SOURCE, START_CWD, "dev" },
	{ EVENT_SYSCALL_MOUNT_X, PATH_TARGET, START_CWD, "dir" },
};

static const struct fspath *fspath_of(enum event_type type, int which)
{
	for (size_t i = 0; i < ARRAY_SIZE(fspaths); i++)
		if (fspaths[i].type == type && fspaths[i].which == which)
			return &fspaths[i];

	return NULL;
}

/* Did the call succeed? The open family counts whatever comes of it. */
static enum outcome call_succeeded(struct event *ev, bool *ret_maybe)
{
	int64_t result;
	enum outcome o;

	*ret_maybe = false;
	if (event_is_open(ev->type))
		return OUTCOME_VALUE;
	o = event_result(ev, &result);
	*ret_maybe = o == OUTCOME_UNKNOWN;
	if (o == OUTCOME_UNKNOWN)
		return OUTCOME_VALUE;
	if (o == OUTCOME_VALUE && result != 0)
		return OUTCOME_ABSENT;

	return o;
}

/* The name of the descriptor that the event uses; empty when it has none. */
static enum outcome event_fd_name(struct event *ev, struct span *ret)
{
	struct fd_source s = { .ev = ev, .of_event = true };

	return fd_name_text(&s, ret);
}

static enum outcome unknown_start(struct event *ev, struct span path,
				  struct span *ret)
{
	ret->data = arena_printf(ev->arena, &ret->n, "<UNKNOWN>%.*s",
				 SPAN_FMT(path));
	return OUTCOME_VALUE;
}

static enum outcome from_dirfd(struct event *ev, struct span path,
			       struct span *ret)
{
	const struct fd_info *fd;
	enum outcome o = field_fd(ev, FD_PART_NUM, &fd);

	if (o == OUTCOME_VALUE && fd->fd >= 0 &&
	    field_fd(ev, FD_PART_KIND, &fd) == OUTCOME_VALUE &&
	    field_fd(ev, FD_PART_NUM, &fd) == OUTCOME_VALUE)
		return ev->resolver->path(ev, fd->fd, path, ret);

	return unknown_start(ev, path, ret);
}

/* A relative openat shows the opened file, or that there is none. */
static enum outcome from_opened(struct event *ev, struct span *ret)
{
	const struct fd_info *fd;
	enum outcome o = field_fd(ev, FD_PART_KIND, &fd);

	if (o == OUTCOME_VALUE)
		return event_fd_name(ev, ret);
	if (o != OUTCOME_ABSENT)
		return o;
	*ret = SPAN("<UNKNOWN>");
	return OUTCOME_VALUE;
}

static enum outcome make_absolute(struct event *ev, const struct fspath *f,
				  struct span path, struct span *ret)
{
	if (!path.n) {
		*ret = path;
		return OUTCOME_VALUE;
	}
	if (path.data[0] == '/' || f->start == START_CWD)
		return ev->resolver->path(ev, AT_FDCWD, path, ret);
	if (f->start == START_OPENED)
		return from_opened(ev, ret);
	if (f->start == START_DIRFD)
		return from_dirfd(ev, path, ret);

	return unknown_start(ev, path, ret);
}

enum outcome extract_fspath(struct eval *e, const struct field_ref *ref,
			    struct value *ret)
{
	const struct fspath *f =
		fspath_of(e->ev->type, ref->info->variant & ~PATH_RAW);
	const struct value *path;
	struct span text = SPAN("<NA>"); /* an empty parameter, as it prints */
	enum outcome o;

	if (!f)
		return OUTCOME_ABSENT;
	o = call_succeeded(e->ev, &ret->maybe);
	if (o != OUTCOME_VALUE)
		return o;
	if (f->start == START_FD)
		return event_fd_name(e->ev, &ret->text);
	o = event_param_named(e->ev, f->param, &path);
	if (o == OUTCOME_VALUE)
		text = path->text;
	else if (o != OUTCOME_ABSENT || e->ev->phase == PHASE_UNCONFIRMED)
		return o;
	else /* shown only where the end is seen */
		ret->maybe |= e->ev->phase == PHASE_ENTRY;
	if (ref->info->variant & PATH_RAW)
		return give_text(ret, text);

	return make_absolute(e->ev, f, text, &ret->text);
}
