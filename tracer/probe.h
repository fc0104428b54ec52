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

/* What has been tried, in memory that is shared with children. NULL: there is none. */
struct probing *probe_new(void);

/* Gives it back; whoever tries keeps its own. NULL is fine. */
void probe_free(struct probing *p);

/*
 * Tries what the best engine needs, in a process that an alarm may end (SIGALRM, after
 * ten seconds) and that has no other children. What the process shares with others, its
 * descriptors, and what it is stay as they were; SIGALRM has its default disposition.
 */
void probe_try(struct probing *p);

/*
 * The engine that is best here, TRACER_AUTO where none works. Waits for the process
 * `trier` (-1: there is none) to have tried `begun`, which it consumes, or to have
 * ended; where that (or NULL) does not prove engine notify, everything is tried, and so
 * it is for `attached`: then one that is attached for life is better.
 */
enum tracer_engine probe_engine(struct probing *begun, pid_t trier, bool attached);

/* The process that traces us (strace -f, a debugger), 0 when there is none: it gets all
 * that we start, and nobody can be attached to twice (ptrace(2)). Is it by its name the
 * same program as we? */
pid_t probe_traced_by(bool *ret_alike);

/* Has somebody installed a listener for us already? What it wants engine trace misses. */
bool probe_is_listened(void);

/* CAP_SYS_ADMIN: no_new_privs need not be set. */
bool probe_is_admin(void);
