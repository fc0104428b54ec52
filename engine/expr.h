/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What may stand on a side of a comparison: a field, a constant, a transformer
 * over such, a literal list. Typed when a condition is compiled, evaluated for
 * each event.
 */
#pragma once

#include <stdbool.h>

#include "span.h"
#include "transform.h"
#include "value.h"

struct ast;
struct engine_env;
struct error;
struct eval;
struct field_ref;

enum expr_kind {
	EXPR_FIELD,
	EXPR_CONSTANT,
	EXPR_TRANSFORM,
	EXPR_ITEMS,
};

struct expr {
	enum expr_kind kind;
	struct transform_type type;
	const struct field_ref *field; /* EXPR_FIELD */
	/* The field that a chain of one-argument transformers ends in, or NULL:
	 * messages name it, its flags count for the chain. */
	const struct field_ref *base;
	struct value constant; /* EXPR_CONSTANT */
	enum transform transform;
	struct span option; /* what stands in a transformer's brackets */
	struct expr **args;
	size_t nargs;
	bool is_stateful; /* its value depends on how often it is asked for */
};

/*
 * Types a side, in env's arena. -EINVAL: Falco's message; -ENOTSUP: an error that
 * ends Falco.
 */
int expr_new(struct engine_env *env, const struct ast *node, struct expr **ret,
	     struct error *err);

/* What messages call the expression. */
const char *expr_name(const struct expr *expr);

/*
 * The value for this event. Points to *scratch, to a constant or to the field
 * cache; lives until the event's call returns.
 */
const struct value *expr_value(struct eval *e, const struct expr *expr,
			       struct value *scratch);
