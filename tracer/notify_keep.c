/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which call was received shows in what the thread has called last: it waits for the
 * answer. An open of a file is never woken by a signal; accept(2) is, and of two equal
 * ones in a row the second is taken for the first: it may fail with EINTR anyway.
 */
#include "notify_keep.h"

#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include "fuse.h"
#include "handlers.h"
#include "live.h"
#include "notify.h"
#include "notify_avoid.h"
#include "notify_confirm.h"
#include "procfs.h"
#include "regs.h"
#include "timers.h"

/* So often is a call made anew at most, until whom it attaches to has stopped. */
#define WAYS_MAX 2000

struct keeping {
	struct notify *n;
	pid_t process;
	bool closed, lasting;
	enum notify_births births; /* that stop */
	bool news; /* somebody who was not there before */
	size_t threads;
};

static void keep_one(void *ctx, int tid)
{
	struct keeping *k = ctx;
	struct tracee *t = tracee_find(&k->n->followed, tid);

	k->threads++;
	if (!t && notify_seize(k->n, tid, k->births) == 0) {
		t = tracee_add(&k->n->followed, tid);
		t->call.nr = -1;
		k->news = true;
	}
	if (t && t->state != TRACEE_LEAVING) {
		t->kept = true;
		t->closed |= k->closed;
		t->lasting |= k->lasting;
		t->process = k->process;
		t->alone = false;
	}
}

/* To be let go at its next stop, which comes soon. */
static void leave(struct notify *n, struct tracee *t)
{
	notify_count_story(n, t, -1);
	t->kept = false;
	t->state = TRACEE_LEAVING;
	ptrace(PTRACE_INTERRUPT, t->tid, 0, 0);
}

static void unkeep_one(void *ctx, struct tracee *t)
{
	const struct keeping *k = ctx;

	if (t->kept && t->process == k->process && t->state == TRACEE_FREE)
		leave(k->n, t);
}

/* New threads are attached by inheritance as soon as their makers are. Processes that are
 * forked run on, but for those that an event tells of, or that are to be kept. */
static void keep(struct notify *n, pid_t tid, bool closed, bool lasting)
{
	struct keeping k = {
		.n = n,
		.process = notify_process_of(n, tid),
		.closed = closed,
		.lasting = lasting,
		.births = closed || live_follows_births(n->m->live,
							&n->m->interest) ?
				  NOTIFY_ALL :
				  NOTIFY_THREADS,
	};

	if (!k.process || notify_is_in_exec(n, tid) || fuse_has_blown(n->fuse))
		return;
	do {
		k.news = false;
		k.threads = 0;
		procfs_threads(n->m->proc_fd, k.process, keep_one, &k);
	} while (k.news);
	if (!notify_is_valid(n))
		tracee_each(&n->followed, unkeep_one, &k);
	else if (k.threads == 1 && tracee_find(&n->followed, tid))
		tracee_find(&n->followed, tid)->alone = true;
}

static bool is_kept(const struct notify *n, pid_t tid)
{
	const struct tracee *t = tracee_find(&n->followed, tid);

	return t && t->kept;
}

/* What it calls now has been received, and so is safe; an exec takes its handlers away. */
static void keep_endangered(struct notify *n, const struct call *call)
{
	if (is_kept(n, call->tid) || call_is_exec(call) ||
	    guard_asks(&n->m->guard, call) || notify_is_promised(n, call->tid))
		return;
	keep(n, call->tid, false, false);
	if (!is_kept(n, call->tid))
		handlers_forget(n->m->live, call->tid);
}

void notify_look_after(struct notify *n, const struct call *call)
{
	struct live *l = n->m->live;

	if (timers_are_set(l, call) || handlers_note(l, call))
		keep(n, call->tid, false, true);
	if (live_closes(l, call))
		keep(n, call->tid, true, true);
	if (handlers_endanger(l, call))
		keep_endangered(n, call);
}

static void leave_one(void *ctx, struct tracee *t)
{
	struct notify *n = ctx;

	if (t->state == TRACEE_FREE)
		leave(n, t);
	t->kept = false;
}

void notify_leave_all(struct notify *n)
{
	tracee_each(&n->followed, leave_one, n);
}

static bool is_asleep(const struct tracee *t)
{
	return t->state == TRACEE_CALLING && t->answered && live_may_block(&t->call);
}

static void look_whether_leaving(void *ctx, struct tracee *t)
{
	bool *leaving = ctx;

	*leaving |= t->state != TRACEE_BORN && !is_asleep(t);
}

bool notify_is_leaving(struct notify *n)
{
	bool leaving = false;

	tracee_each(&n->followed, look_whether_leaving, &leaving);
	return leaving;
}

struct looking {
	pid_t process;
	bool found, closed;
};

static void look(void *ctx, struct tracee *t)
{
	struct looking *looking = ctx;

	if (!t->kept || t->process != looking->process)
		return;
	t->alone = false;
	looking->found = true;
	looking->closed |= t->closed;
}

static struct looking look_for(struct notify *n, pid_t process)
{
	struct looking looking = { process, false, false };

	tracee_each(&n->followed, look, &looking);
	return looking;
}

static bool is_child_of_closed(struct notify *n, pid_t process)
{
	struct procfs_stat stat;

	return procfs_stat(n->m->proc_fd, process, &stat) == 0 &&
	       look_for(n, (pid_t)stat.ppid).closed;
}

void notify_look_at(struct notify *n, struct tracee *t)
{
	pid_t process = notify_process_of(n, t->tid);
	struct looking looking = { process, false, false };

	if (process != t->tid)
		looking = look_for(n, process);
	else if (is_child_of_closed(n, process))
		looking.found = looking.closed = true;
	t->kept = looking.found;
	t->closed = looking.closed;
	t->process = process;
	t->call.nr = -1;
}

static bool differs(const struct call *last, const struct call *call)
{
	return last->nr >= 0 &&
	       (last->nr != call->nr ||
		memcmp(last->args, call->args, sizeof(call->args)));
}

/* May the call have ended before we have received it? */
static bool is_unreceived(struct notify *n, const struct tracee *t,
			  const struct call *call)
{
	return filter_has(n->m->filter, call->arch, call->nr, call->args) &&
	       (differs(&t->call, call) || live_never_sleeps(n->m->live, call));
}

void notify_spare(struct notify *n, struct tracee *t)
{
	struct call call = { .tid = t->tid, .attached = true };
	bool can_ask = true;
	struct regs regs;

	if (regs_read_call(t->tid, &can_ask, &regs) < 0)
		return;
	call.arch = regs.arch;
	call.nr = regs.nr;
	memcpy(call.args, regs.args, sizeof(call.args));
	if (guard_has(&n->m->guard, &call) || is_unreceived(n, t, &call))
		regs_set_result(t->tid, regs.arch, -RESTART_ALWAYS);
}

bool notify_is_idle(struct tracee *t, int sig)
{
	bool idle = t->idle;

	if (!t->kept || t->state != TRACEE_FREE || !sig)
		return false;
	t->idle = true;
	return idle && sig == SIGCHLD && t->alone && !t->lasting;
}

/* --- Giving way ------------------------------------------------------------- */

/* Somebody who is in our user namespace, and whom the kernel lets attach to anybody. */
static bool may_attach(const struct notify *n, pid_t tid,
		       const struct procfs_status *status)
{
	char ours[64], its[64];

	return status->cap_effective >> CAP_SYS_PTRACE & 1 &&
	       procfs_link(n->m->proc_fd, getpid(), "ns/user", ours,
			   sizeof(ours)) > 0 &&
	       procfs_link(n->m->proc_fd, tid, "ns/user", its, sizeof(its)) > 0 &&
	       !strcmp(ours, its);
}

/* Numbers of a pid namespace below ours are not ours; to its own process nobody can
 * attach, nor to a closed one but who may attach to all: such calls fail as they are. */
static struct tracee *find_wanted(struct notify *n, const struct call *call)
{
	struct procfs_status status;
	struct tracee *t;

	if (!guard_attaches(&n->m->guard, call) ||
	    procfs_status(n->m->proc_fd, call->tid, &status) < 0 || status.depth)
		return NULL;
	t = tracee_find(&n->followed, (pid_t)call->args[1]);
	if (!t || notify_process_of(n, t->tid) == (pid_t)status.tgid)
		return NULL;
	return !t->closed || may_attach(n, call->tid, &status) ? t : NULL;
}

/* What sleeps in its call may do so for ever; any other is soon seen to its end. */
static void give_way(struct notify *n, struct tracee *t)
{
	bool sleeps = is_asleep(t);

	if (sleeps)
		notify_give_up(n, t);
	if (sleeps || t->state == TRACEE_FREE)
		leave(n, t);
	handlers_forget(n->m->live, t->tid);
}

/* A call is made anew only where something is pending: an interrupt is. */
static bool call_again(struct notify *n, pid_t tid)
{
	struct tracee *t = tracee_find(&n->followed, tid);

	if (!t && notify_seize(n, tid, NOTIFY_NONE) < 0)
		return false;
	if (!t)
		t = tracee_add(&n->followed, tid);
	notify_count_story(n, t, -1);
	monitor_end_event(n->m, t->ev);
	tracee_forget(t);
	if (!t->kept)
		t->state = TRACEE_LEAVING;
	ptrace(PTRACE_INTERRUPT, tid, 0, 0);
	notify_restart(n);
	return true;
}

/* Whoever is to be traced by its parent is let go, and asks again. */
static bool frees_child(struct notify *n, const struct call *call)
{
	struct tracee *t = tracee_find(&n->followed, call->tid);

	if (!t || !t->kept || !guard_asks(&n->m->guard, call))
		return false;
	leave(n, t);
	handlers_forget(n->m->live, call->tid);
	notify_restart(n);
	return true;
}

bool notify_gives_way(struct notify *n, const struct call *call)
{
	struct tracee *t = find_wanted(n, call);

	if (frees_child(n, call))
		return true;
	if (!t || ++t->wanted > WAYS_MAX || notify_is_in_exec(n, call->tid))
		return false;
	give_way(n, t);
	return call_again(n, call->tid);
}

bool notify_frees(struct notify *n, const struct call *call,
		  const struct decision *d)
{
	struct tracee *t = tracee_find(&n->followed, call->tid);

	if (!t || !t->kept || !call_is_exec(call) || fuse_has_blown(n->fuse))
		return false;
	monitor_end_event(n->m, d->ev);
	leave(n, t);
	notify_restart(n);
	return true;
}
