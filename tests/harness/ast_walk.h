/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plainest way to evaluate a condition: walk its tree, ask each comparison.
 * Nothing is folded away, shared between conditions or flattened. What the engine
 * gains by its programs is measured against this, and what they answer is held
 * against it.
 */
#pragma once

#include "value.h"

struct arena;
struct ast;
struct ast_walk;
struct engine_env;
struct eval;
struct filter_error;

/* Prepares the comparisons of a tree without macros, in env's arena. Errors are
 * those of check_new(); -EINVAL also for a macro. */
int ast_walk_new(struct engine_env *env, const struct ast *root,
		 struct ast_walk **ret, struct filter_error *err);

/* The truth for the event of `e`. */
enum truth ast_walk_run(const struct ast_walk *w, struct eval *e);
