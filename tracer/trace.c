/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Engines trace and ptrace: every thread of the workload is attached to us for its
 * life, by inheritance. With `trace` a wanted call stops it (SECCOMP_RET_TRACE), and
 * its end does only where somebody wants to see it; our death ends the workload:
 * without a tracer the filter would fail its calls. With `ptrace` there is no filter:
 * every call stops twice (PTRACE_SYSCALL), and what is not wanted goes on at once.
 * Neither needs PTRACE_GET_SYSCALL_INFO or process_vm_readv(2), which gVisor lacks.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

#include "array.h"
#include "cleanup.h"
#include "clock.h"
#include "error.h"

#include "live.h"
#include "monitor.h"
#include "page.h"
#include "probe.h"
#include "regs.h"
#include "spare.h"
#include "spawn.h"
#include "stop.h"
#include "tracee.h"
#include "untraced.h"
#include "watcher.h"

#define OPTIONS (PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | \
		 PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | \
		 PTRACE_O_TRACEEXEC)

/* How often those are looked after who are let go at the end. */
#define LEAVE_NAP_NS 1000000

struct trace {
	struct monitor *m;
	struct tracee_table threads;
	bool every;  /* every call stops: engine ptrace */
	bool can_ask; /* see regs_read_call() */
	size_t held; /* how many are BORN */
};

/* -ESRCH from ptrace(2) here and below: the thread has been killed in its stop, and
 * its death comes next. */
static void resume(const struct tracee *t, int request, int sig)
{
	ptrace(request, t->tid, 0, sig);
}

/* On to the next stop that means something where no call is followed. */
static void run_on(const struct tracee *t, int sig)
{
	resume(t, t->every ? PTRACE_SYSCALL : PTRACE_CONT, sig);
}

static struct call call_of(const struct tracee *t, const struct regs *regs)
{
	struct call call = {
		.tid = t->tid,
		.arch = regs->arch,
		.nr = regs->nr,
		.attached = true,
	};

	memcpy(call.args, regs->args, sizeof(call.args));
	return call;
}

static void decide_continue(struct trace *x, struct tracee *t,
			    const struct call *call, const struct decision *d)
{
	(void)call;
	tracee_pass(t);
	run_on(t, 0);
	monitor_end_event(x->m, d->ev);
}

/* The event as it is; the call may change what it tells of. */
static void decide_confirm(struct trace *x, struct tracee *t,
			   const struct call *call, const struct decision *d)
{
	if (!d->silent &&
	    live_confirm(x->m->live, call) == CONFIRM_NEVER) {
		monitor_deliver(x->m, call, PHASE_UNCONFIRMED);
		tracee_pass(t);
		run_on(t, 0);
		return;
	}
	tracee_follow(t, call, x->every ? TRACEE_CALLING : TRACEE_ENTERING);
	t->answered = x->every;
	t->ev = d->ev;
	t->bears = live_bears(x->m->live, call);
	resume(t, PTRACE_SYSCALL, 0);
}

static void decide_deny(struct trace *x, struct tracee *t,
			const struct call *call, const struct decision *d)
{
	regs_skip(t->tid, call->arch, -d->error);
	tracee_pass(t);
	run_on(t, 0);
	monitor_end_event(x->m, d->ev);
}

static void decide_kill(struct trace *x, struct tracee *t,
			const struct call *call, const struct decision *d)
{
	monitor_kill(x->m);
	decide_deny(x, t, call, d);
}

static void (*const verdicts[])(struct trace *, struct tracee *,
				const struct call *, const struct decision *) = {
	[VERDICT_CONTINUE] = decide_continue,
	[VERDICT_CONFIRM] = decide_confirm,
	[VERDICT_DENY] = decide_deny,
	[VERDICT_KILL] = decide_kill,
};

/* Where every call stops: what the filter would not have let come to us, and what
 * the child does before the program's exec. */
static bool is_unwanted(const struct trace *x, const struct call *call)
{
	if (!x->every)
		return false;

	return !filter_has(x->m->filter, call->arch, call->nr,
			   call->args) ||
	       (!x->m->started && !call_is_exec(call));
}

static void on_decide(struct trace *x, struct tracee *t, const struct step *s,
		      const struct regs *regs)
{
	struct call call = call_of(t, regs);
	struct decision d;

	(void)s;
	if (untraced_spare(x->m->live, &call) == UNTRACED_REFUSED ||
	    is_unwanted(x, &call)) {
		tracee_pass(t);
		run_on(t, 0);
		return;
	}
	d = monitor_decide(x->m, &call);
	if (monitor_ends_with(x->m, &call))
		monitor_say_last(x->m);
	verdicts[d.verdict](x, t, &call, &d);
}

/* The thread goes on: past an end, or into a call that begins just now. */
static void go_on(struct trace *x, struct tracee *t, const struct step *s,
		  const struct regs *regs)
{
	if (s->entry)
		on_decide(x, t, s, regs);
	else
		run_on(t, 0);
}

static void on_cont(struct trace *x, struct tracee *t, const struct step *s,
		    const struct regs *regs)
{
	(void)x;
	(void)regs;
	run_on(t, s->sig);
}

static void on_syscall(struct trace *x, struct tracee *t, const struct step *s,
		       const struct regs *regs)
{
	(void)x;
	(void)regs;
	resume(t, PTRACE_SYSCALL, s->sig);
}

static void on_listen(struct trace *x, struct tracee *t, const struct step *s,
		      const struct regs *regs)
{
	(void)x;
	(void)s;
	(void)regs;
	resume(t, PTRACE_LISTEN, 0);
}

static void on_hold(struct trace *x, struct tracee *t, const struct step *s,
		    const struct regs *regs)
{
	(void)x;
	(void)t;
	(void)s;
	(void)regs;
}

/* Its parent has told of it: it begins to run, if it is here already. */
static void let_born(struct trace *x, struct tracee *t)
{
	if (!t || t->state != TRACEE_BORN)
		return;
	x->held--;
	tracee_forget(t);
	run_on(t, 0);
}

static void deliver_end(struct trace *x, struct tracee *t, int64_t result)
{
	t->call.ended = true;
	t->call.result = result;
	if (t->ev)
		monitor_deliver(x->m, &t->call, PHASE_EXIT);
	tracee_forget(t);
}

/* The child is stopped, or on its way to its first stop. */
static void on_bore(struct trace *x, struct tracee *t, const struct step *s,
		    const struct regs *regs)
{
	pid_t child = monitor_event_message(t->tid);
	struct call call = t->call;

	(void)s;
	(void)regs;
	if (!child)
		return; /* killed in its stop: its death comes next */
	deliver_end(x, t, live_child_number(x->m->live, t->tid, child));
	monitor_born(x->m, &call, child);
	tracee_pass(t);
	run_on(t, 0);
}

static void on_ended(struct trace *x, struct tracee *t, const struct step *s,
		     const struct regs *regs)
{
	struct call call = t->call;
	bool bears = t->bears;

	deliver_end(x, t, s->result);
	if (bears)
		monitor_bore_unseen(x->m, &call, s->result);
	go_on(x, t, s, regs);
}

static void on_execed(struct trace *x, struct tracee *t, const struct step *s,
		      const struct regs *regs)
{
	(void)s;
	(void)regs;
	if (t->tid == x->m->spawned)
		x->m->started = true;
	live_exec(x->m->live, t->tid);
	if (!t->ev)
		live_execed(x->m->live, t->tid);
	t->call.exec_done = true;
	deliver_end(x, t, 0);
	tracee_pass(t);
	run_on(t, 0);
}

static void on_again(struct trace *x, struct tracee *t, const struct step *s,
		     const struct regs *regs)
{
	monitor_end_event(x->m, t->ev);
	tracee_forget(t);
	go_on(x, t, s, regs);
}

/* Its event, if one waits, has an end that nobody saw. */
static void bury(struct trace *x, struct tracee *t)
{
	x->held -= t->state == TRACEE_BORN;
	t->call.attached = false;
	if (t->ev)
		monitor_deliver(x->m, &t->call, PHASE_UNCONFIRMED);
	tracee_remove(&x->threads, t);
}

static void on_leave(struct trace *x, struct tracee *t, const struct step *s,
		     const struct regs *regs)
{
	(void)regs;
	if (!s->sig)
		spare_interrupted(x->m, t);
	resume(t, PTRACE_DETACH, s->sig);
	tracee_remove(&x->threads, t);
}

static void on_bury(struct trace *x, struct tracee *t, const struct step *s,
		    const struct regs *regs)
{
	(void)s;
	(void)regs;
	bury(x, t);
}

static void (*const moves[MOVE_COUNT])(struct trace *, struct tracee *,
				       const struct step *,
				       const struct regs *) = {
	[MOVE_CONT] = on_cont,
	[MOVE_SYSCALL] = on_syscall,
	[MOVE_SPARE] = on_cont,
	[MOVE_RERUN] = on_syscall,
	[MOVE_LISTEN] = on_listen,
	[MOVE_DECIDE] = on_decide,
	[MOVE_ENDED] = on_ended,
	[MOVE_BORE] = on_bore,
	[MOVE_RELEASE] = on_syscall,
	[MOVE_HOLD] = on_hold,
	[MOVE_EXECED] = on_execed,
	[MOVE_AGAIN] = on_again,
	[MOVE_LEAVE] = on_leave,
	[MOVE_BURY] = on_bury,
};

/* After an exec the thread has its process's tid; whatever had that is gone, and
 * nothing else tells us so. */
static struct tracee *find_execed(struct trace *x, pid_t tid)
{
	pid_t was = monitor_event_message(tid);
	struct tracee *old = tracee_find(&x->threads, tid);
	struct tracee *t;

	if (!was || was == tid)
		return tracee_add(&x->threads, tid);
	if (old)
		bury(x, old);
	t = tracee_rename(&x->threads, was, tid);
	t->call.tid = tid;
	return t;
}

static void expect_child(struct trace *x, pid_t tid)
{
	if (!tracee_find(&x->threads, tid) && monitor_is_coming(tid))
		tracee_add(&x->threads, tid);
}

/* Whoever stops is ours. A child that stops before its parent's stop tells of it is
 * kept there while a parent's story is waited for, so that it is told of as it was
 * born. */
static struct tracee *find_child(struct trace *x, const struct stop *stop)
{
	struct tracee *t = tracee_find(&x->threads, stop->tid);

	if (t)
		return t;
	t = tracee_add(&x->threads, stop->tid);
	if ((stop->kind == STOP_EVENT || stop->kind == STOP_GROUP) &&
	    tracee_expects_child(&x->threads)) {
		t->state = TRACEE_BORN;
		x->held++;
	}
	return t;
}

static struct tracee *find(struct trace *x, const struct stop *stop)
{
	if (stop->kind == STOP_EXITED || stop->kind == STOP_KILLED)
		return tracee_find(&x->threads, stop->tid);
	if (stop->kind == STOP_EXEC)
		return find_execed(x, stop->tid);
	if (stop->kind == STOP_CHILD)
		expect_child(x, monitor_event_message(stop->tid));

	return find_child(x, stop);
}

/* May the call that begins be another than the one that is followed? */
static bool may_begin(const struct tracee *t)
{
	return t->state == TRACEE_FREE ||
	       (t->every && (t->state == TRACEE_RESTARTING ||
			     t->state == TRACEE_INTERRUPTED));
}

static int look(struct trace *x, const struct tracee *t,
		const struct stop *stop, struct regs *ret)
{
	int r;

	if (!tracee_wants_regs(t, stop))
		return -ENODATA;
	if (may_begin(t))
		return regs_read_call(t->tid, &x->can_ask, ret);
	r = regs_read(t->tid, t->call.arch, ret);
	if (!r && t->state == TRACEE_ENTERING && stop->kind == STOP_SYSCALL)
		regs_ask_entry(t->tid, ret);

	return r;
}

static void let_one_born(void *ctx, struct tracee *t)
{
	let_born(ctx, t);
}

/* A parent that was killed tells nobody of its child: nobody is kept longer than
 * there are stories to wait for. */
static void keep_nobody_in_vain(struct trace *x)
{
	if (x->held && !tracee_expects_child(&x->threads))
		tracee_each(&x->threads, let_one_born, x);
}

/* Nobody is stopped before SIGKILL. */
static void tell_signal(struct trace *x, const struct stop *stop)
{
	siginfo_t info = { .si_signo = stop->value };

	if (stop->kind == STOP_SIGNAL &&
	    ptrace(PTRACE_GETSIGINFO, stop->tid, 0, &info) < 0)
		return;
	if (stop->kind == STOP_SIGNAL ||
	    (stop->kind == STOP_KILLED && stop->value == SIGKILL))
		monitor_signalled(x->m, stop->tid, &info);
}

static void on_stop(struct trace *x, const struct stop *stop)
{
	struct tracee *t = find(x, stop);
	struct regs regs;
	struct step step;
	pid_t child;
	int r;

	if (!t)
		return;
	tell_signal(x, stop);
	if (t->state == TRACEE_FREE && stop->kind == STOP_SIGNAL)
		spare_signalled(x->m, t, stop->value);
	child = stop->kind == STOP_CHILD ? monitor_event_message(t->tid) : 0;
	r = look(x, t, stop, &regs);
	if (r == -ESRCH)
		return;
	x->m->stats.blind[BLIND_ARCH] += r == -ENOEXEC;
	step = tracee_step(t, stop, r ? NULL : &regs);
	moves[step.move](x, t, &step, &regs);
	if (child)
		let_born(x, tracee_find(&x->threads, child));
	keep_nobody_in_vain(x);
}

/* One thing that has happened to a child or a tracee. False: there is nothing (yet),
 * or, waiting, nobody left. */
static bool take(struct trace *x, int flags, struct stop *ret)
{
	int status;
	pid_t pid = waitpid(-1, &status, __WALL | flags);

	if (pid <= 0)
		return pid < 0 && errno == EINTR;
	*ret = stop_classify(pid, status);
	monitor_heard(x->m, ret);
	on_stop(x, ret);
	if (ret->kind == STOP_EXITED || ret->kind == STOP_KILLED)
		monitor_reaped(x->m, pid, status);

	return true;
}

static void take_all(void *ctx)
{
	struct stop stop;

	while (take(ctx, WNOHANG, &stop))
		continue;
}

static bool is_over(const struct trace *x, enum until until)
{
	if (until == UNTIL_ALL)
		return !x->threads.n;

	return watcher_is_over(x->m, until);
}

static int trace_serve(void *ctx, enum until until, struct error *err)
{
	struct trace *x = ctx;
	struct stop stop;

	while (!is_over(x, until)) {
		if (!take(x, 0, &stop))
			return error_set(err, -ECHILD, "the workload has "
					 "vanished: somebody else reaps it");
	}

	return 0;
}

static unsigned long options(const struct trace *x)
{
	bool stay = x->every && x->m->options.on_monitor_exit ==
					MONITOR_EXIT_CONTINUE;

	return OPTIONS | (x->every ? 0 : PTRACE_O_TRACESECCOMP) |
	       (stay ? 0 : PTRACE_O_EXITKILL);
}

/* What stops at every call does so from its next stop on: it is stopped once. */
static int stop_first(struct trace *x)
{
	struct stop stop = { 0 };

	ptrace(PTRACE_INTERRUPT, x->m->spawned, 0, 0);
	while (stop.kind != STOP_EVENT) {
		if (!take(x, 0, &stop) || x->m->ended)
			return -ESRCH;
	}

	return 0;
}

/* The filter may come only when somebody is there to answer it. */
static int seize(struct trace *x, const char *path, struct error *err)
{
	struct page *page = x->m->page;
	int r = spawn_await(&page->ready, 0, x->m, take_all, x);

	if (r < 0)
		return monitor_start_error(x->m, path, err);
	if (ptrace(PTRACE_SEIZE, x->m->spawned, 0, options(x)) < 0) {
		r = -errno;
		spawn_go(page, false);
		return error_set(err, r, "attaching to the program: %s (is it "
				 "traced by somebody else?)", strerror(-r));
	}
	tracee_add(&x->threads, x->m->spawned);
	if (x->every && stop_first(x) < 0)
		return monitor_start_error(x->m, path, err);
	spawn_go(page, true);
	return 0;
}

static int trace_spawn(void *ctx, const struct tracer_command *command,
		       struct error *err)
{
	struct trace *x = ctx;
	struct spawn_orders orders = {
		.wait_for_go = true,
		.keep_privilege = x->m->admin,
	};
	int r;

	r = x->every ? 0 : monitor_program(x->m, &orders.program, err);
	if (r == 0)
		r = monitor_start(x->m, command, &orders, err);
	if (r < 0)
		return r;

	return seize(x, command->path, err);
}

static bool trace_has_rest(void *ctx)
{
	struct trace *x = ctx;

	return x->threads.n > 0;
}

/* To be let go at its next stop; what its call would have given nobody sees. */
static void leave_one(void *ctx, struct tracee *t)
{
	struct trace *x = ctx;

	if (t->state == TRACEE_LEAVING)
		return;
	let_born(x, t);
	t->call.attached = false;
	if (t->ev)
		monitor_deliver(x->m, &t->call, PHASE_UNCONFIRMED);
	tracee_forget(t);
	t->state = TRACEE_LEAVING;
	resume(t, PTRACE_INTERRUPT, 0);
}

/* They stop soon, wherever they are. */
static void ptrace_leave(void *ctx)
{
	const struct timespec nap = { 0, LEAVE_NAP_NS };
	struct trace *x = ctx;
	uint64_t end = clock_ns(CLOCK_MONOTONIC) + WATCHER_LEAVE_NS;

	if (options(x) & PTRACE_O_EXITKILL)
		return;
	tracee_each(&x->threads, leave_one, x);
	while (x->threads.n && clock_ns(CLOCK_MONOTONIC) < end) {
		take_all(x);
		tracee_each(&x->threads, leave_one, x);
		nanosleep(&nap, NULL);
	}
}

static void end_story(void *ctx, struct tracee *t)
{
	struct trace *x = ctx;

	monitor_end_event(x->m, t->ev);
}

static void trace_free(void *ctx)
{
	struct trace *x = ctx;

	if (!x)
		return;
	if (x->threads.n && options(x) & PTRACE_O_EXITKILL)
		monitor_kill(x->m);
	tracee_each(&x->threads, end_story, x);
	tracee_table_done(&x->threads);
	free(x);
}

static int make(struct monitor *m, bool every, void **ret_ctx)
{
	struct trace *x = xcalloc(1, sizeof(*x));

	x->m = m;
	x->every = every;
	x->can_ask = true;
	x->threads.every = every;
	*ret_ctx = x;
	return 0;
}

static int trace_make(struct monitor *m, void **ret_ctx, struct error *err)
{
	(void)err;
	m->stats.blind[BLIND_LISTENER] = probe_is_listened();
	return make(m, false, ret_ctx);
}

static int ptrace_make(struct monitor *m, void **ret_ctx, struct error *err)
{
	(void)err;
	return make(m, true, ret_ctx);
}

const struct watcher trace_watcher = {
	.make = trace_make,
	.free = trace_free,
	.spawn = trace_spawn,
	.serve = trace_serve,
	.has_rest = trace_has_rest,
};

const struct watcher ptrace_watcher = {
	.make = ptrace_make,
	.free = trace_free,
	.spawn = trace_spawn,
	.serve = trace_serve,
	.has_rest = trace_has_rest,
	.leave = ptrace_leave,
};
