/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of processes: who a thread belongs to, and what has been read of it.
 * What belongs to an image (arguments, environment, executable) is read once and
 * kept until the next exec, the user until a call that may change it; what else a
 * process changes by itself (directory, session) is read anew for each event.
 *
 * A number is trusted for as long as the pidfd behind it lives: the table waits on
 * all of them through one epoll descriptor and drops what has ended. Where the
 * kernel gives no pidfd (threads before Linux 6.9, no descriptors left) an entry is
 * made anew for each event.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "process.h"
#include "strbuf.h"
#include "value.h"

#include "procfs.h"
#include "sharing.h"
#include "suppose.h"

struct patience;
struct processes;
struct tracer_stats;

/* See handlers.h: may a signal fail calls of the process? */
enum spoils {
	SPOILS_UNKNOWN,
	SPOILS_NOT,
	SPOILS,
};

struct process_entry {
	struct process info;
	uint8_t outcome[PROCESS_PART_COUNT]; /* enum outcome */
	uint64_t read_at[PROCESS_PART_COUNT]; /* processes_tick(); 0: never */
	struct procfs_stat stat; /* as it was read at stat_at, processes_tick() */
	struct procfs_status status; /* and at status_at */
	struct stat exe; /* at exe_at */
	uint64_t stat_at, status_at, exe_at;
	pid_t tid;
	struct process_entry *leader; /* itself, for a main thread */
	struct process_entry *next;
	unsigned threads;    /* entries that point here as their leader */
	int pidfd;           /* -1: not to be trusted past this event */
	int mem_fd, maps_fd; /* see struct remote */
	uint64_t start_ticks;
	uint64_t parent_start; /* start_ticks of the parent when it was met */
	uint64_t found_at;     /* processes_tick() when it was made */
	pid_t exec_tid;        /* the thread that has an exec under way, or 0 */
	bool root_moves;       /* a chroot or like it is under way */
	bool ids_move;         /* a setuid or like it is under way */
	bool root_known;
	bool root_compared, root_ours;
	bool watched;          /* of the workload: its end is news */
	bool kept;             /* what its end is to show has been read */
	bool ended;            /* what was read is all that there will be */
	bool pidns_known, pidns_shared;
	struct sharing_state sharing; /* of a leader */
	bool stalls; /* of a leader: reading its memory does not end */
	enum spoils spoils; /* of a leader */
	char comm_text[64];
	struct strbuf arg_text, env_text, cwd_text, exe_text, cgroup_text,
		root_text;
	/* Of a leader that may hide itself from us; and the directory that it had then, as
	 * cwd_text, or empty: not known any more. */
	bool hides;
	struct strbuf cwd_held;
	struct span *arg_items, *env_items, *cgroup_items;
	size_t arg_cap, env_cap, cgroup_cap;
};

/* `proc_fd` and `stats` are borrowed. */
struct processes *processes_new(int proc_fd, struct tracer_stats *stats);
void processes_free(struct processes *p);

/* `front` stands for our own process: the parent of that is said to be ours. */
void processes_stand_in(struct processes *p, pid_t front);

/* With how much of it memory is read; borrowed. */
void processes_set_patience(struct processes *p, const struct patience *patience);
const struct patience *processes_patience(const struct processes *p);

/* Another event, or another phase of one: what changes is to be read again. */
void processes_tick(struct processes *p);
/* Until the next tick the numbers of this process and its threads are nobody else's, or
 * nothing comes of what is read of them. */
void processes_hold(struct processes *p, const struct process_entry *e);

/* The entry of a thread, made when it is new. NULL: there is no such thread. It
 * lives until processes_reap(), _drop(), or, without a pidfd, the next find. */
struct process_entry *processes_find(struct processes *p, pid_t tid);

/* The main thread of the parent process; NULL: none, or it cannot be told. */
struct process_entry *processes_parent(struct processes *p,
				       struct process_entry *e);

/* A process whose parent was this one when it was last asked; NULL: none is known. */
struct process_entry *processes_child(struct processes *p,
				      const struct process_entry *parent);

/* Reads a part of entry->info when needed. For a thread, parts that belong to the
 * process are its leader's: *ret is the entry that has the answer. */
enum outcome processes_part(struct processes *p, struct process_entry *e,
			    enum process_part part, struct process_entry **ret);

/* The thread has started an exec: its image is not to be remembered until
 * processes_settle() or processes_renew(). */
void processes_exec(struct processes *p, pid_t tid);
/* The thread makes another call: its exec, its chroot are over. */
void processes_settle(struct processes *p, struct process_entry *e);
/* The process has a new image now. */
void processes_renew(struct processes *p, struct process_entry *e);
/* Name, arguments and executable are as given where they cannot be read, or, by force, all
 * the same; true where something is. After processes_renew(). */
bool processes_give(struct processes *p, struct process_entry *e,
		    const struct given_image *given, bool force);
/* "/" may become another directory for this process; the thread's user may become
 * another: neither is to be remembered until processes_settle(). */
void processes_move_root(struct processes *p, struct process_entry *e);
/* What stays of its image, and where its root and its directory are, is read now: a
 * process that has given up its privilege may hide it. */
void processes_move_ids(struct processes *p, struct process_entry *e);
/* Its directory becomes another one, said as by a link of /proc; empty: not known which. */
void processes_move_cwd(struct processes *p, struct process_entry *e,
			struct span link);

/* What "/" is for the process as a prefix of what /proc's links say; empty when
 * it is the same as ours. Borrowed until the next event. */
struct span processes_root(struct processes *p, struct process_entry *e);
/* Do we and the process walk absolute paths alike: the same directory of the same
 * mount is "/"? Looked at once, and no more believed of anybody as soon as one has
 * moved its own: tasks can share a root, and threads have one each (unshare(2)). What
 * pivot_root(2) moves it moves for us too. */
bool processes_shares_root(struct processes *p, struct process_entry *e);

/* Takes the root's prefix and " (deleted)" off a path that a link of /proc gave;
 * the result is a part of it, or "/". */
struct span processes_strip(struct span root, struct span path);

/*
 * Ends. `fn` hears of each thread of a watched process once, while its entry still
 * has what had been read of it; `status` is as from waitpid(2), NULL where nobody
 * has said. It may ask for other entries.
 */
typedef void processes_end_fn(void *ctx, struct process_entry *e,
			      const int *status);
void processes_on_end(struct processes *p, processes_end_fn *fn, void *ctx);

/* The thread has ended, and with a main thread its process. */
void processes_end(struct processes *p, pid_t tid, const int *status);

/* Reads what may be asked of a process when it is not there any more. */
void processes_read(struct processes *p, struct process_entry *e);
/* Reads what an end shows, unless that has been done for this image. */
void processes_keep(struct processes *p, struct process_entry *e);

void processes_drop(struct processes *p, pid_t pid);
int processes_poll_fd(const struct processes *p);
void processes_reap(struct processes *p);
size_t processes_count(const struct processes *p);

/* Nanoseconds since the epoch of a start time from /proc/pid/stat. */
uint64_t processes_start_ns(const struct processes *p, uint64_t ticks);

/* --- between processes.c and process_parts.c ------------------------------- */

/* Reads one part into e->info. 0 or a negative errno of procfs.h. */
int process_part_read(struct processes *p, struct process_entry *e,
		      enum process_part part);
/* /proc/tid/stat and /proc/tid/status, read once for an event and its phase: borrowed
 * until the next. 0 or a negative errno of procfs.h. */
int process_stat(struct processes *p, struct process_entry *e,
		 const struct procfs_stat **ret);
int process_status(struct processes *p, struct process_entry *e,
		   const struct procfs_status **ret);
/* The same of the file that it runs. */
int process_exe(struct processes *p, struct process_entry *e,
		const struct stat **ret);
/* Sets one of name, arguments and executable in e->info; copies. */
void process_part_give(struct process_entry *e, enum process_part part,
		       const struct given_image *given);
/* The directory, to be told where /proc refuses to; empty: none is. */
void process_part_hold_cwd(struct process_entry *e, struct span cwd);
int processes_proc_fd(const struct processes *p);
/* Who stands for this process (processes_stand_in()); 0: nobody. */
pid_t processes_front(const struct processes *p, pid_t pid);
/* Is the process in the pid namespace that /proc shows? False when in doubt. */
bool processes_shares_pidns(struct processes *p, struct process_entry *e);
