/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking at a file as a stopped thread would find it: from its root, its
 * directory, its descriptors. Never opens the file itself (O_PATH), and never asks
 * a file system that the workload may be serving: a FUSE file that is not cached
 * already is answered with "not known".
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "span.h"

struct live_event;

struct target_look {
	bool known;  /* false: nothing below counts */
	bool exists;
	bool privileged; /* set-user-ID, set-group-ID, or file capabilities */
	bool served; /* FUSE: whoever serves it may take its time */
	bool memory; /* a device of mem(4), null(4), random(4) */
	mode_t mode;
};

struct target_file {
	dev_t dev;
	uint64_t ino;
	mode_t mode;
};

/* Does the path lead to this very file, by the way that `link` (a link of /proc)
 * says? */
bool target_is(struct live_event *le, int dirfd, struct span path, bool follow,
	       const struct target_file *file, struct span link);

/*
 * May the thread get there (F_OK), and read, write, search what it finds (access(2))?
 * 0, with *ret unless that is NULL, or what the kernel would say, of which -EAGAIN and
 * -ELOOP may mean that only the thread's own way leads there, or that we are refused
 * what it may get. -EBADF: it is not known
 * where the path starts.
 */
int target_try(struct live_event *le, int dirfd, struct span path, bool follow,
	       int mode, struct target_file *ret);

/* Where it leads, in /proc's words, or a negative errno as for target_try(). */
ssize_t target_link(struct live_event *le, int dirfd, struct span path,
		    char *buf, size_t cap);

/* `dirfd` as in openat(2); `follow`: the last component's link too. */
void target_look(struct live_event *le, int dirfd, struct span path,
		 bool follow, struct target_look *ret);
