/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashing texts, eight bytes at a time, for tables in memory. No defence against who
 * crafts collisions: those slow down the loading of his own rules only.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "span.h"

/* The eight bytes at p. */
static inline uint64_t word_at(const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return word;
}

/*
 * The last word of a text that is not empty: of eight bytes or more the last eight,
 * which may overlap the words before; of fewer all of them, so that texts of one
 * length differ in it when they differ.
 */
static inline uint64_t last_word(struct span s)
{
	uint32_t head, tail;

	if (s.n >= 8)
		return word_at(s.data + s.n - 8);
	if (s.n < 4)
		return (uint64_t)(unsigned char)s.data[0] |
		       (uint64_t)(unsigned char)s.data[s.n / 2] << 8 |
		       (uint64_t)(unsigned char)s.data[s.n - 1] << 16;
	memcpy(&head, s.data, sizeof(head));
	memcpy(&tail, s.data + s.n - sizeof(tail), sizeof(tail));
	return head | (uint64_t)tail << 32;
}

/* Multiplicative. */
static inline uint64_t text_hash(struct span s)
{
	uint64_t hash = s.n;

	for (size_t i = 0; i + 8 < s.n; i += 8) {
		hash = (hash ^ word_at(s.data + i)) *
		       UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 32;
	}
	hash ^= s.n ? last_word(s) : 0;
	hash *= UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}
