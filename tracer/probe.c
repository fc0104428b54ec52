/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The live probe: each mechanism is tried on a throw-away process by another one (a
 * helper, or the keeper before it keeps anything) that an alarm ends, so that nothing
 * here can hang or harm the caller. What was not reached counts as failed with ETIME.
 * Kernel versions are never looked at.
 */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

#include "array.h"
#include "cleanup.h"
#include "strbuf.h"

#include "procfs.h"
#include "regs.h"
#include "spawn.h"
#include "stop.h"
#include "tracer.h"

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

#define SYNC_WAKE_UP 1UL
#define LIMIT_S 10
/* How often who waits looks whether there is still somebody who tries. */
#define LOOK_NS 1000000
#define SIGNATURE 0x5ca1ab1e

/* Shared by the caller, whoever tries (the keeper or a helper) and the targets. */
struct probing {
	struct tracer_probe findings;
	unsigned action; /* of the filter of the trial at hand */
	_Atomic int listener; /* the target's; -1: not yet; < -1: -errno - 1 */
	_Atomic int go;
	_Atomic int ready; /* the target may be attached to */
	_Atomic int done; /* all has been tried */
	pid_t target;
	int fd; /* the listener, in whoever tries; negative: none */
};

/* The call that the trials are about: harmless, and its result is known. */
#define TRIAL_CALL SYS_getppid

static const unsigned signature = SIGNATURE;

static int await_change(_Atomic int *word, int before)
{
	int now;

	while ((now = atomic_load(word)) == before)
		syscall(SYS_futex, word, FUTEX_WAIT, before, NULL, NULL, 0);

	return now;
}

static void tell(_Atomic int *word, int value)
{
	atomic_store(word, value);
	syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/* Of this one architecture, and of one call: nothing here is worth a library. */
static int install(unsigned action, unsigned flags)
{
	const struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TRIAL_CALL, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_filter copy[ARRAY_SIZE(code)];
	const struct sock_fprog program = { ARRAY_SIZE(code), copy };

	memcpy(copy, code, sizeof(code));
	return spawn_filter(&program, flags, false);
}

/* What a target that shares our memory runs on: the calls above, no more. */
#define STACK_SIZE 16384

_Noreturn static void target(struct probing *p, unsigned flags, bool wait)
{
	int r;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	atomic_store(&p->ready, 1);
	while (wait && !atomic_load(&p->go))
		sched_yield();
	r = install(p->action, flags);
	tell(&p->listener, r < 0 ? r - 1 : r);
	while (r >= 0)
		syscall(TRIAL_CALL);
	_exit(0);
}

static void end_target(struct probing *p)
{
	if (p->target > 0) {
		kill(p->target, SIGKILL);
		while (waitpid(p->target, NULL, __WALL) == p->target)
			continue;
	}
	p->target = -1;
}

static void forget_target(struct probing *p)
{
	atomic_store(&p->listener, -1);
	atomic_store(&p->go, 0);
	atomic_store(&p->ready, 0);
}

static void await_ready(struct probing *p, pid_t pid)
{
	p->target = pid;
	/* Before, nobody without privilege may attach to it. */
	while (pid > 0 && !atomic_load(&p->ready))
		sched_yield();
}

static void start_target(struct probing *p, unsigned flags, bool wait)
{
	pid_t pid;

	forget_target(p);
	pid = spawn_clone(CLONE_FILES | SIGCHLD);
	if (!pid)
		target(p, flags, wait);
	await_ready(p, pid);
}

static int essential_target(void *ctx)
{
	target(ctx, SECCOMP_FILTER_FLAG_NEW_LISTENER |
			    SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, false);
}

/* 0 or a negative errno, once the target has tried its filter. */
static int await_filter(struct probing *p)
{
	int r = p->target < 0 ? -EAGAIN - 1 : await_change(&p->listener, -1);

	p->fd = r;
	return r < -1 ? r + 1 : 0;
}

/* The notification of the trial call. */
static int receive(struct probing *p, struct seccomp_notif *ret)
{
	memset(ret, 0, sizeof(*ret));
	return ioctl(p->fd, SECCOMP_IOCTL_NOTIF_RECV, ret) < 0 ? -errno : 0;
}

static int answer(struct probing *p, const struct seccomp_notif *notif,
		  int error)
{
	struct seccomp_notif_resp resp = {
		.id = notif->id,
		.error = error,
		.flags = error ? 0 : SECCOMP_USER_NOTIF_FLAG_CONTINUE,
	};

	return ioctl(p->fd, SECCOMP_IOCTL_NOTIF_SEND, &resp) < 0 ? -errno : 0;
}

/* The next stop of the target, which must be of this kind. */
static int expect(struct probing *p, enum stop_kind kind)
{
	int status;

	if (waitpid(p->target, &status, __WALL) < 0)
		return -errno;

	return stop_classify(p->target, status).kind == kind ? 0 : -EPROTO;
}

static int resume(struct probing *p, int request)
{
	return ptrace(request, p->target, 0, 0) < 0 ? -errno : 0;
}

/* Does the stopped target show the trial call's result? */
static int check_result(struct probing *p)
{
	struct regs regs;
	int r = regs_read(p->target, 0, &regs);

	if (r < 0)
		return r;

	return regs.nr == TRIAL_CALL && regs.result == getpid() ? 0 : -EPROTO;
}

static int seize(struct probing *p, unsigned long options)
{
	if (ptrace(PTRACE_SEIZE, p->target, 0, options) < 0)
		return -errno;

	return 0;
}

static int attach(struct probing *p)
{
	int r = seize(p, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC);

	return r < 0 ? r : resume(p, PTRACE_INTERRUPT);
}

typedef int (*trial)(struct probing *p);

/* Runs trials until one fails; its error, or 0. */
static int chain(struct probing *p, const trial *trials, size_t n)
{
	int r = 0;

	for (size_t i = 0; i < n && !r; i++)
		r = trials[i](p);

	return r;
}

static int quick_answer(struct probing *p)
{
	struct seccomp_notif notif;
	int r = receive(p, &notif);

	if (r < 0)
		return r;
	r = attach(p);
	if (r < 0)
		return r;

	return answer(p, &notif, 0);
}

static int expect_event(struct probing *p)
{
	return expect(p, STOP_EVENT);
}

static int expect_syscall(struct probing *p)
{
	return expect(p, STOP_SYSCALL);
}

static int to_syscall(struct probing *p)
{
	return resume(p, PTRACE_SYSCALL);
}

static int detach(struct probing *p)
{
	return resume(p, PTRACE_DETACH);
}

static int try_quick(struct probing *p)
{
	static const trial steps[] = { quick_answer, expect_event, check_result,
				       detach };

	return chain(p, steps, ARRAY_SIZE(steps));
}

static int clean_answer(struct probing *p)
{
	struct seccomp_notif notif;
	int r = receive(p, &notif);

	if (r < 0)
		return r;
	r = attach(p);
	if (r < 0)
		return r;

	return answer(p, &notif, -RESTART_ALWAYS);
}

static int let_restarted(struct probing *p)
{
	struct seccomp_notif notif;
	int r = receive(p, &notif);

	return r < 0 ? r : answer(p, &notif, 0);
}

static int try_clean(struct probing *p)
{
	static const trial steps[] = { clean_answer, expect_event, to_syscall,
				       expect_syscall, to_syscall,
				       let_restarted, expect_syscall,
				       check_result, detach };

	return chain(p, steps, ARRAY_SIZE(steps));
}

static int try_seize(struct probing *p)
{
	static const trial steps[] = { attach, expect_event, detach };

	return chain(p, steps, ARRAY_SIZE(steps));
}

static int ask_info(struct probing *p)
{
	struct __ptrace_syscall_info info;

	return ptrace(PTRACE_GET_SYSCALL_INFO, p->target, sizeof(info),
		      &info) < 0 ? -errno : 0;
}

static int try_info(struct probing *p)
{
	static const trial steps[] = { attach, expect_event, ask_info, detach };

	return chain(p, steps, ARRAY_SIZE(steps));
}

static int try_readv(struct probing *p)
{
	/* The target is our clone: the same bytes are at the same address. */
	union {
		const void *const_base;
		void *base;
	} there = { .const_base = &signature };
	unsigned got = 0;
	struct iovec local = { &got, sizeof(got) };
	struct iovec remote = { there.base, sizeof(got) };

	if (process_vm_readv(p->target, &local, 1, &remote, 1, 0) < 0)
		return -errno;

	return got == SIGNATURE ? 0 : -EIO;
}

static int try_getfd(struct probing *p)
{
	CLEANUP(closep) int pidfd =
		(int)syscall(SYS_pidfd_open, p->target, 0);
	CLEANUP(closep) int fd = -1;

	if (pidfd < 0)
		return -errno;
	fd = (int)syscall(SYS_pidfd_getfd, pidfd, pidfd, 0);
	return fd < 0 ? -errno : 0;
}

static int try_sync(struct probing *p)
{
	return ioctl(p->fd, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SYNC_WAKE_UP) < 0 ?
		       -errno :
		       0;
}

static int try_syscall(struct probing *p)
{
	static const trial steps[] = { attach,	   expect_event,   to_syscall,
				       expect_syscall, to_syscall,
				       expect_syscall, detach };

	return chain(p, steps, ARRAY_SIZE(steps));
}

/* RET_TRACE, the child being attached to before its filter is there. */
static int try_trace(struct probing *p)
{
	int r = seize(p, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACESECCOMP);

	if (r < 0)
		return r;
	atomic_store(&p->go, 1);
	r = await_filter(p);
	if (r < 0)
		return r;
	r = expect(p, STOP_SECCOMP);
	if (r < 0)
		return r;
	r = resume(p, PTRACE_SYSCALL);
	if (r < 0)
		return r;

	return expect(p, STOP_SYSCALL);
}

/* What is tried on a target that notifies, with a killable wait. */
static const struct {
	size_t offset;
	trial try;
} notify_trials[] = {
	{ offsetof(struct tracer_probe, sync_wake_up), try_sync },
	{ offsetof(struct tracer_probe, confirm_quick), try_quick },
	{ offsetof(struct tracer_probe, confirm_clean), try_clean },
};

/* What is tried on a target without a filter. */
static const struct {
	size_t offset;
	trial try;
} plain_trials[] = {
	{ offsetof(struct tracer_probe, ptrace_seize), try_seize },
	{ offsetof(struct tracer_probe, syscall_info), try_info },
	{ offsetof(struct tracer_probe, ptrace_syscall), try_syscall },
	{ offsetof(struct tracer_probe, process_vm_readv), try_readv },
	{ offsetof(struct tracer_probe, pidfd_getfd), try_getfd },
	{ offsetof(struct tracer_probe, seccomp_trace), try_trace },
};

static int *finding(struct tracer_probe *probe, size_t offset)
{
	return (int *)(void *)((char *)probe + offset);
}

static void note(struct probing *p, size_t offset, int r)
{
	*finding(&p->findings, offset) = -r;
}

/* A target of its own for each: what one leaves behind is not the next one's. */
static int try_one(struct probing *p, unsigned flags, trial try)
{
	int r;

	start_target(p, flags, false);
	r = await_filter(p);
	if (r < 0) {
		end_target(p);
		return r;
	}
	r = try(p);
	end_target(p);
	close(p->fd);
	return r;
}

static int try_nothing(struct probing *p)
{
	(void)p;
	return 0;
}

static void try_notify(struct probing *p)
{
	unsigned flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;

	p->action = SECCOMP_RET_USER_NOTIF;
	p->findings.user_notification = -try_one(p, flags, try_nothing);
	flags |= SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
	p->findings.wait_killable = -try_one(p, flags, try_nothing);
	for (size_t i = 0; i < ARRAY_SIZE(notify_trials); i++)
		note(p, notify_trials[i].offset,
		     try_one(p, flags, notify_trials[i].try));
}

static void try_plain(struct probing *p)
{
	p->action = SECCOMP_RET_TRACE;
	for (size_t i = 0; i < ARRAY_SIZE(plain_trials); i++) {
		start_target(p, 0, true);
		note(p, plain_trials[i].offset, plain_trials[i].try(p));
		end_target(p);
	}
}

/* Helper and targets take turns, which goes best on one CPU. */
static void stay_here(void)
{
	cpu_set_t here;
	int cpu = sched_getcpu();

	if (cpu < 0 || cpu >= CPU_SETSIZE)
		return;
	CPU_ZERO(&here);
	CPU_SET((unsigned)cpu, &here);
	sched_setaffinity(0, sizeof(here), &here);
}

/* All that a run under engine notify needs, on one target, which shares our memory
 * and so costs next to nothing. */
static void try_essence(struct probing *p)
{
	static const trial steps[] = { try_quick, try_clean };
	_Alignas(16) char stack[STACK_SIZE];
	int r;

	p->action = SECCOMP_RET_USER_NOTIF;
	forget_target(p);
	await_ready(p, clone(essential_target, stack + sizeof(stack),
			     CLONE_VM | CLONE_FILES | SIGCHLD, p));
	r = await_filter(p);
	p->findings.user_notification = p->findings.wait_killable = -r;
	if (!r)
		r = chain(p, steps, ARRAY_SIZE(steps));
	p->findings.ptrace_seize = p->findings.confirm_quick =
		p->findings.confirm_clean = -r;
	end_target(p);
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

/* Whoever tries ends by the alarm that it does not answer. */
static void limit_time(time_t seconds)
{
	const struct itimerval limit = { .it_value = { seconds, 0 } };
	sigset_t alarm;

	signal(SIGALRM, SIG_DFL);
	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &alarm, NULL);
	setitimer(ITIMER_REAL, &limit, NULL);
}

_Noreturn static void helper(struct probing *p)
{
	limit_time(LIMIT_S);
	stay_here();
	try_plain(p);
	try_notify(p);
	_exit(0);
}

void probe_try(struct probing *p)
{
	int dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
	cpu_set_t cpus;
	bool moves = !sched_getaffinity(0, sizeof(cpus), &cpus);
	sigset_t mask;

	sigprocmask(SIG_BLOCK, NULL, &mask);
	limit_time(LIMIT_S);
	if (moves)
		stay_here();
	try_essence(p);
	if (moves)
		sched_setaffinity(0, sizeof(cpus), &cpus);
	limit_time(0);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	prctl(PR_SET_DUMPABLE, dumpable, 0, 0, 0);
	tell(&p->done, 1);
}

pid_t probe_traced_by(bool *ret_alike)
{
	CLEANUP(closep) int proc = procfs_open_own();
	struct procfs_status status;
	struct procfs_stat ours, theirs;

	*ret_alike = false;
	if (proc < 0 || procfs_status(proc, getpid(), &status) < 0)
		return 0;
	*ret_alike = status.tracer && !procfs_stat(proc, getpid(), &ours) &&
		     !procfs_stat(proc, (pid_t)status.tracer, &theirs) &&
		     !strcmp(ours.comm, theirs.comm);
	return (pid_t)status.tracer;
}

bool probe_is_admin(void)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3,
						 0 };
	struct __user_cap_data_struct caps[2] = { 0 };

	if (syscall(SYS_capget, &head, caps) < 0)
		return false;

	return caps[0].effective >> CAP_SYS_ADMIN & 1;
}

/* A listener above us is asked before a tracer is: RET_TRACE misses what it wants. */
static enum tracer_engine choose_attached(const struct tracer_probe *f)
{
	bool listened = f->user_notification == EBUSY;

	if (f->ptrace_seize)
		return TRACER_AUTO;
	if (!f->seccomp_trace && (!listened || f->ptrace_syscall))
		return TRACER_TRACE;

	return f->ptrace_syscall ? TRACER_AUTO : TRACER_PTRACE;
}

/* Where somebody else traces whatever we start, only ends of calls are not seen. */
static enum tracer_engine choose(const struct tracer_probe *f)
{
	bool notifies = !f->user_notification && !f->wait_killable;
	enum tracer_engine attached = choose_attached(f);

	if (notifies && !f->ptrace_seize && !f->confirm_quick &&
	    !f->confirm_clean)
		return TRACER_NOTIFY;
	if (attached == TRACER_AUTO && notifies && !f->process_vm_readv)
		return TRACER_NOTIFY;

	return attached;
}

bool probe_is_listened(void)
{
	pid_t pid = spawn_clone(SIGCHLD);
	int status;

	if (!pid)
		_exit(install(SECCOMP_RET_ALLOW,
			      SECCOMP_FILTER_FLAG_NEW_LISTENER) == -EBUSY);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

/* The members that are errnos, for a person and, by their own names, for a program. */
#define LINE(member, name) { #member, name, offsetof(struct tracer_probe, member) }
static const struct {
	const char *key;
	const char *name;
	size_t offset;
} lines[] = {
	LINE(user_notification, "seccomp user notification"),
	LINE(wait_killable, "seccomp killable wait"),
	LINE(sync_wake_up, "seccomp synchronous wake-up"),
	LINE(seccomp_trace, "seccomp trace stops"),
	LINE(ptrace_seize, "ptrace seize"),
	LINE(ptrace_syscall, "ptrace stops at every call"),
	LINE(syscall_info, "ptrace call information"),
	LINE(confirm_quick, "confirming, quick"),
	LINE(confirm_clean, "confirming, clean"),
	LINE(process_vm_readv, "reading memory (process_vm_readv)"),
	LINE(pidfd_getfd, "borrowing descriptors (pidfd_getfd)"),
	LINE(proc, "/proc of our own pid namespace"),
};
#undef LINE

#define PROC_REMEDY "mount a /proc: unshare --mount-proc, mount -t proc proc /proc"

struct probing *probe_new(void)
{
	struct probing *p = mmap(NULL, sizeof(*p), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		*finding(&p->findings, lines[i].offset) = ETIME;
	p->findings.sys_admin = probe_is_admin();
	p->fd = -1;
	return p;
}

void probe_free(struct probing *p)
{
	if (p)
		munmap(p, sizeof(*p));
}

static void run_helper(struct probing *p)
{
	pid_t pid = spawn_clone(SIGCHLD);

	if (!pid)
		helper(p);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
}

static struct tracer_probe finish(struct probing *p)
{
	struct tracer_probe findings = p->findings;

	findings.chosen = choose(&findings);
	probe_free(p);
	return findings;
}

static void try_all(struct tracer_probe *ret)
{
	struct probing *p = probe_new();

	*ret = (struct tracer_probe){ .chosen = TRACER_AUTO };
	for (size_t i = 0; !p && i < ARRAY_SIZE(lines); i++)
		*finding(ret, lines[i].offset) = ENOMEM;
	if (!p)
		return;
	run_helper(p);
	*ret = finish(p);
}

/* Without /proc monitor_init() refuses every engine. */
void tracer_probe(struct tracer_probe *ret)
{
	CLEANUP(closep) int proc = procfs_open_own();

	try_all(ret);
	ret->proc = proc < 0 ? -proc : 0;
	if (ret->proc)
		ret->chosen = TRACER_AUTO;
}

/* What somebody who shared our descriptors left behind; the target ends with it. */
static void inherit(const struct probing *p)
{
	if (p->fd >= 0)
		close(p->fd);
	if (p->target > 0)
		waitpid(p->target, NULL, __WALL);
}

static void await_trier(struct probing *p, pid_t trier)
{
	const struct timespec look = { 0, LOOK_NS };

	while (!atomic_load(&p->done) && !spawn_has_ended(trier))
		syscall(SYS_futex, &p->done, FUTEX_WAIT, 0, &look, NULL, 0);
	if (!atomic_load(&p->done))
		inherit(p);
}

enum tracer_engine probe_engine(struct probing *begun, pid_t trier, bool attached)
{
	struct tracer_probe findings = { .chosen = TRACER_AUTO };
	enum tracer_engine other;

	if (begun && trier > 0)
		await_trier(begun, trier);
	if (begun)
		findings = finish(begun);
	if (attached || findings.chosen != TRACER_NOTIFY)
		try_all(&findings);
	other = attached ? choose_attached(&findings) : TRACER_AUTO;

	return other == TRACER_AUTO ? findings.chosen : other;
}

void tracer_probe_text(const struct tracer_probe *probe, struct strbuf *out)
{
	CLEANUP(strbuf_done) struct strbuf unseen = STRBUF_INIT;
	struct tracer_probe copy = *probe;
	pid_t tracer;
	bool alike;
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		r = *finding(&copy, lines[i].offset);
		strbuf_addf(out, "%-36s %s\n", lines[i].name,
			    r ? strerror(r) : "works");
	}
	strbuf_addf(out, "%-36s %s\n", "no_new_privs",
		    copy.sys_admin ? "need not be set" : "must be set");
	strbuf_addf(out, "%-36s %s\n", "engine",
		    copy.chosen == TRACER_AUTO ?
			    "none" :
			    tracer_engine_name(copy.chosen));
	tracer = copy.chosen == TRACER_AUTO ? probe_traced_by(&alike) : 0;
	if (copy.proc)
		strbuf_addf(out, "%-36s %s\n", "what helps", PROC_REMEDY);
	else if (tracer)
		strbuf_addf(out, "%-36s %d\n", "we are traced ourselves by pid",
			    tracer);
	if (copy.chosen == TRACER_AUTO)
		return;
	tracer_unseen(copy.chosen, NULL, &unseen);
	strbuf_addf(out, "%-36s %s\n", "events that it does not see",
		    unseen.data);
}

/* Names of errors have nothing in them that JSON would escape. */
void tracer_probe_json(const struct tracer_probe *probe, struct strbuf *out)
{
	struct tracer_probe copy = *probe;
	int r;

	strbuf_adds(out, "{\"engine\":");
	if (copy.chosen == TRACER_AUTO)
		strbuf_adds(out, "null");
	else
		strbuf_addf(out, "\"%s\"", tracer_engine_name(copy.chosen));
	strbuf_addf(out, ",\"no_new_privs\":%s,\"mechanisms\":{",
		    copy.sys_admin ? "false" : "true");
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		r = *finding(&copy, lines[i].offset);
		strbuf_addf(out, "%s\"%s\":{\"works\":%s", i ? "," : "",
			    lines[i].key, r ? "false" : "true");
		if (r)
			strbuf_addf(out, ",\"error\":\"%s\"",
				    strerrorname_np(r));
		strbuf_addch(out, '}');
	}
	strbuf_addf(out, "}%s}\n",
		    copy.proc ? ",\"remedy\":\"" PROC_REMEDY "\"" : "");
}
