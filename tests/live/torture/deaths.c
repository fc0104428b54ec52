/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes die in any state: killed in the middle of calls that are followed, by
 * their own fault, by exit_group with threads in calls, main thread first. Each is
 * reaped with the status that it has without us.
 * EVENTS some: evt.type=openat and fd.name=/dev/null
 * EVENTS any: evt.type in (open, read, clone, clone3, execve)
 * EVENTS 1: evt.type=openat and fd.name=/dev/zero
 * EVENTS some: evt.type=procexit and proc.name=deaths
 */
#include "torture.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>

static void *open_for_ever(void *arg)
{
	for (;;)
		open_times("/dev/null", 1);
	return arg;
}

static void expect_signal(pid_t pid, int sig)
{
	int status = reap(pid);

	MUST(WIFSIGNALED(status) && WTERMSIG(status) == sig);
}

static void killed_in_calls(int threads)
{
	pthread_t id;
	pid_t pid = fork();

	if (!pid) {
		for (int i = 0; i < threads; i++)
			pthread_create(&id, NULL, open_for_ever, NULL);
		open_for_ever(NULL);
	}
	usleep((useconds_t)(rand() % 4000));
	kill(pid, SIGKILL);
	expect_signal(pid, SIGKILL);
}

static void fault(void)
{
	pid_t pid = fork();

	if (!pid) {
		signal(SIGSEGV, SIG_DFL);
		*(volatile char *)8 = 1;
	}
	expect_signal(pid, SIGSEGV);
	pid = fork();
	if (!pid)
		abort();
	expect_signal(pid, SIGABRT);
}

static void *read_for_ever(void *arg)
{
	char c;

	return read((int)(long)arg, &c, 1) ? arg : NULL;
}

static void exits_around_threads(void)
{
	int pipes[2];
	pthread_t id;
	pid_t pid;

	MUST(!pipe(pipes));
	pid = fork();
	if (!pid) {
		for (int i = 0; i < 4; i++)
			pthread_create(&id, NULL, read_for_ever,
				       (void *)(long)pipes[0]);
		nap_ms(20);
		_exit(9);
	}
	reap_exit(pid, 9);
	close(pipes[0]);
	close(pipes[1]);
}

static void *last_one(void *arg)
{
	nap_ms(20);
	open_times("/dev/zero", 1);
	exit((int)(long)arg);
}

static void main_thread_first(void)
{
	pthread_t id;
	pid_t pid = fork();

	if (!pid) {
		pthread_create(&id, NULL, last_one, (void *)11L);
		syscall(SYS_exit, 0);
	}
	reap_exit(pid, 11);
}

int main(void)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0 });
	for (int i = 0; i < 30; i++)
		killed_in_calls(0);
	for (int i = 0; i < 20; i++)
		killed_in_calls(3);
	fault();
	exits_around_threads();
	main_thread_first();
	printf("all dead as they should be\n");
	return 0;
}
