/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sides of comparisons: typing and evaluating. Values are trusted to have the
 * type that their field says, save those that are re-typed by the event: these are
 * looked at before a transformer gets them.
 */
#include "expr.h"

#include <errno.h>

#include "arena.h"
#include "error.h"
#include "event.h"

#include "ast.h"
#include "env.h"
#include "field.h"
#include "op.h"

/* --- Typing -------------------------------------------------------------------- */

static struct expr *expr_alloc(struct engine_env *env, enum expr_kind kind,
			       enum value_type type, bool is_list)
{
	struct expr *expr = arena_zalloc(env->arena, sizeof(*expr));

	expr->kind = kind;
	expr->type = (struct transform_type){ type, is_list };
	return expr;
}

static int new_field(struct engine_env *env, const struct ast *node,
		     struct expr **ret, struct error *err)
{
	const struct field_ref *field;
	struct expr *expr;

	if (field_resolve(env, node->text, node->arg, &field, err) < 0)
		return -EINVAL;
	expr = expr_alloc(env, EXPR_FIELD, field->type,
			  field->info->flags & FIELD_LIST);
	expr->field = expr->base = field;
	expr->is_stateful = field->extra != NULL;

	*ret = expr;
	return 0;
}

static int new_constant(struct engine_env *env, const struct ast *node,
			struct expr **ret)
{
	struct expr *expr = expr_alloc(env, EXPR_CONSTANT, VALUE_CHARBUF, false);

	expr->constant = (struct value){
		.type = VALUE_CHARBUF,
		.outcome = OUTCOME_VALUE,
		.text = span_make(arena_strndup(env->arena, node->text.data,
						node->text.n),
				  node->text.n),
	};
	*ret = expr;
	return 0;
}

static int new_args(struct engine_env *env, const struct ast *node,
		    struct expr *expr, struct error *err)
{
	expr->args = arena_alloc(env->arena, node->n * sizeof(*expr->args));
	expr->nargs = node->n;
	for (size_t i = 0; i < node->n; i++) {
		int r = expr_new(env, node->items[i], &expr->args[i], err);

		if (r < 0)
			return r;
		expr->is_stateful |= expr->args[i]->is_stateful;
	}
	return 0;
}

static int type_one(struct expr *expr, const struct transform_info *info,
		    struct error *err)
{
	const struct expr *arg = expr->args[0];

	if (info->takes_many)
		return error_set(err, -EINVAL, "unknown field transfomer '%s'",
				 info->name);
	if (expr->option.data)
		return error_set(err, -EINVAL,
				 "filter error: transformer '%s' does not "
				 "support field arguments",
				 info->name);
	if (expr->transform != TRANSFORM_VAL && arg->base &&
	    arg->base->info->flags & FIELD_NO_TRANSFORMER)
		return error_set(err, -EINVAL,
				 "field '%s' does not support transformers",
				 expr_name(arg));
	if (!transform_type(expr->transform, &arg->type, &expr->type))
		return error_set(err, -EINVAL,
				 "can't add field transformer: type '%s' is not "
				 "supported by '%s' transformer applied on "
				 "%sfield '%s'",
				 value_type_name(arg->type.type), info->name,
				 arg->type.is_list ? "list " : "",
				 expr_name(arg));

	expr->base = arg->base;
	return 0;
}

/* Is it a transformer that takes several arguments? */
static bool is_many(const struct expr *expr)
{
	size_t n;

	return expr->kind == EXPR_TRANSFORM &&
	       transform_infos(&n)[expr->transform].takes_many;
}

static int type_many(struct engine_env *env, struct expr *expr,
		     const struct transform_info *info, struct error *err)
{
	struct transform_type *types;

	if (!info->takes_many)
		return error_set(err, -ENOTSUP,
				 "unknown multivalue transformer");
	types = arena_alloc(env->arena, expr->nargs * sizeof(*types));
	for (size_t i = 0; i < expr->nargs; i++) {
		types[i] = expr->args[i]->type;
		/* Falco takes no list from such a one here: join(",", getopt()). */
		if (is_many(expr->args[i]) && expr->transform != TRANSFORM_CONCAT)
			types[i].is_list = false;
	}
	return transform_types(expr->transform, types, expr->nargs, expr->option,
			       &expr->type, err);
}

static int new_transform(struct engine_env *env, const struct ast *node,
			 struct expr **ret, struct error *err)
{
	struct expr *expr = expr_alloc(env, EXPR_TRANSFORM, VALUE_NONE, false);
	const struct transform_info *infos;
	size_t n;
	int r;

	infos = transform_infos(&n);
	if (!transform_named(node->text, &expr->transform))
		return error_set(err, -EINVAL, "unknown field transfomer '%.*s'",
				 SPAN_FMT(node->text));
	r = new_args(env, node, expr, err);
	if (r < 0)
		return r;
	if (node->arg.data)
		expr->option = span_make(arena_strndup(env->arena,
						       node->arg.data,
						       node->arg.n),
					 node->arg.n);
	r = expr->nargs == 1 ?
		    type_one(expr, &infos[expr->transform], err) :
		    type_many(env, expr, &infos[expr->transform], err);
	if (r < 0)
		return r;

	*ret = expr;
	return 0;
}

static int new_items(struct engine_env *env, const struct ast *node,
		     struct expr **ret, struct error *err)
{
	struct expr *expr = expr_alloc(env, EXPR_ITEMS, VALUE_CHARBUF, true);
	int r = new_args(env, node, expr, err);

	if (r < 0)
		return r;

	*ret = expr;
	return 0;
}

int expr_new(struct engine_env *env, const struct ast *node, struct expr **ret,
	     struct error *err)
{
	if (node->kind == AST_FIELD)
		return new_field(env, node, ret, err);
	if (node->kind == AST_TRANSFORM)
		return new_transform(env, node, ret, err);
	if (node->kind == AST_ITEMS)
		return new_items(env, node, ret, err);

	return new_constant(env, node, ret);
}

const char *expr_name(const struct expr *expr)
{
	size_t n;

	if (expr->base)
		return expr->base->info->name;
	while (expr->kind == EXPR_TRANSFORM && expr->nargs == 1)
		expr = expr->args[0];
	if (expr->kind == EXPR_TRANSFORM)
		return transform_infos(&n)[expr->transform].name;
	return "storage";
}

/* --- Evaluating ---------------------------------------------------------------- */

/* Of two outcomes without a value the one that decides: what is absent stays so
 * whatever the unknown one turns out to be. */
static enum outcome worse(enum outcome a, enum outcome b)
{
	if (a == OUTCOME_ABSENT || a == OUTCOME_FAILED || b == OUTCOME_VALUE)
		return a;

	return b;
}

/* A number as text; anything else that is no text has none. */
static bool as_text(struct arena *arena, const struct value *v, struct span *ret)
{
	enum value_class class = value_class_of(v->type);
	size_t n = 0;
	char *s = NULL;

	if (class == VALUE_CLASS_TEXT || class == VALUE_CLASS_BYTES) {
		*ret = v->text;
		return true;
	}
	if (class == VALUE_CLASS_INT)
		s = arena_printf(arena, &n, "%lld", (long long)v->i);
	if (class == VALUE_CLASS_UINT)
		s = arena_printf(arena, &n, "%llu", (unsigned long long)v->u);
	*ret = span_make(s, n);
	return s != NULL;
}

/* The one value of an item, the first of several. */
static const struct value *first_of(const struct value *v)
{
	if (v->outcome != OUTCOME_VALUE || !v->is_list)
		return v;
	return v->list->n ? &v->list->items[0] : NULL;
}

static const struct value *no_value(enum outcome outcome, struct value *scratch)
{
	*scratch = (struct value){ .outcome = (uint8_t)outcome };
	return scratch;
}

/* A literal list: the texts of its items, which must all be there. */
static const struct value *items_value(struct eval *e, const struct expr *expr,
				       struct value *scratch)
{
	struct arena *arena = e->ev->arena;
	struct span *texts = arena_alloc(arena, expr->nargs * sizeof(*texts));
	enum outcome outcome = OUTCOME_VALUE;
	bool partial = false;

	for (size_t i = 0; i < expr->nargs; i++) {
		struct value item;
		const struct value *v =
			first_of(expr_value(e, expr->args[i], &item));
		enum outcome got = v ? (enum outcome)v->outcome : OUTCOME_ABSENT;

		if (got == OUTCOME_VALUE && !as_text(arena, v, &texts[i]))
			got = OUTCOME_ABSENT;
		outcome = worse(outcome == OUTCOME_VALUE ? got : outcome, got);
		partial |= got == OUTCOME_VALUE && (v->partial || v->maybe);
	}
	if (outcome != OUTCOME_VALUE)
		return no_value(outcome, scratch);
	value_set_texts(arena, texts, expr->nargs, scratch);
	scratch->partial = partial;
	return scratch;
}

/* Is the value what the transformer was typed for? */
static bool is_as_typed(const struct value *v, const struct transform_type *t)
{
	enum value_class class = value_class_of(t->type);

	for (size_t i = 0; v->is_list && i < v->list->n; i++) {
		if (value_class_of(v->list->items[i].type) != class)
			return false;
	}
	return v->is_list == t->is_list &&
	       (v->is_list || value_class_of(v->type) == class);
}

static const struct value *transform_value(struct eval *e,
					   const struct expr *expr,
					   struct value *scratch)
{
	struct arena *arena = e->ev->arena;
	size_t n = expr->nargs;
	const struct value **args = arena_alloc(arena, n * sizeof(*args));
	struct value *values = arena_alloc(arena, n * sizeof(*values));
	enum outcome outcome = OUTCOME_VALUE;
	bool partial = false;

	for (size_t i = 0; i < n; i++) {
		enum outcome got;

		args[i] = expr_value(e, expr->args[i], &values[i]);
		got = args[i]->outcome;
		if (got == OUTCOME_VALUE && args[i]->maybe)
			got = OUTCOME_UNKNOWN;
		if (got == OUTCOME_VALUE &&
		    !is_as_typed(args[i], &expr->args[i]->type))
			got = OUTCOME_ABSENT;
		outcome = worse(outcome == OUTCOME_VALUE ? got : outcome, got);
		partial |= got == OUTCOME_VALUE && args[i]->partial;
	}
	if (outcome == OUTCOME_VALUE)
		outcome = transform_apply(expr->transform, arena, args, n,
					  expr->option, scratch);
	if (outcome != OUTCOME_VALUE)
		return no_value(outcome, scratch);
	scratch->partial = partial;
	return scratch;
}

const struct value *expr_value(struct eval *e, const struct expr *expr,
			       struct value *scratch)
{
	if (expr->kind == EXPR_FIELD)
		return field_value(e, expr->field);
	if (expr->kind == EXPR_CONSTANT)
		return &expr->constant;
	if (expr->transform == TRANSFORM_VAL && expr->kind == EXPR_TRANSFORM)
		return expr_value(e, expr->args[0], scratch);

	return expr->kind == EXPR_ITEMS ? items_value(e, expr, scratch) :
					  transform_value(e, expr, scratch);
}
