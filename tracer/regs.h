/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registers of a ptrace-stopped thread, as far as a system call shows in them,
 * and the ways (ABIs) in which programs of this machine make calls: its own, and
 * those of its 32-bit programs. One const row per ABI; only regs_*.c name one. The
 * register set is read with PTRACE_GETREGSET, which every kernel and gVisor have;
 * which of entry and exit a stop is, the state of the tracee says (tracee.h), except
 * where that is in doubt: regs_ask_entry().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What the register set may need at most, in bytes. */
#define REGS_SIZE_MAX 512

struct regs {
	uint32_t arch;    /* of the call: struct regs_abi's arch */
	int nr;           /* of the call; -1 outside of one */
	uint64_t args[6]; /* at entry; some architectures lose the first one */
	int64_t result;   /* at exit; -errno on failure */
	uint64_t sp;      /* tells a signal handler's call from ours */
	bool at_entry;    /* see regs_ask_entry(); false otherwise */
	bool restarts;    /* the call is restart_syscall(2) */
};

/* A register set as the kernel gave it. */
struct regs_raw {
	_Alignas(16) unsigned char bytes[REGS_SIZE_MAX];
	size_t n;
};

struct regs_abi {
	/* libseccomp's token, as in struct call. That is an AUDIT_ARCH_* but
	 * for x32, which has none of its own. 0 ends the list. */
	uint32_t arch;
	uint32_t audit; /* what seccomp and ptrace call it: AUDIT_ARCH_* */
	int mark;       /* a bit that all its numbers have, x32's; 0: none */
	uint64_t mask;  /* the bits of an argument that the kernel looks at */
	int nr_execve, nr_execveat, nr_restart;
	/* The register set that a thread has while it runs such code... */
	size_t size;
	/* ...but a thread of another size may make such a call as well (int 0x80
	 * in a 64-bit program). False: a set of neither kind. */
	bool (*decode)(const struct regs_raw *raw, struct regs *ret);
	/* Makes the call about to be run not be run and give `result`: changes
	 * raw, and what else is needed of the thread. 0 or a negative errno. */
	int (*skip)(pid_t tid, struct regs_raw *raw, int64_t result);
	/* Changes the first argument of a call that is about to be run. */
	void (*set_first)(struct regs_raw *raw, int64_t value);
	/* Changes the result of a call that has ended. */
	void (*set_result)(struct regs_raw *raw, int64_t result);
};

/* The machine's ABIs, its own first. */
extern const struct regs_abi regs_abis[];

/* The row of a token; NULL: an ABI that is not known here, which nobody watches. */
const struct regs_abi *regs_abi(uint32_t arch);

/* The token of a call that seccomp or ptrace has shown: `audit` itself where no ABI
 * of ours fits. */
uint32_t regs_arch(uint32_t audit, int nr);

/* The arguments as the kernel takes them: a 64-bit program may leave anything in the
 * upper half of a register before int 0x80. */
void regs_cut(uint32_t arch, uint64_t args[6]);

/* Is it execve or execveat? Does it belong to io_uring? */
bool regs_is_exec(uint32_t arch, int nr);
bool regs_is_io_uring(uint32_t arch, int nr);
bool regs_sets_up_io_uring(uint32_t arch, int nr);

/* io_uring's calls: the same three on all ABIs (asm-generic/unistd.h), but for the
 * mark. */
#define REGS_IO_URING_SETUP 425
#define REGS_IO_URING_FIRST REGS_IO_URING_SETUP
#define REGS_IO_URING_LAST 427

/*
 * The registers of a stopped thread. `arch` is that of the call it is in, where that
 * is known; with 0 the size of the set decides, and int 0x80 in a 64-bit program
 * looks like a native call.
 * -ESRCH: gone (or not stopped). -ENOEXEC: no set of that ABI.
 */
int regs_read(pid_t tid, uint32_t arch, struct regs *ret);

/*
 * At a stop as a call begins, whatever its ABI. *can_ask says that the kernel may
 * know PTRACE_GET_SYSCALL_INFO (5.3), and becomes false where it does not: then, or
 * where a stop shows nothing to it, as regs_read() with 0. Errors as there.
 */
int regs_read_call(pid_t tid, bool *can_ask, struct regs *ret);

/* At a stop before a call of this ABI runs: it is not run and gives `result`. Errors
 * as for regs_read(). */
int regs_skip(pid_t tid, uint32_t arch, int64_t result);

/* At a stop before a call of this ABI runs: its first argument becomes another. Errors
 * as for regs_read(). */
int regs_set_first(pid_t tid, uint32_t arch, uint64_t value);

/* At a stop as a call of this ABI ends: it gives `result` instead. Errors as for
 * regs_read(). */
int regs_set_result(pid_t tid, uint32_t arch, int64_t result);

/*
 * After a seccomp stop some kernels (before 4.8, and gVisor) still make an entry
 * stop, and others go on to the exit. Where the registers leave that open, sets
 * at_entry from what the kernel says (5.3), or, where it cannot say, supposes an
 * entry: to be wrong there costs nothing but a stop.
 */
void regs_ask_entry(pid_t tid, struct regs *regs);

/* The result of a 32-bit call, as a native one would have it: a failure is negative,
 * an address is not. */
int64_t regs_narrow_result(uint64_t value);

/* -512 ... -516: the kernel will restart the call, or make it EINTR. No program
 * ever sees these numbers (include/linux/errno.h of the kernel). */
static inline bool regs_is_restart(int64_t result)
{
	return result <= -512 && result >= -516;
}

/* The answer with which a call is not run but restarted, pending signal or handler
 * or none (ERESTARTNOINTR). */
#define RESTART_ALWAYS 513
/* The result of a call that is restarted unless a handler does not ask for that: then
 * it becomes EINTR (ERESTARTSYS). */
#define RESTART_IF_ASKED 512
