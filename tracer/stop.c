/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wait statuses told apart. Answers for the encoding only; which stops are expected
 * when is tracee.c's.
 */
#include "stop.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "array.h"

/* With PTRACE_O_TRACESYSGOOD. */
#define SIGNAL_OF_SYSCALL (SIGTRAP | 0x80)

static const enum stop_kind event_kinds[] = {
	[0] = STOP_OTHER,
	[PTRACE_EVENT_FORK] = STOP_CHILD,
	[PTRACE_EVENT_VFORK] = STOP_CHILD,
	[PTRACE_EVENT_CLONE] = STOP_CHILD,
	[PTRACE_EVENT_EXEC] = STOP_EXEC,
	[PTRACE_EVENT_VFORK_DONE] = STOP_OTHER,
	[PTRACE_EVENT_EXIT] = STOP_OTHER,
	[PTRACE_EVENT_SECCOMP] = STOP_SECCOMP,
};

static struct stop plain(pid_t tid, int sig)
{
	if (sig == SIGNAL_OF_SYSCALL)
		return (struct stop){ tid, STOP_SYSCALL, 0 };

	return (struct stop){ tid, STOP_SIGNAL, sig };
}

/* A seized thread's PTRACE_EVENT_STOP carries the stopping signal in a group stop
 * and SIGTRAP otherwise. */
static struct stop interrupted(pid_t tid, int sig)
{
	if (sig == SIGTRAP)
		return (struct stop){ tid, STOP_EVENT, 0 };

	return (struct stop){ tid, STOP_GROUP, sig };
}

static struct stop stopped(pid_t tid, int status)
{
	unsigned event = (unsigned)status >> 16;

	if (!event)
		return plain(tid, WSTOPSIG(status));
	if (event == PTRACE_EVENT_STOP)
		return interrupted(tid, WSTOPSIG(status));
	if (event >= ARRAY_SIZE(event_kinds))
		return (struct stop){ tid, STOP_OTHER, 0 };

	return (struct stop){ tid, event_kinds[event], 0 };
}

struct stop stop_classify(pid_t tid, int status)
{
	if (WIFEXITED(status))
		return (struct stop){ tid, STOP_EXITED, WEXITSTATUS(status) };
	if (WIFSIGNALED(status))
		return (struct stop){ tid, STOP_KILLED, WTERMSIG(status) };
	if (WIFSTOPPED(status))
		return stopped(tid, status);

	return (struct stop){ tid, STOP_OTHER, 0 };
}
