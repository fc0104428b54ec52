/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From an AST to a tree of checks with everything folded that the event's type, or
 * nothing at all, decides: comparisons of evt.type and syscall.type with constants
 * become sets of events, comparisons of evt.num that always come out the same
 * become all or no events, and these are folded through and, or and not. Also
 * finds the subexpressions that conditions have in common.
 */
#pragma once

#include "filter.h"
#include "program.h"

struct engine_env;
struct warner;

/* Types the condition and folds it, in env's arena. Errors as filter_compile(). */
int fold_condition(struct engine_env *env, const struct ast *root,
		   const struct warner *warner, struct node **ret,
		   struct filter_error *err);

/* Where the program of the condition is kept once it is made; NULL in it before. */
struct program **fold_program(struct engine_env *env, const struct ast *root);
