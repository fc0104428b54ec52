/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process whose timer rings again and again may ask to be traced by its parent, as any
 * other; to attach to itself fails, as it does for any other, and nothing comes of it.
 * EVENTS 5: evt.type=openat and fd.name=/dev/null and fd.num>=0
 * EVENTS 5: evt.type=openat and fd.name=/dev/zero and fd.num>=0 and evt.is_unverified=false
 * ENGINES notify
 */
#include "torture.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/time.h>

static void tick(void)
{
	struct itimerval t = { { 100000, 0 }, { 100000, 0 } };

	MUST(!setitimer(ITIMER_REAL, &t, NULL));
}

static void asks_to_be_traced(void)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		tick();
		MUST(!ptrace(PTRACE_TRACEME, 0, NULL, NULL));
		raise(SIGSTOP);
		open_times("/dev/null", 5);
		_exit(0);
	}
	MUST(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	MUST(!ptrace(PTRACE_CONT, pid, NULL, NULL));
	reap_exit(pid, 0);
	printf("traced\n");
}

static void attaches_to_itself(void)
{
	tick();
	MUST(ptrace(PTRACE_ATTACH, gettid(), NULL, NULL) < 0 && errno == EPERM);
	open_times("/dev/zero", 5);
	printf("not attached to itself\n");
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	asks_to_be_traced();
	attaches_to_itself();
	return 0;
}
