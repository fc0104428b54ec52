/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the tracee's memory. The tracee is hostile: every address may lead
 * nowhere, every string may lack its end, and another thread may write meanwhile.
 * Reads are capped by the caller, go page by page, and may be short. Whether the
 * bytes still belong to the call is the caller's question.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What may be read: for a decision that is final only what nobody else can write. */
enum remote_scope {
	REMOTE_ALL,
	REMOTE_PRIVATE, /* not of shared mappings */
	REMOTE_NOTHING,
};

struct mappings_own;
struct patience;

struct remote {
	enum remote_scope scope;
	/* NULL: as much as it takes. Where that runs out *stalls is set, and no
	 * more is read. */
	const struct patience *patience;
	bool *stalls;
	int proc_fd; /* /proc, borrowed */
	pid_t tid;
	bool attached; /* stopped under our ptrace: PTRACE_PEEKDATA is left */
	/* /proc/tid/mem: opened where process_vm_readv(2) is refused, kept by
	 * the caller for as long as the address space lives; -1 not open. NULL:
	 * opened and closed each time. */
	int *mem_fd;
	/* /proc/tid/maps, kept in the same way: asked in REMOTE_PRIVATE. */
	int *maps_fd;
	/* See mappings_are_private(); NULL: nothing is taken for granted. */
	struct mappings_own *own;
};

/*
 * Reads up to n bytes; returns how many were there, from the first on. 0 only for
 * n 0. Errors:
 *   -EAGAIN  out of scope
 *   -ETIMEDOUT  whoever serves this memory does not
 *   -EFAULT  nothing is mapped at addr
 *   -EPERM   all three ways are refused; or the first two, and the third cannot tell
 *            refusal from nothing mapped (ptrace(2): EIO for both)
 *   -ESRCH   the tracee is gone
 */
ssize_t remote_read(const struct remote *r, uint64_t addr, void *buf, size_t n);

/*
 * Reads a string of at most cap - 1 bytes; returns its length, NUL-terminated in
 * buf; a longer one is cut. -EFAULT too when its end lies in no memory, as the
 * kernel has it for paths.
 */
ssize_t remote_string(const struct remote *r, uint64_t addr, char *buf,
		      size_t cap);

/* Opens /proc/tid/mem into *mem_fd while it is still allowed; it stays good after
 * the process has dropped its privileges, until it execs. */
void remote_prepare(const struct remote *r);
