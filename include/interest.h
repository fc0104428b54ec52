/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which events somebody wants: computed by the engine from the enabled rules,
 * turned by the tracer into the seccomp program. A plain bit set.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "event.h"

struct interest {
	uint64_t events[(EVENT_TYPE_COUNT + 63) / 64];
	uint64_t generic[(GENERIC_COUNT + 63) / 64]; /* by enum generic_call */
};

/* Adds an event type. */
static inline void interest_add(struct interest *s, enum event_type type)
{
	s->events[type / 64] |= UINT64_C(1) << (type % 64);
}

/* Is the event type wanted? */
static inline bool interest_has(const struct interest *s, enum event_type type)
{
	return s->events[type / 64] >> (type % 64) & 1;
}

/* Adds a call that has no event of its own (its event type is GENERIC_X). */
static inline void interest_add_generic(struct interest *s, unsigned call)
{
	s->generic[call / 64] |= UINT64_C(1) << (call % 64);
}

/* Is the generic call wanted? */
static inline bool interest_has_generic(const struct interest *s, unsigned call)
{
	return s->generic[call / 64] >> (call % 64) & 1;
}

/* Is everything that `wanted` has in `s`, too? */
static inline bool interest_covers(const struct interest *s,
				   const struct interest *wanted)
{
	for (unsigned i = 0; i < sizeof(s->events) / sizeof(*s->events); i++)
		if (wanted->events[i] & ~s->events[i])
			return false;
	for (unsigned i = 0; i < sizeof(s->generic) / sizeof(*s->generic); i++)
		if (wanted->generic[i] & ~s->generic[i])
			return false;

	return true;
}
