/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What may have been meant: of many names, the one that is least misspelt.
 *
 *   struct nearest near = NEAREST(span_of("jsn_output"));
 *   nearest_offer(&near, "json_output");
 *   ... near.name, or NULL: none is near
 */
#pragma once

#include <stddef.h>
#include <string.h>

#include "span.h"

/* Longer names are no misspelling of ours. */
#define NEAREST_MAX 63

struct nearest {
	struct span wanted;
	size_t best;      /* twice the distance below which a name is near */
	const char *name; /* the nearest so far, borrowed; NULL for none */
};

/* Nothing is offered yet. */
#define NEAREST(span_) ((struct nearest){ .wanted = (span_), \
					  .best = ((span_).n / 3 + 2) * 2 })

/* The smaller one. */
static inline size_t nearest_least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters are to be put in, left out or replaced (Levenshtein), at most
 * NEAREST_MAX + 1. */
static inline size_t nearest_distance(struct span a, struct span b)
{
	size_t row[NEAREST_MAX + 1];

	if (a.n > NEAREST_MAX || b.n > NEAREST_MAX)
		return NEAREST_MAX + 1;
	for (size_t j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 0; i < a.n; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 1; j <= b.n; j++) {
			size_t replaced =
				diagonal + (a.data[i] != b.data[j - 1]);

			diagonal = row[j];
			row[j] = nearest_least(
				replaced,
				nearest_least(row[j], row[j - 1]) + 1);
		}
	}
	return row[b.n];
}

/* Of two that are equally near, one that was only cut short goes first, then the one that
 * was offered first. */
static inline void nearest_offer(struct nearest *n, const char *name)
{
	struct span offered = span_of(name);
	size_t d = 2 * nearest_distance(n->wanted, offered);

	if (d && span_starts_with(offered, n->wanted))
		d--;
	if (d < n->best) {
		n->best = d;
		n->name = name;
	}
}
