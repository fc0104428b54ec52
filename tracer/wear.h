/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Root without CAP_SYS_PTRACE (a default container) may look into processes of its own
 * ids alone, and loses a program that gives root up. The calling thread may take the
 * ids of such a process for a moment: what the kernel compares is then equal. For
 * /proc it compares the file system's ids, which nobody can send a signal by; for
 * ptrace(2) the real ones.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct worn {
	bool files, real; /* what is to be put back */
};

/* Takes the file system's ids of a process. False: of no use, and nothing is done: we
 * are not root, or it has ours. To be ended by wear_off() at once. */
bool wear_files(int proc_fd, pid_t pid, struct worn *ret);

/* The same with the real ids; the effective and saved ones stay. */
bool wear_real(int proc_fd, pid_t pid, struct worn *ret);

void wear_off(const struct worn *worn);
