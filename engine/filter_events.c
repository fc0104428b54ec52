/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which events a condition can be true for, told from its text alone
 * (filter-language.md section 9). Checks that do not ask for the event's type are
 * taken to be possible for every event, negated or not; so negation is carried to
 * the leaves.
 */
#include <errno.h>

#include "interest.h"

#include "ast.h"
#include "event_set.h"
#include "filter.h"
#include "filter_error.h"
#include "operand.h"

/* What a search ends with where it says nothing: every event, *ret not filled. Most
 * checks are so, and cost no set. */
#define ANY_EVENT 1

struct finder {
	struct engine_env *env;
	struct filter_error *err;
	bool by_call; /* the events of a call go together */
};

static bool is_type_field(const struct ast *node)
{
	return node->kind == AST_FIELD && !node->arg.data &&
	       (span_is(node->text, "evt.type") ||
		span_is(node->text, "syscall.type"));
}

/* Is the field anywhere in the expression? */
static bool has_field(const struct ast *node, const char *name)
{
	if (node->kind == AST_FIELD && span_is(node->text, name))
		return true;
	for (size_t i = 0; i < node->n; i++) {
		if (has_field(node->items[i], name))
			return true;
	}
	return false;
}

static int fail_transform(const struct finder *f, const struct ast *node)
{
	return filter_fail(f->err, node->pos, -ENOTSUP,
			   "event code search does not support `evt.type` "
			   "checks with transformers");
}

/* A set of events as the leaf says it, or its complement. */
static int leaf(struct interest s, bool negated, struct interest *ret)
{
	*ret = negated ? event_set_not(&s) : s;
	return 0;
}

static struct interest named_once(const struct finder *f, bool by_call,
				  struct span name)
{
	struct interest s = event_set_named(f->env, name), other;

	if (!by_call)
		return s;
	if (span_is(name, "accept") || span_is(name, "accept4")) {
		other = event_set_named(f->env, name.n == strlen("accept") ?
							SPAN("accept4") :
							SPAN("accept"));
		s = event_set_or(&s, &other);
	}
	return s;
}

static struct interest named_events(const struct finder *f, bool by_call,
				    const struct ast *rhs)
{
	struct interest s = rhs->kind == AST_LIST ? event_set_none() :
						    named_once(f, by_call,
							       rhs->text);

	for (size_t i = 0; rhs->kind == AST_LIST && i < rhs->n; i++) {
		struct interest one = named_once(f, by_call,
						 rhs->items[i]->text);

		s = event_set_or(&s, &one);
	}
	return s;
}

static int type_check(const struct finder *f, const struct ast *node,
		      bool negated, struct interest *ret)
{
	const struct ast *rhs = node->items[1];
	bool is_equal = node->op == OP_EQ || node->op == OP_IN;

	if (rhs->kind == AST_TRANSFORM &&
	    (has_field(rhs, "evt.type") || has_field(rhs, "syscall.type")))
		return fail_transform(f, node);
	if (rhs->kind == AST_TRANSFORM)
		return filter_fail(f->err, node->pos, -ENOTSUP,
				   "right-hand field comparisons on "
				   "`evt.type`/`syscall.type` checks are not "
				   "supported by event code search");
	if (node->modifier || (!is_equal && node->op != OP_NE))
		return ANY_EVENT;

	/* What is left out is left out by its name alone. */
	negated = negated != (node->op == OP_NE);
	return leaf(named_events(f, f->by_call && !negated, rhs), negated, ret);
}

/* evt.num counts from 1: some comparisons come out the same for every event. */
static int number_check(const struct ast *node, bool negated,
			struct interest *ret)
{
	static const struct {
		enum op op;
		int64_t up_to;
		bool is_true;
	} rows[] = {
		{ OP_EQ, 0, false }, { OP_NE, 0, true }, { OP_LT, 1, false },
		{ OP_LE, 0, false }, { OP_GT, 0, true }, { OP_GE, 1, true },
	};
	int64_t n;

	if (node->items[1]->kind != AST_VALUE || node->modifier ||
	    number_parse(node->items[1]->text, false, &n, NULL) < 0)
		return ANY_EVENT;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].op == node->op && n >= 0 && n <= rows[i].up_to)
			return leaf(rows[i].is_true ? event_set_all() :
						      event_set_none(),
				    negated, ret);
	}
	return ANY_EVENT;
}

static int check(const struct finder *f, const struct ast *node, bool negated,
		 struct interest *ret)
{
	const struct ast *lhs = node->items[0];

	if (lhs->kind != AST_FIELD && has_field(lhs, "evt.type"))
		return fail_transform(f, node);
	if (node->kind == AST_EXISTS)
		return is_type_field(lhs) ?
			       leaf(event_set_all(), negated, ret) :
			       ANY_EVENT;
	if (is_type_field(lhs))
		return type_check(f, node, negated, ret);
	if (lhs->kind == AST_FIELD && span_is(lhs->text, "evt.num"))
		return number_check(node, negated, ret);

	return ANY_EVENT;
}

static int find(const struct finder *f, const struct ast *node, bool negated,
		struct interest *ret);

/* The chain so far, which becomes *s, and one more: what a search of both ends with. */
static int join(bool intersects, int so_far, struct interest *s, int more,
		const struct interest *one)
{
	if (more == ANY_EVENT)
		return intersects ? so_far : ANY_EVENT;
	if (so_far == ANY_EVENT && !intersects)
		return ANY_EVENT;
	if (so_far == ANY_EVENT)
		*s = *one;
	else
		*s = intersects ? event_set_and(s, one) : event_set_or(s, one);
	return 0;
}

static int chain(const struct finder *f, const struct ast *node, bool negated,
		 struct interest *ret)
{
	bool intersects = (node->kind == AST_AND) != negated;
	int so_far = intersects ? ANY_EVENT : 0;
	struct interest s = event_set_none();

	for (size_t i = 0; i < node->n; i++) {
		struct interest one;
		int r = find(f, node->items[i], negated, &one);

		if (r < 0)
			return r;
		so_far = join(intersects, so_far, &s, r, &one);
	}
	*ret = s;
	return so_far;
}

static int find(const struct finder *f, const struct ast *node, bool negated,
		struct interest *ret)
{
	if (node->kind == AST_NOT)
		return find(f, node->items[0], !negated, ret);
	if (node->kind == AST_AND || node->kind == AST_OR)
		return chain(f, node, negated, ret);
	if (node->kind == AST_CHECK || node->kind == AST_EXISTS)
		return check(f, node, negated, ret);

	return ANY_EVENT;
}

static int find_all(const struct finder *f, const struct ast *root,
		    struct interest *ret)
{
	int r = find(f, root, false, ret);

	if (r == ANY_EVENT)
		*ret = event_set_all();
	return r < 0 ? r : 0;
}

int filter_events(struct engine_env *env, const struct ast *root,
		  struct interest *ret, struct filter_error *err)
{
	struct finder f = { .env = env, .err = err };

	return find_all(&f, root, ret);
}

struct interest filter_listed_events(const struct ast *root)
{
	struct finder f = { .by_call = true };
	struct interest s = event_set_none();

	find_all(&f, root, &s);
	return s;
}
