/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One intercepted call, between the engines that stop it (notify, trace) and the
 * code that reads it (decode, live resolver). Engines fill it; readers never stop
 * or continue anything.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "event.h"

struct live;
struct syscall_row;

struct call {
	pid_t tid;
	uint32_t arch;    /* the ABI: struct regs_abi's arch */
	int nr;           /* the number, in that ABI */
	uint64_t args[6]; /* as in the registers */
	bool ended;       /* result counts */
	int64_t result;   /* as the kernel returned it: -errno on failure */
	bool supposed;    /* nobody has seen it end: see live_suppose() */
	bool starts;      /* in place: the exec by which we become the program */
	bool attached;    /* the thread is ptrace-stopped by us right now */
	unsigned part;    /* of several messages, which the event is about */
	bool exec_done;   /* the thread runs a new image: PTRACE_EVENT_EXEC */
	/*
	 * Is what we read of the tracee still this call's? Engine notify asks
	 * SECCOMP_IOCTL_NOTIF_ID_VALID; NULL where the thread is held by ptrace.
	 */
	bool (*still_valid)(void *ctx);
	void *valid_ctx;
};

/* How the end of a call is seen; a column of syscalls.def. */
enum confirm {
	CONFIRM_NEVER, /* reported from its entry with the result absent */
	CONFIRM_QUICK, /* neither blocks nor notices a pending signal */
	CONFIRM_OPEN,  /* quick, unless the file is a FIFO, a device, or FUSE's */
	CONFIRM_CLEAN, /* restarted under ptrace */
	CONFIRM_EXEC,  /* PTRACE_EVENT_EXEC is the success */
};
