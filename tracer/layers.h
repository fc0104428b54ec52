/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In which layer of an overlay (overlayfs: what container runtimes make a root of) a
 * file lies, told from outside of the overlay's making.
 *
 * The upper layer's directory is made empty, and what comes to lie in it is made or
 * moved there later: its st_ctime, which nobody can set, is not before the birth of
 * that directory, which statx(2) gives for the overlay's root. What has not changed
 * since lies in a lower layer. One error is left: a lower layer that was changed after
 * the upper one was made (overlayfs.rst: undefined while it is mounted) passes for
 * the upper. An overlay without upperdir= in mountinfo has lower layers only.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct statfs;

struct layers {
	bool upper, lower;
};

/*
 * Of a file of the process, `fd` (O_PATH will do), which is on the file system `fs`. Both
 * false: it lies on no overlay, or this cannot be known: the overlay's root is not among
 * the mounts that the process sees (chroot, a bind mount of a directory of it) or is
 * hidden by another, the file system below keeps no birth, Linux is older than 5.12 or
 * /proc/tid is closed to us. Asks no file system for a name, so that none that the
 * program serves can hold us up.
 */
struct layers layers_of(int proc_fd, pid_t tid, int fd, const struct statfs *fs);

/* The same of what a descriptor is of. */
struct layers layers_of_fd(int proc_fd, pid_t tid, int fd);

/* The mount of an overlay's root, in the text of a mountinfo. */
struct overlay_root {
	unsigned long long mount_id;
	bool has_upper;
	char path[4096]; /* from the process's root, without its leading "/" */
};

/* By the id of any mount of the overlay. false: it is none, or not listed, or its path
 * has bytes that mountinfo escapes. */
bool layers_find_root(const char *mountinfo, unsigned long long mount_id,
		      struct overlay_root *ret);
