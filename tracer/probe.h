/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a start asks of the probe, which is less than tracer_probe() tries: every trial
 * is a process, and the program waits.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "tracer.h"

struct probing;

/*
 * Begins, in a child process, to try what the best engine needs, and does not wait.
 * For probe_engine(), or probe_cancel(). NULL: cannot.
 */
struct probing *probe_begin(void);
void probe_cancel(struct probing *p);

/*
 * The engine that is best here, TRACER_AUTO where none works. Waits for what
 * probe_begin() has begun, which it consumes; where that (or NULL) does not
 * prove engine notify, everything is tried, and so it is for `attached`: then one that
 * is attached for life is better.
 */
enum tracer_engine probe_engine(struct probing *begun, bool attached);

/* The process that traces us (strace -f, a debugger), 0 when there is none: it gets all
 * that we start, and nobody can be attached to twice (ptrace(2)). Is it by its name the
 * same program as we? */
pid_t probe_traced_by(bool *ret_alike);

/* Has somebody installed a listener for us already? What it wants engine trace misses. */
bool probe_is_listened(void);

/* CAP_SYS_ADMIN: no_new_privs need not be set. */
bool probe_is_admin(void);
