/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of users and groups as the target sees them: its own /etc/passwd and
 * /etc/group, under its own root directory. They are files like any other and may
 * hold anything, or be a FIFO. Kept by root directory; looked at again when they
 * have changed, at most once a second. No NSS: nothing outside the target's own
 * files is asked.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "user.h"

struct users;

/* `proc_fd` is borrowed. */
struct users *users_new(int proc_fd);
void users_free(struct users *u);

/* The user or group as process `pid` knows it, 0: as whoever has our own root does;
 * NULL: it does not. Borrowed until the next call of either. */
const struct user_info *users_user(struct users *u, pid_t pid, uint32_t uid);
const struct group_info *users_group(struct users *u, pid_t pid, uint32_t gid);
