/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a call gives whose end nobody will see: what the kernel would answer to the
 * same question, asked beforehand. Paths are tried with the ids of the thread where they
 * are not ours, numbers are the lowest that is free. In doubt the call succeeds: what is
 * told of one that has failed is a smaller fault than what is not told of one that has not.
 */
#include "suppose.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "array.h"

#include "decode.h"
#include "live.h"
#include "live_event.h"
#include "passing.h"
#include "procfs.h"
#include "target.h"

#define NUMBERS 1024

/* --- Numbers --------------------------------------------------------------- */

struct numbers {
	bool used[NUMBERS];
};

static void note_number(void *ctx, int fd)
{
	struct numbers *n = ctx;

	if (fd >= 0 && fd < NUMBERS)
		n->used[fd] = true;
}

static int64_t lowest_free(struct live_event *le, uint64_t from)
{
	struct numbers n = { { false } };

	procfs_fds(le->live->proc_fd, le->call.tid, note_number, &n);
	while (from < NUMBERS && n.used[from])
		from++;
	return (int64_t)from;
}

/* dup2 and dup3 say the number themselves. */
static int64_t copy_number(struct live_event *le)
{
	uint32_t command = (uint32_t)le->call.args[1];

	if (le->row->flags & ROW_COPIES_IF_ASKED)
		return command == F_DUPFD || command == F_DUPFD_CLOEXEC ?
			       lowest_free(le, le->call.args[2]) :
			       0;
	return le->ev.type == EVENT_SYSCALL_DUP_1_X ? lowest_free(le, 0) :
					      live_event_fd_arg(le, 1);
}

/* --- Paths ----------------------------------------------------------------- */

struct place {
	struct span path;
	int dirfd;
};

static bool place_of(struct live_event *le, struct place *ret)
{
	int param = decode_path_param(le->ev.type);
	const struct value *path;

	if (param < 0)
		return false;
	path = event_param(&le->ev, (unsigned)param);
	ret->dirfd = (int)decode_path_dirfd(le, (unsigned)param);
	ret->path = path->text;
	return path->outcome == OUTCOME_VALUE;
}

/* May a file be made there? */
static int try_parent(struct live_event *le, const struct place *p)
{
	const char *slash = memrchr(p->path.data, '/', p->path.n);
	size_t n = slash ? (size_t)(slash + 1 - p->path.data) : 0;
	struct span parent = slash ? span_make(arena_strndup(&le->arena,
							     p->path.data, n),
					       n) :
				     span_make(".", 1);

	return target_try(le, p->dirfd, parent, true, W_OK | X_OK, NULL);
}

static int wanted_access(uint64_t flags)
{
	static const int modes[] = { R_OK, W_OK, R_OK | W_OK, R_OK | W_OK };

	return modes[flags & O_ACCMODE] | (flags & O_TRUNC ? W_OK : 0);
}

static int try_existing(struct live_event *le, const struct place *p,
			uint64_t flags, const struct target_file *file)
{
	if (flags & O_CREAT && flags & O_EXCL)
		return -EEXIST;
	if (flags & O_DIRECTORY && !S_ISDIR(file->mode))
		return -ENOTDIR;
	if (flags & O_NOFOLLOW && !(flags & O_PATH) && S_ISLNK(file->mode))
		return -ELOOP;
	if (flags & O_PATH)
		return 0;
	return target_try(le, p->dirfd, p->path, true, wanted_access(flags),
			  NULL);
}

/* 0, an errno, or -EBADF where nothing can be said. */
static int try_open(struct live_event *le)
{
	uint64_t flags = live_open_flags(le);
	struct target_file file;
	struct place p;
	int r;

	if (!place_of(le, &p))
		return -EBADF;
	r = target_try(le, p.dirfd, p.path, !(flags & O_NOFOLLOW), F_OK, &file);
	if (r == 0)
		return try_existing(le, &p, flags, &file);
	if (r == -ENOENT && flags & O_CREAT) {
		le->existed = 0;
		return try_parent(le, &p);
	}
	return r;
}

/* What is to be there already. */
static const enum event_type needs_file[] = {
	EVENT_SYSCALL_UNLINK_2_X,   EVENT_SYSCALL_UNLINKAT_2_X,
	EVENT_SYSCALL_RMDIR_2_X,    EVENT_SYSCALL_RENAME_X,
	EVENT_SYSCALL_RENAMEAT_X,   EVENT_SYSCALL_RENAMEAT2_X,
	EVENT_SYSCALL_LINK_2_X,     EVENT_SYSCALL_LINKAT_2_X,
	EVENT_SYSCALL_CHMOD_X,	    EVENT_SYSCALL_FCHMODAT_X,
	EVENT_SYSCALL_CHOWN_X,	    EVENT_SYSCALL_LCHOWN_X,
	EVENT_SYSCALL_FCHOWNAT_X,
};

static bool is_missing(struct live_event *le)
{
	struct place p;

	for (size_t i = 0; i < ARRAY_SIZE(needs_file); i++) {
		if (needs_file[i] == le->ev.type)
			return place_of(le, &p) &&
			       target_try(le, p.dirfd, p.path, false, F_OK,
					  NULL) == -ENOENT;
	}
	return false;
}

/* --- Execs ----------------------------------------------------------------- */

static struct place place_of_exec(struct live_event *le)
{
	bool at = le->row->flags & ROW_AT;

	return (struct place){
		event_param(&le->ev, (unsigned)le->row->nsources - 1)->text,
		at ? live_event_fd_arg(le, 0) : AT_FDCWD,
	};
}

static void note_given(struct live_event *le, const struct place *p)
{
	bool at = le->row->flags & ROW_AT;
	struct given_image *given = &le->given;
	char link[4096];
	ssize_t n = target_link(le, p->dirfd, p->path, link, sizeof(link));

	given->name = span_last_part(p->path);
	if (n >= 0)
		given->path = span_make(arena_strndup(&le->arena, link,
						      (size_t)n),
					(size_t)n);
	else if (live_path_from(&le->ev, p->dirfd, p->path, SPAN("<UNKNOWN>/"),
				&given->path) != OUTCOME_VALUE)
		given->path = p->path;
	given->known = decode_argv(le, le->call.args[at ? 2 : 1],
				   &given->args) == OUTCOME_VALUE;
}

/* The file of a descriptor (execveat(2)) has no path to be tried. */
static bool exec_result(struct live_event *le, int64_t *ret)
{
	const struct value *path =
		event_param(&le->ev, (unsigned)le->row->nsources - 1);
	struct place p = place_of_exec(le);
	struct target_file file;
	int r;

	if (path->outcome != OUTCOME_VALUE || !p.path.n)
		return false;
	note_given(le, &p);
	r = target_try(le, p.dirfd, p.path, true, X_OK, &file);
	if (r == 0 && !S_ISREG(file.mode))
		r = -EACCES;
	*ret = r == -EBADF || r == -ELOOP || r == -EAGAIN ? 0 : r;
	return true;
}

/* --- Results --------------------------------------------------------------- */

/* The kernel's way through a link of /proc is not known to us, but there is one. */
static bool open_result(struct live_event *le, int64_t *ret)
{
	int r = try_open(le);

	if (r == -EBADF)
		return false;
	le->supposed.number = lowest_free(le, 0);
	*ret = r == 0 || r == -ELOOP || r == -EAGAIN ? le->supposed.number : r;
	return true;
}

/* Whoever is traced can neither ask for that nor be attached to. */
static bool is_traced_already(struct live_event *le)
{
	uint64_t request = le->call.args[0];
	bool itself = request == PTRACE_TRACEME;
	struct procfs_status status;

	if (le->ev.type != EVENT_SYSCALL_PTRACE_X ||
	    (!itself && request != PTRACE_ATTACH && request != PTRACE_SEIZE))
		return false;
	return !procfs_status(le->live->proc_fd,
			      itself ? le->call.tid : (pid_t)le->call.args[1],
			      &status) &&
	       status.tracer;
}

static int64_t plain_result(struct live_event *le)
{
	if (is_traced_already(le))
		return -EPERM;
	return is_missing(le) ? -ENOENT : 0;
}

static bool result_of(struct live_event *le, int64_t *ret)
{
	if (le->row->confirm == CONFIRM_NEVER || le->row->flags & ROW_BEARS)
		return false;
	if (le->row->flags & ROW_EXECS)
		return exec_result(le, ret);
	if (le->row->flags & ROW_OPENS)
		return open_result(le, ret);
	if (le->row->fd == ROW_FD_CREATED)
		*ret = lowest_free(le, 0);
	else if (le->row->fd == ROW_FD_COPIED)
		*ret = copy_number(le);
	else
		*ret = plain_result(le);
	return true;
}

bool live_suppose(struct event *ev, struct call *end)
{
	struct live_event *le = live_event_of(ev);

	live_event_capture(le);
	if (!result_of(le, &end->result))
		return false;
	if (le->thread) {
		processes_read(le->live->processes, le->thread);
		processes_read(le->live->processes, le->thread->leader);
		/* Whose names of users are asked. */
		processes_shares_root(le->live->processes, le->thread);
	}
	end->ended = end->supposed = true;
	return true;
}

/* The descriptor that was the lowest free one, where it leads to the path's file. */
static bool has_opened(struct live_event *le, const struct place *p,
		       int64_t number)
{
	struct fd_owner owner = live_event_owner(le);
	struct fd_look look;

	fd_look_start(&look, number);
	return fd_look_link(&owner, &look) == OUTCOME_VALUE &&
	       fd_look_file(&owner, &look) == OUTCOME_VALUE &&
	       target_is(le, p->dirfd, p->path, true, &look.file, look.link);
}

/* The kernel does not say why a socket has no peer; its error is the program's to take. */
static int64_t connected(struct live_event *le)
{
	struct fd_owner owner = live_event_owner(le);
	struct fd_look look;

	fd_look_start(&look, live_event_fd_arg(le, 0));
	if (fd_look_socket(&owner, &look) != OUTCOME_VALUE ||
	    look.facts.has_peer)
		return 0;
	return look.facts.no_wait ? -EINPROGRESS : -ECONNREFUSED;
}

/* Whoever opens a FIFO waits for the other side. */
static bool waits_for_other(struct live_event *le, const struct place *p)
{
	struct target_file file;

	return !(live_open_flags(le) & (O_NONBLOCK | O_PATH)) &&
	       target_try(le, p->dirfd, p->path, true, F_OK, &file) == 0 &&
	       S_ISFIFO(file.mode);
}

bool live_supposed(struct event *ev, struct call *end, enum passed passed)
{
	struct live_event *le = live_event_of(ev);
	struct place p;

	le->supposed.known = false;
	if (le->ev.type == EVENT_SOCKET_CONNECT_X && passed == PASSED)
		end->result = connected(le);
	if (!(le->row->flags & ROW_OPENS) || !place_of(le, &p))
		return true;
	if (end->result < 0 && passed == PASSED &&
	    has_opened(le, &p, le->supposed.number))
		end->result = le->supposed.number;
	if (end->result >= 0)
		live_suppose_file(le);
	return passed != PASSED_NOT_YET || !waits_for_other(le, &p);
}

void live_suppose_file(struct live_event *le)
{
	struct target_file file;
	struct place p;

	le->supposed.known = le->supposed.is_directory = false;
	if (!place_of(le, &p) ||
	    target_try(le, p.dirfd, p.path, true, F_OK, &file) < 0)
		return;
	le->supposed.known = true;
	le->supposed.is_directory = S_ISDIR(file.mode);
	le->supposed.dev = fd_dev_encode(file.dev);
	le->supposed.ino = file.ino;
}
