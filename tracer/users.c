/* SPDX-License-Identifier: Apache-2.0 */
/*
 * passwd(5) and group(5), parsed line by line; the first entry of a number counts,
 * as for getpwuid(3).
 */
#include "users.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "alloc.h"
#include "array.h"
#include "cleanup.h"
#include "clock.h"
#include "strbuf.h"

#include "procfs.h"

#define FILE_MAX (4U << 20)
#define ROOTS_MAX 16
#define LOOK_AGAIN_NS UINT64_C(1000000000)
#define FIELDS 7

struct names_file {
	const char *path; /* below the root */
	struct strbuf text;
	uint64_t size, mtime_ns;
	ino_t ino;
};

struct root {
	dev_t dev;
	ino_t ino;
	uint64_t mount; /* each mount namespace has its own; 0: not known */
	uint64_t looked_ns;
	uint64_t used_ns;
	bool in_use;
	struct names_file passwd, group;
	ARRAY(struct user_info) users;
	ARRAY(struct group_info) groups;
};

struct users {
	int proc_fd;
	struct root roots[ROOTS_MAX];
	const struct root *own; /* where ours was last found, or NULL */
};

struct users *users_new(int proc_fd)
{
	struct users *u = xcalloc(1, sizeof(*u));

	u->proc_fd = proc_fd;
	for (size_t i = 0; i < ROOTS_MAX; i++) {
		u->roots[i].passwd.path = "etc/passwd";
		u->roots[i].group.path = "etc/group";
		u->roots[i].passwd.text = (struct strbuf)STRBUF_INIT;
		u->roots[i].group.text = (struct strbuf)STRBUF_INIT;
	}
	return u;
}

void users_free(struct users *u)
{
	if (!u)
		return;
	for (size_t i = 0; i < ROOTS_MAX; i++) {
		strbuf_done(&u->roots[i].passwd.text);
		strbuf_done(&u->roots[i].group.text);
		array_done(&u->roots[i].users);
		array_done(&u->roots[i].groups);
	}
	free(u);
}

/* Fields are parted by ':'; returns how many there are, at most FIELDS. */
static size_t split_line(struct span line, struct span fields[FIELDS])
{
	size_t n = 0, start = 0;

	for (size_t i = 0; i <= line.n && n < FIELDS; i++) {
		if (i < line.n && line.data[i] != ':')
			continue;
		fields[n++] = span_make(line.data + start, i - start);
		start = i + 1;
	}
	return n;
}

static bool number_of(struct span text, uint32_t *ret)
{
	uint64_t x = 0;

	if (!text.n || text.n > 10)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		x = x * 10 + (uint64_t)(text.data[i] - '0');
	}
	if (x > UINT32_MAX)
		return false;
	*ret = (uint32_t)x;
	return true;
}

static void user_line(struct root *r, struct span line)
{
	struct span f[FIELDS];
	struct user_info user = { 0 };
	size_t n = split_line(line, f);

	if (n < FIELDS || !f[0].n || !number_of(f[2], &user.uid) ||
	    !number_of(f[3], &user.gid))
		return;
	user.name = f[0];
	user.home = f[5];
	user.shell = f[6];
	*array_push(&r->users) = user;
}

static void group_line(struct root *r, struct span line)
{
	struct span f[FIELDS];
	struct group_info group = { 0 };

	if (split_line(line, f) < 3 || !f[0].n || !number_of(f[2], &group.gid))
		return;
	group.name = f[0];
	*array_push(&r->groups) = group;
}

static void each_line(struct root *r, const struct names_file *file,
		      void (*fn)(struct root *r, struct span line))
{
	struct span rest = strbuf_span(&file->text);

	while (rest.n) {
		const char *end = memchr(rest.data, '\n', rest.n);
		size_t n = end ? (size_t)(end - rest.data) : rest.n;

		fn(r, span_make(rest.data, n));
		rest = span_from(rest, n + 1);
	}
}

static void read_all(int fd, struct strbuf *out)
{
	strbuf_reset(out);
	while (out->n < FILE_MAX) {
		ssize_t got;

		strbuf_grow(out, 16384);
		got = read(fd, out->data + out->n, 16384);
		if (got <= 0)
			break;
		out->n += (size_t)got;
	}
}

/* Reads the file again when it is not the one we know. Links are followed below
 * the root alone; what is no regular file is not read. */
static bool file_changed(int root_fd, struct names_file *file)
{
	struct open_how how = { .flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC,
				.resolve = RESOLVE_IN_ROOT };
	CLEANUP(closep) int fd = (int)syscall(SYS_openat2, root_fd, file->path,
					      &how, sizeof(how));
	struct stat st = { 0 };
	uint64_t mtime;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		st = (struct stat){ 0 };
	mtime = (uint64_t)st.st_mtim.tv_sec * 1000000000 +
		(uint64_t)st.st_mtim.tv_nsec;
	if (st.st_ino == file->ino && mtime == file->mtime_ns &&
	    (uint64_t)st.st_size == file->size)
		return false;
	file->ino = st.st_ino;
	file->mtime_ns = mtime;
	file->size = (uint64_t)st.st_size;
	if (st.st_ino)
		read_all(fd, &file->text);
	else
		strbuf_reset(&file->text);
	return true;
}

/* False: the directory is not there any more. */
static bool look(struct root *r, int proc_fd, pid_t pid)
{
	CLEANUP(closep) int root_fd = procfs_open(proc_fd, pid, "root",
						  O_PATH | O_DIRECTORY);
	struct stat st;

	if (root_fd < 0 || fstat(root_fd, &st) < 0 || st.st_dev != r->dev ||
	    st.st_ino != r->ino)
		return false;
	if (file_changed(root_fd, &r->passwd)) {
		r->users.n = 0;
		each_line(r, &r->passwd, user_line);
	}
	if (file_changed(root_fd, &r->group)) {
		r->groups.n = 0;
		each_line(r, &r->group, group_line);
	}
	return true;
}

static void root_reset(struct root *r, const struct stat *st, uint64_t mount)
{
	r->dev = st->st_dev;
	r->ino = st->st_ino;
	r->mount = mount;
	r->in_use = true;
	r->looked_ns = 0;
	r->users.n = r->groups.n = 0;
	r->passwd.ino = r->group.ino = 0;
	r->passwd.size = r->group.size = 0;
	r->passwd.mtime_ns = r->group.mtime_ns = 0;
}

/* The slot of a root directory; the one that was idle longest makes room. */
static struct root *root_slot(struct users *u, const struct stat *st,
			      uint64_t mount)
{
	struct root *oldest = &u->roots[0];

	for (size_t i = 0; i < ROOTS_MAX; i++) {
		struct root *r = &u->roots[i];

		if (r->in_use && r->dev == st->st_dev &&
		    r->ino == st->st_ino && r->mount == mount)
			return r;
		if (r->used_ns < oldest->used_ns)
			oldest = r;
	}
	if (oldest == u->own)
		u->own = NULL;
	root_reset(oldest, st, mount);
	return oldest;
}

static bool is_recent(const struct root *r, uint64_t now)
{
	return r->looked_ns && now - r->looked_ns <= LOOK_AGAIN_NS;
}

/* The same directory may have another /etc/passwd mounted over its own elsewhere. */
static uint64_t mount_of(const struct users *u, pid_t pid)
{
	struct statx stx;
	char path[32];

	snprintf(path, sizeof(path), "%d/root", pid);
	if (statx(u->proc_fd, path, AT_STATX_DONT_SYNC, STATX_MNT_ID, &stx) < 0)
		return 0;
	return stx.stx_mask & STATX_MNT_ID ? stx.stx_mnt_id : 0;
}

static const struct root *root_found(struct users *u, pid_t pid, uint64_t now)
{
	struct root *r;
	struct stat st;

	if (procfs_stat_link(u->proc_fd, pid, "root", &st) < 0)
		return NULL;
	r = root_slot(u, &st, mount_of(u, pid));
	r->used_ns = now;
	if (is_recent(r, now))
		return r;
	if (!look(r, u->proc_fd, pid))
		return NULL;
	r->looked_ns = now;
	return r;
}

static const struct root *root_of(struct users *u, pid_t pid)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);

	if (pid)
		return root_found(u, pid, now);
	if (!u->own || !is_recent(u->own, now))
		u->own = root_found(u, getpid(), now);
	return u->own;
}

const struct user_info *users_user(struct users *u, pid_t pid, uint32_t uid)
{
	const struct root *r = root_of(u, pid);

	for (size_t i = 0; r && i < r->users.n; i++) {
		if (r->users.items[i].uid == uid)
			return &r->users.items[i];
	}
	return NULL;
}

const struct group_info *users_group(struct users *u, pid_t pid, uint32_t gid)
{
	const struct root *r = root_of(u, pid);

	for (size_t i = 0; r && i < r->groups.n; i++) {
		if (r->groups.items[i].gid == gid)
			return &r->groups.items[i];
	}
	return NULL;
}
