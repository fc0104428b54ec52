/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table itself: finding, dropping, and deciding what may be remembered. How a
 * part is read is in process_parts.c.
 */
#include "processes.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "alloc.h"
#include "array.h"
#include "cleanup.h"
#include "clock.h"

#include "procfs.h"
#include "tracer.h"

#define BUCKETS 1024
/* Descriptors that are not for the table, and those that an entry may hold: */
#define SPARE_FILES 64
#define FILES_EACH 3 /* its pidfd, its mappings, its memory */
/* Linux 6.9; equal to O_EXCL by definition. */
#define PIDFD_OF_THREAD 0200

struct processes {
	int proc_fd;
	int epoll_fd;
	struct tracer_stats *stats;
	struct process_entry *buckets[BUCKETS];
	struct process_entry *pool;
	size_t count;
	size_t most; /* entries that may hold a descriptor */
	const struct process_entry *held; /* a leader, or NULL */
	uint64_t serial;
	bool roots_differ; /* somebody has moved his */
	bool has_root;     /* our own: */
	struct statx root;
	uint64_t boot_ns;  /* since the epoch */
	uint64_t tick_ns;
	const struct patience *patience;
	processes_end_fn *on_end; /* NULL: nobody wants to hear */
	void *on_end_ctx;
	pid_t self, front; /* the one is shown as the other's parent's child */
	char pidns[32]; /* the text of our own namespace's link, or empty */
};

/* What belongs to an image, or to the process for good. */
static const bool part_stays[PROCESS_PART_COUNT] = {
	[PROCESS_IDS] = true,	  [PROCESS_COMM] = true,
	[PROCESS_ARGS] = true,	  [PROCESS_EXEPATH] = true,
	[PROCESS_EXEFILE] = true, [PROCESS_ENV] = true,
	[PROCESS_PIDNS] = true,	  [PROCESS_USER] = true,
};

/* What an exec changes of these. */
static const bool part_of_image[PROCESS_PART_COUNT] = {
	[PROCESS_COMM] = true,	  [PROCESS_ARGS] = true,
	[PROCESS_EXEPATH] = true, [PROCESS_EXEFILE] = true,
	[PROCESS_ENV] = true,	  [PROCESS_USER] = true,
};

/* What each thread has for itself. */
static const bool part_of_thread[PROCESS_PART_COUNT] = {
	[PROCESS_IDS] = true,
	[PROCESS_COMM] = true,
	[PROCESS_USER] = true,
	[PROCESS_CWD] = true,
};

/* Descriptors are left over for the questions themselves. */
static size_t most_watched(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0 ||
	    files.rlim_cur <= SPARE_FILES)
		return 0;
	return (files.rlim_cur - SPARE_FILES) / FILES_EACH;
}

static bool look_at_root(int dir_fd, const char *path, struct statx *ret)
{
	unsigned mask = STATX_INO | STATX_MNT_ID;

	return !statx(dir_fd, path, AT_STATX_DONT_SYNC, mask, ret) &&
	       (ret->stx_mask & mask) == mask;
}

struct processes *processes_new(int proc_fd, struct tracer_stats *stats)
{
	struct processes *p = xcalloc(1, sizeof(*p));

	p->proc_fd = proc_fd;
	p->stats = stats;
	p->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	p->serial = 1;
	p->has_root = look_at_root(AT_FDCWD, "/", &p->root);
	p->most = most_watched();
	p->boot_ns = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME);
	p->tick_ns = 1000000000 / (uint64_t)sysconf(_SC_CLK_TCK);
	/* Ours counts only if /proc shows it: then it knows us by our number. */
	procfs_link(proc_fd, getpid(), "ns/pid", p->pidns, sizeof(p->pidns));
	return p;
}

void processes_stand_in(struct processes *p, pid_t front)
{
	p->self = getpid();
	p->front = front;
}

pid_t processes_front(const struct processes *p, pid_t pid)
{
	return pid == p->self ? p->front : 0;
}

void processes_set_patience(struct processes *p, const struct patience *patience)
{
	p->patience = patience;
}

const struct patience *processes_patience(const struct processes *p)
{
	return p->patience;
}

/* What was opened of its address space. */
static void close_memory(struct process_entry *e)
{
	closep(&e->mem_fd);
	closep(&e->maps_fd);
	e->mem_fd = e->maps_fd = -1;
}

static void entry_close(struct process_entry *e)
{
	close_memory(e);
	closep(&e->pidfd);
	e->pidfd = -1;
}

static void entry_free(struct process_entry *e)
{
	struct strbuf *texts[] = { &e->arg_text, &e->env_text,
				   &e->cwd_text, &e->exe_text,
				   &e->cgroup_text, &e->root_text,
				   &e->cwd_held };

	entry_close(e);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		strbuf_done(texts[i]);
	free(e->arg_items);
	free(e->env_items);
	free(e->cgroup_items);
	free(e);
}

void processes_free(struct processes *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < BUCKETS; i++) {
		while (p->buckets[i]) {
			struct process_entry *e = p->buckets[i];

			p->buckets[i] = e->next;
			entry_free(e);
		}
	}
	while (p->pool) {
		struct process_entry *e = p->pool;

		p->pool = e->next;
		entry_free(e);
	}
	closep(&p->epoll_fd);
	free(p);
}

void processes_tick(struct processes *p)
{
	p->serial++;
	p->held = NULL;
}

void processes_hold(struct processes *p, const struct process_entry *e)
{
	p->held = e->leader;
}

int processes_proc_fd(const struct processes *p)
{
	return p->proc_fd;
}

int processes_poll_fd(const struct processes *p)
{
	return p->epoll_fd;
}

size_t processes_count(const struct processes *p)
{
	return p->count;
}

uint64_t processes_start_ns(const struct processes *p, uint64_t ticks)
{
	return p->boot_ns + ticks * p->tick_ns;
}

/* A process stays in its pid namespace for life. */
bool processes_shares_pidns(struct processes *p, struct process_entry *e)
{
	char link[32];

	e = e->leader;
	if (e->pidns_known)
		return e->pidns_shared;
	e->pidns_known = true;
	e->pidns_shared = p->pidns[0] &&
			  procfs_link(p->proc_fd, e->tid, "ns/pid", link,
				      sizeof(link)) > 0 &&
			  strcmp(link, p->pidns) == 0;
	return e->pidns_shared;
}

static struct process_entry **slot_of(struct processes *p, pid_t tid)
{
	struct process_entry **slot = &p->buckets[(unsigned)tid % BUCKETS];

	while (*slot && (*slot)->tid != tid)
		slot = &(*slot)->next;
	return slot;
}

/* An entry with all its buffers kept, everything else as new. */
static struct process_entry *entry_new(struct processes *p, pid_t tid)
{
	struct process_entry *e = p->pool;

	if (e) {
		p->pool = e->next;
	} else {
		e = xcalloc(1, sizeof(*e));
		e->arg_text = e->env_text = e->cwd_text = e->cwd_held = e->exe_text =
			e->cgroup_text = e->root_text =
				(struct strbuf)STRBUF_INIT;
	}
	memset(&e->info, 0, sizeof(e->info));
	memset(e->outcome, 0, sizeof(e->outcome));
	memset(e->read_at, 0, sizeof(e->read_at));
	e->stat_at = e->status_at = e->exe_at = 0;
	e->tid = tid;
	e->leader = e;
	e->next = NULL;
	e->threads = 0;
	e->pidfd = e->mem_fd = e->maps_fd = -1;
	e->start_ticks = e->parent_start = 0;
	e->exec_tid = 0;
	e->root_moves = e->root_known = e->ids_move = false;
	e->root_compared = false;
	e->pidns_known = e->pidns_shared = false;
	e->watched = e->kept = e->ended = false;
	e->sharing = (struct sharing_state){ 0 };
	e->stalls = e->hides = false;
	e->spoils = SPOILS_UNKNOWN;
	strbuf_reset(&e->cwd_held);
	return e;
}

static void unlink_entry(struct processes *p, struct process_entry **slot)
{
	struct process_entry *e = *slot;

	*slot = e->next;
	if (e->leader != e)
		e->leader->threads--;
	if (p->held == e)
		p->held = NULL;
	entry_close(e);
	e->next = p->pool;
	p->pool = e;
	p->count--;
	p->stats->threads_gone++;
}

static void drop_threads(struct processes *p, struct process_entry *leader)
{
	for (size_t i = 0; i < BUCKETS && leader->threads; i++) {
		struct process_entry **slot = &p->buckets[i];

		while (*slot) {
			if ((*slot)->leader == leader && *slot != leader)
				unlink_entry(p, slot);
			else
				slot = &(*slot)->next;
		}
	}
}

void processes_drop(struct processes *p, pid_t pid)
{
	struct process_entry *e = *slot_of(p, pid);

	if (!e)
		return;
	if (e->leader == e)
		drop_threads(p, e);
	unlink_entry(p, slot_of(p, pid));
}

void processes_on_end(struct processes *p, processes_end_fn *fn, void *ctx)
{
	p->on_end = fn;
	p->on_end_ctx = ctx;
}

static void tell_end(struct processes *p, struct process_entry *e,
		     const int *status)
{
	bool news = p->on_end && e->leader->watched && !e->ended;

	e->ended = true;
	if (news)
		p->on_end(p->on_end_ctx, e, status);
}

static struct process_entry *some_thread(struct processes *p,
					 const struct process_entry *leader)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		struct process_entry *e = p->buckets[i];

		while (e && (e->leader != leader || e == leader || e->ended))
			e = e->next;
		if (e)
			return e;
	}
	return NULL;
}

/* Whoever hears of an end may change the table. */
static void end_threads(struct processes *p, struct process_entry *leader)
{
	struct process_entry *e;

	while (p->on_end && leader->threads && (e = some_thread(p, leader)))
		tell_end(p, e, NULL);
}

void processes_end(struct processes *p, pid_t tid, const int *status)
{
	struct process_entry *e = *slot_of(p, tid);

	if (!e)
		return;
	if (e->leader == e)
		end_threads(p, e);
	tell_end(p, e, status);
	processes_drop(p, tid);
}

void processes_reap(struct processes *p)
{
	struct epoll_event events[64];
	int n;

	do {
		n = epoll_wait(p->epoll_fd, events, ARRAY_SIZE(events), 0);
		for (int i = 0; i < n; i++)
			processes_end(p, (pid_t)events[i].data.u64, NULL);
	} while (n == (int)ARRAY_SIZE(events));
}

static int watch(struct processes *p, pid_t tid, unsigned flags)
{
	struct epoll_event event = { .events = EPOLLIN,
				     .data.u64 = (uint64_t)tid };
	CLEANUP(closep) int fd = -1;

	if (p->count >= p->most)
		return -EMFILE;
	fd = (int)syscall(SYS_pidfd_open, tid, flags);
	if (fd < 0)
		return -errno;
	if (epoll_ctl(p->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
		return -errno;
	return TAKE_FD(fd);
}

static struct process_entry *insert(struct processes *p, pid_t tid, int pidfd)
{
	struct process_entry *e = entry_new(p, tid);

	e->pidfd = pidfd;
	e->found_at = p->serial;
	e->next = p->buckets[(unsigned)tid % BUCKETS];
	p->buckets[(unsigned)tid % BUCKETS] = e;
	p->count++;
	p->stats->threads_met++;
	return e;
}

/* A pidfd of the plain sort exists for main threads alone, and so tells one from
 * the others for the price of one call. */
static struct process_entry *find_new(struct processes *p, pid_t tid)
{
	struct process_entry *leader, *e;
	struct procfs_status status;
	int fd = watch(p, tid, 0);

	if (fd >= 0)
		return insert(p, tid, fd);
	if (fd == -ESRCH)
		return NULL;
	fd = watch(p, tid, PIDFD_OF_THREAD);
	if (fd == -ESRCH)
		return NULL;
	if (procfs_status(p->proc_fd, tid, &status) < 0) {
		p->stats->blind[BLIND_PROC] += fd == -EMFILE;
		closep(&fd);
		return NULL;
	}
	if (status.tgid == tid)
		return insert(p, tid, fd);
	leader = processes_find(p, (pid_t)status.tgid);
	if (!leader) {
		closep(&fd);
		return NULL;
	}
	e = insert(p, tid, fd);
	e->leader = leader;
	leader->threads++;
	return e;
}

struct process_entry *processes_find(struct processes *p, pid_t tid)
{
	struct process_entry *e = *slot_of(p, tid);

	if (tid <= 0)
		return NULL;
	/* Without a pidfd it is believed for one event only. */
	if (e && e->pidfd < 0 && e->found_at != p->serial) {
		processes_drop(p, tid);
		e = NULL;
	}
	return e ? e : find_new(p, tid);
}

static bool has_ended(const struct process_entry *e)
{
	struct pollfd pfd = { .fd = e->pidfd, .events = POLLIN };

	return e->pidfd >= 0 && poll(&pfd, 1, 0) > 0;
}

static enum outcome outcome_of(struct processes *p, struct process_entry *e,
			       int ret)
{
	/* What was read last may be the next owner's of the number. */
	if (ret == -ESRCH || (e->leader != p->held && has_ended(e)))
		return OUTCOME_ABSENT;
	if (ret == 0)
		return OUTCOME_VALUE;
	p->stats->blind[BLIND_PROC]++;
	return OUTCOME_FAILED;
}

static bool is_fresh(const struct processes *p, const struct process_entry *e,
		     enum process_part part)
{
	if (!e->read_at[part])
		return false;
	if (e->read_at[part] == p->serial)
		return true;
	if (!part_stays[part] || e->outcome[part] != OUTCOME_VALUE)
		return false;
	if (part == PROCESS_USER && e->ids_move)
		return false;
	return !(part_of_image[part] && e->leader->exec_tid);
}

static enum outcome last_outcome(struct process_entry *e,
				 enum process_part part,
				 struct process_entry **ret)
{
	*ret = e;
	if (!e->read_at[part] || (part_of_image[part] && e->leader->exec_tid))
		return OUTCOME_ABSENT;
	return e->outcome[part];
}

enum outcome processes_part(struct processes *p, struct process_entry *e,
			    enum process_part part, struct process_entry **ret)
{
	if (!part_of_thread[part])
		e = e->leader;
	if (e->ended)
		return last_outcome(e, part, ret);
	if (!is_fresh(p, e, part)) {
		int got = process_part_read(p, e, part);

		e->outcome[part] = (uint8_t)outcome_of(p, e, got);
		e->read_at[part] = p->serial;
	}
	*ret = e;
	return e->outcome[part];
}

/* The numbers are read again, whoever asks for them. */
static void forget_numbers(struct process_entry *e)
{
	e->stat_at = e->status_at = 0;
	e->read_at[PROCESS_IDS] = 0;
}

int process_stat(struct processes *p, struct process_entry *e,
		 const struct procfs_stat **ret)
{
	int got = e->stat_at == p->serial ?
			  0 :
			  procfs_stat(p->proc_fd, e->tid, &e->stat);

	e->stat_at = got < 0 ? 0 : p->serial;
	*ret = &e->stat;
	return got;
}

int process_status(struct processes *p, struct process_entry *e,
		   const struct procfs_status **ret)
{
	int got = e->status_at == p->serial ?
			  0 :
			  procfs_status(p->proc_fd, e->tid, &e->status);

	e->status_at = got < 0 ? 0 : p->serial;
	*ret = &e->status;
	return got;
}

int process_exe(struct processes *p, struct process_entry *e,
		const struct stat **ret)
{
	int got = e->exe_at == p->serial ?
			  0 :
			  procfs_stat_link(p->proc_fd, e->tid, "exe", &e->exe);

	e->exe_at = got < 0 ? 0 : p->serial;
	*ret = &e->exe;
	return got;
}

/* The parent as it was met before, if it is still that one. */
static struct process_entry *known_parent(struct processes *p,
					  const struct process_entry *e)
{
	struct process_entry *parent;

	if (!e->parent_start || e->info.ppid <= 0)
		return NULL;
	parent = *slot_of(p, (pid_t)e->info.ppid);
	if (!parent || parent->start_ticks != e->parent_start)
		return NULL;
	return parent;
}

static bool ids_read(struct processes *p, struct process_entry *e)
{
	struct process_entry *same;

	return processes_part(p, e, PROCESS_IDS, &same) == OUTCOME_VALUE;
}

/* The first process of a pid namespace stays without a parent for life. */
static bool is_first(const struct processes *p, const struct process_entry *e)
{
	return e->tid == 1 && is_fresh(p, e, PROCESS_IDS) && e->info.ppid <= 0;
}

static bool is_child(const struct process_entry *e,
		     const struct process_entry *parent)
{
	return e->leader == e && !e->ended && e->read_at[PROCESS_IDS] &&
	       e->info.ppid == parent->tid &&
	       e->start_ticks >= parent->start_ticks;
}

struct process_entry *processes_child(struct processes *p,
				      const struct process_entry *parent)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		struct process_entry *e = p->buckets[i];

		while (e && !is_child(e, parent))
			e = e->next;
		if (e)
			return e;
	}
	return NULL;
}

/* Whom the table held before his number was read, and who lives still, is who was
 * meant by it. */
static struct process_entry *held_parent(struct processes *p,
					 const struct process_entry *e)
{
	struct process_entry *parent = *slot_of(p, (pid_t)e->info.ppid);

	if (!parent || parent->leader != parent || parent->pidfd < 0 ||
	    !is_fresh(p, parent, PROCESS_IDS) || has_ended(parent))
		return NULL;
	return parent;
}

struct process_entry *processes_parent(struct processes *p,
				       struct process_entry *e)
{
	struct process_entry *parent;
	int64_t ppid;

	e = e->leader;
	parent = known_parent(p, e);
	if (parent || e->ended || is_first(p, e))
		return parent;
	forget_numbers(e);
	if (!ids_read(p, e) || e->info.ppid <= 0)
		return NULL;
	parent = held_parent(p, e);
	if (!parent) {
		ppid = e->info.ppid;
		parent = processes_find(p, (pid_t)ppid);
		if (!parent || !ids_read(p, parent))
			return NULL;
		/* The number is the parent's if it still was after the pidfd. */
		forget_numbers(e);
		if (!ids_read(p, e) || e->info.ppid != ppid)
			return NULL;
	}
	e->parent_start = parent->start_ticks;
	return parent;
}

static void forget_image(struct process_entry *e)
{
	for (size_t part = 0; part < PROCESS_PART_COUNT; part++) {
		if (part_of_image[part])
			e->read_at[part] = 0;
	}
	e->stat_at = e->status_at = e->exe_at = 0;
	close_memory(e);
	e->kept = false;
	e->stalls = false;
	e->spoils = SPOILS_NOT;
}

void processes_read(struct processes *p, struct process_entry *e)
{
	static const enum process_part parts[] = {
		PROCESS_COMM, PROCESS_ARGS,    PROCESS_EXEPATH,
		PROCESS_USER, PROCESS_EXEFILE, PROCESS_CWD,
		PROCESS_LOGIN, PROCESS_SESSION, PROCESS_CGROUPS,
		PROCESS_PIDNS,
	};
	struct process_entry *owner;

	processes_parent(p, e);
	ids_read(p, e);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (e == e->leader || part_of_thread[parts[i]])
			processes_part(p, e, parts[i], &owner);
	}
}

void processes_keep(struct processes *p, struct process_entry *e)
{
	if (!e->kept)
		processes_read(p, e);
	e->kept = true;
}

void processes_exec(struct processes *p, pid_t tid)
{
	struct process_entry *e = *slot_of(p, tid);

	if (e)
		e->leader->exec_tid = tid;
}

/* An exec by another thread makes that thread's number the leader's. */
static bool exec_is_over(const struct processes *p,
			 const struct process_entry *e)
{
	char name[48];

	if (e->leader->exec_tid == e->tid)
		return true;
	if (e->leader != e)
		return false;
	snprintf(name, sizeof(name), "task/%d", e->exec_tid);
	return faccessat(p->proc_fd, name, F_OK, 0) < 0;
}

/* A set-user-ID program that runs as somebody else than its file's owner has lost
 * its bit: no_new_privs, in the usual case ours. */
static void count_lost_privilege(struct processes *p,
				 struct process_entry *e)
{
	const struct procfs_status *status;
	const struct stat *exe;

	if (process_exe(p, e, &exe) < 0 || !(exe->st_mode & S_ISUID) ||
	    process_status(p, e, &status) < 0)
		return;
	if (status->uid[1] != exe->st_uid)
		p->stats->blind[BLIND_NO_NEW_PRIVS]++;
}

void processes_settle(struct processes *p, struct process_entry *e)
{
	if (e->ids_move) {
		e->ids_move = false;
		e->kept = false;
		e->read_at[PROCESS_USER] = 0;
		e->status_at = 0;
	}
	if (e->leader->exec_tid && exec_is_over(p, e)) {
		e->leader->exec_tid = 0;
		forget_image(e->leader);
		sharing_doubt(e->leader);
		count_lost_privilege(p, e->leader);
	}
	if (e->leader->root_moves) {
		e->leader->root_moves = false;
		e->leader->root_known = false;
	}
}

void processes_renew(struct processes *p, struct process_entry *e)
{
	end_threads(p, e->leader);
	drop_threads(p, e->leader);
	e->leader->exec_tid = 0;
	forget_image(e->leader);
	e->leader->hides = false;
	strbuf_reset(&e->leader->cwd_held);
	sharing_renew(e->leader);
	count_lost_privilege(p, e->leader);
}

/* Of a process that has ended the kernel says that there are none. */
static bool has_read(const struct process_entry *e, enum process_part part)
{
	return e->outcome[part] == OUTCOME_VALUE &&
	       (part != PROCESS_ARGS || e->info.exe.n || e->info.args.n);
}

bool processes_give(struct processes *p, struct process_entry *e,
		    const struct given_image *given, bool force)
{
	static const enum process_part parts[] = { PROCESS_COMM, PROCESS_ARGS,
						   PROCESS_EXEPATH };
	struct process_entry *same;
	bool gave = false;

	e = e->leader;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		processes_part(p, e, parts[i], &same);
		if (!force && has_read(e, parts[i]))
			continue;
		process_part_give(e, parts[i], given);
		e->outcome[parts[i]] = OUTCOME_VALUE;
		e->read_at[parts[i]] = p->serial;
		gave = true;
	}
	return gave;
}

void processes_move_root(struct processes *p, struct process_entry *e)
{
	e->leader->root_moves = true;
	p->roots_differ = true;
}

void processes_move_ids(struct processes *p, struct process_entry *e)
{
	static const enum process_part hidden[] = {
		PROCESS_ARGS, PROCESS_ENV, PROCESS_EXEPATH, PROCESS_EXEFILE,
	};
	struct process_entry *owner;

	for (size_t i = 0; i < ARRAY_SIZE(hidden); i++)
		processes_part(p, e, hidden[i], &owner);
	processes_root(p, e);
	processes_shares_root(p, e);
	if (processes_part(p, e, PROCESS_CWD, &owner) == OUTCOME_VALUE &&
	    owner->info.cwd.data != e->leader->cwd_held.data)
		process_part_hold_cwd(e, owner->info.cwd);
	e->leader->hides = true;
	e->ids_move = true;
}

void processes_move_cwd(struct processes *p, struct process_entry *e,
			struct span link)
{
	if (!e->leader->hides)
		return;
	process_part_hold_cwd(e, link.n ? processes_strip(processes_root(p, e),
							  link) :
					  link);
}

static bool is_known_ours(const struct processes *p,
			  const struct process_entry *leader)
{
	return !p->roots_differ && leader->root_compared && leader->root_ours;
}

struct span processes_root(struct processes *p, struct process_entry *e)
{
	struct strbuf *b = &e->leader->root_text;
	char link[4096];
	ssize_t n;

	e = e->leader;
	if (e->root_known && !e->root_moves)
		return strbuf_span(b);
	strbuf_reset(b);
	if (is_known_ours(p, e))
		return strbuf_span(b);
	n = procfs_link(p->proc_fd, e->tid, "root", link, sizeof(link));
	if (n > 1)
		strbuf_add(b, link, (size_t)n);
	e->root_known = n > 0;
	return strbuf_span(b);
}

static bool is_our_root(const struct processes *p, pid_t tid)
{
	struct statx its;
	char path[32];

	snprintf(path, sizeof(path), "%d/root", tid);
	return p->has_root && look_at_root(p->proc_fd, path, &its) &&
	       p->root.stx_ino == its.stx_ino &&
	       p->root.stx_mnt_id == its.stx_mnt_id;
}

bool processes_shares_root(struct processes *p, struct process_entry *e)
{
	e = e->leader;
	if (p->roots_differ)
		return false;
	if (!e->root_compared)
		e->root_ours = is_our_root(p, e->tid);
	e->root_compared = true;
	return e->root_ours;
}

struct span processes_strip(struct span root, struct span path)
{
	static const struct span deleted = SPAN_INIT(" (deleted)");

	if (span_ends_with(path, deleted))
		path.n -= deleted.n;
	if (root.n && span_starts_with(path, root) &&
	    (path.n == root.n || path.data[root.n] == '/'))
		path = span_from(path, root.n);
	return path.n ? path : SPAN("/");
}
