/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals that the kernel throws away, as that of a child's end is by default: no sleep
 * notices them, with a time limit or without one; a signal that is handled ends it.
 * EVENTS any: evt.type in (openat, fork, vfork, clone, clone3)
 */
#include "torture.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/sem.h>

static int pipes[2];

static void on_signal(int sig)
{
	(void)sig;
}

/* A child that does something in a while. */
static pid_t soon(void (*fn)(pid_t parent))
{
	pid_t parent = getpid(), pid = fork();

	if (pid)
		return pid;
	nap_ms(150);
	fn(parent);
	_exit(0);
}

static void writes(pid_t parent)
{
	(void)parent;
	MUST(write(pipes[1], "x", 1) == 1);
}

static void handled(pid_t parent)
{
	MUST(!kill(parent, SIGUSR1));
}

static void blocked(pid_t parent)
{
	MUST(!kill(parent, SIGUSR2));
}

static pid_t ends_soon(void)
{
	pid_t pid = fork();

	if (!pid) {
		nap_ms(60);
		_exit(0);
	}
	return pid;
}

static void look(const char *what, int epoll, int ms, void (*fn)(pid_t parent))
{
	pid_t first = ends_soon(), second = fn ? soon(fn) : 0;
	struct epoll_event event;
	char c;
	int r = epoll_wait(epoll, &event, 1, ms);

	printf("%s: %d %s\n", what, r, r < 0 ? strerrorname_np(errno) : "");
	reap_exit(first, 0);
	if (second)
		reap_exit(second, 0);
	if (r > 0)
		MUST(read(pipes[0], &c, 1) == 1);
}

static void waits_for_a_signal(void)
{
	pid_t first, second;
	sigset_t set;
	int r;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	MUST(!sigprocmask(SIG_BLOCK, &set, NULL));
	first = ends_soon();
	second = soon(blocked);
	r = sigwaitinfo(&set, NULL);
	printf("sigwaitinfo: %d\n", r == SIGUSR2);
	reap_exit(first, 0);
	reap_exit(second, 0);
}

static void waits_for_a_semaphore(void)
{
	int id = semget(IPC_PRIVATE, 1, 0600);
	struct sembuf down = { 0, -1, 0 };
	pid_t first, second;

	MUST(id >= 0);
	first = ends_soon();
	second = fork();
	if (!second) {
		struct sembuf up = { 0, 1, 0 };

		nap_ms(150);
		MUST(!semop(id, &up, 1));
		_exit(0);
	}
	printf("semop: %d\n", semop(id, &down, 1));
	reap_exit(first, 0);
	reap_exit(second, 0);
	MUST(!semctl(id, 0, IPC_RMID));
}

int main(void)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct epoll_event event = { .events = EPOLLIN };
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	setvbuf(stdout, NULL, _IONBF, 0);
	MUST(epoll >= 0 && !pipe(pipes));
	MUST(!epoll_ctl(epoll, EPOLL_CTL_ADD, pipes[0], &event));
	/* Without restarts: whoever is traced for that is told nothing new by it. */
	MUST(!sigaction(SIGUSR1, &sa, NULL));
	open_times("/dev/null", 3);
	look("without a limit", epoll, -1, writes);
	look("with one", epoll, 200, NULL);
	look("handled", epoll, -1, handled);
	waits_for_a_signal();
	waits_for_a_semaphore();
	return 0;
}
