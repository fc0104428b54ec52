/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of an event of a live engine, shared by the files that fill it: the
 * call, its row, and what has been found out so far. Nobody outside the live
 * resolver looks in here.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "event.h"
#include "fd_info.h"
#include "resolver.h"

#include "call.h"
#include "fds.h"
#include "patience.h"
#include "processes.h"
#include "remote.h"
#include "suppose.h"
#include "syscall.h"
#include "users.h"

#define LIVE_EVENT_BUCKETS 64

/* The bytes of a buffer that an event shows, unless falco_libs.snaplen says more. */
#define LIVE_SNAPLEN 80
/* The longest parameter (events.tsv: PPM_MAX_ARG_SIZE). */
#define LIVE_PARAM_MAX 65000

/* Whether a device is a file system that a process serves, see target.c. */
#define LIVE_SERVED 4
struct live_served {
	dev_t dev;
	uint64_t at_ns; /* when that was so */
	bool served;
};

/* Files that had no capabilities, see target.c. */
#define LIVE_PLAIN 64
struct live_plain {
	dev_t dev;
	uint64_t ino, ctime_ns;
};

/* Conversations of sockets without a peer, see resolve_fd.c. */
#define LIVE_SPOKEN 256

struct live {
	int proc_fd; /* borrowed */
	struct tracer_stats *stats;
	struct syscall_index *index;
	struct processes *processes;
	struct users *users;
	struct unwinder *unwinder; /* NULL: not asked for yet, or not to be had */
	bool no_unwinder;
	struct live_event *alive[LIVE_EVENT_BUCKETS];
	struct live_event *pool;
	void (*on_exit)(void *ctx, struct event *ev); /* NULL: not wanted */
	void *on_exit_ctx;
	struct patience patience;
	unsigned snaplen; /* bytes of a buffer that an event has */
	bool memory_lent;    /* by somebody: see sharing.c */
	bool foreign_writer; /* somebody writes to others' memory */
	bool sees_all; /* CAP_SYS_PTRACE is ours */
	bool spoilt;   /* of some process handlers.h has something to remember */
	bool closes;   /* a process that gives root up is closed to us */
	bool strips; /* to follow an exec would cost the program a privilege */
	uint64_t delivered; /* events whose story is over */
	struct live_served served[LIVE_SERVED];
	size_t next_served;
	struct live_plain plain[LIVE_PLAIN];
	uint64_t spoken[LIVE_SPOKEN];
};

/* A structure that a call points to, read once. */
struct live_block {
	enum outcome outcome; /* PENDING: not read yet */
	size_t n;             /* bytes that were there */
	unsigned char bytes[128];
};

/* The arena of an event begins with so much: of a thousand threads whose calls are
 * followed each has one. */
#define LIVE_EVENT_BLOCK 1024

/* A descriptor besides the event's own. */
struct other_fd {
	struct fd_look look;
	struct other_fd *next;
};

struct live_event {
	struct event ev; /* first: the resolver gets a pointer to it */
	struct call call;
	const struct syscall_entry *entry; /* what the call's number led to */
	const struct syscall_row *row;
	struct live *live;
	struct process_entry *thread; /* NULL: gone */
	struct arena arena;
	struct live_event *next; /* in alive[] or pool */
	struct live_block block; /* open_how, clone_args, msghdr, ... */
	struct fd_look fd;       /* the event's own descriptor */
	struct other_fd *others; /* in the arena; of this phase */
	unsigned long_size; /* of a long in the caller's memory */
	unsigned id_size;   /* of a user's or group's number there */
	struct supposed_file supposed; /* counts where nobody may look */
	struct given_image given; /* of an exec whose end nobody sees */
	int existed;  /* before an open with O_CREAT: -1 not known */
	bool counted; /* ev.num is its own */
	bool begun;   /* has had a phase before */
	/* Memory that others may write is not read at entry until the end of the
	 * call is sure to be followed: what it says is UNKNOWN before. */
	uint8_t sharing; /* enum sharing, where sharing_known */
	bool sharing_known;
	bool shut_out;   /* something was not read for that */
	bool let_in;     /* it may be now */
};

/* A new event that is alive, of this call and row; live_end() ends it. */
struct live_event *live_event_new(struct live *l, const struct call *call,
				  const struct syscall_row *row);
/* An event that no call makes: it begins with its end. `thread` may be NULL. */
struct live_event *live_event_alone(struct live *l, const struct call *call,
				    const struct syscall_row *row,
				    struct process_entry *thread);
/* The process is of the workload, and its end wanted: what that shows is read. */
void live_watch(struct live *l, struct process_entry *e);
/* A call at its entry, to look at what its arguments point to: nobody hears of this event,
 * so it takes no number. live_end() as for any other. */
struct live_event *live_event_aside(struct live *l, const struct call *call);

/* Its time and number, as its phase has them. */
void live_event_number(struct live_event *le);

/* Of a buffer's n bytes, so many are the event's. */
static inline size_t live_event_shown(const struct live_event *le, uint64_t n)
{
	return n > le->live->snaplen ? le->live->snaplen : (size_t)n;
}

/* The event's live event. */
static inline struct live_event *live_event_of(struct event *ev)
{
	return (struct live_event *)ev;
}

/* The result counts, and the call has succeeded. */
static inline bool live_event_succeeded(const struct live_event *le)
{
	return le->ev.phase == PHASE_EXIT && le->call.ended &&
	       le->call.result >= 0;
}

/* VALUE when the result is there, else what a parameter that needs it is. */
static inline enum outcome live_event_result(const struct live_event *le)
{
	if (le->ev.phase == PHASE_ENTRY)
		return OUTCOME_UNKNOWN;
	return le->ev.phase == PHASE_EXIT && le->call.ended ? OUTCOME_VALUE :
							      OUTCOME_ABSENT;
}

/* Is what was just read of the tracee this call's? */
static inline bool live_event_valid(const struct live_event *le)
{
	return !le->call.still_valid ||
	       le->call.still_valid(le->call.valid_ctx);
}

/* The size of a pointer, or a size_t, in the caller's ABI. */
unsigned live_event_word(const struct live_event *le);

/* The thread's memory. */
struct remote live_event_memory(struct live_event *le);

/* Counts a refusal; returns OUTCOME_FAILED, or OUTCOME_ABSENT where the tracee is
 * gone or the pointer leads nowhere, UNKNOWN where it is not to be read yet.
 * `ret` is a negative errno. */
enum outcome live_event_unread(struct live_event *le, int ret);

/* The descriptor argument of number n, as the kernel sees it. */
static inline int live_event_fd_arg(const struct live_event *le, unsigned n)
{
	return (int)(uint32_t)le->call.args[n];
}

/* The resolver's answers about the calling thread (up -1) and descriptors. */
enum outcome live_process(struct event *ev, int up, enum process_part part,
			  const struct process **ret);
enum outcome live_leader(struct event *ev, enum leader_kind kind,
			 enum process_part part, const struct process **ret);
enum outcome live_event_fd(struct event *ev, enum fd_part part,
			   const struct fd_info **ret);
enum outcome live_fd(struct event *ev, int64_t fd, enum fd_part part,
		     const struct fd_info **ret);
enum outcome live_fds(struct event *ev, const int64_t **ret, size_t *ret_n);
/* resolver->path(), with the text that stands for a directory that is not known. */
enum outcome live_path_from(struct event *ev, int64_t dirfd, struct span path,
			    struct span unknown, struct span *ret);

/* Would the exec give another user, or capabilities? Not known counts as yes. */
bool live_gains_privilege(struct live_event *le);

/* The kernel's flags of an open; O_PATH when they cannot be read. */
uint64_t live_open_flags(struct live_event *le);

/* Of an open that has succeeded: sets `supposed` to what its path leads to now. */
void live_suppose_file(struct live_event *le);

/* Reads now what the call destroys, before it goes on. */
void live_event_capture(struct live_event *le);

/* A look at descriptor `fd` of the thread; valid until the next phase. */
struct fd_look *live_event_look(struct live_event *le, int64_t fd);

/* The look at the event's own descriptor, about the number that it has now. */
struct fd_look *live_event_own_look(struct live_event *le, int64_t fd);

/* Whom descriptors are asked of. */
struct fd_owner live_event_owner(struct live_event *le);
