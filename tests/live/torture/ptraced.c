/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A debugger inside: it traces its child, counts its calls, changes its memory and
 * registers, attaches to another and lets it go. What it traces is seen all the same.
 * EVENTS 21: evt.type=openat and fd.name=/dev/null
 * ENGINES notify
 */
#include "torture.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>

static volatile long secret = 1;

static void counts_calls(void)
{
	int status, entries = 0;
	bool inside = false;
	pid_t pid = fork();

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		open_times("/dev/null", 20);
		_exit((int)secret);
	}
	MUST(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	MUST(!ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD));
	MUST(!ptrace(PTRACE_POKEDATA, pid, &secret, 12L));
	for (;;) {
		MUST(!ptrace(PTRACE_SYSCALL, pid, NULL, NULL));
		MUST(waitpid(pid, &status, 0) == pid);
		if (!WIFSTOPPED(status))
			break;
		MUST(WSTOPSIG(status) == (SIGTRAP | 0x80));
		inside = !inside;
		entries += inside;
	}
	MUST(WIFEXITED(status) && WEXITSTATUS(status) == 12);
	printf("%d calls\n", entries);
}

static void attaches(void)
{
	int pipes[2], status;
	char c;
	pid_t pid;

	MUST(!pipe(pipes));
	pid = fork();
	if (!pid) {
		MUST(read(pipes[0], &c, 1) == 1);
		open_times("/dev/null", 1);
		_exit(0);
	}
	MUST(!ptrace(PTRACE_SEIZE, pid, NULL, NULL));
	MUST(!ptrace(PTRACE_INTERRUPT, pid, NULL, NULL));
	MUST(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	MUST(!ptrace(PTRACE_DETACH, pid, NULL, NULL));
	MUST(write(pipes[1], "x", 1) == 1);
	reap_exit(pid, 0);
	printf("attached and let go\n");
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	counts_calls();
	attaches();
	return 0;
}
