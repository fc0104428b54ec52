/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From call to verdict. Whether the resolver makes an event of a call, what phase it
 * is in and what is counted is decided here, for all engines alike.
 */
#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "array.h"
#include "clock.h"
#include "error.h"

#include "begin.h"
#include "handlers.h"
#include "live.h"
#include "page.h"
#include "place.h"
#include "procfs.h"
#include "regs.h"
#include "spawn.h"
#include "stop.h"
#include "timers.h"
#include "tree.h"
#include "untraced.h"

/* An errno as a program may see it: not one of the kernel's restart codes. */
#define ERRNO_LIMIT 512

static void add_call(void *ctx, uint32_t arch, int nr,
		     const struct call_when *when)
{
	if (when)
		filter_add_when(ctx, arch, nr, when->arg, when->bit);
	else
		filter_add(ctx, arch, nr);
}

static void add_always(void *ctx, uint32_t arch, int nr)
{
	filter_add(ctx, arch, nr);
}

static int make_filter(struct monitor *m, enum filter_kind kind,
		       struct error *err)
{
	m->filter = filter_new(kind, m->options.allow_io_uring);
	for (const struct regs_abi *a = regs_abis; a->arch; a++) {
		live_calls(m->live, &m->interest, a->arch, add_call, m->filter);
		/* Allowed, its rings are counted; refused, the program does it. */
		if (m->options.allow_io_uring)
			filter_add(m->filter, a->arch,
				   REGS_IO_URING_SETUP | a->mark);
		if (kind == FILTER_NOTIFY) {
			timers_calls(a->arch, add_always, m->filter);
			handlers_calls(a->arch, m->filter);
		} else {
			untraced_calls(a->arch, m->filter);
		}
	}
	/* Without a program every call stops, and the set alone decides. */
	if (kind == FILTER_NONE)
		guard_calls(&m->guard, add_always, m->filter);
	ending_calls(&m->ending, add_always, m->filter);
	return filter_build(m->filter, err);
}

static void amid(const struct monitor *m)
{
	if (m->amid)
		m->amid(m->amid_ctx);
}

/* An event that had no entry. */
static void announce(void *ctx, struct event *ev)
{
	struct monitor *m = ctx;
	int error = 0;

	amid(m);
	if (m->options.sink.event(m->options.sink.ctx, ev, &error) ==
	    VERDICT_KILL)
		monitor_kill(m);
	live_end(m->live, ev);
}

/* Threads are known to their ends, which nobody wants as events: SIGKILL is told of
 * when it has done its work. */
static void forget(void *ctx, struct event *ev)
{
	struct monitor *m = ctx;

	live_end(m->live, ev);
}

static int open_proc(struct monitor *m, struct error *err)
{
	m->proc_fd = procfs_open_own();
	if (m->proc_fd >= 0)
		return 0;
	if (m->proc_fd == -ESRCH)
		return error_set(err, -EPERM,
				 "/proc is not that of this pid namespace: mount "
				 "one (unshare --mount-proc, mount -t proc proc "
				 "/proc)");
	return error_set(err, m->proc_fd,
			 "/proc cannot be opened: %s: mount one (mount -t proc "
			 "proc /proc)", strerror(-m->proc_fd));
}

int monitor_init(struct monitor *m, const struct tracer_options *options,
		 enum filter_kind kind, struct error *err)
{
	const struct tracer_place *place = options->place;
	int r;

	m->options = *options;
	m->place_fd = place ? place_fd(place) : -1;
	m->page = m->begun->page;
	m->kind = kind;
	m->interest = *options->interest;
	m->options.interest = &m->interest;
	m->spawned = -1;
	r = open_proc(m, err);
	if (r == 0 && place)
		r = place_check(place, err);
	if (r < 0)
		return r;
	guard_init(&m->guard, m->proc_fd, m->options.front);
	ending_init(&m->ending, m->proc_fd,
		    place && m->options.on_last && getppid() == 1);
	m->live = live_new(m->proc_fd, &m->stats);
	live_stand_in(m->live, m->options.front);
	/* Half of it, that the fuse does not blow for one such. */
	live_set_limit(m->live, m->options.hold_limit_ms / 2);
	live_set_snaplen(m->live, m->options.snaplen);
	if (interest_has(&m->interest, EVENT_PROCEXIT_1_E))
		live_tell_exits(m->live, announce, m);
	else if (interest_has(&m->interest, EVENT_SIGNALDELIVER_E))
		live_tell_exits(m->live, forget, m);

	return make_filter(m, kind, err);
}

int monitor_program(struct monitor *m, const struct sock_fprog **ret,
		    struct error *err)
{
	uint32_t action = m->kind == FILTER_TRACE ? SECCOMP_RET_TRACE :
						    SECCOMP_RET_USER_NOTIF;
	int r = 0;

	if (!m->program.filter)
		r = guard_program(&m->guard, action, filter_program(m->filter),
				  &m->program);
	if (r < 0)
		return error_set(err, r, "the filter is too long");
	*ret = &m->program;
	return 0;
}

int monitor_start(struct monitor *m, const struct tracer_command *command,
		  const struct spawn_orders *orders, struct error *err)
{
	struct beginning *b = m->begun;
	struct spawn_plan plan = { command, b->on_child, b->page, getpid() };

	if (m->options.place)
		b->child = place_take(m->options.place);
	else if (begin_child(b) < 0)
		b->child = spawn_start(&plan);
	if (b->child < 0)
		return error_set(err, b->child,
				 "no process for the program: %s (" SPAWN_LIMITS
				 ")", strerror(-b->child));

	m->command = command;
	m->spawned = b->child;
	b->child = -1;
	spawn_release(m->page, m->spawned, orders);
	if (command->meanwhile)
		command->meanwhile(command->ctx);
	return 0;
}

void monitor_done(struct monitor *m)
{
	live_free(m->live);
	filter_free(m->filter);
	free(m->program.filter);
	if (m->proc_fd >= 0)
		close(m->proc_fd);
}

bool call_is_exec(const struct call *call)
{
	return regs_is_exec(call->arch, call->nr);
}

/* io_uring's operations pass no filter: what is wanted of it is seen, and refused. */
static bool is_refused(const struct monitor *m, const struct call *call)
{
	return !m->options.allow_io_uring &&
	       regs_is_io_uring(call->arch, call->nr);
}

/* Not run whatever the sink says; who wants to see the end of it sees that. */
static void settle(struct monitor *m, const struct call *call,
		   struct decision *d, int error)
{
	struct call end = *call;

	if (d->verdict == VERDICT_KILL)
		return;
	if (d->verdict == VERDICT_CONFIRM) {
		end.ended = true;
		end.result = -error;
		monitor_deliver(m, &end, PHASE_EXIT);
		d->ev = NULL;
	}
	if (d->verdict != VERDICT_DENY)
		d->error = error;
	d->verdict = VERDICT_DENY;
}

/* Who is meant by it may be us. What the sink denies is not sent. */
static void guard(struct monitor *m, const struct call *call,
		  struct decision *d)
{
	enum guard_answer answer = guard_judge(&m->guard, call);

	if (answer == GUARD_REFUSE) {
		m->stats.attacks++;
		settle(m, call, d, EPERM);
	} else if (answer == GUARD_DO && (d->verdict == VERDICT_CONTINUE ||
					  d->verdict == VERDICT_CONFIRM)) {
		settle(m, call, d, -guard_send(&m->guard, call));
		guard_send_last(&m->guard, call);
	}
}

static bool is_first_exec(const struct monitor *m, const struct call *call)
{
	return !m->started && call->tid == m->spawned && call_is_exec(call);
}

static void ask(struct monitor *m, const struct call *call, struct decision *d)
{
	struct call asked = *call;

	asked.starts = m->options.place && is_first_exec(m, call);
	d->ev = live_begin(m->live, &asked, PHASE_ENTRY);
	if (!d->ev)
		return;
	d->error = EPERM;
	d->verdict = m->options.sink.event(m->options.sink.ctx, d->ev,
					   &d->error);
	if (d->error <= 0 || d->error >= ERRNO_LIMIT)
		d->error = EPERM;
}

/* What the sink does not care for and we do. */
static void follow_anyway(struct monitor *m, const struct call *call,
			  struct decision *d)
{
	if (!live_follows(m->live, &m->interest, call))
		return;
	d->verdict = VERDICT_CONFIRM;
	d->silent = true;
	monitor_end_event(m, d->ev);
	d->ev = NULL;
}

/* What was decided about; type 0: no event. */
struct subject {
	enum event_type type;
	unsigned generic;
};

static struct subject subject_of(const struct event *ev)
{
	return ev ? (struct subject){ ev->type, ev->generic } :
		    (struct subject){ 0, 0 };
}

static void note_held(struct monitor *m, struct subject subject, uint64_t start)
{
	uint64_t ns = clock_ns(CLOCK_MONOTONIC) - start;

	m->stats.held_ns += ns;
	if (subject.type && m->options.sink.held)
		m->options.sink.held(m->options.sink.ctx, subject.type,
				     subject.generic, ns);
}

struct decision monitor_decide(struct monitor *m, const struct call *call)
{
	struct decision d = { .verdict = VERDICT_CONTINUE };
	struct subject subject;
	uint64_t start = clock_ns(CLOCK_MONOTONIC);

	m->stats.stops++;
	/* Its filter is asked for every call: none of our tables knows it. */
	m->stats.blind[BLIND_ARCH] += !regs_abi(call->arch);
	m->stats.blind[BLIND_IO_URING] += m->options.allow_io_uring &&
					  regs_sets_up_io_uring(call->arch,
								call->nr);
	ask(m, call, &d);
	subject = subject_of(d.ev);
	if (is_refused(m, call))
		settle(m, call, &d, ENOSYS);
	guard(m, call, &d);
	if (is_first_exec(m, call) && m->command && m->command->at_exec)
		m->command->at_exec(m->command->ctx, m->spawned);
	if (d.verdict == VERDICT_CONTINUE && is_first_exec(m, call)) {
		d.verdict = VERDICT_CONFIRM;
		d.silent = true;
		monitor_end_event(m, d.ev);
		d.ev = NULL;
	}
	if (d.verdict == VERDICT_CONTINUE) {
		m->stats.continued++;
		follow_anyway(m, call, &d);
	}
	note_held(m, subject, start);
	return d;
}

bool monitor_ends_with(const struct monitor *m, const struct call *call)
{
	return ending_has_come(&m->ending, call);
}

void monitor_say_last(struct monitor *m)
{
	m->options.on_last(m->options.ctx);
}

void monitor_told_container(struct monitor *m, struct span json)
{
	if (m->spawned > 0 &&
	    interest_has(&m->interest, EVENT_CONTAINER_JSON_2_E))
		announce(m, live_told_container(m->live, m->spawned, json));
}

void monitor_end_event(struct monitor *m, struct event *ev)
{
	live_end(m->live, ev);
}

/* Of several messages each is an event. */
static void deliver_others(struct monitor *m, const struct call *call,
			   unsigned parts)
{
	struct call next = *call;
	struct event *ev;

	for (next.part = 1; next.part < parts; next.part++) {
		ev = live_begin(m->live, &next, PHASE_EXIT);
		if (ev)
			announce(m, ev);
	}
}

void monitor_deliver(struct monitor *m, const struct call *call,
		     enum event_phase phase)
{
	uint64_t start = clock_ns(CLOCK_MONOTONIC);
	struct event *ev = live_begin(m->live, call, phase);
	struct subject subject = subject_of(ev);
	unsigned parts;
	int error = 0;

	if (!ev)
		return;
	if (phase == PHASE_EXIT && !call->supposed)
		m->stats.confirmed++;
	else
		m->stats.unconfirmed++;
	if (m->options.sink.event(m->options.sink.ctx, ev, &error) ==
	    VERDICT_KILL)
		monitor_kill(m);
	parts = live_parts(ev);
	live_end(m->live, ev);
	note_held(m, subject, start);
	deliver_others(m, call, parts);
}

void monitor_born(struct monitor *m, const struct call *call, pid_t child)
{
	struct call born = *call;
	struct event *ev;

	if (child <= 0)
		return;
	amid(m);
	live_born(m->live, child);
	amid(m);
	if (!live_wants(m->live, &m->interest, call))
		return;
	born.tid = child;
	born.ended = true;
	born.result = 0;
	born.attached = false;
	born.still_valid = NULL;
	ev = live_begin(m->live, &born, PHASE_EXIT);
	if (ev)
		announce(m, ev);
}

/* In another pid namespace the number would be somebody else's with us. */
void monitor_bore_unseen(struct monitor *m, const struct call *call,
			 int64_t result)
{
	if (result > 0 && live_shares_numbers(m->live, call->tid))
		monitor_born(m, call, (pid_t)result);
}

pid_t monitor_event_message(pid_t tid)
{
	unsigned long msg = 0;

	return ptrace(PTRACE_GETEVENTMSG, tid, 0, &msg) < 0 ? 0 : (pid_t)msg;
}

bool monitor_is_coming(pid_t tid)
{
	siginfo_t info;

	return tid > 0 && !waitid(P_PID, (id_t)tid, &info,
				  WEXITED | WSTOPPED | WNOHANG | WNOWAIT |
					  __WALL);
}

void monitor_signalled(struct monitor *m, pid_t tid, const siginfo_t *info)
{
	if (interest_has(&m->interest, EVENT_SIGNALDELIVER_E) &&
	    !live_ignores(m->live, tid, info->si_signo))
		announce(m, live_signalled(m->live, tid, info));
}

void monitor_reaped(struct monitor *m, pid_t pid, int status)
{
	if (pid == m->spawned) {
		m->ended = true;
		m->status = status;
	}
	live_exited(m->live, pid, status);
}

void monitor_look(struct monitor *m)
{
	struct pollfd fd = { m->place_fd, POLLIN, 0 };

	if (!m->ended && m->place_fd >= 0 && poll(&fd, 1, 0) > 0)
		m->ended = true;
}

void monitor_stopped(struct monitor *m, pid_t pid, int number)
{
	if (pid != m->spawned || number == m->stopped_by || !m->options.on_stop)
		return;
	m->stopped_by = number;
	m->options.on_stop(m->options.ctx, number);
}

void monitor_heard(struct monitor *m, const struct stop *stop)
{
	if (stop->kind == STOP_GROUP)
		monitor_stopped(m, stop->tid, stop->value);
	else if (stop->kind == STOP_EVENT)
		monitor_stopped(m, stop->tid, 0);
}

void monitor_tree(const struct monitor *m, struct tree *ret)
{
	*ret = (struct tree){ m->ended ? 0 : m->spawned,
			      m->options.place ? 0 : getpid() };
}

void monitor_kill(struct monitor *m)
{
	struct tree tree;

	monitor_tree(m, &tree);
	if (m->spawned > 0)
		tree_kill(&tree);
}

/* Why the filter was refused, as a person can use it. */
static const struct {
	int failure;
	int code;
	const char *text;
} refusals[] = {
	{ EBUSY, -EPERM, "somebody supervises this process already (falco-run "
			 "or a container's agent): --engine ptrace" },
	{ EINVAL, -ENOSYS, "this kernel has no notification with a killable "
			   "wait (5.19): --engine trace" },
	{ EACCES, -EPERM, "the kernel does not let us" },
	{ ENOSYS, -ENOSYS, "this kernel has no seccomp" },
};

static int filter_error(int failure, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		if (refusals[i].failure == failure)
			return error_set(err, refusals[i].code,
					 "installing the filter: %s",
					 refusals[i].text);
	}

	return error_set(err, -EPERM, "installing the filter: %s",
			 strerror(failure));
}

int monitor_start_error(const struct monitor *m, const char *path,
			struct error *err)
{
	int failure = atomic_load(&m->page->failure);

	if (!failure)
		return error_set(err, -EAGAIN, "%s: ended before it was there",
				 path);
	if (atomic_load(&m->page->stage) == PAGE_FILTER)
		return filter_error(failure, err);

	return error_set(err, -failure, "%s: %s", path, strerror(failure));
}
