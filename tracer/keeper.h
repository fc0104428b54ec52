/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keeper: a process that, after its errands at the start, does nothing but hold
 * the listener, so that the workload outlives its monitor. While nobody holds a
 * listener, every intercepted call fails with ENOSYS. When the monitor is gone (however
 * it went) the keeper lets every call go on, or ends the workload.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "tracer.h"

struct page;
struct probing;
struct spawn_plan;

struct keeper {
	pid_t pid;      /* -1: none */
	int wake_fd;    /* tells it that the page has news */
	int monitor_fd; /* the caller's own pidfd, which the keeper watches */
};

#define KEEPER_NONE { -1, -1, -1 }

/* What it does before it keeps anything, for the start of a run waits for whatever the
 * caller does itself: nothing if NULL. */
struct keeper_errands {
	const struct spawn_plan *plan; /* the child: spawn_start_for_parent() */
	struct probing *probing;       /* see probe_try() */
};

/*
 * Starts the keeper; it shares the caller's descriptor table until it has been told
 * of the listener by keeper_tell(). 0 or a negative errno.
 */
int keeper_start(struct page *page, enum monitor_exit mode,
		 const struct keeper_errands *errands, struct keeper *ret_keeper);

/* The page has news: a listener, or a release. */
void keeper_tell(const struct keeper *k);

/*
 * The monitor needs it no more: it treats who is left as after the monitor's death,
 * and ends with the last process under the filter. Waits for it when `all_gone`
 * says that there is none, else until it stands alone. False: it still shares our
 * descriptor table, in which nothing must be closed. Fine with KEEPER_NONE.
 */
bool keeper_release(struct keeper *k, struct page *page, bool all_gone);
