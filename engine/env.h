/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the engine's parts know in common: the options of the run, and the
 * evaluation of one event. Conditions, formats and extractors get it as their
 * first argument; nothing here is shared between engines.
 */
#pragma once

#include "engine.h"

struct arena;
struct field_table;
struct symtab;
struct program_set;
struct value;

/* Lives as long as the engine. */
struct engine_env {
	struct engine_options options;
	uint64_t first_event_ns; /* evt.reltime counts from here; 0 before it */
	struct arena *arena;     /* for what lives as long as the engine */
	struct field_table *fields; /* field.c makes it, in the arena; NULL first */
	struct program_set *programs; /* so does fold.c */
	struct symtab *formats; /* outputs by their texts; NULL: not kept */
	struct symtab *event_names; /* event_set_named()'s answers */
};

/*
 * One event being judged. `fields` caches what was extracted, one slot for each
 * distinct field expression of the ruleset (field_ref.slot), so that every field is
 * extracted at most once per event; `truths` does the same for common
 * subexpressions. Both are reset between events and between the entry and the exit
 * of a call.
 */
struct eval {
	struct engine_env *env;
	struct event *ev;
	struct value *fields; /* by slot; outcome PENDING: not asked yet */
	size_t nfields;
	/* eval_answered(): the slots that are not PENDING, of which there are few, to be so
	 * again for the next event. */
	uint32_t *answered;
	size_t nanswered;
	unsigned asked; /* fields whose answer was known */
	uint8_t *truths; /* by program: enum truth + 1, 0 not evaluated */
	size_t ntruths;
};

/* Room for what has been compiled so far, and no event yet; eval_begin() for each. */
void eval_init(struct eval *ret, struct engine_env *env);
void eval_begin(struct eval *e, struct event *ev);
void eval_done(struct eval *e);

/* The slot's value is there, once for each event. */
static inline void eval_answered(struct eval *e, uint32_t slot)
{
	if (slot < e->nfields)
		e->answered[e->nanswered++] = slot;
}
