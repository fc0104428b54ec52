/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of a process's address space others may see and write: its mappings, as
 * /proc/pid/maps has them.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Has the process a shared mapping? True too where that cannot be told. */
bool mappings_any_shared(int proc_fd, pid_t pid);

/* Private mappings, the last ones that were found: a heap and a stack, mostly. */
#define MAPPINGS_OWN 2
struct mappings_own {
	uint64_t start[MAPPINGS_OWN], end[MAPPINGS_OWN]; /* both 0: none */
	unsigned last;
};

/* Do the n bytes at addr lie in private mappings alone? False where that cannot be
 * told; what is not mapped is nobody's, and private. *kept is /proc/pid/maps, -1 when
 * not open: the caller's to close when the process execs. *own are some that were
 * found so, and are taken for granted: the caller's to clear whenever one may be shared
 * that was not, or move to where there was another. */
bool mappings_are_private(int proc_fd, pid_t pid, int *kept,
			  struct mappings_own *own, uint64_t addr, uint64_t n);
