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

/* Do the n bytes at addr lie in private mappings alone? False where that cannot be
 * told; what is not mapped is nobody's, and private. *kept is /proc/pid/maps, -1 when
 * not open: the caller's to close when the process execs. */
bool mappings_are_private(int proc_fd, pid_t pid, int *kept, uint64_t addr,
			  uint64_t n);
