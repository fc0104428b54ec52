/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding files: the executable that a command's first word means, and the rules
 * files that a path means. Asks the file system; decides nothing about content.
 */
#pragma once

#include <stddef.h>

#include "array.h"

/* A list of paths, each owned. */
struct path_list {
	ARRAY(char *) paths;
};

void path_list_done(struct path_list *list);
void path_list_add(struct path_list *list, const char *path);

/*
 * The executable that `name` means by the rule of execvp(3): as it is when it has a
 * slash, else the first match in `search` ("dir:dir", NULL: the system's default).
 * *ret_path is the caller's to free. Returns -ENOENT when there is none, -EACCES
 * when there was one that may not be executed, -EINVAL for an empty name.
 */
int path_find_executable(const char *name, const char *search, char **ret_path);

/*
 * Adds the rules files that `path` means, by Falco's rule: a file with the ending
 * .yaml or .yml is itself; a directory means such files directly in it, sorted.
 * *ret_n is how many were added: none for a file with another ending. Returns
 * -ENOENT and kin when there is nothing at the path.
 */
int path_expand_rules(struct path_list *list, const char *path, size_t *ret_n);

/*
 * Reads a whole file, at most `max` bytes. *ret is NUL-terminated and the caller's
 * to free. Returns a negative errno; -EFBIG when there is more.
 */
int path_read(const char *path, size_t max, char **ret, size_t *ret_n);
