/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index over the enabled rules: counted first, then laid out in one piece of
 * memory, each list in the order of the rules.
 */
#include "index.h"

#include "alloc.h"
#include "interest.h"

#include "rule.h"

struct rule_set {
	struct rule *rules;
	size_t n;
};

/* How many places all lists need together. */
static size_t index_count(const struct rule *rules, size_t n)
{
	size_t total = 0;

	for (size_t r = 0; r < n; r++) {
		const struct interest *wanted = &rules[r].events;

		if (!rules[r].enabled)
			continue;
		for (unsigned i = 0; i < EVENT_TYPE_COUNT; i++)
			total += interest_has(wanted, i);
		for (unsigned i = 0; i < GENERIC_COUNT; i++)
			total += interest_has_generic(wanted, i);
	}
	return total;
}

/* Bits and codes go together: is the code in the set of words? */
static bool has_bit(const uint64_t *words, unsigned code)
{
	return words[code / 64] >> (code % 64) & 1;
}

/* Fills n buckets; `offset` is that of the set within struct rule. */
static struct rule **buckets_fill(struct index_bucket *buckets, unsigned n,
				  struct rule **at, const struct rule_set *set,
				  size_t offset)
{
	for (unsigned code = 0; code < n; code++) {
		buckets[code].rules = at;
		for (size_t r = 0; r < set->n; r++) {
			struct rule *rule = &set->rules[r];
			const void *words = (const char *)rule + offset;

			if (rule->enabled && has_bit(words, code))
				*at++ = rule;
		}
		buckets[code].n = (size_t)(at - buckets[code].rules);
	}
	return at;
}

void index_build(struct index *index, struct rule *rules, size_t n)
{
	struct rule_set set = { rules, n };
	struct rule **at;

	index_done(index);
	index->memory = xcalloc(index_count(rules, n), sizeof(*index->memory));
	at = buckets_fill(index->events, EVENT_TYPE_COUNT, index->memory, &set,
			  offsetof(struct rule, events.events));
	buckets_fill(index->generic, GENERIC_COUNT, at, &set,
		     offsetof(struct rule, events.generic));
}

void index_done(struct index *index)
{
	free(index->memory);
	memset(index, 0, sizeof(*index));
}
