/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Root without CAP_SYS_PTRACE (a default container) may look into processes of its own
 * ids alone, and loses a program that gives root up. The calling thread may take the
 * ids of such a process for a moment: what the kernel compares is then equal. For
 * /proc it compares the file system's ids, which nobody can send a signal by; for
 * ptrace(2) the real ones. To try what a thread may open, its own are taken, whoever
 * we are.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Of a thread with more supplementary groups not all are known. */
#define WEAR_GROUPS 256

struct worn {
	bool files, real, has_groups; /* what is to be put back */
	uid_t uid;
	gid_t gid;
	size_t n;
	gid_t groups[WEAR_GROUPS];
};

/* Takes as the file system's ids the real ones of a process. False: of no use, and
 * nothing is done: we are not root, or it has ours. To be ended by wear_off() at
 * once. */
bool wear_files(int proc_fd, pid_t pid, struct worn *ret);

/*
 * Takes what files are opened with: the file system's ids of the thread, and its
 * supplementary groups. To be ended by wear_off() at once, whatever it returns.
 * False: what is refused to us now it may get all the same, for it passes by the
 * permissions (capabilities(7)), or has what we cannot take.
 */
bool wear_access(int proc_fd, pid_t tid, struct worn *ret);

/* The same as wear_files() with the real ids; the effective and saved ones stay. */
bool wear_real(int proc_fd, pid_t pid, struct worn *ret);

void wear_off(const struct worn *worn);
