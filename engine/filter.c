/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The door of the filter language: what others ask of conditions as a whole. The
 * work is done next door (parser.c, fold.c, program.c).
 */
#include "filter.h"

#include <errno.h>

#include "arena.h"
#include "cleanup.h"

#include "ast.h"
#include "check.h"
#include "env.h"
#include "expr.h"
#include "filter_error.h"
#include "fold.h"
#include "op.h"
#include "parser.h"
#include "program.h"

/* --- Macros -------------------------------------------------------------------- */

struct replacer {
	struct arena *arena;
	filter_macro_fn *fn;
	void *ctx;
};

static struct ast *replace(const struct replacer *r, struct ast *node);

/* The node itself while no child changed, a copy from then on. */
static struct ast *replace_items(const struct replacer *r, struct ast *node)
{
	struct ast *copy = NULL;

	for (size_t i = 0; i < node->n; i++) {
		struct ast *item = replace(r, node->items[i]);

		if (item == node->items[i])
			continue;
		if (!copy) {
			copy = ast_new(r->arena, node->kind, node->pos);
			ast_set_items(r->arena, copy, node->items, node->n);
		}
		copy->items[i] = item;
	}
	return copy ? copy : node;
}

static struct ast *replace(const struct replacer *r, struct ast *node)
{
	struct ast *with;

	if (node->kind == AST_MACRO) {
		with = r->fn(r->ctx, node->text, node->pos);
		return with ? with : node;
	}
	if (node->kind == AST_AND || node->kind == AST_OR ||
	    node->kind == AST_NOT)
		return replace_items(r, node);

	return node;
}

struct ast *filter_replace_macros(struct arena *arena, struct ast *root,
				  filter_macro_fn *fn, void *ctx)
{
	struct replacer r = { .arena = arena, .fn = fn, .ctx = ctx };

	return replace(&r, root);
}

/* --- Compiling ----------------------------------------------------------------- */

int filter_compile(struct engine_env *env, const struct ast *root,
		   filter_warning_fn *warn, void *ctx, struct program **ret,
		   struct filter_error *err)
{
	struct warner warner = { .fn = warn, .ctx = ctx };
	struct program **known = fold_program(env, root);
	struct interest events;
	struct node *tree;
	int r = fold_condition(env, root, &warner, &tree, err);

	if (r < 0)
		return r;
	if (*known) {
		*ret = *known;
		return 0;
	}
	/* Falco looks for event types behind all else, and dies when it cannot. */
	r = filter_events(env, root, &events, err);
	if (r < 0)
		return r;
	if (program_new(env->arena, tree, known) < 0)
		return filter_fail(err, root->pos, -EINVAL,
				   "filter error: condition nested too deeply");

	(*known)->events = events;
	*ret = *known;
	return 0;
}

const struct interest *program_events(const struct program *p)
{
	return &p->events;
}

/* --- Questions ----------------------------------------------------------------- */

bool filter_is_operator(struct span text)
{
	const char *blank = text.n ? memchr(text.data, ' ', text.n) : NULL;
	size_t n = blank ? (size_t)(blank - text.data) : text.n;
	enum op op;

	if (!op_named(span_make(text.data, n), &op))
		return false;
	for (int i = MODIFIER_NONE + 1; blank && i < MODIFIER_COUNT; i++) {
		if (span_is(span_from(text, n + 1), op_modifier_text(i)))
			return op_info(op)->operand == OPERAND_STRING;
	}
	return !blank;
}

bool filter_is_list_operator(struct span text)
{
	enum op op;

	if (op_named(text, &op))
		return op_info(op)->operand == OPERAND_LIST;

	/* With a modifier, any operator takes a list. */
	return filter_is_operator(text);
}

bool filter_is_lhs(struct engine_env *env, struct span text)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct ast *node;
	struct expr *expr;

	return text.n && parser_lhs(&arena, text, &node) == text.n &&
	       expr_new(env, node, &expr, NULL) == 0;
}
