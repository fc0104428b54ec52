/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Doubts about rules, by Falco's lists of what is doubtful. A condition is warned
 * of each doubt once.
 */
#include "rules_warn.h"

#include <stdint.h>
#include <string.h>

#include "array.h"

#include "ast.h"
#include "load_result.h"
#include "rules.h"

/* What the names of all deprecated fields begin with. */
#define DEPRECATED_CLASS "evt."

struct deprecated {
	struct span field;
	const char *message;
};

#define NO_ENTER_EVENTS \
	"field is not available due to the drop of enter events."

static const struct deprecated deprecated[] = {
	{ SPAN_INIT("evt.dir"),
	  "due to the drop of enter events, 'evt.dir = <' always evaluates to "
	  "true, and 'evt.dir = >' always evaluates to false. The rule "
	  "expression can be simplified by removing the condition on "
	  "'evt.dir'" },
	{ SPAN_INIT("evt.latency"), NO_ENTER_EVENTS },
	{ SPAN_INIT("evt.latency.s"), NO_ENTER_EVENTS },
	{ SPAN_INIT("evt.latency.ns"), NO_ENTER_EVENTS },
	{ SPAN_INIT("evt.latency.human"), NO_ENTER_EVENTS },
	{ SPAN_INIT("evt.wait_latency"), NO_ENTER_EVENTS },
};

struct doubts {
	uint32_t deprecated; /* bits by index */
	bool has_na_check;
};

static bool is_na(const struct ast *node)
{
	if (node->kind == AST_VALUE)
		return span_is(node->text, "<NA>");
	for (size_t i = 0; node->kind == AST_LIST && i < node->n; i++)
		if (is_na(node->items[i]))
			return true;
	return false;
}

static void find_fields(const struct ast *node, struct doubts *d)
{
	for (size_t i = 0; i < node->n; i++)
		find_fields(node->items[i], d);
	if (node->kind != AST_FIELD ||
	    !span_starts_with(node->text, SPAN(DEPRECATED_CLASS)))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(deprecated); i++)
		if (span_eq(node->text, deprecated[i].field))
			d->deprecated |= UINT32_C(1) << i;
}

static void check_na(const struct ast *check, struct doubts *d)
{
	const struct ast *field = check->items[0];
	bool compares = check->op == OP_EQ || check->op == OP_NE ||
			check->op == OP_IN || check->op == OP_INTERSECTS ||
			check->op == OP_PMATCH;

	if (compares && field->kind == AST_FIELD &&
	    (span_starts_with(field->text, SPAN("ka.")) ||
	     span_starts_with(field->text, SPAN("jevt."))) &&
	    is_na(check->items[1]))
		d->has_na_check = true;
}

static void find_doubts(const struct ast *node, struct doubts *d)
{
	if (node->kind == AST_CHECK)
		check_na(node, d);
	if (node->kind == AST_CHECK || node->kind == AST_EXISTS) {
		find_fields(node->items[0], d);
		return;
	}
	for (size_t i = 0; i < node->n; i++)
		find_doubts(node->items[i], d);
}

void condition_warn(struct loading *l, const struct rule *rule)
{
	static const struct filter_pos start = { 0, 0, 0 };
	const struct load_context *ctx;
	struct doubts d = { 0, false };

	find_doubts(rule->ast, &d);
	if (!d.has_na_check && !d.deprecated)
		return;
	ctx = context_condition(l, rule->def->v.condition_ctx, rule->condition,
				start);
	if (d.has_na_check)
		load_add(l->result, LOAD_UNSAFE_NA_CHECK, ctx, "%s", "");
	for (size_t i = 0; i < ARRAY_SIZE(deprecated); i++) {
		if (!(d.deprecated >> i & 1))
			continue;
		load_add(l->result, LOAD_DEPRECATED_ITEM, ctx, "%s",
			 deprecated[i].message);
		load_set_deprecated(l->result, deprecated[i].field);
	}
}

/* Those that are anywhere in the text, as bits by index. */
static uint32_t deprecated_in(struct span text)
{
	const size_t n = sizeof(DEPRECATED_CLASS) - 1;
	uint32_t found = 0;

	while (text.n) {
		const char *hit = memmem(text.data, text.n, DEPRECATED_CLASS, n);

		if (!hit)
			break;
		text = span_from(text, (size_t)(hit - text.data));
		for (size_t i = 0; i < ARRAY_SIZE(deprecated); i++)
			if (span_starts_with(text, deprecated[i].field))
				found |= UINT32_C(1) << i;
		text = span_from(text, n);
	}
	return found;
}

void output_warn(struct load_result *r, struct span output,
		 const struct load_context *ctx)
{
	uint32_t found = deprecated_in(output);

	for (size_t i = 0; i < ARRAY_SIZE(deprecated); i++) {
		struct span field = deprecated[i].field;

		if (!(found >> i & 1))
			continue;
		load_add(r, LOAD_DEPRECATED_ITEM, ctx,
			 "usage of deprecated field '%.*s' has been detected "
			 "in the rule output",
			 SPAN_FMT(field));
		load_set_deprecated(r, field);
	}
}
