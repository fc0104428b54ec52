/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One look at the file, one at mountinfo, one at the overlay's root.
 */
#include "layers.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cleanup.h"
#include "strbuf.h"

#include "procfs.h"

#define MOUNTINFO_MAX (4U << 20)
#define CACHED_TRIES  64

struct mount_line {
	unsigned long long id;
	unsigned major, minor;
	bool is_root; /* the whole file system's */
	char path[4096];
};

/* "id parent major:minor root path options ... - type source options". */
static bool parse_line(const char *line, struct mount_line *ret)
{
	int at = 0;

	if (sscanf(line, "%llu %*u %u:%u %n", &ret->id, &ret->major, &ret->minor,
		   &at) != 3 || !at)
		return false;
	ret->is_root = line[at] == '/' && line[at + 1] == ' ';
	at += (int)strcspn(line + at, " \n");
	return sscanf(line + at, " %4095s", ret->path) == 1;
}

static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end && end[1] ? end + 1 : NULL;
}

static bool has(const char *line, const char *text)
{
	return memmem(line, strcspn(line, "\n"), text, strlen(text));
}

static bool find_overlay(const char *text, unsigned long long id,
			 struct mount_line *ret)
{
	for (const char *at = text; at && *at; at = next_line(at)) {
		if (parse_line(at, ret) && ret->id == id)
			return has(at, " - overlay ");
	}
	return false;
}

bool layers_find_root(const char *mountinfo, unsigned long long mount_id,
		      struct overlay_root *ret)
{
	struct mount_line any, line;

	if (!mountinfo || !find_overlay(mountinfo, mount_id, &any))
		return false;
	for (const char *at = mountinfo; at && *at; at = next_line(at)) {
		if (!parse_line(at, &line) || line.major != any.major ||
		    line.minor != any.minor || !line.is_root ||
		    line.path[0] != '/' || strchr(line.path, '\\'))
			continue;
		ret->mount_id = line.id;
		ret->has_upper = has(at, ",upperdir=");
		memcpy(ret->path, line.path + 1, strlen(line.path));
		return true;
	}
	return false;
}

static bool look(int fd, unsigned mask, struct statx *ret)
{
	mask |= STATX_MNT_ID;
	return !statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, mask, ret) &&
	       (ret->stx_mask & mask) == mask;
}

/* Mount points and all above them are in the kernel's cache of names; a walk of it
 * is given up with EAGAIN while anybody mounts or renames. */
static int open_cached(int dir_fd, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_CACHED | RESOLVE_NO_MAGICLINKS,
	};
	int fd = -1;

	for (int i = 0; i < CACHED_TRIES; i++) {
		fd = (int)syscall(SYS_openat2, dir_fd, *path ? path : ".", &how,
				  sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	return fd;
}

/* When the upper layer was made. */
static bool born(int proc_fd, pid_t tid, const struct overlay_root *root,
		 struct statx_timestamp *ret)
{
	CLEANUP(closep) int top = procfs_open(proc_fd, tid, "root", O_PATH);
	CLEANUP(closep) int fd = top < 0 ? -1 : open_cached(top, root->path);
	struct statx st;

	if (fd < 0 || !look(fd, STATX_BTIME, &st) ||
	    st.stx_mnt_id != root->mount_id)
		return false;
	*ret = st.stx_btime;
	return true;
}

static bool is_before(const struct statx_timestamp *a,
		      const struct statx_timestamp *b)
{
	return a->tv_sec < b->tv_sec ||
	       (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

static struct layers find_layer(int proc_fd, pid_t tid, int fd)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	struct layers none = { false, false };
	struct statx_timestamp birth;
	struct overlay_root root;
	struct statx st;
	bool lower;

	if (!look(fd, STATX_CTIME, &st) ||
	    procfs_read_table(proc_fd, tid, "mountinfo", MOUNTINFO_MAX, &text) <= 0 ||
	    !layers_find_root(text.data, st.stx_mnt_id, &root))
		return none;
	if (!root.has_upper)
		return (struct layers){ .lower = true };
	if (!born(proc_fd, tid, &root, &birth))
		return none;
	lower = is_before(&st.stx_ctime, &birth);
	return (struct layers){ .upper = !lower, .lower = lower };
}

struct layers layers_of(int proc_fd, pid_t tid, int fd, const struct statfs *fs)
{
	if (fs->f_type != OVERLAYFS_SUPER_MAGIC)
		return (struct layers){ false, false };
	return find_layer(proc_fd, tid, fd);
}

/* Whoever may serve the file is not asked what file system it is on. */
struct layers layers_of_fd(int proc_fd, pid_t tid, int fd)
{
	CLEANUP(closep) int file = -1;
	char name[32];

	snprintf(name, sizeof(name), "fd/%d", fd);
	file = procfs_open(proc_fd, tid, name, O_PATH);
	if (file < 0)
		return (struct layers){ false, false };
	return find_layer(proc_fd, tid, file);
}
