/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index over the enabled rules: counted first, then laid out in one piece of
 * memory, each list in the order of the rules.
 */
#include "index.h"

#include "alloc.h"
#include "interest.h"

#include "event_set.h"
#include "rule.h"

/* One more rule in each bucket that it belongs to. */
static void rule_count(struct index *index, const struct rule *rule)
{
	const struct interest *s = &rule->events;

	for (unsigned i = event_set_next(s, 0); i < EVENT_TYPE_COUNT;
	     i = event_set_next(s, i + 1))
		index->events[i].n++;
	for (unsigned i = event_set_next_generic(s, 0); i < GENERIC_COUNT;
	     i = event_set_next_generic(s, i + 1))
		index->generic[i].n++;
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

static void bucket_add(struct index_bucket *b, struct rule *rule)
{
	b->rules[b->n++] = rule;
}

static void rule_add(struct index *index, struct rule *rule)
{
	const struct interest *s = &rule->events;

	for (unsigned i = event_set_next(s, 0); i < EVENT_TYPE_COUNT;
	     i = event_set_next(s, i + 1))
		bucket_add(&index->events[i], rule);
	for (unsigned i = event_set_next_generic(s, 0); i < GENERIC_COUNT;
	     i = event_set_next_generic(s, i + 1))
		bucket_add(&index->generic[i], rule);
}

/* How many places all lists need together. */
static size_t index_count(struct index *index, const struct rule *rules,
			  size_t n)
{
	size_t total = 0;

	for (size_t i = 0; i < n; i++) {
		if (rules[i].enabled)
			rule_count(index, &rules[i]);
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
		if (rules[i].enabled)
			rule_add(index, &rules[i]);
	}
}

void index_done(struct index *index)
{
	free(index->memory);
	memset(index, 0, sizeof(*index));
}
