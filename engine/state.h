/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is behind `struct engine`: the rules as collected and as compiled, the index
 * over them, and the one evaluation that is reused for every event. For the parts
 * of the engine's door only: engine.c, describe.c, plugins.c, alert.c, and what explains
 * rules (why.c, explain.c, lint.c, rule_test.c).
 */
#pragma once

#include "arena.h"
#include "array.h"
#include "interest.h"

#include "env.h"
#include "index.h"
#include "rule.h"
#include "symtab.h"

struct compiled;
struct watch;

struct engine {
	struct arena arena; /* rules files and what they define, and the env's */
	struct engine_env env;
	struct eval eval;
	struct collector collector;
	struct compiled *compiled; /* of the last good load; NULL before it */
	struct compiled *loads;    /* of all loads, the last first; owned */
	struct symtab formats; /* of outputs, in the arena; see env.h */
	struct symtab event_names; /* the same */
	struct symtab asts; /* of conditions by their text, in the loads' arenas */
	struct index index;
	struct interest interest;
	size_t nenabled;
	struct watch *watch; /* of engine_watch(); NULL: none */
	bool is_matching; /* eval is in the hands of engine_match() */
};

/* The evaluation of this event: what was extracted for it stays extracted while
 * engine_match() hands it out; any other event begins afresh. */
struct eval *engine_eval(struct engine *e, struct event *ev);
