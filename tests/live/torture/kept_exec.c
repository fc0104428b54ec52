/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process whose timer rings again and again, one of whose threads is traced by its
 * parent, and execs: it takes the number of the first thread, of whose end nobody tells.
 * What the new image does is seen all the same.
 * EVENTS 3: evt.type=openat and fd.name=/dev/null and fd.num>=0
 * EVENTS any: evt.type=execve
 * ENGINES notify
 */
#include "torture.h"

#include <pthread.h>
#include <sys/ptrace.h>
#include <sys/time.h>

static int told[2], go[2];

static void *execs(void *arg)
{
	pid_t tid = gettid();
	char c;

	MUST(write(told[1], &tid, sizeof(tid)) == sizeof(tid));
	MUST(read(go[0], &c, 1) == 1);
	exec_self("kept_exec", "new");
	return arg;
}

static void ticks(void)
{
	struct itimerval t = { { 100000, 0 }, { 100000, 0 } };
	pthread_t thread;

	MUST(!setitimer(ITIMER_REAL, &t, NULL));
	MUST(!pthread_create(&thread, NULL, execs, NULL));
	for (;;)
		pause();
}

static void resume_until_end(pid_t pid)
{
	int status;
	pid_t who;

	do {
		who = waitpid(-1, &status, __WALL);
		if (WIFSTOPPED(status))
			MUST(!ptrace(PTRACE_CONT, who, NULL, NULL));
	} while (who != pid || WIFSTOPPED(status));
	MUST(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(int argc, char **argv)
{
	pid_t pid, tid;

	(void)argv;
	if (argc > 1) {
		open_times("/dev/null", 3);
		return 0;
	}
	MUST(!pipe(told) && !pipe(go));
	pid = fork();
	if (!pid)
		ticks();
	MUST(read(told[0], &tid, sizeof(tid)) == sizeof(tid));
	nap_ms(100);
	MUST(!ptrace(PTRACE_SEIZE, tid, NULL, NULL));
	MUST(write(go[1], "x", 1) == 1);
	resume_until_end(pid);
	printf("executed\n");
	return 0;
}
