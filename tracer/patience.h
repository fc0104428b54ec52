/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions that whoever is asked about may never let us have the answer of: memory
 * that a process serves itself (userfaultfd), or through a file system of its own
 * (FUSE). The kernel waits for the server, and no signal ends that but our death. So
 * once there is such a server, they are asked on a thread of their own, which is
 * given up when it takes too long; it ends with the answer, or with us.
 */
#pragma once

#include <stdbool.h>

struct patience {
	unsigned limit_ms; /* 0: for ever */
	bool served;       /* there is somebody who serves */
};

/*
 * fn(job), which returns 0 or more, or a negative errno; or -ETIMEDOUT. Then the job
 * is the thread's, which ends it by done(job) in its time: it may borrow nothing.
 * Otherwise it stays the caller's. `p` NULL: asked here and now.
 */
long patience_ask(const struct patience *p, long (*fn)(void *job),
		  void (*done)(void *job), void *job);
