/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walking the tree of a condition.
 */
#include "harness/ast_walk.h"

#include <errno.h>

#include "arena.h"

#include "engine/ast.h"
#include "engine/check.h"
#include "engine/env.h"

struct ast_walk {
	enum ast_kind kind;
	struct check *check;
	struct ast_walk **items;
	size_t n;
};

static int make_items(struct engine_env *env, const struct ast *root,
		      struct ast_walk *w, struct filter_error *err)
{
	w->items = arena_alloc(env->arena, root->n * sizeof(*w->items));
	for (; w->n < root->n; w->n++) {
		int r = ast_walk_new(env, root->items[w->n], &w->items[w->n],
				     err);

		if (r < 0)
			return r;
	}
	return 0;
}

int ast_walk_new(struct engine_env *env, const struct ast *root,
		 struct ast_walk **ret, struct filter_error *err)
{
	const struct warner silent = { NULL, NULL };
	struct ast_walk *w = arena_zalloc(env->arena, sizeof(*w));

	*ret = w;
	w->kind = root->kind;
	if (root->kind == AST_CHECK || root->kind == AST_EXISTS)
		return check_new(env, root, &silent, &w->check, err);
	if (root->kind == AST_AND || root->kind == AST_OR ||
	    root->kind == AST_NOT)
		return make_items(env, root, w, err);

	return -EINVAL;
}

static enum truth negate(enum truth t)
{
	if (t == TRUTH_UNKNOWN)
		return t;
	return t == TRUTH_TRUE ? TRUTH_FALSE : TRUTH_TRUE;
}

static enum truth run_chain(const struct ast_walk *w, struct eval *e)
{
	enum truth end = w->kind == AST_AND ? TRUTH_FALSE : TRUTH_TRUE;
	enum truth all = negate(end);

	for (size_t i = 0; i < w->n && all != end; i++) {
		enum truth t = ast_walk_run(w->items[i], e);

		if (t == end || t == TRUTH_UNKNOWN)
			all = t;
	}
	return all;
}

enum truth ast_walk_run(const struct ast_walk *w, struct eval *e)
{
	if (w->check)
		return check_run(w->check, e);
	if (w->kind == AST_NOT)
		return negate(ast_walk_run(w->items[0], e));

	return run_chain(w, e);
}
