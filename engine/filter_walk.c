/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a condition uses, for -L: each field, operator, macro and constant once, in
 * the order in which they appear.
 */
#include "arena.h"
#include "array.h"
#include "cleanup.h"
#include "strbuf.h"

#include "ast.h"
#include "filter.h"
#include "op.h"
#include "text_hash.h"

#define BUCKETS 256

struct seen {
	struct seen *next;
	enum filter_use use;
	struct span text;
};

struct walk {
	filter_use_fn *fn;
	void *ctx;
	struct arena arena; /* of what was seen */
	struct seen *buckets[BUCKETS];
};

static bool is_new(struct walk *w, enum filter_use use, struct span text)
{
	struct seen **bucket = &w->buckets[text_hash(text) % BUCKETS];
	struct seen *s;

	for (s = *bucket; s; s = s->next) {
		if (s->use == use && span_eq(s->text, text))
			return false;
	}
	s = arena_alloc(&w->arena, sizeof(*s));
	s->use = use;
	s->text = span_make(arena_strndup(&w->arena, text.data, text.n), text.n);
	s->next = *bucket;
	*bucket = s;
	return true;
}

static void use(struct walk *w, enum filter_use kind, struct span text,
		struct filter_pos pos)
{
	if (is_new(w, kind, text))
		w->fn(w->ctx, kind, text, pos);
}

static void use_field(struct walk *w, const struct ast *node)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	strbuf_addspan(&b, node->text);
	if (node->arg.data) {
		strbuf_addch(&b, '[');
		strbuf_addspan(&b, node->arg);
		strbuf_addch(&b, ']');
	}
	use(w, FILTER_USE_FIELD, strbuf_span(&b), node->pos);
}

static void use_operator(struct walk *w, const struct ast *node)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	strbuf_addspan(&b, node->text);
	if (node->modifier)
		strbuf_addf(&b, " %s", op_modifier_text(node->modifier));
	use(w, FILTER_USE_OPERATOR, strbuf_span(&b), node->pos);
}

static void walk(struct walk *w, const struct ast *node)
{
	if (node->kind == AST_FIELD)
		use_field(w, node);
	if (node->kind == AST_MACRO)
		use(w, FILTER_USE_MACRO, node->text, node->pos);
	if (node->kind == AST_VALUE)
		use(w, FILTER_USE_VALUE, node->text, node->pos);
	if (node->kind == AST_EXISTS)
		use(w, FILTER_USE_OPERATOR, SPAN("exists"), node->pos);
	if (node->kind == AST_CHECK)
		use_operator(w, node);
	for (size_t i = 0; i < node->n; i++)
		walk(w, node->items[i]);
}

void filter_walk(const struct ast *root, filter_use_fn *fn, void *ctx)
{
	struct walk w = { .fn = fn, .ctx = ctx, .arena = ARENA_INIT };

	walk(&w, root);
	arena_done(&w.arena);
}
