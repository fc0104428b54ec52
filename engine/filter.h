/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions: text becomes an AST, the AST a typed flat program, the program a
 * truth. The grammar, the messages and the positions are Falco's
 * (filter-language.md). The loader replaces macro nodes between the two steps.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "interest.h"
#include "span.h"
#include "value.h"

struct arena;
struct ast;
struct engine_env;
struct eval;
struct program;
struct strbuf;

/* Where in a condition: offset counts bytes from 0, line and column from 1. */
struct filter_pos {
	uint32_t offset, line, column;
};

/* What is wrong with a condition or a format, and where. */
struct filter_error {
	struct filter_pos pos;
	char text[8192];
};

/* The loader's limit on nested expressions; Falco's default elsewhere is 100. */
#define FILTER_DEPTH_LOADER 1000
#define FILTER_DEPTH_DEFAULT 100

/*
 * Parses. The AST lives in `arena`. -EINVAL: err has the parser's message without
 * any prefix, and the position where parsing stopped.
 */
int filter_parse(struct arena *arena, struct span text, unsigned max_depth,
		 struct ast **ret, struct filter_error *err);

/*
 * Calls `fn` for every macro reference (a bare identifier), left to right. It may
 * return a replacement (an AST of the same arena or one that lives longer, never
 * changed afterwards), or NULL to leave the reference. Replacements are not
 * visited. `pos` is where the reference stands. Returns the possibly new root.
 */
typedef struct ast *filter_macro_fn(void *ctx, struct span name,
				    struct filter_pos pos);
struct ast *filter_replace_macros(struct arena *arena, struct ast *root,
				  filter_macro_fn *fn, void *ctx);

/* One finding of compiling a condition that loads all the same. */
typedef void filter_warning_fn(void *ctx, const char *text,
			       struct filter_pos pos);

/*
 * Checks types and makes the program, in env's arena. -EINVAL: Falco's message and
 * the position of the check that is wrong; -ENOTSUP: a "Runtime error" of Falco's
 * (err has its text), which ends Falco altogether.
 */
int filter_compile(struct engine_env *env, const struct ast *root,
		   filter_warning_fn *warn, void *ctx, struct program **ret,
		   struct filter_error *err);

/* The events that the condition can be true for, as filter_events() has them. */
const struct interest *program_events(const struct program *p);

/* Programs that are compiled from here on say anew what they have in common. */
void filter_forget_users(struct engine_env *env);

/* How many truth slots the programs compiled so far need (struct eval.truths). */
size_t filter_truth_slots(const struct engine_env *env);

/* Takes out of it what remembers truths that nobody else asks for, once all programs have
 * been compiled that are to be run with it. Twice is fine. */
void program_trim(struct program *p);

/* Runs a program on the event of `e`. UNKNOWN at PHASE_ENTRY only. */
enum truth program_run(const struct program *p, struct eval *e);

/* The program, one instruction a line, for tests and for the curious. */
void program_dump(const struct program *p, struct strbuf *out);

/*
 * The event types and calls that a condition can be true for (section 9). Codes of
 * old events count, enter events too. -EINVAL as in filter_compile. With an env (NULL
 * is fine) what it asks is remembered.
 */
int filter_events(struct engine_env *env, const struct ast *root,
		  struct interest *ret, struct filter_error *err);

/*
 * The same for listings, which name the events of system calls: the call accept4 once
 * made events that are called accept, so that either name stands for both. Only for a
 * condition that filter_events() took.
 */
struct interest filter_listed_events(const struct ast *root);

/* The AST as Falco prints it back (condition_compiled). */
void filter_print(const struct ast *root, struct strbuf *out);

/* What -L lists of a condition: each distinct one once, in order of appearance. */
enum filter_use {
	FILTER_USE_FIELD,
	FILTER_USE_OPERATOR,
	FILTER_USE_MACRO,
	FILTER_USE_VALUE, /* constants: how -L finds lists, and NA checks */
};
typedef void filter_use_fn(void *ctx, enum filter_use use, struct span text,
			   struct filter_pos pos);
void filter_walk(const struct ast *root, filter_use_fn *fn, void *ctx);

/* Is it an operator, alone or with a modifier ("startswith oneof")? And one that
 * takes a list? */
bool filter_is_operator(struct span text);
bool filter_is_list_operator(struct span text);

/* May this text stand on the left side: a field or a transformer expression? */
bool filter_is_lhs(struct engine_env *env, struct span text);
