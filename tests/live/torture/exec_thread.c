/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thread that is not the first one execs while its siblings wait, open files and
 * make threads: they are gone, the pid stays, again and again.
 * EVENTS 12: evt.type=execve and evt.res=SUCCESS and proc.exe=again
 * EVENTS 12: evt.type=openat and fd.name=/dev/zero and thread.ismain=false
 * EVENTS some: evt.type=openat and fd.name=/dev/null
 */
#include "torture.h"

#include <poll.h>
#include <pthread.h>
#include <sys/syscall.h>

static char generation[32];

static void *wait_for_ever(void *arg)
{
	poll(NULL, 0, -1);
	return arg;
}

static void *open_for_ever(void *arg)
{
	for (;;)
		open_times("/dev/null", 1);
	return arg;
}

static void *exec(void *arg)
{
	MUST(syscall(SYS_gettid) != getpid());
	nap_ms(10);
	open_times("/dev/zero", 1);
	exec_self("again", generation);
	return arg;
}

int main(int argc, char **argv)
{
	long n = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
	pthread_t id;

	MUST(syscall(SYS_gettid) == getpid());
	if (n)
		MUST(getenv("TORTURE_PID") &&
		     strtol(getenv("TORTURE_PID"), NULL, 10) == getpid());
	snprintf(generation, sizeof(generation), "%d", getpid());
	setenv("TORTURE_PID", generation, 1);
	if (n == 12) {
		printf("12 generations\n");
		return 0;
	}
	snprintf(generation, sizeof(generation), "%ld", n + 1);
	pthread_create(&id, NULL, wait_for_ever, NULL);
	pthread_create(&id, NULL, open_for_ever, NULL);
	pthread_create(&id, NULL, exec, NULL);
	pause();
	return 1;
}
