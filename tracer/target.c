/* SPDX-License-Identifier: Apache-2.0 */
/*
 * openat2(2) below the thread's root, first with what the kernel has in its cache.
 */
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/major.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "strbuf.h"

#include "live_event.h"
#include "procfs.h"
#include "wear.h"

/* Where /proc refuses to tell, what is remembered. */
static bool held_base(struct live_event *le, int dirfd, struct strbuf *out)
{
	struct process_entry *owner;

	if (dirfd != AT_FDCWD || !le->thread ||
	    processes_part(le->live->processes, le->thread, PROCESS_CWD,
			   &owner) != OUTCOME_VALUE)
		return false;
	strbuf_addspan(out, owner->info.cwd);
	return true;
}

/* The text of the directory's link, below the thread's root; a path is put behind
 * it as it is, for the kernel to walk. */
static int base_of(struct live_event *le, int dirfd, struct strbuf *out)
{
	struct span root, base;
	char name[32], link[4096];
	ssize_t n;

	if (dirfd == AT_FDCWD)
		snprintf(name, sizeof(name), "cwd");
	else
		snprintf(name, sizeof(name), "fd/%d", dirfd);
	n = procfs_link(le->live->proc_fd, le->call.tid, name, link,
			sizeof(link));
	if (n < 0)
		return held_base(le, dirfd, out) ? 0 : (int)n;
	root = le->thread ? processes_root(le->live->processes, le->thread) :
			    span_make("", 0);
	base = span_make(link, (size_t)n);
	/* A deleted directory has no path any more, a pipe never had one. */
	if (base.data[0] != '/' || span_ends_with(base, SPAN(" (deleted)")))
		return -ENOENT;
	strbuf_addspan(out, processes_strip(root, base));
	strbuf_addch(out, '/');
	return 0;
}

/* The mounts of type fuse and kin; dev 0 asks for any. */
static bool has_fuse(struct live_event *le, dev_t dev)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	const char *line;

	if (procfs_read_table(le->live->proc_fd, le->call.tid, "mountinfo", 1U << 20,
			&text) < 0)
		return true;
	for (line = text.data; line && *line; line = strchr(line, '\n')) {
		const char *end, *type;
		unsigned ma, mi;

		line += *line == '\n';
		end = strchr(line, '\n');
		type = strstr(line, " - fuse");
		if (!type || (end && type > end))
			continue;
		if (sscanf(line, "%*u %*u %u:%u", &ma, &mi) == 2 &&
		    (!dev || makedev(ma, mi) == dev))
			return true;
	}
	return false;
}

/* The answer for a device is kept for a second: mounts seldom change. */
static bool is_served(struct live_event *le, dev_t dev)
{
	struct live *l = le->live;
	uint64_t now = clock_ns(CLOCK_MONOTONIC_COARSE);
	struct live_served *s;

	for (size_t i = 0; i < LIVE_SERVED; i++) {
		s = &l->served[i];
		if (s->at_ns && s->dev == dev &&
		    now - s->at_ns < UINT64_C(1000000000))
			return s->served;
	}
	s = &l->served[l->next_served++ % LIVE_SERVED];
	*s = (struct live_served){ dev, now, has_fuse(le, dev) };
	return s->served;
}

static int open_path(int root_fd, const char *path, uint64_t flags,
		     uint64_t resolve)
{
	uint64_t root = root_fd == AT_FDCWD ? 0 : RESOLVE_IN_ROOT;
	struct open_how how = { .flags = O_PATH | O_CLOEXEC | flags,
				.resolve = root | RESOLVE_NO_MAGICLINKS |
					   resolve };
	int fd = (int)syscall(SYS_openat2, root_fd, path, &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

/* Changed within the same tick of the file system's clock it would look the same. */
#define SETTLED_NS UINT64_C(1000000000)

/* A descriptor with O_PATH has no attributes, but its link in /proc leads to them.
 * To give a file capabilities changes its ctime. */
static bool has_capabilities(struct live *l, const struct statx *stx, int fd)
{
	const struct live_plain file = {
		makedev(stx->stx_dev_major, stx->stx_dev_minor), stx->stx_ino,
		(uint64_t)stx->stx_ctime.tv_sec * 1000000000 +
			stx->stx_ctime.tv_nsec,
	};
	struct live_plain *known = &l->plain[file.ino % LIVE_PLAIN];
	char path[32];

	if (!S_ISREG(stx->stx_mode) || !(stx->stx_mode & 0111))
		return false;
	if (known->ino == file.ino && known->dev == file.dev &&
	    known->ctime_ns == file.ctime_ns)
		return false;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (getxattr(path, "security.capability", NULL, 0) > 0)
		return true;
	if (clock_ns(CLOCK_REALTIME) > file.ctime_ns + SETTLED_NS)
		*known = file;
	return false;
}

static void look_at(struct live_event *le, int fd, struct target_look *ret)
{
	struct statx stx;

	/* Not synchronised: a served file is not asked about. */
	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
		  STATX_TYPE | STATX_MODE | STATX_INO | STATX_CTIME, &stx) < 0)
		return;
	ret->known = ret->exists = true;
	ret->mode = stx.stx_mode;
	ret->memory = S_ISCHR(stx.stx_mode) && stx.stx_rdev_major == MEM_MAJOR;
	/* FUSE's device numbers are anonymous ones. */
	ret->served = stx.stx_dev_major == 0 &&
		      is_served(le, makedev(stx.stx_dev_major,
					    stx.stx_dev_minor));
	/* Whoever serves a file may say anything of it. */
	ret->privileged = (stx.stx_mode & (S_ISUID | S_ISGID)) != 0 ||
			  ret->served || has_capabilities(le->live, &stx, fd);
}

/* AT_FDCWD: the thread's root is ours. -1: not known. */
static int open_root(const struct live_event *le)
{
	int fd;

	if (le->thread &&
	    processes_shares_root(le->live->processes, le->thread))
		return AT_FDCWD;
	fd = procfs_open(le->live->proc_fd, le->call.tid, "root",
			 O_PATH | O_DIRECTORY);
	return fd < 0 ? -1 : fd;
}

/* Where a path starts: the root, and the directory that a relative one begins with. */
struct start {
	int root; /* as from open_root() */
	struct strbuf base;
};

static void start_done(struct start *s)
{
	closep(&s->root);
	strbuf_done(&s->base);
}

/* 0, or -EBADF: it is not known where the path starts. */
static int find_start(struct live_event *le, int dirfd, struct span path,
		      struct start *ret)
{
	bool relative = path.n && path.data[0] != '/';

	*ret = (struct start){ open_root(le), STRBUF_INIT };
	if (ret->root == -1 ||
	    (relative && base_of(le, dirfd, &ret->base) < 0))
		return -EBADF;
	return 0;
}

/* A descriptor with O_PATH of what the path leads to, or a negative errno; -EAGAIN:
 * somebody may be serving it. */
static int walk(struct live_event *le, struct start *from, struct span path,
		bool follow)
{
	CLEANUP(strbuf_done) struct strbuf full = STRBUF_INIT;
	uint64_t flags = follow ? 0 : O_NOFOLLOW;
	int fd;

	strbuf_addspan(&full, strbuf_span(&from->base));
	strbuf_addspan(&full, path);
	fd = open_path(from->root, full.data, flags, RESOLVE_CACHED);
	if (fd == -EAGAIN && !has_fuse(le, 0))
		fd = open_path(from->root, full.data, flags, 0);
	return fd;
}

static int open_target(struct live_event *le, int dirfd, struct span path,
		       bool follow)
{
	CLEANUP(start_done) struct start from;
	int r = find_start(le, dirfd, path, &from);

	return r < 0 ? r : walk(le, &from, path, follow);
}

void target_look(struct live_event *le, int dirfd, struct span path,
		 bool follow, struct target_look *ret)
{
	CLEANUP(closep) int fd = open_target(le, dirfd, path, follow);

	memset(ret, 0, sizeof(*ret));
	if (fd >= 0)
		look_at(le, fd, ret);
	else
		ret->known = fd == -ENOENT || fd == -ENOTDIR;
}

/* A served file is not asked for its numbers. */
static int number_file(int fd, struct target_file *ret)
{
	struct statx stx;

	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE |
		  STATX_MODE | STATX_INO, &stx) < 0)
		return -errno;
	ret->dev = makedev(stx.stx_dev_major, stx.stx_dev_minor);
	ret->ino = stx.stx_ino;
	ret->mode = stx.stx_mode;
	return 0;
}

static int try_target(struct live_event *le, struct start *from,
		      struct span path, bool follow, int mode,
		      struct target_file *ret)
{
	CLEANUP(closep) int fd = walk(le, from, path, follow);

	if (fd < 0)
		return fd;
	if (mode != F_OK &&
	    faccessat(fd, "", mode, AT_EMPTY_PATH | AT_EACCESS) < 0)
		return -errno;
	return ret ? number_file(fd, ret) : 0;
}

/* The start is found as whom /proc lets look, the rest as whom the files know. */
int target_try(struct live_event *le, int dirfd, struct span path, bool follow,
	       int mode, struct target_file *ret)
{
	CLEANUP(start_done) struct start from;
	struct worn worn;
	bool sure;
	int r = find_start(le, dirfd, path, &from);

	if (r < 0)
		return r;
	sure = wear_access(le->live->proc_fd, le->call.tid, &worn);
	r = try_target(le, &from, path, follow, mode, ret);
	wear_off(&worn);
	return !sure && (r == -EACCES || r == -EPERM) ? -EAGAIN : r;
}

static ssize_t link_of(struct live_event *le, int fd, char *buf, size_t cap)
{
	char name[32];

	snprintf(name, sizeof(name), "fd/%d", fd);
	return procfs_link(le->live->proc_fd, getpid(), name, buf, cap);
}

ssize_t target_link(struct live_event *le, int dirfd, struct span path,
		    char *buf, size_t cap)
{
	CLEANUP(closep) int fd = open_target(le, dirfd, path, true);

	return fd < 0 ? fd : link_of(le, fd, buf, cap);
}

bool target_is(struct live_event *le, int dirfd, struct span path, bool follow,
	       const struct target_file *file, struct span link)
{
	CLEANUP(closep) int fd = open_target(le, dirfd, path, follow);
	struct target_file found;
	char text[4096];
	ssize_t n;

	if (fd < 0 || number_file(fd, &found) < 0 ||
	    found.dev != file->dev || found.ino != file->ino)
		return false;
	n = link_of(le, fd, text, sizeof(text));
	return n >= 0 && span_eq(span_make(text, (size_t)n), link);
}
