/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registers of a ptrace-stopped thread, as far as a system call shows in them.
 * One const descriptor per architecture; only regs_*.c name an architecture. The
 * register set is read with PTRACE_GETREGSET, which every kernel and gVisor have,
 * and not with PTRACE_GET_SYSCALL_INFO: which of entry and exit a stop is, the state
 * of the tracee says (tracee.h), except where that is in doubt: regs_ask_entry().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct regs {
	int nr;           /* of the call; -1 outside of one */
	uint64_t args[6]; /* at entry; some architectures lose the first one */
	int64_t result;   /* at exit; -errno on failure */
	uint64_t sp;      /* tells a signal handler's call from ours */
	bool at_entry;    /* see regs_ask_entry(); false otherwise */
};

struct regs_arch {
	uint32_t audit;  /* AUDIT_ARCH_*, the only one that is watched */
	size_t size;     /* of the register set; a shorter one is of a 32-bit task */
	void (*decode)(const void *raw, struct regs *ret);
	/* Makes the call about to be run not be run and give `result`: changes
	 * raw, and what else is needed of the thread. 0 or a negative errno. */
	int (*skip)(pid_t tid, void *raw, int64_t result);
	/* Changes the result of a call that has ended; NULL: cannot. */
	void (*set_result)(void *raw, int64_t result);
};

/* The machine's own. */
extern const struct regs_arch regs_native;

/* What the register set may need at most, in bytes. */
#define REGS_SIZE_MAX 512

/*
 * The registers of a stopped thread.
 * -ESRCH: gone (or not stopped). -ENOEXEC: it runs as another architecture.
 */
int regs_read(pid_t tid, struct regs *ret);

/* At a stop before its call runs: the call is not run and gives `result`. Errors as
 * for regs_read(). */
int regs_skip(pid_t tid, int64_t result);

/* At a stop as its call ends: the call gives `result` instead. -ENOSYS: not on this
 * architecture; others as for regs_read(). */
int regs_set_result(pid_t tid, int64_t result);

/*
 * After a seccomp stop some kernels (before 4.8, and gVisor) still make an entry
 * stop, and others go on to the exit. Where the registers leave that open, sets
 * at_entry from what the kernel says (5.3), or, where it cannot say, supposes an
 * entry: to be wrong there costs nothing but a stop.
 */
void regs_ask_entry(pid_t tid, struct regs *regs);

/* -512 ... -516: the kernel will restart the call, or make it EINTR. No program
 * ever sees these numbers (include/linux/errno.h of the kernel). */
static inline bool regs_is_restart(int64_t result)
{
	return result <= -512 && result >= -516;
}

/* The answer with which a call is not run but restarted, pending signal or handler
 * or none (ERESTARTNOINTR). */
#define RESTART_ALWAYS 513
