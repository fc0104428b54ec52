/* SPDX-License-Identifier: Apache-2.0 */
/*
 * -M: a run that ends when its time is up. The program is asked to (SIGTERM, and
 * SIGCONT in case that it is stopped), or, where it has ended already and others are
 * waited for, all of those are; what is left after TIME_LIMIT_GRACE seconds is killed.
 * On a thread of the monitor's, whatever that is busy with.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct log;
struct time_limit;
struct tracer;

#define TIME_LIMIT_GRACE 5

/* From now on, when `program` has just been started; tracer and log are borrowed. The
 * caller ends it with time_limit_free() before them. -EAGAIN: there can be no thread. */
int time_limit_start(struct tracer *t, pid_t program, unsigned seconds,
		     const struct log *log, struct time_limit **ret);

/* Is the time up? NULL: never. From any thread. */
bool time_limit_is_up(const struct time_limit *l);

/* Nobody is ended any more. NULL is fine. */
void time_limit_free(struct time_limit *l);
