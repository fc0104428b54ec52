/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading and parsing the files of /proc/pid. Only the fields that somebody asks for are
 * kept. comm stands in parentheses in stat and may hold parentheses itself: its
 * end is the last one.
 */
#include "procfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array.h"
#include "cleanup.h"
#include "strbuf.h"

#include "wear.h"

/* stat has some 52 numbers, status some 60 lines of which one may be long. */
#define PROCFS_SMALL 8192

static int procfs_errno(void)
{
	if (errno == ENOENT || errno == ESRCH || errno == ENOTDIR)
		return -ESRCH;
	return errno == EPERM ? -EACCES : -errno;
}

static void procfs_path(char *buf, size_t cap, pid_t pid, const char *name)
{
	if (pid)
		snprintf(buf, cap, "%d/%s", pid, name);
	else
		snprintf(buf, cap, "%s", name);
}

/* Were we refused what somebody of the process's own ids would get? Who the process is
 * tells everybody, and is what wear_files() asks for. */
static bool may_wear(int proc_fd, pid_t pid, const char *name,
		     struct worn *ret)
{
	return pid && (errno == EACCES || errno == EPERM) &&
	       strcmp(name, "status") != 0 && wear_files(proc_fd, pid, ret);
}

int procfs_open_own(void)
{
	CLEANUP(closep) int fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char self[32] = "";

	if (fd < 0)
		return -errno;
	if (readlinkat(fd, "self", self, sizeof(self) - 1) < 0 ||
	    strtol(self, NULL, 10) != getpid())
		return -ESRCH;
	return TAKE_FD(fd);
}

int procfs_open(int proc_fd, pid_t pid, const char *name, int flags)
{
	struct worn worn;
	char path[64];
	int fd;

	procfs_path(path, sizeof(path), pid, name);
	fd = openat(proc_fd, path, flags | O_CLOEXEC);
	if (fd < 0 && may_wear(proc_fd, pid, name, &worn)) {
		fd = openat(proc_fd, path, flags | O_CLOEXEC);
		wear_off(&worn);
	}

	return fd < 0 ? procfs_errno() : fd;
}

static ssize_t read_fd(int fd, char *buf, size_t cap)
{
	ssize_t got;

	do
		got = read(fd, buf, cap);
	while (got < 0 && errno == EINTR);

	return got < 0 ? procfs_errno() : got;
}

/* A table (seq_file in the kernel) gives as many whole lines as fit into a page with each
 * read, so only nothing is its end; memory and names are all there at once. */
static ssize_t read_whole(int fd, size_t cap, bool is_table,
			  struct strbuf *out)
{
	size_t start = out->n, step = 4096;

	while (out->n - start < cap) {
		size_t left = cap - (out->n - start);
		ssize_t got;

		step = step > left ? left : step;
		strbuf_grow(out, step);
		got = read_fd(fd, out->data + out->n, step);
		if (got < 0)
			return got;
		out->n += (size_t)got;
		out->data[out->n] = '\0';
		if (!got || (!is_table && (size_t)got < step))
			break;
		step *= 2;
	}
	return (ssize_t)(out->n - start);
}

ssize_t procfs_read(int proc_fd, pid_t pid, const char *name, size_t cap,
		    struct strbuf *out)
{
	CLEANUP(closep) int fd = procfs_open(proc_fd, pid, name, O_RDONLY);

	return fd < 0 ? fd : read_whole(fd, cap, false, out);
}

ssize_t procfs_read_table(int proc_fd, pid_t pid, const char *name, size_t cap,
			  struct strbuf *out)
{
	CLEANUP(closep) int fd = procfs_open(proc_fd, pid, name, O_RDONLY);

	return fd < 0 ? fd : read_whole(fd, cap, true, out);
}

/* A small file into a NUL-terminated buffer. */
static ssize_t read_small(int proc_fd, pid_t pid, const char *name, char *buf,
			  size_t cap)
{
	CLEANUP(closep) int fd = procfs_open(proc_fd, pid, name, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = read_fd(fd, buf, cap - 1);
	if (n >= 0)
		buf[n] = '\0';
	return n;
}

ssize_t procfs_link(int proc_fd, pid_t pid, const char *name, char *buf,
		    size_t cap)
{
	struct worn worn;
	char path[64];
	ssize_t n;

	procfs_path(path, sizeof(path), pid, name);
	n = readlinkat(proc_fd, path, buf, cap - 1);
	if (n < 0 && may_wear(proc_fd, pid, name, &worn)) {
		n = readlinkat(proc_fd, path, buf, cap - 1);
		wear_off(&worn);
	}
	if (n < 0)
		return procfs_errno();
	buf[n] = '\0';
	return n;
}

int procfs_stat_link(int proc_fd, pid_t pid, const char *name,
		     struct stat *ret)
{
	struct worn worn;
	char path[64];
	struct stat st;
	int r;

	procfs_path(path, sizeof(path), pid, name);
	r = fstatat(proc_fd, path, &st, 0);
	if (r < 0 && may_wear(proc_fd, pid, name, &worn)) {
		r = fstatat(proc_fd, path, &st, 0);
		wear_off(&worn);
	}
	if (r < 0)
		return procfs_errno();
	*ret = st;
	return 0;
}

/* The numbers after comm, from "state" (3) on: 4 ppid, 5 pgrp, 6 session, 7 tty,
 * 10 and 12 faults, 22 start. */
int procfs_stat_parse(const char *text, size_t n, struct procfs_stat *ret)
{
	const char *open = memchr(text, '(', n);
	const char *close = memrchr(text, ')', n);
	long long number[23] = { 0 };
	size_t name;
	char *next;

	if (!open || !close || close < open || close + 3 >= text + n)
		return -EINVAL;
	next = (char *)(uintptr_t)(close + 3);
	for (size_t i = 4; i < ARRAY_SIZE(number); i++)
		number[i] = strtoll(next, &next, 10);
	if (number[22] < 0)
		return -EINVAL;
	memset(ret, 0, sizeof(*ret));
	name = (size_t)(close - open - 1);
	name = name < sizeof(ret->comm) ? name : sizeof(ret->comm) - 1;
	memcpy(ret->comm, open + 1, name);
	ret->ppid = number[4];
	ret->pgrp = number[5];
	ret->session = number[6];
	ret->tty = (uint32_t)number[7];
	ret->minor_faults = (uint64_t)number[10];
	ret->major_faults = (uint64_t)number[12];
	ret->start_ticks = (uint64_t)number[22];
	return 0;
}

int procfs_stat(int proc_fd, pid_t pid, struct procfs_stat *ret)
{
	char buf[PROCFS_SMALL];
	ssize_t n = read_small(proc_fd, pid, "stat", buf, sizeof(buf));

	return n < 0 ? (int)n : procfs_stat_parse(buf, (size_t)n, ret);
}

/* The last of the numbers of a line: the innermost namespace's. */
static int64_t last_number(const char *s, unsigned *ret_count)
{
	int64_t last = -1;
	unsigned count = 0;

	for (;;) {
		char *end;
		long long x = strtoll(s, &end, 10);

		if (end == s)
			break;
		last = x;
		count++;
		s = end;
		if (*s == '\n' || !*s)
			break;
	}
	if (ret_count)
		*ret_count = count;
	return last;
}

static void four_ids(const char *s, uint32_t ids[4])
{
	for (size_t i = 0; i < 4; i++) {
		char *end;

		ids[i] = (uint32_t)strtoul(s, &end, 10);
		s = end;
	}
}

static uint64_t decimal(const char *s)
{
	return strtoull(s, NULL, 10);
}

static uint64_t hexadecimal(const char *s)
{
	return strtoull(s, NULL, 16);
}

/* A newline and a backslash are escaped by the kernel (proc_task_name()). */
static void take_name(struct procfs_status *st, const char *s)
{
	size_t n = 0;

	s += *s == '\t';
	for (; *s && *s != '\n' && n < sizeof(st->comm) - 1; s++) {
		bool escaped = s[0] == '\\' && (s[1] == '\\' || s[1] == 'n');

		s += escaped;
		st->comm[n++] = escaped && *s == 'n' ? '\n' : *s;
	}
	st->comm[n] = '\0';
}

static void take_tgid(struct procfs_status *st, const char *s)
{
	st->tgid = (int64_t)decimal(s);
}

static void take_tracer(struct procfs_status *st, const char *s)
{
	st->tracer = (int64_t)decimal(s);
}

static void take_nspid(struct procfs_status *st, const char *s)
{
	unsigned count;

	st->vtid = last_number(s, &count);
	st->depth = count ? count - 1 : 0;
}

static void take_nstgid(struct procfs_status *st, const char *s)
{
	st->vpid = last_number(s, NULL);
}

static void take_nspgid(struct procfs_status *st, const char *s)
{
	st->vpgid = last_number(s, NULL);
}

static void take_nssid(struct procfs_status *st, const char *s)
{
	st->vsid = last_number(s, NULL);
}

static void take_uid(struct procfs_status *st, const char *s)
{
	four_ids(s, st->uid);
}

static void take_gid(struct procfs_status *st, const char *s)
{
	four_ids(s, st->gid);
}

static void take_cap_inh(struct procfs_status *st, const char *s)
{
	st->cap_inheritable = hexadecimal(s);
}

static void take_cap_prm(struct procfs_status *st, const char *s)
{
	st->cap_permitted = hexadecimal(s);
}

static void take_cap_eff(struct procfs_status *st, const char *s)
{
	st->cap_effective = hexadecimal(s);
}

static void take_vm_size(struct procfs_status *st, const char *s)
{
	st->vm_size = decimal(s);
}

static void take_vm_rss(struct procfs_status *st, const char *s)
{
	st->vm_rss = decimal(s);
}

static void take_vm_swap(struct procfs_status *st, const char *s)
{
	st->vm_swap = decimal(s);
}

static void take_threads(struct procfs_status *st, const char *s)
{
	st->threads = decimal(s);
}

/* A thread's own, and its process's. */
static void take_sig_pnd(struct procfs_status *st, const char *s)
{
	st->sig_pending |= hexadecimal(s);
}

static void take_sig_blk(struct procfs_status *st, const char *s)
{
	st->sig_blocked = hexadecimal(s);
}

static void take_sig_ign(struct procfs_status *st, const char *s)
{
	st->sig_ignored = hexadecimal(s);
}

static void take_sig_cgt(struct procfs_status *st, const char *s)
{
	st->sig_caught = hexadecimal(s);
}

static const struct {
	const char *key;
	void (*take)(struct procfs_status *st, const char *s);
} status_lines[] = {
	{ "Name:", take_name },	      { "Tgid:", take_tgid },
	{ "TracerPid:", take_tracer }, { "NSpid:", take_nspid },
	{ "NStgid:", take_nstgid },   { "NSpgid:", take_nspgid },
	{ "NSsid:", take_nssid },     { "Uid:", take_uid },
	{ "Gid:", take_gid },	      { "CapInh:", take_cap_inh },
	{ "CapPrm:", take_cap_prm },  { "CapEff:", take_cap_eff },
	{ "VmSize:", take_vm_size },  { "VmRSS:", take_vm_rss },
	{ "VmSwap:", take_vm_swap },  { "Threads:", take_threads },
	{ "SigIgn:", take_sig_ign },  { "SigCgt:", take_sig_cgt },
	{ "SigPnd:", take_sig_pnd },  { "ShdPnd:", take_sig_pnd },
	{ "SigBlk:", take_sig_blk },
};

static void status_line(const char *line, struct procfs_status *st)
{
	for (size_t i = 0; i < ARRAY_SIZE(status_lines); i++) {
		size_t n = strlen(status_lines[i].key);

		if (strncmp(line, status_lines[i].key, n) == 0) {
			status_lines[i].take(st, line + n);
			return;
		}
	}
}

int procfs_status_parse(const char *text, struct procfs_status *ret)
{
	struct procfs_status st = { .tgid = -1, .vtid = -1, .vpid = -1,
				    .vpgid = -1, .vsid = -1 };

	/* The name's newlines are escaped by the kernel: each line is a line. */
	while (text && *text) {
		status_line(text, &st);
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	if (st.tgid <= 0)
		return -EINVAL;
	*ret = st;
	return 0;
}

int procfs_status(int proc_fd, pid_t pid, struct procfs_status *ret)
{
	char buf[PROCFS_SMALL];
	ssize_t n = read_small(proc_fd, pid, "status", buf, sizeof(buf));

	return n < 0 ? (int)n : procfs_status_parse(buf, ret);
}

int procfs_loginuid(int proc_fd, pid_t pid, uint32_t *ret)
{
	char buf[32];
	struct stat st;
	ssize_t n = read_small(proc_fd, pid, "loginuid", buf, sizeof(buf));

	if (n == -ESRCH && !procfs_stat_link(proc_fd, pid, "stat", &st)) {
		*ret = UINT32_MAX;
		return 0;
	}
	if (n < 0)
		return (int)n;
	*ret = (uint32_t)decimal(buf);
	return 0;
}

int procfs_fdlimit(int proc_fd, pid_t pid, int64_t *ret)
{
	static const char key[] = "Max open files";
	char buf[PROCFS_SMALL];
	struct rlimit limit;
	const char *line;
	ssize_t n;

	if (!prlimit(pid, RLIMIT_NOFILE, NULL, &limit)) {
		*ret = limit.rlim_cur == RLIM_INFINITY ?
			       INT64_MAX :
			       (int64_t)limit.rlim_cur;
		return 0;
	}
	n = read_small(proc_fd, pid, "limits", buf, sizeof(buf));
	if (n < 0)
		return (int)n;
	line = strstr(buf, key);
	if (!line)
		return -EINVAL;
	line += sizeof(key) - 1;
	line += strspn(line, " ");
	*ret = *line == 'u' ? INT64_MAX : (int64_t)decimal(line);
	return 0;
}

int procfs_groups(int proc_fd, pid_t pid, uint32_t *ret, size_t cap)
{
	char buf[PROCFS_SMALL];
	ssize_t got = read_small(proc_fd, pid, "status", buf, sizeof(buf));
	const char *s = got < 0 ? NULL : strstr(buf, "\nGroups:");
	size_t n = 0;

	if (got < 0)
		return (int)got;
	s = s ? s + strlen("\nGroups:") : "";
	while (n < cap) {
		char *end;

		s += strspn(s, " \t");
		if (*s < '0' || *s > '9')
			break;
		ret[n++] = (uint32_t)strtoul(s, &end, 10);
		s = end;
	}
	return (int)n;
}

static void closedirp(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static int each_number(int dir_fd, void (*fn)(void *ctx, int number), void *ctx)
{
	CLEANUP(closep) int fd = dir_fd;
	CLEANUP(closedirp) DIR *dir = NULL;
	struct dirent *entry;

	if (fd < 0)
		return fd;
	dir = fdopendir(fd);
	if (!dir)
		return -errno;
	(void)TAKE_FD(fd);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9')
			fn(ctx, (int)strtol(entry->d_name, NULL, 10));
	}
	return 0;
}

int procfs_fds(int proc_fd, pid_t pid, void (*fn)(void *ctx, int fd), void *ctx)
{
	return each_number(procfs_open(proc_fd, pid, "fd",
				       O_RDONLY | O_DIRECTORY),
			   fn, ctx);
}

int procfs_threads(int proc_fd, pid_t pid, void (*fn)(void *ctx, pid_t tid),
		   void *ctx)
{
	return each_number(procfs_open(proc_fd, pid, "task",
				       O_RDONLY | O_DIRECTORY),
			   fn, ctx);
}

int procfs_processes(int proc_fd, void (*fn)(void *ctx, pid_t pid), void *ctx)
{
	return each_number(procfs_open(proc_fd, 0, ".", O_RDONLY | O_DIRECTORY),
			   fn, ctx);
}
