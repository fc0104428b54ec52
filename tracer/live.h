/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The live resolver: events and answers made from a stopped thread, /proc and the
 * descriptors themselves. It keeps a table of processes (what cannot be asked again
 * later, or is too dear to ask each time), and no table of descriptors. It makes
 * system calls about tracees; it never stops or continues one.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>

#include "call.h"
#include "interest.h"
#include "passing.h"
#include "tracer.h"

struct live;

/*
 * A resolver over /proc. `proc_fd` is an O_PATH descriptor of /proc, borrowed;
 * counts of what could not be read go to `stats`, borrowed.
 */
struct live *live_new(int proc_fd, struct tracer_stats *stats);
/* How long may be waited for what the workload serves; 0, as it is at first: as long
 * as it takes. */
void live_set_limit(struct live *l, unsigned ms);
/* The bytes of a buffer that an event has, at most 65000; 0, as it is at first: 80. */
void live_set_snaplen(struct live *l, unsigned n);
void live_free(struct live *l);

/* `front` stands for our own process: whose child it is is said to be ours. 0: none. */
void live_stand_in(struct live *l, pid_t front);

/*
 * The calls (numbers of the ABI `arch`) that must be intercepted for these events,
 * and for the process table (exec). Calls fn for each; `when`, unless NULL, says that
 * only those with a bit of an argument set are wanted. A number may come twice: then
 * the wider wish counts.
 */
struct call_when {
	unsigned arg;
	uint32_t bit;
};
void live_calls(struct live *l, const struct interest *interest, uint32_t arch,
		void (*fn)(void *ctx, uint32_t arch, int nr,
			   const struct call_when *when),
		void *ctx);

/* How the end of this call is seen. For CONFIRM_OPEN asks what the file is, and
 * answers CONFIRM_QUICK or CONFIRM_CLEAN. Never CONFIRM_OPEN. */
enum confirm live_confirm(struct live *l, const struct call *call);

/* Does the call make a thread or a process? */
bool live_bears(const struct live *l, const struct call *call);

/* Is the call, whose event is at its entry, followed to its end whatever the sink
 * says? A birth that is wanted is: the new one's event is another than the
 * caller's. */
bool live_follows(struct live *l, const struct interest *interest,
		  const struct call *call);

/* Are births followed? */
bool live_follows_births(const struct live *l, const struct interest *interest);

/* Is this call's event one of these? */
bool live_wants(const struct live *l, const struct interest *interest,
		const struct call *call);

/* Do numbers mean the same to this thread as to us? */
bool live_shares_numbers(struct live *l, pid_t tid);

/* The number of a new thread as the call that made it returns it: in the caller's
 * pid namespace. Our own where that cannot be told: a namespace in another. */
pid_t live_child_number(struct live *l, pid_t caller, pid_t child);

/* May the call block for long when followed (a column of syscalls.def)? */
bool live_may_block(const struct call *call);

/* May the call make its process one that we can neither look into nor attach to? */
bool live_closes(struct live *l, const struct call *call);

/* Is the call, of which no event is alive, one that no signal wakes, since it does not
 * sleep? Its thread is stopped by us. */
bool live_never_sleeps(struct live *l, const struct call *call);

/*
 * The event of a call, at its entry (call->ended false), at its end, or, with
 * PHASE_UNCONFIRMED, as far as it was seen. An event lives, with an arena of its
 * own, from its first live_begin() until live_end(); several may be alive at once,
 * one for each thread. For a thread whose event is alive the same event is carried
 * on: what was read at entry stays (paths, addresses, what the call destroys is
 * read then), what was unknown is asked anew.
 * Returns NULL when the call makes no event (not in the table, or for state only).
 */
struct event *live_begin(struct live *l, const struct call *call,
			 enum event_phase phase);

/* How many events the call of this one makes, at its end: the others differ in
 * call->part. */
unsigned live_parts(struct event *ev);

/* The event's story is over; its arena is reused. NULL is fine. */
void live_end(struct live *l, struct event *ev);

/*
 * Of a call whose end nobody will see. live_suppose(): at its entry, what it is likely to
 * give; sets ended, result and supposed of `end`, or returns false. live_supposed(): when it
 * has been let go, and has `passed` or not: what it has opened, or connected to; false: it
 * waits still, and has given nothing. The event then says that it is unverified.
 */
bool live_suppose(struct event *ev, struct call *end);
bool live_supposed(struct event *ev, struct call *end, enum passed passed);

/*
 * News that the resolver must hear, in order: an exec has started (what is known of
 * the image is stale), one has succeeded of which no event tells, a thread is new, a
 * thread has ended (status as from waitpid(2)), and with a main thread its process.
 */
void live_exec(struct live *l, pid_t tid);
void live_execed(struct live *l, pid_t tid);
void live_born(struct live *l, pid_t tid);
void live_exited(struct live *l, pid_t tid, int status);

/*
 * Ends of threads are wanted as events: `fn` gets each, from within live_exited(),
 * live_reap() and live_begin(), and ends it by live_end(). Threads are known from
 * their birth, or from their first event on.
 */
void live_tell_exits(struct live *l, void (*fn)(void *ctx, struct event *ev),
		     void *ctx);

/* Would the kernel throw this signal away if nobody traced the thread? */
bool live_ignores(struct live *l, pid_t tid, int sig);

/* Is a signal pending that a handler of the thread's will get? */
bool live_is_signalled(struct live *l, pid_t tid);

/* The event of a signal that a thread gets (SIGKILL: has got), ended by live_end(). */
struct event *live_signalled(struct live *l, pid_t tid, const siginfo_t *info);

/* A `container` event of thread tid with this parameter; ended by live_end(). */
struct event *live_told_container(struct live *l, pid_t tid, struct span json);

/*
 * A descriptor to wait on (POLLIN): some process that the table knows has ended.
 * live_reap() then drops those; call it before the next event is begun.
 */
int live_poll_fd(const struct live *l);
void live_reap(struct live *l);

/* Processes in the table now, for tests and statistics. */
size_t live_count(const struct live *l);
