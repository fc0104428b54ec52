/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The processes of a workload, found through /proc by parentage. Answers for not
 * killing what is not the workload's: a child of the monitor that the program left
 * behind is told from a helper of the launcher's by having one more seccomp filter
 * than we have, or by being attached to us; who asks is never of it, although it may
 * be the workload's child (place.h). Allocates nothing: the keeper uses it too.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

struct tree {
	pid_t root;   /* the spawned process, and all below it; 0: it is gone */
	pid_t reaper; /* the process that gets its orphans; 0: nobody knows */
};

/* Sends a signal to each living process of the tree, 0 to none. Their number. */
size_t tree_signal(const struct tree *tree, int sig);

/* Kills until nobody is left, or a second has passed. */
void tree_kill(const struct tree *tree);
