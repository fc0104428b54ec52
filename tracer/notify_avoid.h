/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom engine notify must not attach to now: the threads of a process that is in an exec
 * (a deadlock), and whoever somebody of the workload is about to attach to. An exec that
 * nobody follows is remembered for that, until it is over.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct notify;
struct tracee;

/* The process of a thread, and who traces it (a thread); 0: nobody, or it is gone. */
pid_t notify_process_of(const struct notify *n, pid_t tid);
pid_t notify_tracer_of(const struct notify *n, pid_t tid);

/* Has the thread's process other threads? Then an exec must be known to be over before
 * we attach to any of them. */
bool notify_has_siblings(const struct notify *n, pid_t tid);

/* An exec that nobody follows begins; the thread has made another call: it is over. */
void notify_loose_begins(struct notify *n, pid_t tid);
void notify_loose_over(struct notify *n, pid_t tid);

/* Counts the tracee's followed call, or (-1) that it is so no more; to be told of each,
 * before its state says otherwise. */
void notify_count_story(struct notify *n, const struct tracee *t, int by);

/* Is an exec going on in the thread's process? */
bool notify_is_in_exec(struct notify *n, pid_t tid);

/* Is somebody about to attach to the thread, whom we have given way? */
bool notify_is_promised(struct notify *n, pid_t tid);
