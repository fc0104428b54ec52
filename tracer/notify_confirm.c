/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Confirming. The order matters: attached and interrupted first, answered then, so
 * that the thread cannot get past the end of its call unseen. Refused to attach,
 * the event is what was seen of it.
 */
#include "notify_confirm.h"

#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <string.h>

#include "cleanup.h"

#include "fuse.h"
#include "live.h"
#include "notify.h"
#include "notify_avoid.h"
#include "notify_keep.h"
#include "page.h"
#include "passing.h"
#include "procfs.h"
#include "wear.h"
#include "regs.h"
#include "spare.h"

/* Never EXITKILL: our death must not be the workload's. */
#define OPTIONS (PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC)

/* What makes a child stop before it runs, and its parent once it is there. */
static const int child_options[] = {
	[NOTIFY_NONE] = 0,
	[NOTIFY_THREADS] = PTRACE_O_TRACECLONE,
	[NOTIFY_ALL] = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
		       PTRACE_O_TRACECLONE,
};

int notify_seize(struct notify *n, pid_t tid, enum notify_births births)
{
	int options = OPTIONS | child_options[births];
	long r = ptrace(PTRACE_SEIZE, tid, 0, options);
	struct worn worn;

	if (r < 0 && errno == EPERM && wear_real(n->m->proc_fd, tid, &worn)) {
		r = ptrace(PTRACE_SEIZE, tid, 0, options);
		wear_off(&worn);
	}
	return r < 0 ? -errno : 0;
}

/* The event as it is, before the call may change what it tells of. */
static void tell_entry(struct notify *n, const struct call *call,
		       const struct decision *d)
{
	if (d->ev)
		monitor_deliver(n->m, call, PHASE_UNCONFIRMED);
	notify_go_on(n);
}

/* Let go, after which nothing is asked of the notification. False: its caller is gone,
 * and nothing comes of it, unless the fuse has let it go. */
static bool let_past(struct notify *n, const struct call *call,
		     const struct decision *d)
{
	struct call seen = *call;

	if (!notify_go_on(n))
		return true;
	seen.still_valid = NULL;
	if (d->ev && fuse_has_blown(n->fuse))
		monitor_deliver(n->m, &seen, PHASE_UNCONFIRMED);
	else
		monitor_end_event(n->m, d->ev);
	return false;
}

/* The event as it is likely to end; a call that sleeps has not ended. */
static void tell_likely(struct notify *n, const struct call *call,
			const struct decision *d)
{
	struct call end = *call, seen = *call;
	struct passing passing;
	enum passed passed;

	if (!d->ev || !live_suppose(d->ev, &end)) {
		tell_entry(n, call, d);
		return;
	}
	end.still_valid = seen.still_valid = NULL;
	passing_start(&passing, n->m->proc_fd, call->tid, (pid_t)d->ev->pid);
	if (!let_past(n, call, d))
		return;
	passed = passing_wait(&passing, n->m->amid, n->m->amid_ctx);
	/* Who connects slowly connects, and a rule may be about that. */
	if ((passed == PASSED_NOT_YET && live_may_block(call) &&
	     d->ev->type != EVENT_SOCKET_CONNECT_X) ||
	    !live_supposed(d->ev, &end, passed))
		monitor_deliver(n->m, &seen, PHASE_UNCONFIRMED);
	else
		monitor_deliver(n->m, &end, PHASE_EXIT);
}

/* Its process's number is the thread's from then on. */
static void tell_execed(struct notify *n, const struct call *call,
			const struct decision *d, pid_t process)
{
	struct call end = *call;

	end.tid = process;
	end.still_valid = NULL;
	end.ended = end.exec_done = true;
	end.result = 0;
	live_exec(n->m->live, process);
	if (d->ev)
		monitor_deliver(n->m, &end, PHASE_EXIT);
	else
		live_execed(n->m->live, process);
}

/* What the process is now was not to be seen: as it was given. */
static void tell_supposed_exec(struct notify *n, struct call *end,
			       pid_t process, bool past)
{
	pid_t tid = end->result < 0 ? end->tid : process;

	end->still_valid = NULL;
	end->tid = tid;
	end->exec_done = end->result >= 0;
	live_exec(n->m->live, tid);
	monitor_deliver(n->m, end, PHASE_EXIT);
	if (!past || end->result < 0)
		live_exec(n->m->live, tid);
}

static void tell_failed_exec(struct notify *n, const struct call *call,
			     const struct decision *d)
{
	struct call seen = *call;

	seen.still_valid = NULL;
	if (d->ev)
		monitor_deliver(n->m, &seen, PHASE_UNCONFIRMED);
	live_exec(n->m->live, call->tid);
}

/* That an exec has succeeded shows in the process, as long as that is there. */
static void tell_exec(struct notify *n, const struct call *call,
		      const struct decision *d)
{
	pid_t process = notify_process_of(n, call->tid);
	struct call end = *call;
	bool supposed = d->ev && live_suppose(d->ev, &end);
	struct passing passing;
	enum image image;
	bool past;

	passing_start(&passing, n->m->proc_fd, call->tid, process);
	notify_loose_begins(n, call->tid);
	if (!let_past(n, call, d)) {
		notify_loose_over(n, call->tid);
		return;
	}
	past = passing_wait(&passing, n->m->amid, n->m->amid_ctx) == PASSED;
	image = passing_image(&passing);
	if (image == IMAGE_NEW)
		tell_execed(n, call, d, process);
	else if (supposed &&
		 (end.result < 0 || !past || image != IMAGE_SAME))
		tell_supposed_exec(n, &end, process, past);
	else
		tell_failed_exec(n, call, d);
}

/* Nobody of us will see the end. */
static void unconfirmed(struct notify *n, const struct call *call,
			const struct decision *d)
{
	/* To be attached to ends a sleep, and the call with it. */
	if (fuse_has_blown(n->fuse) ||
	    (notify_is_promised(n, call->tid) && live_may_block(call)))
		tell_entry(n, call, d);
	else if (call_is_exec(call))
		tell_exec(n, call, d);
	else
		tell_likely(n, call, d);
}

static void let_born(void *ctx, struct tracee *t)
{
	struct notify *n = ctx;

	if (t->state != TRACEE_BORN)
		return;
	tracee_forget(t);
	notify_look_at(n, t);
	notify_let_go(n, t, 0);
}

/* A parent that is killed, or whose call has failed, tells nobody of a child. */
static void expect_less(struct notify *n, bool bore)
{
	if (bore && !tracee_expects_child(&n->followed))
		tracee_each(&n->followed, let_born, n);
}

/* Its call is followed no longer. */
static void end_story(struct notify *n, struct tracee *t)
{
	bool bore = t->bears;

	notify_count_story(n, t, -1);
	tracee_forget(t);
	expect_less(n, bore);
}

static void drop(struct notify *n, struct tracee *t)
{
	bool bore = t->bears;

	notify_count_story(n, t, -1);
	tracee_remove(&n->followed, t);
	expect_less(n, bore);
}

void notify_give_up(struct notify *n, struct tracee *t)
{
	t->call.still_valid = NULL;
	if (t->ev)
		monitor_deliver(n->m, &t->call, PHASE_UNCONFIRMED);
	t->ev = NULL;
}

/* Nobody has seen, or will see, the end. */
static void lose(struct notify *n, struct tracee *t)
{
	notify_give_up(n, t);
	drop(n, t);
}

static int attach(struct notify *n, pid_t tid, bool bears)
{
	struct tracee *t = tracee_find(&n->followed, tid);
	int r;

	if (t && t->kept && !ptrace(PTRACE_INTERRUPT, tid, 0, 0))
		return 0;
	if (t && t->kept)
		lose(n, t);
	r = notify_seize(n, tid, bears ? NOTIFY_ALL : NOTIFY_NONE);
	if (r < 0)
		return r;
	return ptrace(PTRACE_INTERRUPT, tid, 0, 0) < 0 ? -errno : 0;
}

static const struct {
	enum tracee_state state;
	int (*answer)(struct notify *n);
} ways[] = {
	[CONFIRM_QUICK] = { TRACEE_ENDING, notify_go_on },
	[CONFIRM_CLEAN] = { TRACEE_ABORTED, notify_restart },
	[CONFIRM_EXEC] = { TRACEE_ENDING, notify_go_on },
};

static void follow(struct notify *n, const struct call *call,
		   const struct decision *d, enum confirm how)
{
	struct tracee *t = tracee_add(&n->followed, call->tid);

	tracee_follow(t, call, ways[how].state);
	t->ev = d->ev;
	t->bears = live_bears(n->m->live, call);
	notify_count_story(n, t, 1);
	if (!ways[how].answer(n)) {
		n->has_quick = how == CONFIRM_QUICK;
		return;
	}
	/* Gone after we had attached, and its tid may be another's by now. */
	monitor_end_event(n->m, t->ev);
	end_story(n, t);
	t->kept = false;
	t->state = TRACEE_LEAVING;
}

/* What has been let go meanwhile is past being followed. */
static enum confirm way(struct notify *n, const struct call *call)
{
	enum confirm how = live_confirm(n->m->live, call);

	return notify_is_in_exec(n, call->tid) || notify_is_promised(n, call->tid) ||
			       fuse_has_blown(n->fuse) ?
		       CONFIRM_NEVER :
		       how;
}

void notify_confirm(struct notify *n, const struct call *call,
		    const struct decision *d)
{
	enum confirm how = way(n, call);
	int r;

	if (how == CONFIRM_NEVER) {
		if (!notify_dismiss(n, d->ev) && !notify_frees(n, call, d))
			unconfirmed(n, call, d);
		return;
	}
	r = attach(n, call->tid, live_bears(n->m->live, call));
	/* Whatever we are told of a thread, who waits for the answer is there. */
	if (r < 0 && !notify_is_valid(n)) {
		monitor_end_event(n->m, d->ev);
		notify_go_on(n);
	} else if (r < 0) {
		n->m->stats.blind[BLIND_SEIZE]++;
		unconfirmed(n, call, d);
	} else {
		follow(n, call, d, how);
	}
}

/* Kept, it has been received and so has run: see notify_keep.c. */
static void stay(struct notify *n, struct tracee *t, int sig)
{
	end_story(n, t);
	ptrace(PTRACE_CONT, t->tid, 0, sig);
}

void notify_let_go(struct notify *n, struct tracee *t, int sig)
{
	if (t->kept) {
		stay(n, t, sig);
		return;
	}
	ptrace(PTRACE_DETACH, t->tid, 0, sig);
	drop(n, t);
}

/* The call's end as the sink is to see it, the thread being stopped. */
static void deliver_end(struct notify *n, struct tracee *t, int64_t result)
{
	t->call.ended = true;
	t->call.result = result;
	t->call.attached = true;
	t->call.still_valid = NULL;
	if (t->ev)
		monitor_deliver(n->m, &t->call, PHASE_EXIT);
	t->ev = NULL;
}

static void on_cont(struct notify *n, struct tracee *t, const struct step *s)
{
	if (!notify_is_idle(t, s->sig)) {
		ptrace(PTRACE_CONT, t->tid, 0, s->sig);
		return;
	}
	t->kept = false;
	notify_let_go(n, t, s->sig);
}

static void on_syscall(struct notify *n, struct tracee *t, const struct step *s)
{
	(void)n;
	ptrace(PTRACE_SYSCALL, t->tid, 0, s->sig);
}

/* A handler that does not ask for restarts would make it EINTR. */
static void on_rerun(struct notify *n, struct tracee *t, const struct step *s)
{
	regs_set_result(t->tid, t->call.arch, -RESTART_ALWAYS);
	on_syscall(n, t, s);
}

static void on_spare(struct notify *n, struct tracee *t, const struct step *s)
{
	notify_spare(n, t);
	on_cont(n, t, s);
}

static void on_listen(struct notify *n, struct tracee *t, const struct step *s)
{
	(void)n;
	(void)s;
	ptrace(PTRACE_LISTEN, t->tid, 0, 0);
}

/* The child stops before it runs, has done so, or has been killed. */
static void release_child(struct notify *n, pid_t tid)
{
	struct tracee *t = tracee_find(&n->followed, tid);

	if (t) {
		let_born(n, t);
	} else if (monitor_is_coming(tid)) {
		t = tracee_add(&n->followed, tid);
		notify_look_at(n, t);
		t->state = t->kept ? TRACEE_FREE : TRACEE_LEAVING;
	}
}

static void on_bore(struct notify *n, struct tracee *t, const struct step *s)
{
	pid_t child = monitor_event_message(t->tid);

	(void)s;
	if (!child)
		return; /* killed in its stop: its death comes next */
	deliver_end(n, t, live_child_number(n->m->live, t->tid, child));
	monitor_born(n->m, &t->call, child);
	release_child(n, child);
	notify_let_go(n, t, 0);
}

static void on_leave(struct notify *n, struct tracee *t, const struct step *s)
{
	if (!s->sig)
		spare_interrupted(n->m, t);
	notify_let_go(n, t, s->sig);
}

static void on_release(struct notify *n, struct tracee *t, const struct step *s)
{
	release_child(n, monitor_event_message(t->tid));
	if (t->state == TRACEE_LEAVING)
		on_leave(n, t, s);
	else if (t->state == TRACEE_FREE)
		on_cont(n, t, s);
	else
		on_syscall(n, t, s);
}

static void on_hold(struct notify *n, struct tracee *t, const struct step *s)
{
	(void)n;
	(void)t;
	(void)s;
}

/* Let go now it would run for a moment, as anybody can see, until it is stopped again. */
static void leave_stopped(struct notify *n, struct tracee *t)
{
	end_story(n, t);
	t->state = t->kept ? TRACEE_FREE : TRACEE_LEAVING;
	ptrace(PTRACE_LISTEN, t->tid, 0, 0);
}

static void on_ended(struct notify *n, struct tracee *t, const struct step *s)
{
	deliver_end(n, t, s->result);
	if (t->bears)
		monitor_bore_unseen(n->m, &t->call, s->result);
	if (s->listen)
		leave_stopped(n, t);
	else
		notify_let_go(n, t, 0);
}

static void on_execed(struct notify *n, struct tracee *t, const struct step *s)
{
	(void)s;
	if (t->tid == n->m->spawned)
		n->m->started = true;
	live_exec(n->m->live, t->tid);
	if (!t->ev)
		live_execed(n->m->live, t->tid);
	t->call.exec_done = true;
	t->kept = t->closed = false;
	deliver_end(n, t, 0);
	notify_let_go(n, t, 0);
}

static void on_again(struct notify *n, struct tracee *t, const struct step *s)
{
	(void)s;
	monitor_end_event(n->m, t->ev);
	notify_let_go(n, t, 0);
}

static void on_bury(struct notify *n, struct tracee *t, const struct step *s)
{
	(void)s;
	lose(n, t);
}

static void (*const moves[MOVE_COUNT])(struct notify *, struct tracee *,
				       const struct step *) = {
	[MOVE_CONT] = on_cont,
	[MOVE_SYSCALL] = on_syscall,
	[MOVE_SPARE] = on_spare,
	[MOVE_RERUN] = on_rerun,
	[MOVE_LISTEN] = on_listen,
	[MOVE_DECIDE] = on_cont,
	[MOVE_ENDED] = on_ended,
	[MOVE_BORE] = on_bore,
	[MOVE_RELEASE] = on_release,
	[MOVE_HOLD] = on_hold,
	[MOVE_EXECED] = on_execed,
	[MOVE_AGAIN] = on_again,
	[MOVE_LEAVE] = on_leave,
	[MOVE_BURY] = on_bury,
};

/* An exec by another thread than the main one is reported under the main one's tid,
 * whose own story, if it had one, has ended with it. */
static struct tracee *find_execed(struct notify *n, pid_t tid)
{
	struct tracee *old = tracee_find(&n->followed, tid);
	unsigned long was = 0;
	struct tracee *t;

	if (ptrace(PTRACE_GETEVENTMSG, tid, 0, &was) < 0 || (pid_t)was == tid)
		return old;
	if (old)
		lose(n, old);
	if (!tracee_find(&n->followed, (pid_t)was))
		return NULL;
	t = tracee_rename(&n->followed, (pid_t)was, tid);
	t->call.tid = tid;
	return t;
}

static struct tracee *find(struct notify *n, const struct stop *stop)
{
	if (stop->kind == STOP_EXEC)
		return find_execed(n, stop->tid);

	return tracee_find(&n->followed, stop->tid);
}

static bool is_dead(const struct stop *stop)
{
	return stop->kind == STOP_EXITED || stop->kind == STOP_KILLED;
}

/* Attached, but unknown: a child of whom its parent has not told yet, a new thread of a
 * process that is kept, or a story that has ended. */
static void on_stranger(struct notify *n, const struct stop *stop)
{
	int sig = stop->kind == STOP_SIGNAL ? stop->value : 0;
	struct tracee *t;

	if (is_dead(stop))
		return;
	t = tracee_add(&n->followed, stop->tid);
	if ((stop->kind == STOP_EVENT || stop->kind == STOP_GROUP) &&
	    tracee_expects_child(&n->followed)) {
		t->state = TRACEE_BORN;
		return;
	}
	notify_look_at(n, t);
	if (stop->kind == STOP_CHILD)
		release_child(n, monitor_event_message(t->tid));
	notify_let_go(n, t, sig);
}

void notify_on_stop(struct notify *n, const struct stop *stop)
{
	struct tracee *t = find(n, stop);
	struct regs regs;
	struct step step;
	int r = -ENODATA;

	if (!t) {
		on_stranger(n, stop);
		return;
	}
	if (tracee_wants_regs(t, stop))
		r = regs_read(t->tid, t->call.arch, &regs);
	if (r == -ESRCH)
		return; /* killed in its stop: its death comes next */
	if (t->state == TRACEE_FREE && stop->kind == STOP_SIGNAL)
		spare_signalled(n->m, t, stop->value);
	step = tracee_step(t, stop, r ? NULL : &regs);
	moves[step.move](n, t, &step);
}

/* The end of a thread is not told where an exec by another one takes its tid, nor is
 * that exec where somebody else is attached: who was kept is somebody else by now. */
void notify_check(struct notify *n, pid_t tid)
{
	struct tracee *t = tracee_find(&n->followed, tid);

	if (t && t->state == TRACEE_FREE && !t->alone &&
	    notify_tracer_of(n, tid) != n->self)
		lose(n, t);
}

/*
 * A followed thread comes back with a notification once, after the entry stop of its
 * restarted call. Otherwise it is somebody else: an exec by another thread has taken
 * the tid of a main thread that was followed, of whose end the kernel says nothing.
 */
bool notify_is_repeat(struct notify *n, const struct call *call)
{
	struct tracee *t = tracee_find(&n->followed, call->tid);

	if (!t)
		return false;
	if (t->state == TRACEE_FREE) {
		t->idle = false;
		t->call = *call;
		return false;
	}
	if (t->state == TRACEE_CALLING && !t->answered) {
		t->answered = true;
		notify_go_on(n);
		return true;
	}
	if (notify_tracer_of(n, call->tid) != n->self) {
		lose(n, t);
		return false;
	}
	/* It called before the stop at which it is let go. */
	if (t->state == TRACEE_LEAVING)
		return false;
	notify_go_on(n);
	return true;
}

static void abandon(void *ctx, struct tracee *t)
{
	struct notify *n = ctx;

	monitor_end_event(n->m, t->ev);
	t->ev = NULL;
}

void notify_abandon_all(struct notify *n)
{
	tracee_each(&n->followed, abandon, n);
}
