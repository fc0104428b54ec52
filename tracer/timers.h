/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timers that send a signal again and again: setitimer(2), timer_settime(2). Answers
 * for telling such a call from all others; whom it makes fail is the engine's matter.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct call;
struct live;

/* Calls fn with the number, in an ABI, of each call that may set one. */
void timers_calls(uint32_t arch, void (*fn)(void *ctx, uint32_t arch, int nr),
		  void *ctx);

/* Is this generic call one of those? */
bool timers_may_set(unsigned generic);

/* Is this call, of which no event has been made yet, about to set one? False where its
 * memory cannot be read. */
bool timers_are_set(struct live *l, const struct call *call);
