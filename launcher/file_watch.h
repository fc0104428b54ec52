/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notices that files change, by inotify(7): written to, replaced, removed, there
 * again. A file is watched itself and by its name in its directory, since editors and
 * Kubernetes replace what they change.
 */
#pragma once

#include <stdbool.h>

#include "paths.h"

struct file_watch {
	int fd; /* to wait for; -1: nothing is watched */
	struct path_list names; /* last parts of the paths */
};

#define FILE_WATCH_INIT ((struct file_watch){ .fd = -1 })

/* Adds a file or a directory, which need not exist. Adding again is fine, and needed
 * when it was replaced. Returns 0 or a negative errno of inotify_init1(2). */
int file_watch_add(struct file_watch *watch, const char *path);

/* Takes what has happened; does it concern a file that was added? */
bool file_watch_take(struct file_watch *watch);

void file_watch_done(struct file_watch *watch);
