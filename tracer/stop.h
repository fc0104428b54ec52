/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a wait status of a traced thread means (ptrace(2), "Stopped states"). Pure:
 * it asks nobody and keeps nothing. It trusts the kernel's encoding, and calls
 * whatever it does not know STOP_OTHER.
 */
#pragma once

#include <sys/types.h>

enum stop_kind {
	STOP_EXITED,     /* value: the exit status */
	STOP_KILLED,     /* value: the signal */
	STOP_SIGNAL,     /* a signal is about to be delivered; value: which */
	STOP_GROUP,      /* the group is being stopped; value: by which signal */
	STOP_EVENT,      /* PTRACE_INTERRUPT, an attached child's first, SIGCONT */
	STOP_SYSCALL,    /* entry or exit of a call: the state says which */
	STOP_SECCOMP,    /* SECCOMP_RET_TRACE */
	STOP_CHILD,      /* fork, vfork or clone; PTRACE_GETEVENTMSG: the child */
	STOP_EXEC,       /* PTRACE_GETEVENTMSG: the tid before the exec */
	STOP_OTHER,      /* something to be resumed and nothing else */
	STOP_KIND_COUNT
};

struct stop {
	pid_t tid;
	enum stop_kind kind;
	int value; /* 0 for kinds that name none */
};

/* The meaning of what waitpid(2) said of `tid`. Total: every status has one. */
struct stop stop_classify(pid_t tid, int status);
