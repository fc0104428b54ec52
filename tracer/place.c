/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parting in place: see place.h. The monitor has no exit signal, so that wait(2) of
 * the program, which does not know of it, does not see it (it would by __WALL).
 */
#include "place.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "alloc.h"
#include "cleanup.h"
#include "error.h"

#include "page.h"
#include "spawn.h"
#include "tracer.h"

/* How often who waits looks whether its monitor is still there. */
#define LOOK_NS 10000000

/* Each side has its own. */
struct tracer_place {
	struct page *page; /* but this */
	pid_t program, monitor;
	int program_fd; /* the monitor's: a pidfd */
};

struct page *place_page(const struct tracer_place *p)
{
	return p->page;
}

int place_fd(const struct tracer_place *p)
{
	return p->program_fd;
}

void tracer_place_free(struct tracer_place *p)
{
	if (!p)
		return;
	page_free(p->page);
	closep(&p->program_fd);
	free(p);
}

int tracer_place_new(struct tracer_place **ret, struct error *err)
{
	struct page *page = page_new();

	if (!page)
		return error_set(err, -ENOMEM, "no memory to share");
	*ret = xcalloc(1, sizeof(**ret));
	**ret = (struct tracer_place){ .page = page, .program_fd = -1 };
	return 0;
}

/* A session of its own, for no signal of the program's group or terminal is meant for
 * it; and without a program it is not wanted. */
static void be_monitor(struct tracer_place *p)
{
	p->monitor = 0;
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	p->program_fd = (int)syscall(SYS_pidfd_open, p->program, 0);
	if (getppid() != p->program)
		raise(SIGKILL);
	setsid();
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

pid_t tracer_place_part(struct tracer_place *p)
{
	p->program = getpid();
	p->monitor = spawn_clone(CLONE_FILES);
	if (p->monitor)
		return p->monitor;
	be_monitor(p);
	return 0;
}

int place_check(const struct tracer_place *p, struct error *err)
{
	char there;
	struct iovec local = { &there, 1 }, remote = { (void *)(uintptr_t)p, 1 };

	if (process_vm_readv(p->program, &local, 1, &remote, 1, 0) == 1 ||
	    errno == ENOSYS)
		return 0;
	return error_set(err, -EPERM,
			 "--in-place: a process may only look into its "
			 "descendants here (kernel.yama.ptrace_scope), and in "
			 "place the program is none: leave it out, or give "
			 "CAP_SYS_PTRACE");
}

pid_t place_take(const struct tracer_place *p)
{
	prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
	return p->program;
}

/* False: the monitor has ended instead, and how. */
static bool is_released(const struct tracer_place *p, int *ret_status)
{
	const struct timespec look = { 0, LOOK_NS };
	_Atomic int *word = &p->page->spawning;

	while (!atomic_load(word)) {
		syscall(SYS_futex, word, FUTEX_WAIT, 0, &look, NULL, 0);
		if (waitpid(p->monitor, ret_status, __WALL | WNOHANG) > 0)
			return false;
	}
	return true;
}

int tracer_place_become(struct tracer_place *p,
			const struct tracer_command *command, int *ret_status)
{
	struct spawn_plan plan = { .command = command, .page = p->page };
	int r;

	if (!is_released(p, ret_status))
		return -ECHILD;
	sigaction(SIGCHLD, NULL, &plan.on_child);
	r = spawn_become(&plan);
	return atomic_load(&p->page->stage) == PAGE_EXEC ? r : -ECANCELED;
}
