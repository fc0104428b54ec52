/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How each part of a process is read from /proc. One function a part; texts go to
 * buffers of the entry, which are used again for the next process.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "array.h"
#include "cleanup.h"

#include "layers.h"
#include "processes.h"
#include "patience.h"
#include "procfs.h"

/* The longest argument vector or environment that an event can carry. */
#define TEXT_MAX 65000
#define GROUPS_MAX 64
#define CAP_DAC_OVERRIDE_BIT 1
#define CAP_FOWNER_BIT 3

/* Strings that end with NUL each (the last may lack it) as spans. */
static size_t split_strings(struct span text, struct span **items, size_t *cap)
{
	size_t n = 0, at = 0;

	while (at < text.n) {
		size_t len = strnlen(text.data + at, text.n - at);

		*items = array_grow_(*items, n, cap, sizeof(**items));
		(*items)[n++] = span_make(text.data + at, len);
		at += len + 1;
	}
	return n;
}

/* Numbers as the process itself sees them. In our own pid namespace, the usual
 * case, stat has them all; status costs as much again. */
static int read_numbers(struct processes *p, struct process_entry *e,
			const struct procfs_stat **stat,
			struct procfs_status *status)
{
	const struct procfs_status *own;
	int ret = process_stat(p, e, stat);

	if (ret < 0)
		return ret;
	if (!processes_shares_pidns(p, e)) {
		ret = process_status(p, e, &own);
		*status = *own;
		return ret;
	}
	*status = (struct procfs_status){ .tgid = e->leader->tid,
					  .vtid = e->tid,
					  .vpid = e->leader->tid,
					  .vpgid = (*stat)->pgrp,
					  .vsid = (*stat)->session };
	return 0;
}

/* Whoever stands for us hides behind us. */
static int64_t parent_of(struct processes *p, const struct process_entry *e,
			 int64_t ppid)
{
	pid_t front = processes_front(p, e->tid);
	struct procfs_stat stat;

	if (front && front == ppid &&
	    procfs_stat(processes_proc_fd(p), front, &stat) == 0)
		return stat.ppid;
	return ppid;
}

static int read_ids(struct processes *p, struct process_entry *e)
{
	struct procfs_status status;
	const struct procfs_stat *stat;
	int ret = read_numbers(p, e, &stat, &status);
	int64_t ppid;

	if (ret < 0)
		return ret;
	e->start_ticks = stat->start_ticks;
	e->info.tid = e->tid;
	e->info.pid = e->leader->tid;
	ppid = parent_of(p, e, stat->ppid);
	e->info.ppid = ppid > 0 ? ppid : -1;
	e->info.vtid = status.vtid;
	e->info.vpid = status.vpid;
	e->info.in_child_pidns = status.depth > 0;
	e->info.start_ns = processes_start_ns(p, stat->start_ticks);
	e->info.start_slack_ns = processes_start_ns(p, 1) -
				 processes_start_ns(p, 0);
	return 0;
}

static int read_comm_file(struct processes *p, struct process_entry *e)
{
	char *buf = e->comm_text;
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	ssize_t n = procfs_read(processes_proc_fd(p), e->tid, "comm", 64,
				&text);

	if (n < 0)
		return (int)n;
	if (n && text.data[n - 1] == '\n')
		n--;
	n = n < (ssize_t)sizeof(e->comm_text) ? n : (ssize_t)sizeof(e->comm_text);
	memcpy(buf, text.data, (size_t)n);
	e->info.comm = span_make(buf, (size_t)n);
	return 0;
}

/* The user is asked for with it, in the same file. */
static int read_comm(struct processes *p, struct process_entry *e)
{
	const struct procfs_status *status;
	int ret = process_status(p, e, &status);

	if (ret < 0)
		return ret;
	if (!status->comm[0])
		return read_comm_file(p, e);
	memcpy(e->comm_text, status->comm, sizeof(status->comm));
	e->info.comm = span_of(e->comm_text);
	return 0;
}

/* A text that the kernel reads out of the process's own memory. */
struct memory_text {
	int proc_fd;
	pid_t tid;
	const char *name;
	struct strbuf text;
};

static long read_text(void *job)
{
	struct memory_text *t = job;

	return procfs_read(t->proc_fd, t->tid, t->name, TEXT_MAX, &t->text);
}

static void end_text(void *job)
{
	struct memory_text *t = job;

	strbuf_done(&t->text);
	free(t);
}

static ssize_t read_memory_text(struct processes *p, struct process_entry *e,
				const char *name, struct strbuf *out)
{
	const struct patience *patience = processes_patience(p);
	struct memory_text *t;
	long n;

	if (!patience || !patience->served)
		return procfs_read(processes_proc_fd(p), e->tid, name, TEXT_MAX,
				   out);
	if (e->stalls)
		return -EACCES;
	t = xcalloc(1, sizeof(*t));
	*t = (struct memory_text){ processes_proc_fd(p), e->tid, name,
				   STRBUF_INIT };
	n = patience_ask(patience, read_text, end_text, t);
	e->stalls = n == -ETIMEDOUT;
	if (e->stalls)
		return -EACCES;
	strbuf_addspan(out, strbuf_span(&t->text));
	end_text(t);
	return n;
}

static void split_args(struct process_entry *e)
{
	size_t items = split_strings(strbuf_span(&e->arg_text), &e->arg_items,
				     &e->arg_cap);

	e->info.exe = items ? e->arg_items[0] : span_make("", 0);
	e->info.args.items = items ? e->arg_items + 1 : NULL;
	e->info.args.n = items ? items - 1 : 0;
}

static int read_args(struct processes *p, struct process_entry *e)
{
	ssize_t n;

	strbuf_reset(&e->arg_text);
	n = read_memory_text(p, e, "cmdline", &e->arg_text);
	if (n < 0)
		return (int)n;
	split_args(e);
	return 0;
}

static int read_env(struct processes *p, struct process_entry *e)
{
	ssize_t n;

	strbuf_reset(&e->env_text);
	n = read_memory_text(p, e, "environ", &e->env_text);
	if (n < 0)
		return (int)n;
	e->info.env.n = split_strings(strbuf_span(&e->env_text), &e->env_items,
				      &e->env_cap);
	e->info.env.items = e->env_items;
	return 0;
}

static int read_link_text(struct processes *p, struct process_entry *e,
			  const char *name, struct strbuf *out)
{
	char link[4096];
	ssize_t n = procfs_link(processes_proc_fd(p), e->tid, name, link,
				sizeof(link));

	if (n < 0)
		return (int)n;
	strbuf_reset(out);
	strbuf_add(out, link, (size_t)n);
	return 0;
}

static int read_exepath(struct processes *p, struct process_entry *e)
{
	static const struct span deleted = SPAN_INIT(" (deleted)");
	int ret = read_link_text(p, e, "exe", &e->exe_text);

	if (ret < 0)
		return ret;
	e->info.exelink = e->info.exepath = strbuf_span(&e->exe_text);
	if (span_ends_with(e->info.exepath, deleted))
		e->info.exepath.n -= deleted.n;
	return 0;
}

static bool in_groups(struct processes *p, const struct process_entry *e,
		      const struct procfs_status *who, gid_t gid)
{
	uint32_t groups[GROUPS_MAX];
	int n;

	if (who->gid[3] == gid)
		return true;
	n = procfs_groups(processes_proc_fd(p), e->tid, groups, GROUPS_MAX);
	for (int i = 0; i < n; i++) {
		if (groups[i] == gid)
			return true;
	}
	return false;
}

/* Could the process write its own executable, were nobody running it, and were it not
 * mounted for reading? Its owner counts, who can make it writable. */
static bool may_write(struct processes *p, struct process_entry *e,
		      const struct procfs_status *who, const struct stat *st)
{
	uint64_t all = UINT64_C(1) << CAP_DAC_OVERRIDE_BIT |
		       UINT64_C(1) << CAP_FOWNER_BIT;

	if (who->uid[3] == st->st_uid || who->cap_effective & all)
		return true;
	if (st->st_mode & S_IWOTH)
		return true;
	return st->st_mode & S_IWGRP && in_groups(p, e, who, st->st_gid);
}

static uint64_t stamp_ns(struct timespec ts)
{
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* Nobody has linked to a memfd. */
static bool is_memfd(int proc_fd, pid_t tid, const struct stat *st,
		     const struct statfs *fs)
{
	char link[16];
	ssize_t n;

	if (st->st_nlink && fs->f_type != TMPFS_MAGIC)
		return false;
	n = procfs_link(proc_fd, tid, "exe", link, sizeof(link));
	return n > 0 && span_starts_with(span_make(link, (size_t)n),
					 SPAN("/memfd:"));
}

/* What only the file system knows. */
static int read_exefs(struct processes *p, struct process_entry *e,
		      const struct stat *st)
{
	int proc_fd = processes_proc_fd(p);
	CLEANUP(closep) int fd = procfs_open(proc_fd, e->tid, "exe", O_PATH);
	struct statfs fs = { 0 };
	struct layers layers;

	if (fd < 0)
		return fd;
	fstatfs(fd, &fs);
	if (fs.f_flags & ST_RDONLY)
		e->info.exe_writable = false;
	e->info.exe_from_memfd = is_memfd(proc_fd, e->tid, st, &fs);
	layers = layers_of(proc_fd, e->tid, fd, &fs);
	e->info.exe_upper_layer = layers.upper;
	e->info.exe_lower_layer = layers.lower;
	return 0;
}

static int read_exefile(struct processes *p, struct process_entry *e)
{
	const struct procfs_status *who;
	const struct stat *st;
	int ret = process_exe(p, e, &st);

	if (ret == 0)
		ret = process_status(p, e, &who);
	if (ret < 0)
		return ret;
	e->info.exe_ino = st->st_ino;
	e->info.exe_ctime_ns = stamp_ns(st->st_ctim);
	e->info.exe_mtime_ns = stamp_ns(st->st_mtim);
	e->info.exe_writable = may_write(p, e, who, st);
	e->info.exe_from_memfd = false;
	e->info.exe_upper_layer = e->info.exe_lower_layer = false;
	/* Neither overlayfs nor a memfd has a device of its own. */
	if (!e->info.exe_writable && major(st->st_dev))
		return 0;
	return read_exefs(p, e, st);
}

static void set_cwd(struct strbuf *text, struct span cwd)
{
	strbuf_reset(text);
	strbuf_addspan(text, cwd);
	if (cwd.n && !span_ends_with(cwd, SPAN("/")))
		strbuf_addch(text, '/');
}

void process_part_hold_cwd(struct process_entry *e, struct span cwd)
{
	set_cwd(&e->leader->cwd_held, cwd);
}

static int tell_held(struct process_entry *e, int refusal)
{
	if (refusal != -EACCES || !e->leader->cwd_held.n)
		return refusal;
	e->info.cwd = strbuf_span(&e->leader->cwd_held);
	return 0;
}

static int read_cwd(struct processes *p, struct process_entry *e)
{
	struct span root, cwd;
	char link[4096];
	ssize_t n = procfs_link(processes_proc_fd(p), e->tid, "cwd", link,
				sizeof(link));

	if (n < 0)
		return tell_held(e, (int)n);
	root = processes_root(p, e);
	cwd = processes_strip(root, span_make(link, (size_t)n));
	set_cwd(&e->cwd_text, cwd);
	e->info.cwd = strbuf_span(&e->cwd_text);
	return 0;
}

static int read_user(struct processes *p, struct process_entry *e)
{
	const struct procfs_status *status;
	int ret = process_status(p, e, &status);

	if (ret < 0)
		return ret;
	e->info.uid = status->uid[1];
	e->info.gid = status->gid[1];
	e->info.cap_permitted = status->cap_permitted;
	e->info.cap_effective = status->cap_effective;
	e->info.cap_inheritable = status->cap_inheritable;
	return 0;
}

static int read_login(struct processes *p, struct process_entry *e)
{
	return procfs_loginuid(processes_proc_fd(p), e->tid,
			       &e->info.loginuid);
}

static int read_session(struct processes *p, struct process_entry *e)
{
	struct procfs_status status;
	const struct procfs_stat *stat;
	int ret = read_numbers(p, e, &stat, &status);

	if (ret < 0)
		return ret;
	e->info.sid = status.vsid;
	e->info.vpgid = status.vpgid;
	e->info.pgid = stat->pgrp;
	e->info.tty = stat->tty;
	return 0;
}

/* The subsystems that Falco's driver reports, in its order. */
static const char *const subsystems[] = { "cpuset", "cpu", "cpuacct", "blkio",
					  "memory" };

static struct span cut_at(struct span *rest, char c)
{
	const char *end = memchr(rest->data, c, rest->n);
	struct span part = *rest;

	if (end)
		part.n = (size_t)(end - rest->data);
	*rest = span_from(*rest, part.n + (end ? 1 : 0));
	return part;
}

static bool names_controller(struct span controllers, const char *name)
{
	while (controllers.n) {
		if (span_is(cut_at(&controllers, ','), name))
			return true;
	}
	return false;
}

/* The path of a controller: of its own hierarchy, else of the unified one.
 * Lines: "4:cpu,cpuacct:/path", "1:name=systemd:/path", "0::/path". */
static struct span cgroup_path(struct span lines, const char *controller)
{
	struct span unified = span_make("", 0);

	while (lines.n) {
		struct span line = cut_at(&lines, '\n'), controllers;

		cut_at(&line, ':');
		controllers = cut_at(&line, ':');
		if (!controllers.n)
			unified = line;
		else if (names_controller(controllers, controller))
			return line;
	}
	return unified;
}

static int read_cgroups(struct processes *p, struct process_entry *e)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	ssize_t n = procfs_read_table(processes_proc_fd(p), e->tid, "cgroup",
				TEXT_MAX, &text);

	if (n < 0)
		return (int)n;
	strbuf_reset(&e->cgroup_text);
	for (size_t i = 0; i < ARRAY_SIZE(subsystems); i++) {
		struct span path = cgroup_path(strbuf_span(&text),
					       subsystems[i]);

		if (!path.n)
			continue;
		strbuf_adds(&e->cgroup_text, subsystems[i]);
		strbuf_addch(&e->cgroup_text, '=');
		strbuf_addspan(&e->cgroup_text, path);
		strbuf_addch(&e->cgroup_text, '\0');
	}
	e->info.cgroups.n = split_strings(strbuf_span(&e->cgroup_text),
					  &e->cgroup_items, &e->cgroup_cap);
	e->info.cgroups.items = e->cgroup_items;
	return 0;
}

static int read_memory(struct processes *p, struct process_entry *e)
{
	const struct procfs_status *status;
	const struct procfs_stat *stat;
	int ret = process_stat(p, e, &stat);

	if (ret == 0)
		ret = process_status(p, e, &status);
	if (ret < 0)
		return ret;
	e->info.vm_size = status->vm_size;
	e->info.vm_rss = status->vm_rss;
	e->info.vm_swap = status->vm_swap;
	e->info.pf_major = stat->major_faults;
	e->info.pf_minor = stat->minor_faults;
	e->info.nthreads = status->threads;
	if (procfs_fdlimit(processes_proc_fd(p), e->tid, &e->info.fdlimit) < 0)
		e->info.fdlimit = -1;
	return 0;
}

static void count_fd(void *ctx, int fd)
{
	uint64_t *n = ctx;

	(void)fd;
	(*n)++;
}

static int read_fds(struct processes *p, struct process_entry *e)
{
	uint64_t n = 0;
	int ret = procfs_fds(processes_proc_fd(p), e->tid, count_fd, &n);

	if (ret < 0)
		return ret;
	e->info.nfds = n;
	return 0;
}

/* The first process of the namespace is an ancestor, unless it has ended or was
 * entered with setns(2): then its start is not known. */
static int read_pidns(struct processes *p, struct process_entry *e)
{
	struct process_entry *at = e, *same;

	if (processes_part(p, e, PROCESS_IDS, &same) != OUTCOME_VALUE)
		return -ESRCH;
	e->info.pidns_start_ns = 0;
	if (!e->info.in_child_pidns) {
		struct procfs_stat first;

		if (!procfs_stat(processes_proc_fd(p), 1, &first))
			e->info.pidns_start_ns =
				processes_start_ns(p, first.start_ticks);
		return 0;
	}
	while (at && at->info.vpid != 1 && at->info.in_child_pidns)
		at = processes_parent(p, at);
	if (at && at->info.vpid == 1)
		e->info.pidns_start_ns = at->info.start_ns;
	return 0;
}

static int (*const readers[PROCESS_PART_COUNT])(struct processes *p,
						struct process_entry *e) = {
	[PROCESS_IDS] = read_ids,	  [PROCESS_COMM] = read_comm,
	[PROCESS_ARGS] = read_args,	  [PROCESS_EXEPATH] = read_exepath,
	[PROCESS_EXEFILE] = read_exefile, [PROCESS_ENV] = read_env,
	[PROCESS_CWD] = read_cwd,	  [PROCESS_USER] = read_user,
	[PROCESS_LOGIN] = read_login,	  [PROCESS_SESSION] = read_session,
	[PROCESS_CGROUPS] = read_cgroups, [PROCESS_MEMORY] = read_memory,
	[PROCESS_FDS] = read_fds,	  [PROCESS_PIDNS] = read_pidns,
};

int process_part_read(struct processes *p, struct process_entry *e,
		      enum process_part part)
{
	return readers[part](p, e);
}

void process_part_give(struct process_entry *e, enum process_part part,
		       const struct given_image *given)
{
	if (part == PROCESS_COMM) {
		size_t n = given->name.n < 15 ? given->name.n : 15;

		memcpy(e->comm_text, given->name.data, n);
		e->info.comm = span_make(e->comm_text, n);
	} else if (part == PROCESS_ARGS) {
		strbuf_reset(&e->arg_text);
		strbuf_addspan(&e->arg_text, given->args);
		split_args(e);
	} else {
		strbuf_reset(&e->exe_text);
		strbuf_addspan(&e->exe_text, given->path);
		e->info.exelink = e->info.exepath = strbuf_span(&e->exe_text);
	}
}
