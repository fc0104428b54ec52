/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which rules an event concerns: the enabled rules by event type, in the order of
 * loading. Calls that have no event of their own have a list each, so that a rule
 * on one of them is not asked about the others.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "event.h"

struct rule;

struct index_bucket {
	struct rule **rules;
	size_t n;
	/* Where one rule that may match settles it: the one to begin with, of those that
	 * have been begun with (`tried`) the one that asked for least. */
	size_t first, tried;
	unsigned least;
};

struct index {
	struct index_bucket events[EVENT_TYPE_COUNT];
	struct index_bucket generic[GENERIC_COUNT];
	struct rule **memory; /* owned: all buckets are slices of it */
};

/* Builds it over the enabled ones of n rules; `index` was zero or is rebuilt. */
void index_build(struct index *index, struct rule *rules, size_t n);

/* Frees the memory; the index is empty after. */
void index_done(struct index *index);

/* The rules that the event may match; never NULL. */
static inline struct index_bucket *index_bucket(struct index *index,
						const struct event *ev)
{
	if (ev->type == EVENT_GENERIC_X && ev->generic < GENERIC_COUNT)
		return &index->generic[ev->generic];
	return &index->events[ev->type < EVENT_TYPE_COUNT ? ev->type : 0];
}
