/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telling conditions apart by their texts: see imply.h.
 */
#include "imply.h"

#include <stddef.h>

#include "array.h"
#include "cleanup.h"
#include "strbuf.h"

#include "ast.h"
#include "dissect.h"
#include "field.h"
#include "fields.h"
#include "filter.h"

/* --- One makes another true -------------------------------------------------- */

#define STEPS_MAX 20000

static bool implies(const struct ast *from, const struct ast *to,
		    unsigned *steps);

/* Does a text stand on the right side, alone or in the list? */
static bool has_operand(const struct ast *check, struct span text)
{
	const struct ast *rhs = check->items[1];

	if (rhs->kind == AST_VALUE)
		return span_eq(rhs->text, text);
	for (size_t i = 0; rhs->kind == AST_LIST && i < rhs->n; i++)
		if (span_eq(rhs->items[i]->text, text))
			return true;
	return false;
}

/* Is it `field = text` or `field in (texts)`, with constants? */
static bool is_choice(const struct ast *check)
{
	const struct ast *rhs;

	if (check->kind != AST_CHECK || check->modifier)
		return false;
	rhs = check->items[1];
	return (check->op == OP_EQ && rhs->kind == AST_VALUE) ||
	       (check->op == OP_IN && rhs->kind == AST_LIST);
}

static size_t choices(const struct ast *check)
{
	return check->op == OP_EQ ? 1 : check->items[1]->n;
}

static struct span choice(const struct ast *check, size_t i)
{
	return check->op == OP_EQ ? check->items[1]->text :
				    check->items[1]->items[i]->text;
}

static bool check_implies(const struct ast *from, const struct ast *to)
{
	if (!is_choice(from) || to->kind != AST_CHECK ||
	    !ast_equal(from->items[0], to->items[0]))
		return false;
	if (!is_choice(to))
		return false;
	for (size_t i = 0; i < choices(from); i++)
		if (!has_operand(to, choice(from, i)))
			return false;
	return true;
}

static bool all_imply(const struct ast *from, const struct ast *to,
		      unsigned *steps)
{
	for (size_t i = 0; i < from->n; i++)
		if (!implies(from->items[i], to, steps))
			return false;
	return true;
}

static bool implies_all(const struct ast *from, const struct ast *to,
			unsigned *steps)
{
	for (size_t i = 0; i < to->n; i++)
		if (!implies(from, to->items[i], steps))
			return false;
	return true;
}

static bool any_implies(const struct ast *from, const struct ast *to,
			unsigned *steps)
{
	for (size_t i = 0; from->kind == AST_AND && i < from->n; i++)
		if (implies(from->items[i], to, steps))
			return true;
	for (size_t i = 0; to->kind == AST_OR && i < to->n; i++)
		if (implies(from, to->items[i], steps))
			return true;
	return false;
}

static bool implies(const struct ast *from, const struct ast *to,
		    unsigned *steps)
{
	struct ast_hash a = ast_hash(from), b = ast_hash(to);

	if (++*steps > STEPS_MAX)
		return false;
	if (a.a == b.a && a.b == b.b)
		return true;
	if (from->kind == AST_OR)
		return all_imply(from, to, steps);
	if (to->kind == AST_AND)
		return implies_all(from, to, steps);
	if (from->kind == AST_NOT && to->kind == AST_NOT)
		return implies(to->items[0], from->items[0], steps);
	return check_implies(from, to) || any_implies(from, to, steps);
}

bool condition_implies(const struct ast *from, const struct ast *to)
{
	unsigned steps = 0;

	return implies(from, to, &steps);
}

/* --- None can hold ----------------------------------------------------------- */

/* So many are compared with each other. */
#define CONJUNCTS_MAX 300

struct conjuncts {
	ARRAY(const struct part *) items;
};

static void conjuncts_done(struct conjuncts *c)
{
	array_done(&c->items);
}

static void collect(const struct part *part, struct conjuncts *c)
{
	if (c->items.n >= CONJUNCTS_MAX)
		return;
	if (part->ast->kind != AST_AND) {
		*array_push(&c->items) = part;
		return;
	}
	for (size_t i = 0; i < part->n; i++)
		collect(&part->items[i], c);
}

/* May the field be several values at once, each of which would do? */
static bool is_plural(const struct field_ref *ref)
{
	static const char *const names[] = { "fd.ip", "fd.port", "fd.net" };

	if (ref->info->flags & FIELD_LIST ||
	    (span_starts_with(ref->text, SPAN("proc.a")) && !ref->has_index))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(ref->info->name, names[i]))
			return true;
	return false;
}

/* A choice among texts for a plain field of one value. */
static bool is_text_choice(const struct part *part)
{
	return part->program && is_choice(part->ast) &&
	       part->ast->items[0]->kind == AST_FIELD && part->nfields == 1 &&
	       part->fields[0]->type == VALUE_CHARBUF &&
	       !is_plural(part->fields[0]);
}

static bool exclude(const struct part *a, const struct part *b)
{
	struct ast_hash x = ast_hash(a->ast), y = ast_hash(b->ast);

	if (b->ast->kind == AST_NOT) {
		y = ast_hash(b->ast->items[0]);
		return x.a == y.a && x.b == y.b;
	}
	if (!is_text_choice(a) || !is_text_choice(b) ||
	    a->fields[0] != b->fields[0])
		return false;
	for (size_t i = 0; i < choices(a->ast); i++)
		if (has_operand(b->ast, choice(a->ast, i)))
			return false;
	return true;
}

static void say(const struct part *part, const char *what, struct strbuf *why)
{
	part_print(part, 100, why);
	strbuf_adds(why, what);
}

static bool has_exclusion(const struct conjuncts *c, struct strbuf *why)
{
	for (size_t i = 0; i < c->items.n; i++)
		for (size_t k = 0; k < c->items.n; k++) {
			const struct part *a = c->items.items[i];
			const struct part *b = c->items.items[k];

			if (i == k || !exclude(a, b))
				continue;
			say(a, " and ", why);
			say(b, " exclude each other", why);
			return true;
		}
	return false;
}

/* A check of a field that never has a value here is never true. */
static bool check_is_dead(const struct part *part, struct strbuf *why)
{
	for (size_t i = 0; i < part->nfields; i++) {
		if (part->fields[i]->info->extract != extract_never)
			continue;
		strbuf_addf(why, "%.*s never has a value",
			    SPAN_FMT(part->fields[i]->text));
		return true;
	}
	if (part->ast->kind == AST_CHECK && part->ast->op == OP_IN &&
	    part->ast->items[1]->kind == AST_LIST &&
	    !part->ast->items[1]->n) {
		say(part, " asks for one of nothing", why);
		return true;
	}
	return false;
}

bool condition_is_dead(const struct part *part, struct strbuf *why)
{
	CLEANUP(conjuncts_done) struct conjuncts c = { 0 };
	CLEANUP(strbuf_done) struct strbuf each = STRBUF_INIT;

	if (part->program)
		return check_is_dead(part, why);
	if (part->ast->kind == AST_NOT)
		return false;
	for (size_t i = 0; part->ast->kind == AST_OR && i < part->n; i++) {
		if (!condition_is_dead(&part->items[i], &each))
			return false;
		strbuf_adds(&each, i + 1 < part->n ? "; " : "");
	}
	if (part->ast->kind == AST_OR) {
		strbuf_addspan(why, strbuf_span(&each));
		return true;
	}
	collect(part, &c);
	for (size_t i = 0; i < part->n; i++)
		if (condition_is_dead(&part->items[i], why))
			return true;
	return has_exclusion(&c, why);
}
