/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the program is PID 1 in our own pid namespace, its end is ours: the kernel kills
 * everybody. Answers for knowing, one call before, that it comes. What ends by a signal
 * does not say so.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "guard.h"

struct call;

struct ending {
	int proc_fd; /* /proc, borrowed */
	bool watched;
	int all[GUARD_ABIS_MAX], one[GUARD_ABIS_MAX]; /* exit_group(2), exit(2) */
};

/* Is the program to be PID 1? Else nothing is watched for. */
void ending_init(struct ending *e, int proc_fd, bool watched);

/* Calls fn with the number of each call that must be asked about. */
void ending_calls(const struct ending *e,
		  void (*fn)(void *ctx, uint32_t arch, int nr), void *ctx);

/* Does this call, once it goes on, end PID 1? */
bool ending_has_come(const struct ending *e, const struct call *call);
