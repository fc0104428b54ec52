/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The least of an engine that conditions need: an environment, and what one event
 * is evaluated with.
 */
#pragma once

#include "arena.h"

#include "engine/env.h"
#include "engine/filter.h"
#include "fake_event.h"

struct fake_engine {
	struct arena arena;
	struct engine_env env;
	struct filter_error err; /* of the last condition that failed */
};

/* cmocka's set-up and tear-down: *state is a struct fake_engine. */
int fake_engine_begin(void **state);
int fake_engine_end(void **state);

/* Parses and compiles; 0 or the error with f->err filled. */
int fake_engine_compile(struct fake_engine *f, const char *condition,
			struct program **ret);
/* The same for conditions that are right: the test fails when it is not. */
struct program *fake_engine_program(struct fake_engine *f,
				    const char *condition);
/* What a program says of an event, which is as in fake_event.h. */
enum truth fake_engine_run(struct fake_engine *f, const struct program *p,
			   const char *event);
/* Both at once. */
enum truth fake_engine_judge(struct fake_engine *f, const char *condition,
			     const char *event);
