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
#include "page.h"
#include "passing.h"
#include "procfs.h"
#include "wear.h"
#include "regs.h"

/* Never EXITKILL: our death must not be the workload's. */
#define OPTIONS (PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC)

/* What makes a child stop before it runs, and its parent once it is there. */
#define CHILD_OPTIONS \
	(PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE)

static long seize(int proc_fd, pid_t tid, int options)
{
	long r = ptrace(PTRACE_SEIZE, tid, 0, options);
	struct worn worn;

	if (r < 0 && errno == EPERM && wear_real(proc_fd, tid, &worn)) {
		r = ptrace(PTRACE_SEIZE, tid, 0, options);
		wear_off(&worn);
	}
	return r;
}

static int attach(int proc_fd, pid_t tid, bool bears)
{
	int options = OPTIONS | (bears ? CHILD_OPTIONS : 0);

	if (seize(proc_fd, tid, options) < 0)
		return -errno;

	return ptrace(PTRACE_INTERRUPT, tid, 0, 0) < 0 ? -errno : 0;
}

/* Of a thread that is gone: nothing. */
static struct procfs_status status_of(const struct notify *n, pid_t tid)
{
	struct procfs_status st;

	if (procfs_status(n->m->proc_fd, tid, &st) < 0)
		memset(&st, 0, sizeof(st));
	return st;
}

bool notify_has_siblings(const struct notify *n, pid_t tid)
{
	return status_of(n, tid).threads > 1;
}

/* Is the exec that nobody follows still going on? One that succeeds gives its thread
 * the number of the process. */
static bool is_going_on(const struct notify *n, const struct loose_exec *e)
{
	char path[64];

	snprintf(path, sizeof(path), "%d/task/%d", e->process, e->tid);
	return !faccessat(n->m->proc_fd, path, F_OK, 0);
}

static void drop_over(struct notify *n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n->loose.n; i++) {
		if (is_going_on(n, &n->loose.items[i]))
			n->loose.items[kept++] = n->loose.items[i];
	}
	n->loose.n = kept;
}

/* An exec that nobody follows begins; alone, its thread has nobody to end. */
static void add_loose(struct notify *n, pid_t tid)
{
	struct procfs_status st = status_of(n, tid);

	if (st.threads < 2)
		return;
	drop_over(n);
	*array_push(&n->loose) = (struct loose_exec){ (pid_t)st.tgid, tid };
}

void notify_loose_over(struct notify *n, pid_t tid)
{
	for (size_t i = 0; i < n->loose.n; i++) {
		if (n->loose.items[i].tid == tid)
			n->loose.items[i--] = n->loose.items[--n->loose.n];
	}
}

static bool is_in_loose_exec(struct notify *n, pid_t process)
{
	if (n->loose.n)
		drop_over(n);
	for (size_t i = 0; i < n->loose.n; i++) {
		if (n->loose.items[i].process == process)
			return true;
	}
	return false;
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
	if (passed == PASSED_NOT_YET && live_may_block(call) &&
	    d->ev->type != EVENT_SOCKET_CONNECT_X) {
		monitor_deliver(n->m, &seen, PHASE_UNCONFIRMED);
		return;
	}
	live_supposed(d->ev, &end, passed == PASSED);
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
	pid_t process = (pid_t)status_of(n, call->tid).tgid;
	struct call end = *call;
	bool supposed = d->ev && live_suppose(d->ev, &end);
	struct passing passing;
	enum image image;
	bool past;

	passing_start(&passing, n->m->proc_fd, call->tid, process);
	add_loose(n, call->tid);
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
	if (call_is_exec(call) && !fuse_has_blown(n->fuse))
		tell_exec(n, call, d);
	else if (!fuse_has_blown(n->fuse))
		tell_likely(n, call, d);
	else
		tell_entry(n, call, d);
}

static int answer_restart(struct notify *n)
{
	return notify_refuse(n, RESTART_ALWAYS);
}

static const struct {
	enum tracee_state state;
	int (*answer)(struct notify *n);
} ways[] = {
	[CONFIRM_QUICK] = { TRACEE_ENDING, notify_go_on },
	[CONFIRM_CLEAN] = { TRACEE_ABORTED, answer_restart },
	[CONFIRM_EXEC] = { TRACEE_ENDING, notify_go_on },
};

static void follow(struct notify *n, const struct call *call,
		   const struct decision *d, enum confirm how)
{
	struct tracee *t = tracee_add(&n->followed, call->tid);

	tracee_follow(t, call, ways[how].state);
	t->ev = d->ev;
	t->bears = live_bears(n->m->live, call);
	n->execs += call_is_exec(call);
	if (!ways[how].answer(n)) {
		n->has_quick = how == CONFIRM_QUICK;
		return;
	}
	/* Gone after we had attached, and its tid may be another's by now. */
	n->execs -= call_is_exec(call);
	monitor_end_event(n->m, t->ev);
	tracee_forget(t);
	t->state = TRACEE_LEAVING;
}

struct process_exec {
	const struct notify *n;
	pid_t process;
	bool found;
};

static void find_exec(void *ctx, struct tracee *t)
{
	struct process_exec *e = ctx;

	if (call_is_exec(&t->call) && t->state != TRACEE_LEAVING &&
	    status_of(e->n, t->tid).tgid == e->process)
		e->found = true;
}

/*
 * Is an exec going on in the thread's process? To attach then would wait for
 * the exec's end (ptrace(2) and execve(2) take the same lock), and the exec waits for
 * the process's other threads to be reaped, by us if they are followed: a deadlock.
 */
static bool is_in_exec(struct notify *n, pid_t tid)
{
	struct process_exec e = { .n = n };

	if (!n->execs && !n->loose.n)
		return false;
	e.process = (pid_t)status_of(n, tid).tgid;
	if (is_in_loose_exec(n, e.process))
		return true;
	tracee_each(&n->followed, find_exec, &e);
	return e.found;
}

/* What has been let go meanwhile is past being followed. */
static enum confirm way(struct notify *n, const struct call *call)
{
	enum confirm how = live_confirm(n->m->live, call);

	return is_in_exec(n, call->tid) || fuse_has_blown(n->fuse) ?
		       CONFIRM_NEVER :
		       how;
}

void notify_confirm(struct notify *n, const struct call *call,
		    const struct decision *d)
{
	enum confirm how = way(n, call);
	int r;

	if (how == CONFIRM_NEVER) {
		if (!notify_dismiss(n, d->ev))
			unconfirmed(n, call, d);
		return;
	}
	r = attach(n->m->proc_fd, call->tid, live_bears(n->m->live, call));
	/* A thread that has just been killed is refused with EPERM too. */
	if (r < 0 && (r == -ESRCH || !notify_is_valid(n))) {
		monitor_end_event(n->m, d->ev);
		notify_go_on(n);
	} else if (r < 0) {
		n->m->stats.blind[BLIND_SEIZE]++;
		unconfirmed(n, call, d);
	} else {
		follow(n, call, d, how);
	}
}

static void let_born(void *ctx, struct tracee *t)
{
	struct notify *n = ctx;

	if (t->state != TRACEE_BORN)
		return;
	ptrace(PTRACE_DETACH, t->tid, 0, 0);
	tracee_remove(&n->followed, t);
}

/* No longer followed. A parent that is killed tells nobody of its child. */
static void drop(struct notify *n, struct tracee *t)
{
	bool bears = t->bears;

	if (t->state != TRACEE_LEAVING)
		n->execs -= call_is_exec(&t->call);
	tracee_remove(&n->followed, t);
	if (bears && !tracee_expects_child(&n->followed))
		tracee_each(&n->followed, let_born, n);
}

static void let_go(struct notify *n, struct tracee *t, int sig)
{
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

/* Nobody has seen, or will see, the end. */
static void lose(struct notify *n, struct tracee *t)
{
	t->call.still_valid = NULL;
	if (t->ev)
		monitor_deliver(n->m, &t->call, PHASE_UNCONFIRMED);
	drop(n, t);
}

static void on_cont(struct notify *n, struct tracee *t, const struct step *s)
{
	(void)n;
	ptrace(PTRACE_CONT, t->tid, 0, s->sig);
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

	if (t)
		let_born(n, t);
	else if (monitor_is_coming(tid))
		tracee_add(&n->followed, tid)->state = TRACEE_LEAVING;
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
	let_go(n, t, 0);
}

static void on_hold(struct notify *n, struct tracee *t, const struct step *s)
{
	(void)n;
	(void)t;
	(void)s;
}

static void on_ended(struct notify *n, struct tracee *t, const struct step *s)
{
	deliver_end(n, t, s->result);
	if (t->bears)
		monitor_bore_unseen(n->m, &t->call, s->result);
	let_go(n, t, 0);
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
	deliver_end(n, t, 0);
	let_go(n, t, 0);
}

static void on_again(struct notify *n, struct tracee *t, const struct step *s)
{
	(void)s;
	monitor_end_event(n->m, t->ev);
	let_go(n, t, 0);
}

static void on_leave(struct notify *n, struct tracee *t, const struct step *s)
{
	let_go(n, t, s->sig);
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
	[MOVE_RERUN] = on_rerun,
	[MOVE_LISTEN] = on_listen,
	[MOVE_DECIDE] = on_cont,
	[MOVE_ENDED] = on_ended,
	[MOVE_BORE] = on_bore,
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
	if (!tracee_find(&n->followed, (pid_t)was))
		return NULL;
	if (old)
		lose(n, old);
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

/* Attached, but unknown: a child of whom its parent has not told yet, or a story that
 * has ended. */
static void on_stranger(struct notify *n, const struct stop *stop)
{
	if (is_dead(stop))
		return;
	if ((stop->kind == STOP_EVENT || stop->kind == STOP_GROUP) &&
	    tracee_expects_child(&n->followed))
		tracee_add(&n->followed, stop->tid)->state = TRACEE_BORN;
	else
		ptrace(PTRACE_DETACH, stop->tid, 0,
		       stop->kind == STOP_SIGNAL ? stop->value : 0);
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
	step = tracee_step(t, stop, r ? NULL : &regs);
	moves[step.move](n, t, &step);
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
	if (t->state == TRACEE_CALLING && !t->answered) {
		t->answered = true;
		notify_go_on(n);
		return true;
	}
	if (status_of(n, call->tid).tracer != n->self) {
		lose(n, t);
		return false;
	}
	notify_go_on(n);
	return true;
}

static void end_story(void *ctx, struct tracee *t)
{
	struct notify *n = ctx;

	monitor_end_event(n->m, t->ev);
	t->ev = NULL;
}

void notify_abandon_all(struct notify *n)
{
	tracee_each(&n->followed, end_story, n);
}
