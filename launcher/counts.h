/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run counts: written by the tracer's one thread, read by any at any time.
 * Every number is an atomic that nobody orders: each is right, two of them may be
 * of different moments.
 */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "engine/engine.h"

#include "event.h"

struct strbuf;
struct tracer_stats;

typedef _Atomic uint64_t counter;

/* For the only writer: no locked instruction. */
static inline void counter_add(counter *c, uint64_t n)
{
	atomic_store_explicit(
		c, atomic_load_explicit(c, memory_order_relaxed) + n,
		memory_order_relaxed);
}

static inline uint64_t counter_get(const counter *c)
{
	return atomic_load_explicit(c, memory_order_relaxed);
}

/* Upper bounds of the histogram of waiting, in nanoseconds; one bucket more holds what
 * is above the last. */
#define WAIT_BOUNDS 13
extern const uint64_t wait_bounds[WAIT_BOUNDS];

/* One kind of event, at the places where its calls were decided. */
struct event_count {
	counter judged;      /* asked about at entry */
	counter passed;      /* ... and decided there */
	counter confirmed;   /* judged again at their end */
	counter unconfirmed; /* judged again without their end */
	counter waits[WAIT_BOUNDS + 1];
	counter wait_ns;
};

/* Event types, then the calls that have no type of their own. */
#define EVENT_KINDS (EVENT_TYPE_COUNT + GENERIC_COUNT)

struct counts {
	counter matches;
	counter by_priority[PRIORITY_COUNT];
	counter delivered; /* events that were matched against the rules */
	/* The tracer's, as of the last event. */
	counter stops, continued, followed, not_followed, held_ns;
	counter threads_met, threads_gone;
	struct event_count events[EVENT_KINDS];
};

/* The kind of an event, below EVENT_KINDS, and a kind's evt.type. */
size_t event_kind(enum event_type type, unsigned generic);
const char *event_kind_name(size_t kind);

/* A call of this kind waited. */
void counts_wait(struct counts *c, size_t kind, uint64_t ns);

/* Takes over what the tracer has counted. */
void counts_publish(struct counts *c, const struct tracer_stats *stats);

/* A table for a person: events by kind and by the place where they were decided. */
void counts_text(const struct counts *c, struct strbuf *out);
