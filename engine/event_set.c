/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sets of events. Bits past the last event or call are never set.
 */
#include "event_set.h"

#include <string.h>

#include "arena.h"
#include "array.h"

#include "env.h"
#include "event_info.h"
#include "symtab.h"

static bool has_generic_call(const struct interest *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(s->generic); i++) {
		if (s->generic[i])
			return true;
	}
	return false;
}

static void set_event(struct interest *s, enum event_type type, bool has)
{
	s->events[type / 64] &= ~(UINT64_C(1) << (type % 64));
	if (has)
		interest_add(s, type);
}

void event_set_settle(struct interest *s)
{
	bool has = has_generic_call(s);

	set_event(s, EVENT_GENERIC_E, has);
	set_event(s, EVENT_GENERIC_X, has);
}

struct interest event_set_none(void)
{
	return (struct interest){ 0 };
}

/* The first n bits. */
static void fill(uint64_t *words, unsigned n)
{
	for (; n >= 64; n -= 64)
		*words++ = UINT64_MAX;
	if (n)
		*words = (UINT64_C(1) << n) - 1;
}

struct interest event_set_all(void)
{
	struct interest s;

	fill(s.events, EVENT_TYPE_COUNT);
	fill(s.generic, GENERIC_COUNT);
	return s;
}

static struct interest find_named(struct span name)
{
	struct interest s = { 0 };

	event_types_named(name, &s);
	/* Falco's name for codes that were never used. */
	for (unsigned i = 0; span_is(name, "NA") && i < EVENT_TYPE_COUNT; i++) {
		if (!event_info(i)->name)
			interest_add(&s, i);
	}
	event_set_settle(&s);
	return s;
}

struct interest event_set_named(struct engine_env *env, struct span name)
{
	struct symtab *kept = env ? env->event_names : NULL;
	struct interest *s = kept ? symtab_get(kept, name) : NULL;
	char *key;

	if (s)
		return *s;
	if (!kept)
		return find_named(name);
	s = arena_alloc(env->arena, sizeof(*s));
	*s = find_named(name);
	key = arena_strndup(env->arena, name.data, name.n);
	symtab_set(kept, span_make(key, name.n), s);
	return *s;
}

struct interest event_set_and(const struct interest *a, const struct interest *b)
{
	struct interest s;

	for (size_t i = 0; i < ARRAY_SIZE(s.events); i++)
		s.events[i] = a->events[i] & b->events[i];
	for (size_t i = 0; i < ARRAY_SIZE(s.generic); i++)
		s.generic[i] = a->generic[i] & b->generic[i];
	event_set_settle(&s);
	return s;
}

struct interest event_set_or(const struct interest *a, const struct interest *b)
{
	struct interest s;

	for (size_t i = 0; i < ARRAY_SIZE(s.events); i++)
		s.events[i] = a->events[i] | b->events[i];
	for (size_t i = 0; i < ARRAY_SIZE(s.generic); i++)
		s.generic[i] = a->generic[i] | b->generic[i];
	event_set_settle(&s);
	return s;
}

struct interest event_set_not(const struct interest *a)
{
	struct interest s = event_set_all();

	for (size_t i = 0; i < ARRAY_SIZE(s.events); i++)
		s.events[i] &= ~a->events[i];
	for (size_t i = 0; i < ARRAY_SIZE(s.generic); i++)
		s.generic[i] &= ~a->generic[i];
	event_set_settle(&s);
	return s;
}

bool event_set_is_all(const struct interest *a)
{
	struct interest all = event_set_all();

	return memcmp(a, &all, sizeof(all)) == 0;
}

bool event_set_is_none(const struct interest *a)
{
	struct interest none = { 0 };

	return memcmp(a, &none, sizeof(none)) == 0;
}

size_t event_set_count(const struct interest *s)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(s->events); i++)
		n += (size_t)__builtin_popcountll(s->events[i]);
	return n;
}

/* The first bit from `from` on of n words; `none` where there is no more. */
static unsigned next_bit(const uint64_t *words, size_t n, unsigned from,
			 unsigned none)
{
	for (size_t i = from / 64; i < n; i++, from = 0) {
		uint64_t left = words[i] >> from % 64 << from % 64;

		if (left)
			return (unsigned)i * 64 + (unsigned)__builtin_ctzll(left);
	}
	return none;
}

unsigned event_set_next(const struct interest *s, unsigned from)
{
	return next_bit(s->events, ARRAY_SIZE(s->events), from,
			EVENT_TYPE_COUNT);
}

unsigned event_set_next_generic(const struct interest *s, unsigned from)
{
	return next_bit(s->generic, ARRAY_SIZE(s->generic), from, GENERIC_COUNT);
}
