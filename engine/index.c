/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index over the enabled rules: counted first, then laid out in one piece of
 * memory, each list in the order of the rules.
 */
#include "index.h"

#include "alloc.h"
#include "interest.h"

#include "rule.h"

/* One more rule for each bucket whose code is in the words. */
static void buckets_count(struct index_bucket *buckets, const uint64_t *words,
			  size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (uint64_t left = words[i]; left; left &= left - 1)
			buckets[i * 64 + (size_t)__builtin_ctzll(left)].n++;
}

/* Gives n buckets their places, as many as were counted; they are empty after. */
static struct rule **buckets_place(struct index_bucket *buckets, size_t n,
				   struct rule **at)
{
	for (size_t i = 0; i < n; i++) {
		buckets[i].rules = at;
		at += buckets[i].n;
		buckets[i].n = 0;
	}
	return at;
}

static void buckets_add(struct index_bucket *buckets, const uint64_t *words,
			size_t n, struct rule *rule)
{
	for (size_t i = 0; i < n; i++)
		for (uint64_t left = words[i]; left; left &= left - 1) {
			struct index_bucket *b =
				&buckets[i * 64 + (size_t)__builtin_ctzll(left)];

			b->rules[b->n++] = rule;
		}
}

/* How many places all lists need together. */
static size_t index_count(struct index *index, const struct rule *rules,
			  size_t n)
{
	size_t total = 0;

	for (size_t i = 0; i < n; i++) {
		const struct interest *s = &rules[i].events;

		if (!rules[i].enabled)
			continue;
		buckets_count(index->events, s->events, ARRAY_SIZE(s->events));
		buckets_count(index->generic, s->generic,
			      ARRAY_SIZE(s->generic));
	}
	for (size_t i = 0; i < ARRAY_SIZE(index->events); i++)
		total += index->events[i].n;
	for (size_t i = 0; i < ARRAY_SIZE(index->generic); i++)
		total += index->generic[i].n;
	return total;
}

void index_build(struct index *index, struct rule *rules, size_t n)
{
	struct rule **at;

	index_done(index);
	index->memory = xcalloc(index_count(index, rules, n),
				sizeof(*index->memory));
	at = buckets_place(index->events, ARRAY_SIZE(index->events),
			   index->memory);
	buckets_place(index->generic, ARRAY_SIZE(index->generic), at);
	for (size_t i = 0; i < n; i++) {
		const struct interest *s = &rules[i].events;

		if (!rules[i].enabled)
			continue;
		buckets_add(index->events, s->events, ARRAY_SIZE(s->events),
			    &rules[i]);
		buckets_add(index->generic, s->generic, ARRAY_SIZE(s->generic),
			    &rules[i]);
	}
}

void index_done(struct index *index)
{
	free(index->memory);
	memset(index, 0, sizeof(*index));
}
