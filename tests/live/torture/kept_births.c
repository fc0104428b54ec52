/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process whose timer rings again and again makes threads, and others of its threads
 * make processes, so that births that are followed and births that are not come at once.
 * Nobody who is born waits for ever.
 * EVENTS some: evt.type in (fork, clone) and proc.name=kept_births
 */
#include "torture.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/time.h>

#define BIRTHS 300

static atomic_bool over;

static void *nothing(void *arg)
{
	return arg;
}

static void *forks(void *arg)
{
	long number = *(const long *)arg;

	while (!over) {
		pid_t pid = number ? (pid_t)syscall(number) : fork();

		if (!pid)
			_exit(0);
		reap_exit(pid, 0);
	}
	return NULL;
}

static void makes_threads(int times)
{
	pthread_t thread;

	for (int i = 0; i < times; i++) {
		MUST(!pthread_create(&thread, NULL, nothing, NULL));
		MUST(!pthread_join(thread, NULL));
	}
}

int main(void)
{
	static long ways[] = { 0,
#ifdef SYS_fork
			       SYS_fork
#endif
	};
	struct itimerval t = { { 100000, 0 }, { 100000, 0 } };
	pthread_t threads[sizeof(ways) / sizeof(*ways)];
	const size_t n = sizeof(ways) / sizeof(*ways);

	MUST(!setitimer(ITIMER_REAL, &t, NULL));
	for (size_t i = 0; i < n; i++)
		MUST(!pthread_create(&threads[i], NULL, forks, &ways[i]));
	makes_threads(BIRTHS);
	over = true;
	for (size_t i = 0; i < n; i++)
		MUST(!pthread_join(threads[i], NULL));
	printf("all were born\n");
	return 0;
}
