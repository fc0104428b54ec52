/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals that others send a thousand times a second, whose handler does not ask for
 * restarts: of a peer, of children that end, to a worker that was forked with the handler,
 * to threads. No call of a file that is no FIFO is ever EINTR, and what sleeps is.
 * MACHINE x86_64
 * EVENTS 10003: evt.type=openat and fd.name=/dev/null and proc.name=sent
 * EVENTS any: evt.type in (openat, read, fork, vfork, clone, clone3, execve)
 */
#include "torture.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define OPENS 2000
#define NAP_NS 300000

static atomic_int got;

static void on_signal(int sig)
{
	(void)sig;
	got++;
}

static void handle(int sig)
{
	struct sigaction sa = { .sa_handler = on_signal };

	MUST(!sigaction(sig, &sa, NULL));
}

static void nap(void)
{
	struct timespec t = { 0, NAP_NS };

	nanosleep(&t, NULL);
}

/* They have begun before anything is counted; who is new is known by its first call. */
static void await_signals(void)
{
	int before = got;

	while (got < before + 3)
		close(dup(0));
}

/* A process that sends it again and again until it is killed. */
static pid_t start_sender(pid_t to, pid_t thread, int sig)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		nap();
		syscall(SYS_tgkill, to, thread, sig);
	}
}

static void stop_sender(pid_t pid)
{
	MUST(!kill(pid, SIGKILL));
	while (waitpid(pid, NULL, 0) < 0)
		MUST(errno == EINTR);
}

static void a_peer_sends(void)
{
	pid_t pid;
	int pipes[2];
	char c;

	handle(SIGUSR1);
	pid = start_sender(getpid(), getpid(), SIGUSR1);
	await_signals();
	printf("peer: %d failed\n", open_failing(OPENS));
	MUST(!pipe(pipes));
	MUST(read(pipes[0], &c, 1) < 0);
	printf("read: %s\n", strerrorname_np(errno));
	stop_sender(pid);
}

/* It has the handler by inheritance alone. */
static void a_worker_is_signalled(void)
{
	int pipes[2];
	pid_t worker, sender;
	char c;

	MUST(!pipe(pipes));
	worker = fork();
	if (!worker) {
		open_times("/dev/null", 1);
		MUST(write(pipes[1], "x", 1) == 1);
		await_signals();
		_exit(open_failing(OPENS) != 0);
	}
	MUST(read(pipes[0], &c, 1) == 1);
	sender = start_sender(worker, worker, SIGUSR1);
	reap_exit(worker, 0);
	stop_sender(sender);
	puts("worker: 0 failed");
}

static void *one_thread(void *arg)
{
	pid_t sender = start_sender(getpid(), gettid(), SIGRTMIN);
	int *failed = arg;

	await_signals();
	*failed = open_failing(OPENS);
	stop_sender(sender);
	return NULL;
}

static void threads_are_signalled(void)
{
	pthread_t threads[2];
	int failed[2];

	handle(SIGRTMIN);
	for (int i = 0; i < 2; i++)
		MUST(!pthread_create(&threads[i], NULL, one_thread, &failed[i]));
	for (int i = 0; i < 2; i++) {
		MUST(!pthread_join(threads[i], NULL));
		printf("thread: %d failed\n", failed[i]);
	}
}

/* Orphans whose new parent we are, made as fast as it goes. */
static pid_t start_maker(void)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGCHLD, SIG_DFL);
	for (;;) {
		pid = fork();
		if (!pid && !fork())
			_exit(0);
		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
}

static void on_child(int sig)
{
	int saved = errno;

	(void)sig;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		got++;
	errno = saved;
}

static void children_end(void)
{
	struct sigaction sa = { .sa_handler = on_child };
	pid_t pid;

	MUST(!prctl(PR_SET_CHILD_SUBREAPER, 1));
	MUST(!sigaction(SIGCHLD, &sa, NULL));
	open_times("/dev/null", 1);
	pid = start_maker();
	await_signals();
	printf("children: %d failed\n", open_failing(OPENS));
	MUST(!kill(pid, SIGKILL));
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	a_peer_sends();
	a_worker_is_signalled();
	threads_are_signalled();
	open_times("/dev/null", 1);
	children_end();
	return 0;
}
