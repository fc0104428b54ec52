/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signal handlers that do not ask for restarts: rt_sigaction(2) without SA_RESTART, of
 * signals that come again and again (children that end, I/O, alarms, what processes send
 * each other). Not of those with which a person or an end speaks once, of timers, whose own
 * calls tell of them (timers.h), or of most real-time ones. Whose process has such, and who
 * is forked by it, is remembered until its exec; what becomes of that is the engine's matter.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct call;
struct filter;
struct live;

/* Has the calls of an ABI that may set such a handler come to us. */
void handlers_calls(uint32_t arch, struct filter *f);

/* Remembers the process of a call, of which no event has been made yet, that sets
 * one. True: such a signal may come at once; that of a child comes when it has ended.
 * What cannot be read sets none. */
bool handlers_note(struct live *l, const struct call *call);

/* May a signal fail what the caller calls next? Not asked of who sets a handler: it may
 * exec first, as a shell does that has one thing to do. */
bool handlers_endanger(struct live *l, const struct call *call);

/* Nothing is remembered of the thread's process, nor will be inherited. */
void handlers_forget(struct live *l, pid_t tid);
