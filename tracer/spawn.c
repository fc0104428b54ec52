/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From clone to exec. The child shares the descriptor table with the monitor and
 * the keeper: the listener of engine notify is theirs the instant that it exists, and
 * execve(2) gives the program a table of its own.
 */
#include "spawn.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "monitor.h"
#include "page.h"
#include "tracer.h"

#define STATUS_NOT_STARTED 127
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

static int give_up(const struct spawn_plan *plan, int error)
{
	atomic_store(&plan->page->failure, error);
	return -error;
}

static void wait_for(_Atomic int *word)
{
	while (!atomic_load(word))
		syscall(SYS_futex, word, FUTEX_WAIT, 0, NULL, NULL, 0);
}

static void set(_Atomic int *word, int value)
{
	atomic_store(word, value);
	syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/* Nobody but the monitor has a use for us yet. */
static void await_orders(struct page *page, pid_t monitor)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != monitor)
		_exit(STATUS_NOT_STARTED);
	wait_for(&page->spawning);
	prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
}

static bool may_go(struct page *page)
{
	if (!page->orders.wait_for_go)
		return true;
	atomic_store(&page->ready, 1);
	wait_for(&page->go);
	return atomic_load(&page->go) > 0;
}

static int install_ordered(struct page_orders *orders)
{
	const struct sock_fprog program = { orders->ncode, orders->code };

	return orders->ncode ? spawn_filter(&program, orders->flags,
					    orders->keep_privilege) :
			       0;
}

/* Dumpable until the exec, whatever the monitor is: it must be able to attach to
 * us and to read what the exec is given. */
int spawn_become(const struct spawn_plan *plan)
{
	const struct tracer_command *c = plan->command;
	struct page *page = plan->page;
	int r;

	sigaction(SIGCHLD, &plan->on_child, NULL);
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	r = c->child_setup ? c->child_setup(c->ctx) : 0;
	if (r < 0)
		return give_up(plan, -r);
	if (!may_go(page))
		return give_up(plan, ECANCELED);
	atomic_store(&page->stage, PAGE_FILTER);
	r = install_ordered(&page->orders);
	if (r < 0)
		return give_up(plan, -r);
	atomic_store(&page->stage, PAGE_EXEC);
	if (page->orders.flags & SECCOMP_FILTER_FLAG_NEW_LISTENER)
		atomic_store(&page->listener, r);
	execve(c->path, c->argv, c->envp);
	return give_up(plan, errno);
}

_Noreturn static void child(const struct spawn_plan *plan)
{
	await_orders(plan->page, plan->parent);
	spawn_become(plan);
	_exit(STATUS_NOT_STARTED);
}

int spawn_await(const _Atomic int *word, int before, struct monitor *m,
		void (*reap)(void *ctx), void *ctx)
{
	const struct timespec nap = { 0, NAP_NS };

	for (unsigned i = 0; atomic_load(word) == before; i++) {
		if (atomic_load(&m->page->failure))
			return -atomic_load(&m->page->failure);
		reap(ctx);
		monitor_look(m);
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
	pid_t pid = spawn_clone(SIGCHLD | CLONE_FILES);

	if (!pid)
		child(plan);

	return pid;
}

/* The kernel writes the number: were we ended now, it would be known. */
void spawn_start_for_parent(const struct spawn_plan *plan)
{
	const unsigned long flags = CLONE_PARENT | CLONE_PARENT_SETTID |
				    CLONE_FILES | SIGCHLD;
	long pid;

	/* It does not tell where it cannot write: the page must be there for us. */
	atomic_store(&plan->page->born, 0);
	pid = syscall(SYS_clone, flags, 0, &plan->page->born, 0, 0);
	if (!pid)
		child(plan);
	atomic_store(&plan->page->born, pid < 0 ? -errno : (pid_t)pid);
}

bool spawn_has_ended(pid_t child)
{
	siginfo_t info = { .si_pid = 0 };

	return waitid(P_PID, (id_t)child, &info,
		      WEXITED | WNOHANG | WNOWAIT | __WALL) < 0 ||
	       info.si_pid == child;
}

void spawn_release(struct page *page, pid_t child_pid,
		   const struct spawn_orders *orders)
{
	struct page_orders *to = &page->orders;
	unsigned short n = orders->program ? orders->program->len : 0;

	to->flags = orders->flags;
	to->keep_privilege = orders->keep_privilege;
	to->wait_for_go = orders->wait_for_go;
	to->ncode = n;
	if (n)
		memcpy(to->code, orders->program->filter, n * sizeof(*to->code));
	atomic_store(&page->spawned, child_pid);
	set(&page->spawning, 1);
}

void spawn_go(struct page *page, bool allowed)
{
	set(&page->go, allowed ? 1 : -1);
}

void spawn_cancel(pid_t child_pid)
{
	if (child_pid <= 0)
		return;
	kill(child_pid, SIGKILL);
	while (waitpid(child_pid, NULL, __WALL) < 0 && errno == EINTR)
		continue;
}
