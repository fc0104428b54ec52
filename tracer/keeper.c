/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keeper's whole life. It allocates nothing, leaves nothing open that it was not
 * given, and makes no call that depends on the C library's state: it is a bare clone
 * of a process that may have had threads.
 */
#include "keeper.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "array.h"
#include "cleanup.h"

#include "listener.h"
#include "page.h"
#include "probe.h"
#include "spawn.h"
#include "tree.h"

/* How long a child that was being started when the monitor died may take until it
 * has a listener: 100 us at a time. */
#define ORPHAN_STEPS 100000
#define STEP_NS 100000

/* Nobody is left under the filter. POLLERR alone only says that the kernel's look
 * was interrupted (seccomp_notify_poll). */
#define OVER (POLLHUP | POLLNVAL)

#ifndef CLOSE_RANGE_UNSHARE
#define CLOSE_RANGE_UNSHARE (1U << 1)
#endif

struct keep {
	struct page *page;
	enum monitor_exit mode;
	int monitor; /* its pidfd */
	int wake;
	int listener;
};

static void hide(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	prctl(PR_SET_NAME, "falco-run-keep", 0, 0, 0);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	setsid();
}

static int compare_fds(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void close_others(const struct keep *k)
{
	int fds[] = { k->monitor, k->wake, k->listener };
	unsigned next = 0;

	qsort(fds, ARRAY_SIZE(fds), sizeof(*fds), compare_fds);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		if ((unsigned)fds[i] > next)
			syscall(SYS_close_range, next, fds[i] - 1, 0);
		next = (unsigned)fds[i] + 1;
	}
	syscall(SYS_close_range, next, ~0U, 0);
}

/*
 * A descriptor table of our own: unshare(2) is refused in some containers where
 * close_range(2) is not. With neither we hold the monitor's descriptors open beyond
 * its end, which is untidy; closing them would be wrong.
 */
static void settle(const struct keep *k)
{
	if (syscall(SYS_close_range, ~0U, ~0U, CLOSE_RANGE_UNSHARE) < 0 &&
	    syscall(SYS_unshare, CLONE_FILES) < 0) {
		atomic_store(&k->page->parted, -1);
		return;
	}
	atomic_store(&k->page->parted, 1);
	close_others(k);
	if (chdir("/") < 0)
		return; /* then it keeps a file system busy: nothing to be done */
}

/* The monitor may have died while its child was on the way to its filter. */
static void await_orphan(struct keep *k)
{
	const struct timespec step = { 0, STEP_NS };
	unsigned n = ORPHAN_STEPS;

	while (atomic_load(&k->page->spawning) && n-- &&
	       !kill(atomic_load(&k->page->spawned), 0)) {
		k->listener = atomic_load(&k->page->listener);
		if (k->listener >= 0 || atomic_load(&k->page->failure))
			return;
		nanosleep(&step, NULL);
	}
}

/* Until there is a listener, or nobody who could make one. */
static void await_listener(struct keep *k)
{
	struct pollfd fds[] = { { k->monitor, POLLIN, 0 },
				{ k->wake, POLLIN, 0 } };

	while (poll(fds, ARRAY_SIZE(fds), -1) < 0)
		continue;
	k->listener = atomic_load(&k->page->listener);
	if (k->listener < 0 && !atomic_load(&k->page->released))
		await_orphan(k);
	if (k->listener < 0)
		_exit(0);
}

static void drain(int fd)
{
	uint64_t n;

	while (read(fd, &n, sizeof(n)) < 0 && errno == EINTR)
		continue;
}

/* While there is a monitor: until it is gone or says that it goes. */
static void watch(const struct keep *k)
{
	struct pollfd fds[] = { { k->monitor, POLLIN, 0 },
				{ k->wake, POLLIN, 0 },
				{ k->listener, 0, 0 } };

	for (;;) {
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0)
			continue;
		if (fds[2].revents & OVER)
			_exit(0);
		if (fds[0].revents || atomic_load(&k->page->released))
			return;
		if (fds[1].revents)
			drain(k->wake);
	}
}

static void finish(const struct keep *k, const struct seccomp_notif *notif)
{
	if (k->mode == MONITOR_EXIT_KILL && notif->pid)
		kill((pid_t)notif->pid, SIGKILL);
	listener_let_go(k->listener, notif->id);
}

static void take_over(const struct keep *k)
{
	struct tree tree = { atomic_load(&k->page->spawned), 0 };

	if (k->mode == MONITOR_EXIT_KILL)
		tree_kill(&tree);
	for (size_t i = 0; i < PAGE_SLOTS; i++) {
		if (k->page->slots[i].id)
			finish(k, &k->page->slots[i]);
	}
	if (k->page->late.id)
		finish(k, &k->page->late);
}

/* Until the last process under the filter has ended. */
static void serve(const struct keep *k)
{
	struct pollfd fd = { k->listener, POLLIN, 0 };
	struct seccomp_notif notif;

	for (;;) {
		if (poll(&fd, 1, -1) < 0)
			continue;
		if (fd.revents & OVER)
			_exit(0);
		if (!(fd.revents & POLLIN))
			continue;
		memset(&notif, 0, sizeof(notif));
		if (!ioctl(k->listener, SECCOMP_IOCTL_NOTIF_RECV, &notif))
			finish(k, &notif);
	}
}

/* The child is to find itself as the monitor is, so it comes first. */
_Noreturn static void live(struct keep k, const struct keeper_errands *errands)
{
	if (errands->plan)
		spawn_start_for_parent(errands->plan);
	hide();
	if (errands->probing)
		probe_try(errands->probing);
	await_listener(&k);
	settle(&k);
	watch(&k);
	take_over(&k);
	serve(&k);
	_exit(0);
}

/* The table is shared with the keeper: what it is to have stays open here too. */
int keeper_start(struct page *page, enum monitor_exit mode,
		 const struct keeper_errands *errands, struct keeper *ret_keeper)
{
	CLEANUP(closep) int monitor =
		(int)syscall(SYS_pidfd_open, getpid(), 0);
	CLEANUP(closep) int wake = eventfd(0, EFD_CLOEXEC);
	pid_t pid;

	if (monitor < 0 || wake < 0)
		return -errno;
	/* There may have been one that has ended. */
	atomic_store(&page->released, 0);
	/* The exit signal is the child's whom it makes for us. */
	pid = spawn_clone(CLONE_FILES | SIGCHLD);
	if (!pid)
		live((struct keep){ page, mode, monitor, wake, -1 },
		     errands);
	if (pid < 0)
		return pid;

	*ret_keeper = (struct keeper){ pid, TAKE_FD(wake), TAKE_FD(monitor) };
	return 0;
}

void keeper_tell(const struct keeper *k)
{
	const uint64_t one = 1;

	while (k->wake_fd >= 0 && write(k->wake_fd, &one, sizeof(one)) < 0 &&
	       errno == EINTR)
		continue;
}

/* A program that ends at once may leave children before the keeper has run at all. */
static bool await_parting(const struct keeper *k, const struct page *page)
{
	const struct timespec step = { 0, STEP_NS };
	pid_t dead = 0;

	while (!atomic_load(&page->parted) && !dead) {
		nanosleep(&step, NULL);
		dead = waitpid(k->pid, NULL, __WALL | WNOHANG);
	}
	return dead || atomic_load(&page->parted) > 0;
}

bool keeper_release(struct keeper *k, struct page *page, bool all_gone)
{
	bool parted = true;

	if (k->pid < 0)
		return true;
	atomic_store(&page->released, 1);
	keeper_tell(k);
	while (all_gone && waitpid(k->pid, NULL, __WALL) < 0 && errno == EINTR)
		continue;
	if (!all_gone)
		parted = await_parting(k, page);
	if (parted) {
		close(k->wake_fd);
		close(k->monitor_fd);
	}
	*k = (struct keeper)KEEPER_NONE;
	return parted;
}
