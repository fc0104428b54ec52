/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop of engine notify: deaths and stops first, then one notification, or of a
 * crowd all that have been received. It trusts an id only as long as the kernel says
 * so, and answers each notification exactly once; what it cannot answer any more is
 * gone.
 */
#include "notify.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "array.h"
#include "cleanup.h"
#include "clock.h"
#include "error.h"

#include "begin.h"
#include "fuse.h"
#include "listener.h"
#include "live.h"
#include "notify_avoid.h"
#include "notify_confirm.h"
#include "notify_keep.h"
#include "page.h"
#include "parting.h"
#include "regs.h"
#include "spawn.h"
#include "stop.h"
#include "watcher.h"

/* In linux/seccomp.h of 6.6 and 5.19. */
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif
#ifndef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

/* Callers that wait at once are a crowd if they are more than so many; these are taken
 * for one once in so many decisions, and a crowd for so many decisions after the last time
 * that it was one. */
#define FEW 2
#define CROWD_SAMPLE 16
#define CROWD_LASTS 64
#define CROWD_TURNS 8
/* So long a crowd's calls and stops are dealt with before more callers are looked for. */
#define CROWD_LOOK_NS 50000
/* Decided calls in a row that make a burst likely, how many a burst has at most, and how
 * long it may miss a signal: a pulse wakes us on a CPU that is idle, where the callers
 * follow us to, and that takes a virtual machine a millisecond. Less long where an end
 * is waited for that may wait for us. */
#define STREAK 16
#define BURST 256
#define PULSE_NS 20000000
#define QUICK_PULSE_NS 5000000
/* Within this a thread's number does not become a process's: there would have to be an
 * end, its reaping and a birth, or, unless who bears may choose the number
 * (clone3(2): CAP_CHECKPOINT_RESTORE), as many births as there are numbers. */
#define SAME_NS 100000
#define COME_FIRST_NICE (-10)
/* How often those are looked after who are let go at the end. */
#define LEAVE_POLL_MS 10
/* How often to look whether the program runs where ptrace cannot tell, in ms. */
#define START_POLL_MS 5
/* How stops and deaths are asked for. */
#define STOPS (__WALL | WNOHANG | WUNTRACED)

/* The notification whose turn it is. */
static struct seccomp_notif *slot(const struct notify *n)
{
	return &n->m->page->slots[n->first];
}

static int send_answer(struct notify *n, struct seccomp_notif_resp *resp)
{
	int r;

	resp->id = slot(n)->id;
	do
		r = ioctl(n->listener, SECCOMP_IOCTL_NOTIF_SEND, resp);
	while (r < 0 && errno == EINTR);
	r = r < 0 ? -errno : 0;
	slot(n)->id = 0;
	return r;
}

int notify_go_on(struct notify *n)
{
	struct seccomp_notif_resp resp = {
		.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE
	};

	return send_answer(n, &resp);
}

int notify_refuse(struct notify *n, int error)
{
	struct seccomp_notif_resp resp = { .error = -error };

	return send_answer(n, &resp);
}

int notify_restart(struct notify *n)
{
	return notify_refuse(n, RESTART_ALWAYS);
}

bool notify_is_valid(struct notify *n)
{
	int r;

	do
		r = ioctl(n->listener, SECCOMP_IOCTL_NOTIF_ID_VALID,
			  &slot(n)->id);
	while (r < 0 && errno == EINTR);
	return !r;
}

bool notify_dismiss(struct notify *n, struct event *ev)
{
	if (notify_is_valid(n) || fuse_has_blown(n->fuse))
		return false;
	monitor_end_event(n->m, ev);
	notify_go_on(n);
	return true;
}

/*
 * What was read of a tracee counts if it was still the caller's memory. A call that
 * goes on is proved by its answer, which the kernel takes only then; nothing else
 * comes of what was read. Before anything else is done, it is asked: see handle().
 */
static bool believe(void *ctx)
{
	(void)ctx;
	return true;
}

static bool still_valid(void *ctx)
{
	return notify_is_valid(ctx);
}

static void on_continue(struct notify *n, const struct call *call,
			const struct decision *d)
{
	notify_go_on(n);
	if (call_is_exec(call))
		live_exec(n->m->live, call->tid);
	monitor_end_event(n->m, d->ev);
}

static void on_deny(struct notify *n, const struct call *call,
		    const struct decision *d)
{
	(void)call;
	notify_refuse(n, d->error);
	monitor_end_event(n->m, d->ev);
}

static void on_kill(struct notify *n, const struct call *call,
		    const struct decision *d)
{
	monitor_kill(n->m);
	on_deny(n, call, d);
}

static void (*const answers[])(struct notify *, const struct call *,
			       const struct decision *) = {
	[VERDICT_CONTINUE] = on_continue,
	[VERDICT_CONFIRM] = notify_confirm,
	[VERDICT_DENY] = on_deny,
	[VERDICT_KILL] = on_kill,
};

struct call notify_call(const struct seccomp_notif *notif)
{
	struct call call = {
		.tid = (pid_t)notif->pid,
		.arch = regs_arch(notif->data.arch, notif->data.nr),
		.nr = notif->data.nr,
	};

	for (size_t i = 0; i < ARRAY_SIZE(call.args); i++)
		call.args[i] = notif->data.args[i];

	regs_cut(call.arch, call.args);
	return call;
}

/*
 * An exec ends the other threads of its process, and while one of those is followed,
 * now or in a moment, we must know when the exec is over: see notify_is_in_exec(). And
 * until somebody who attaches has done so we must not attach instead.
 */
static bool must_follow(const struct notify *n, const struct call *call)
{
	if (guard_attaches(&n->m->guard, call))
		return true;
	return call_is_exec(call) &&
	       (n->followed.n || notify_has_siblings(n, call->tid));
}

static void insist(struct notify *n, struct decision *d)
{
	monitor_end_event(n->m, d->ev);
	d->ev = NULL;
	d->verdict = VERDICT_CONFIRM;
	d->silent = true;
}

/* Nobody is let go unseen meanwhile: they end with PID 1. */
static void say_last(struct notify *n)
{
	fuse_end(n->fuse);
	monitor_say_last(n->m);
	fuse_begin(n->fuse);
}

static void handle(struct notify *n)
{
	struct call call = notify_call(slot(n));
	struct decision d;
	bool same;

	call.still_valid = believe;
	call.valid_ctx = n;

	/* 0: a process outside of our pid namespace, which cannot be asked. */
	if (!call.tid) {
		n->m->stats.blind[BLIND_PROC]++;
		notify_go_on(n);
		return;
	}
	if (n->followed.n) {
		notify_check(n, call.tid);
		if (notify_gives_way(n, &call) || notify_is_repeat(n, &call))
			return;
	}
	notify_look_after(n, &call);
	notify_loose_over(n, call.tid);
	d = monitor_decide(n->m, &call);
	if (monitor_ends_with(n->m, &call))
		say_last(n);
	if (d.verdict == VERDICT_CONTINUE && must_follow(n, &call))
		insist(n, &d);
	same = call.tid == n->last;
	n->streak++;
	n->last = call.tid;
	n->has_quick = false;
	/* A confirmation is proved by its answer, or asks for itself. */
	if (d.verdict != VERDICT_CONTINUE && d.verdict != VERDICT_CONFIRM &&
	    notify_dismiss(n, d.ev))
		return;
	if (d.verdict != VERDICT_CONTINUE)
		call.still_valid = still_valid;
	answers[d.verdict](n, &call, &d);
	if (d.verdict != VERDICT_CONTINUE && !(n->has_quick && same))
		n->streak = 0;
}

/* Receives into the next slot, which the kernel wants zeroed. */
static void receive(struct notify *n)
{
	struct seccomp_notif *next =
		&n->m->page->slots[(n->first + n->waiting) % PAGE_SLOTS];

	memset(next, 0, sizeof(*next));
	if (!ioctl(n->listener, SECCOMP_IOCTL_NOTIF_RECV, next))
		n->waiting++;
}

static void receive_rest(struct notify *n)
{
	while (n->waiting < PAGE_SLOTS && listener_is_called(n->listener, 0))
		receive(n);
	n->looked_ns = clock_ns(CLOCK_MONOTONIC);
	if (n->waiting > FEW)
		n->crowd = CROWD_LASTS;
}

/*
 * Until its notification has been received, a signal makes a call fail with EINTR
 * (even one that knows no EINTR) where the handler does not ask for restarts; from
 * then on it waits undisturbed. So where callers crowd, all are received before the
 * first is decided. Looking costs a system call: a few are spared most of them, and wait
 * for one another's decisions.
 */
static void receive_all(struct notify *n)
{
	receive(n);
	if (!n->crowd && ++n->turn % CROWD_SAMPLE)
		return;
	receive_rest(n);
}

static void set_near(struct notify *n, bool near)
{
	if (n->near == near || n->far)
		return;
	/* Where it is refused (before Linux 6.6), answers take a little longer. */
	if (!ioctl(n->listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS,
		   near ? SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP : 0))
		n->near = near;
	else
		n->far = errno != EINTR;
}

/*
 * Does whoever is answered run on our CPU? We wake up on the caller's, unless we are awake
 * or the scheduler has not taken us off its queue yet (EEVDF's delayed dequeue, Linux
 * 6.12): so if we have not moved, whoever was answered on another CPU is there still.
 */
static bool is_beside_us(struct notify *n)
{
	pid_t tid = (pid_t)slot(n)->pid;
	struct spot *s = &n->spots[(unsigned)tid % SPOTS];
	int cpu = sched_getcpu();
	bool beside = cpu != n->cpu || s->tid != tid || s->cpu == cpu;

	n->cpu = cpu;
	*s = (struct spot){ tid, beside ? cpu : -1 };
	return beside;
}

/*
 * Where whoever is answered is to run. Where we run, if that is where it called: the other
 * way it costs the waking of another CPU. Who called elsewhere stays there, or two
 * callers would share this CPU and leave one idle for milliseconds; and so does a crowd,
 * which keeps us busy.
 */
static void place(struct notify *n)
{
	set_near(n, is_beside_us(n) && !n->crowd);
}

static void decide_first(struct notify *n)
{
	place(n);
	n->crowd -= n->crowd > 0;
	handle(n);
	/* It says as well where we wake up. */
	if (!n->crowd)
		set_near(n, true);
	n->first = (n->first + 1) % PAGE_SLOTS;
	n->waiting--;
}

static void decide_timed(struct notify *n)
{
	fuse_begin(n->fuse);
	decide_first(n);
	fuse_end(n->fuse);
}

/* Amid long work that is about somebody else than the callers. */
static void receive_amid(void *ctx)
{
	struct notify *n = ctx;

	if (n->listener < 0 || n->parted || !fuse_shut_out(n->fuse))
		return;
	receive_rest(n);
	fuse_let_in(n->fuse);
}

/* A child that nobody is attached to has been stopped. */
static bool is_job_control(struct notify *n, pid_t pid, int status)
{
	if (!WIFSTOPPED(status) || status >> 16 || tracee_find(&n->followed, pid))
		return false;
	monitor_stopped(n->m, pid, WSTOPSIG(status));
	return true;
}

/*
 * Only the program is asked about: there is one news of a continued process, and a
 * tracer that waits for it takes it from the parent that it is for (wait_consider_task()
 * of the kernel's exit.c).
 */
static void hear_continued(struct notify *n)
{
	siginfo_t info = { .si_pid = 0 };

	if (n->m->stopped_by && n->m->spawned > 0 &&
	    !waitid(P_PID, (id_t)n->m->spawned, &info, WCONTINUED | WNOHANG) &&
	    info.si_pid)
		monitor_stopped(n->m, n->m->spawned, 0);
}

static void on_news(struct notify *n, pid_t pid, int status)
{
	struct stop stop;

	if (is_job_control(n, pid, status))
		return;
	stop = stop_classify(pid, status);
	monitor_heard(n->m, &stop);
	notify_on_stop(n, &stop);
	if (stop.kind == STOP_EXITED || stop.kind == STOP_KILLED)
		monitor_reaped(n->m, pid, status);
}

/* Everything that has stopped or died. One SIGCHLD may stand for many. */
static void reap(struct notify *n)
{
	int status;
	pid_t pid;

	for (size_t i = 0; (pid = waitpid(-1, &status, STOPS)) > 0; i++) {
		if (i)
			receive_amid(n);
		on_news(n, pid, status);
	}
	hear_continued(n);
}

static void drain_signals(const struct notify *n)
{
	struct signalfd_siginfo info;

	/* At most one is pending: a second SIGCHLD merges with the first. */
	while (read(n->child_fd, &info, sizeof(info)) < 0 && errno == EINTR)
		continue;
}

/*
 * Where ptrace has not shown the exec of the program: until then the child uses the
 * descriptor table that we have too, and after it one in which the listener is
 * closed. Not being allowed to look means that it runs something else.
 */
static void look_for_start(struct notify *n)
{
	char path[64];

	snprintf(path, sizeof(path), "%d/fd/%d", n->m->spawned, n->listener);
	if (faccessat(n->m->proc_fd, path, F_OK, AT_SYMLINK_NOFOLLOW) < 0 &&
	    !atomic_load(&n->m->page->failure))
		n->m->started = true;
}

static bool is_over(const struct notify *n, enum until until)
{
	if (until == UNTIL_ALL)
		return n->hung_up;

	return watcher_is_over(n->m, until);
}

static void set_pulse(const struct notify *n, long ns)
{
	const struct itimerspec pulse = { { 0, ns }, { 0, ns } };

	timer_settime(n->pulse, 0, &pulse, NULL);
}

static void on_signal(int sig)
{
	(void)sig;
}

/* The caller's end, when it is followed quickly. Whether no call is followed now. */
static bool await_end(struct notify *n)
{
	int status;

	while (n->stories && n->has_quick) {
		if (waitpid(n->last, &status, __WALL) < 0)
			return false;
		on_news(n, n->last, status);
	}
	return !n->stories;
}

/* SIGCHLD interrupts what waits; SA_NOCLDSTOP keeps it from telling of stops. */
static bool hear_children(int flags)
{
	const struct sigaction interrupt = { .sa_handler = on_signal,
					     .sa_flags = flags };

	return !sigaction(SIGCHLD, &interrupt, NULL);
}

/* From time to time those who wait are counted. */
static bool is_crowd(struct notify *n, unsigned turn)
{
	if (turn % CROWD_SAMPLE == 0)
		receive_rest(n);
	return n->crowd;
}

/*
 * Does who called last call again so soon that nobody else can have the number? A process
 * takes longer, and a thread of the same image is known by the same facts.
 */
static bool is_the_same(const struct notify *n, uint64_t *at)
{
	uint64_t before = *at;

	*at = clock_ns(CLOCK_MONOTONIC);
	return (pid_t)slot(n)->pid == n->last && *at - before < SAME_NS;
}

/* Has somebody ended of whom something is remembered? Then a caller that has been
 * received may have the number by now. */
static bool has_news(const struct notify *n)
{
	struct epoll_event event;

	return epoll_wait(live_poll_fd(n->m->live), &event, 1, 0) > 0;
}

/*
 * A few threads that call again and again: the wait for one is the receipt itself, without
 * a look at anything else before, and the wait for the end of what one follows quickly is
 * one for that thread. The death of a child ends it, and the pulse does where one has come
 * too early for that, or where the wait is for what waits for us; what has come meanwhile
 * is looked after when the burst is over.
 */
static void serve_burst(struct notify *n)
{
	bool quick = n->has_quick;
	uint64_t at = 0;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (quick)
		hear_children(SA_NOCLDSTOP);
	set_pulse(n, quick ? QUICK_PULSE_NS : PULSE_NS);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	for (unsigned i = 0; i < BURST && n->streak >= STREAK; i++) {
		if (!n->waiting)
			receive(n);
		if (!n->waiting || is_crowd(n, i) ||
		    (!is_the_same(n, &at) && has_news(n)))
			break;
		decide_timed(n);
		if (!await_end(n))
			break;
	}
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	set_pulse(n, 0);
	if (quick)
		hear_children(0);
	reap(n);
	live_reap(n->m->live);
}

static void receive_due(struct notify *n)
{
	if (clock_ns(CLOCK_MONOTONIC) - n->looked_ns >= CROWD_LOOK_NS)
		receive_rest(n);
}

static void decide_all(struct notify *n)
{
	for (unsigned left = n->waiting; left; left--) {
		receive_due(n);
		decide_timed(n);
	}
}

/* All stops that there are, before SIGCHLD tells of them. Whether there were any. */
static bool take_stops(struct notify *n)
{
	bool any = false;
	int status;
	pid_t pid;

	while (n->stories && (pid = waitpid(-1, &status, STOPS)) > 0) {
		any = true;
		receive_due(n);
		fuse_begin(n->fuse);
		on_news(n, pid, status);
		fuse_end(n->fuse);
	}
	return any;
}

/*
 * Many, of whom more come while some are decided: in turn the stops are taken of those
 * whose calls are followed, and all decided who have been received, none of whom has
 * the number of somebody who is remembered. SIGCHLD, which nobody reads meanwhile, brings
 * about a look at what is left.
 */
static void serve_crowd(struct notify *n)
{
	for (unsigned i = 0; i < CROWD_TURNS; i++) {
		if (!take_stops(n) && !n->waiting)
			break;
		receive_rest(n);
		if (has_news(n))
			break;
		decide_all(n);
	}
}

static void serve_once(struct notify *n, enum until until)
{
	struct pollfd fds[] = {
		{ n->hung_up ? -1 : n->listener, POLLIN, 0 },
		{ n->child_fd, POLLIN, 0 },
		{ live_poll_fd(n->m->live), POLLIN, 0 },
		{ n->m->ended ? -1 : n->m->place_fd, POLLIN, 0 },
	};
	int timeout = until == UNTIL_STARTED ? START_POLL_MS : -1;

	if (n->waiting)
		timeout = 0;
	if (poll(fds, ARRAY_SIZE(fds), timeout) < 0)
		return;
	/* Received first, since that ends the danger; decided last. */
	if (fds[0].revents & POLLIN && n->waiting < PAGE_SLOTS)
		receive_all(n);
	else if (fds[0].revents & (POLLHUP | POLLNVAL))
		n->hung_up = true;
	fuse_begin(n->fuse);
	if (fds[1].revents) {
		drain_signals(n);
		reap(n);
	}
	if (fds[2].revents)
		live_reap(n->m->live);
	if (fds[3].revents)
		n->m->ended = true;
	if (until == UNTIL_STARTED && !n->followed.n)
		look_for_start(n);
	if (n->waiting)
		decide_first(n);
	fuse_end(n->fuse);
	n->m->stats.blind[BLIND_LATE] = fuse_count(n->fuse);
	/* With SA_NOCLDSTOP nothing is heard of who is kept. */
	if (n->streak >= STREAK && n->has_pulse && !n->crowd && !n->stories &&
	    !(n->has_quick && n->followed.n) && until != UNTIL_STARTED && !is_over(n, until))
		serve_burst(n);
	else if (n->crowd && until != UNTIL_STARTED)
		serve_crowd(n);
}

/* Unblocked and of default disposition, SIGCHLD would be thrown away unseen. */
static void hold_child_signal(sigset_t *ret_before)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	pthread_sigmask(SIG_BLOCK, &set, ret_before);
}

static int notify_serve(void *ctx, enum until until, struct error *err)
{
	struct notify *n = ctx;
	sigset_t before;

	(void)err;
	hold_child_signal(&before);
	reap(n);
	while (!is_over(n, until))
		serve_once(n, until);
	live_reap(n->m->live);
	pthread_sigmask(SIG_SETMASK, &before, NULL);

	return 0;
}

/* Every caller waits for this thread, and a signal spoils a call that has not been
 * received yet: it runs before others where that is allowed, unless we were asked to be
 * nice. What it starts does not. */
static void come_first(void)
{
	const struct sched_param none = { 0 };

	if (getpriority(PRIO_PROCESS, 0) > 0 ||
	    sched_getscheduler(0) != SCHED_OTHER)
		return;
	sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK, &none);
	setpriority(PRIO_PROCESS, 0, COME_FIRST_NICE);
}

static void reap_children(void *ctx)
{
	reap(ctx);
}

static int notify_spawn(void *ctx, const struct tracer_command *command,
			struct error *err)
{
	struct notify *n = ctx;
	struct spawn_orders orders = {
		.flags = SECCOMP_FILTER_FLAG_NEW_LISTENER |
			 SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
		.keep_privilege = n->m->admin,
	};
	int r = monitor_program(n->m, &orders.program, err);

	if (r == 0)
		r = monitor_start(n->m, command, &orders, err);
	if (r < 0)
		return r;
	n->fuse = fuse_new(n->m->page, n->m->options.hold_limit_ms);
	r = spawn_await(&n->m->page->listener, -1, n->m, reap_children, n);
	if (r < 0)
		return monitor_start_error(n->m, command->path, err);
	n->listener = atomic_load(&n->m->page->listener);
	keeper_tell(&n->keeper);
	come_first();
	return 0;
}

static int make_child_fd(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

/* Where a timer is refused there are no bursts. The signal is to interrupt, and so
 * must be caught, and not restart what it interrupts. */
static void make_pulse(struct notify *n)
{
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = SIGCHLD,
	};

	event._sigev_un._tid = n->self;
	n->has_pulse = hear_children(0) &&
		       !timer_create(CLOCK_MONOTONIC, &event, &n->pulse);
}

static bool notify_has_rest(void *ctx)
{
	struct notify *n = ctx;
	struct pollfd fd = { n->listener, 0, 0 };

	if (n->listener < 0 || n->hung_up)
		return false;
	n->hung_up = poll(&fd, 1, 0) > 0 && fd.revents & POLLHUP;
	return !n->hung_up;
}

static void release(struct notify *n, bool rest)
{
	n->parted = true;
	parting_stop(TAKE_PTR(n->parting));
	fuse_free(n->fuse);
	n->fuse = NULL;
	if (!keeper_release(&n->keeper, n->m->page, !rest))
		n->joined = true;
}

/* Callers first: no thread stops before its call has been answered. */
static void notify_leave(void *ctx)
{
	struct notify *n = ctx;
	struct pollfd fd = { n->child_fd, POLLIN, 0 };
	uint64_t end = clock_ns(CLOCK_MONOTONIC) + WATCHER_LEAVE_NS;

	if (!notify_has_rest(n))
		return;
	n->parted = true;
	n->parting = parting_start(n->m->page, &n->m->guard, n->fuse);
	if (!n->parting)
		release(n, true);
	notify_leave_all(n);
	while (notify_is_leaving(n) && clock_ns(CLOCK_MONOTONIC) < end) {
		poll(&fd, 1, LEAVE_POLL_MS);
		drain_signals(n);
		reap(n);
	}
}

static void notify_free(void *ctx)
{
	struct notify *n = ctx;

	if (!n)
		return;
	release(n, notify_has_rest(n));
	notify_abandon_all(n);
	tracee_table_done(&n->followed);
	array_done(&n->loose);
	if (n->listener >= 0 && !n->joined)
		close(n->listener);
	if (n->child_fd >= 0)
		close(n->child_fd);
	if (n->has_pulse)
		timer_delete(n->pulse);
	free(n);
}

static void notify_freep(struct notify **n)
{
	notify_free(*n);
}

static int notify_make(struct monitor *m, void **ret_ctx, struct error *err)
{
	static const struct keeper_errands none = { 0 };
	CLEANUP(notify_freep) struct notify *n = xcalloc(1, sizeof(*n));
	int r;

	*n = (struct notify){ .m = m, .keeper = KEEPER_NONE, .listener = -1,
			      .child_fd = -1, .self = gettid() };
	n->child_fd = make_child_fd();
	if (n->child_fd < 0)
		return error_set(err, n->child_fd, "signalfd: %s",
				 strerror(-n->child_fd));
	n->keeper = m->begun->keeper;
	m->begun->keeper = (struct keeper)KEEPER_NONE;
	r = n->keeper.pid < 0 ? keeper_start(m->page, m->options.on_monitor_exit,
					     &none, &n->keeper) :
				0;
	if (r < 0)
		return error_set(err, r, "no process for the keeper: %s ("
				 SPAWN_LIMITS ")", strerror(-r));

	make_pulse(n);
	m->guard.keeper = n->keeper.pid;
	m->amid = receive_amid;
	m->amid_ctx = n;
	*ret_ctx = TAKE_PTR(n);
	return 0;
}

const struct watcher notify_watcher = {
	.make = notify_make,
	.free = notify_free,
	.spawn = notify_spawn,
	.serve = notify_serve,
	.has_rest = notify_has_rest,
	.leave = notify_leave,
};
