/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From clone to exec. The child shares the descriptor table with the monitor and
 * the keeper when engine notify starts it: the listener is theirs the instant that
 * it exists, and execve(2) gives the program a table of its own.
 */
#include "spawn.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>

#include "monitor.h"
#include "page.h"
#include "tracer.h"

#define STATUS_NOT_STARTED 127
#define GO_STEP_NS 100000
/* How the child is waited for: first by giving way, then by naps. */
#define SPINS 200
#define NAP_NS 100000

pid_t spawn_clone(unsigned long flags)
{
	long pid = syscall(SYS_clone, flags, 0, 0, 0, 0);

	return pid < 0 ? -errno : (pid_t)pid;
}

static int install(const struct sock_fprog *program, unsigned flags)
{
	long fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, program);

	return fd < 0 ? -errno : (int)fd;
}

int spawn_filter(const struct sock_fprog *program, unsigned flags,
		 bool keep_privilege)
{
	int fd = -EACCES;

	if (keep_privilege)
		fd = install(program, flags);
	if (fd != -EACCES)
		return fd;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;

	return install(program, flags);
}

_Noreturn static void give_up(const struct spawn_plan *plan, int error)
{
	atomic_store(&plan->page->failure, error);
	_exit(STATUS_NOT_STARTED);
}

static void wait_for_go(struct page *page)
{
	const struct timespec step = { 0, GO_STEP_NS };

	atomic_store(&page->ready, 1);
	while (!atomic_load(&page->go))
		nanosleep(&step, NULL);
}

/* Dumpable until the exec, whatever the monitor is: it must be able to attach to
 * us and to read what the exec is given. */
_Noreturn static void child(const struct spawn_plan *plan)
{
	const struct tracer_command *c = plan->command;
	int r;

	sigaction(SIGCHLD, &plan->on_child, NULL);
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	r = c->child_setup ? c->child_setup(c->ctx) : 0;
	if (r < 0)
		give_up(plan, -r);
	if (plan->wait_for_go)
		wait_for_go(plan->page);
	atomic_store(&plan->page->stage, PAGE_FILTER);
	r = plan->program ? spawn_filter(plan->program, plan->flags,
					 plan->keep_privilege) :
			    0;
	if (r < 0)
		give_up(plan, -r);
	atomic_store(&plan->page->stage, PAGE_EXEC);
	if (plan->flags & SECCOMP_FILTER_FLAG_NEW_LISTENER)
		atomic_store(&plan->page->listener, r);
	execve(c->path, c->argv, c->envp);
	give_up(plan, errno);
}

int spawn_await(const _Atomic int *word, int before, struct monitor *m,
		void (*reap)(void *ctx), void *ctx)
{
	const struct timespec nap = { 0, NAP_NS };

	for (unsigned i = 0; atomic_load(word) == before; i++) {
		if (atomic_load(&m->page->failure))
			return -atomic_load(&m->page->failure);
		reap(ctx);
		if (m->ended)
			return -EAGAIN;
		if (i < SPINS)
			sched_yield();
		else
			nanosleep(&nap, NULL);
	}

	return 0;
}

pid_t spawn_start(const struct spawn_plan *plan)
{
	unsigned long share = plan->share_files ? CLONE_FILES : 0;
	pid_t pid;

	atomic_store(&plan->page->spawning, 1);
	pid = spawn_clone(SIGCHLD | share);
	if (!pid)
		child(plan);
	if (pid > 0)
		atomic_store(&plan->page->spawned, pid);

	return pid;
}
