/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions laid open: see dissect.h. Every check is compiled alone, by the same
 * compiler, so its truth is the one that judging gives it.
 */
#include "dissect.h"

#include "arena.h"
#include "cleanup.h"
#include "strbuf.h"

#include "ast.h"
#include "env.h"
#include "field.h"
#include "filter.h"
#include "render.h"
#include "rules.h"

/* Checks that are shown of one event, bytes of each and of each value. */
#define REASONS_MAX 4
#define CHECK_SHOWN 120
#define VALUE_SHOWN 80

/* --- Making ------------------------------------------------------------------ */

static size_t count_fields(const struct ast *node)
{
	size_t n = node->kind == AST_FIELD;

	for (size_t i = 0; i < node->n; i++)
		n += count_fields(node->items[i]);
	return n;
}

static void collect_fields(struct engine_env *env, const struct ast *node,
			   struct part *part)
{
	if (node->kind == AST_FIELD &&
	    field_resolve(env, node->text, node->arg,
			  &part->fields[part->nfields], NULL) == 0)
		part->nfields++;
	for (size_t i = 0; i < node->n; i++)
		collect_fields(env, node->items[i], part);
}

static void dissect_check(struct engine_env *env, const struct ast *ast,
			  struct part *part)
{
	CLEANUP(freep) struct filter_error *err = xcalloc(1, sizeof(*err));
	struct program *program;
	size_t n = count_fields(ast);

	/* It compiled before, in its rule. */
	if (filter_compile(env, ast, NULL, NULL, &program, err) < 0)
		abort();
	part->program = program;
	part->fields = arena_alloc(env->arena, n * sizeof(*part->fields) + 1);
	collect_fields(env, ast, part);
}

/* Macros are put in place as the very tree that they are. */
static struct span macro_of(const struct link *link, const struct ast *ast)
{
	for (size_t i = 0; link && i < link->nmacros; i++)
		if (link->macros[i].ast == ast)
			return link->macros[i].def->name;
	return span_make(NULL, 0);
}

static void dissect_into(struct engine_env *env, const struct link *link,
			 const struct ast *ast, struct part *part)
{
	*part = (struct part){ .ast = ast, .macro = macro_of(link, ast) };
	if (ast->kind == AST_CHECK || ast->kind == AST_EXISTS) {
		dissect_check(env, ast, part);
		return;
	}
	part->n = ast->n;
	part->items = arena_alloc(env->arena, ast->n * sizeof(*part->items));
	for (size_t i = 0; i < ast->n; i++)
		dissect_into(env, link, ast->items[i], &part->items[i]);
}

struct part *dissect(struct engine_env *env, const struct link *link,
		     const struct ast *root)
{
	struct part *part = arena_alloc(env->arena, sizeof(*part));

	dissect_into(env, link, root, part);
	return part;
}

/* --- Truth ------------------------------------------------------------------- */

static bool is_check(const struct part *part)
{
	return part->program != NULL;
}

/* The truth that ends a chain, and that of its end when nothing did. */
static enum truth ending(const struct part *part)
{
	return part->ast->kind == AST_AND ? TRUTH_FALSE : TRUTH_TRUE;
}

static enum truth opposite(enum truth t)
{
	if (t == TRUTH_UNKNOWN)
		return t;
	return t == TRUTH_TRUE ? TRUTH_FALSE : TRUTH_TRUE;
}

enum truth part_truth(const struct part *part, struct eval *e)
{
	enum truth end, all;

	if (is_check(part))
		return program_run(part->program, e);
	if (part->ast->kind == AST_NOT)
		return opposite(part_truth(&part->items[0], e));
	end = ending(part);
	all = opposite(end);
	for (size_t i = 0; i < part->n; i++) {
		enum truth t = part_truth(&part->items[i], e);

		if (t == end)
			return end;
		all = t == TRUTH_UNKNOWN ? t : all;
	}
	return all;
}

void part_reasons(struct part *part, struct eval *e, part_fn *fn, void *ctx)
{
	enum truth truth = part_truth(part, e);

	if (is_check(part)) {
		fn(ctx, part, truth);
		return;
	}
	for (size_t i = 0; i < part->n; i++) {
		struct part *item = &part->items[i];
		bool is_not = part->ast->kind == AST_NOT;

		if (!is_not && part_truth(item, e) != truth)
			continue;
		part_reasons(item, e, fn, ctx);
		/* One is enough to end a chain. */
		if (!is_not && truth == ending(part))
			return;
	}
}

void part_checks(struct part *part, part_check_fn *fn, void *ctx)
{
	if (is_check(part))
		fn(ctx, part);
	for (size_t i = 0; i < part->n; i++)
		part_checks(&part->items[i], fn, ctx);
}

/* --- Showing ----------------------------------------------------------------- */

void part_print(const struct part *part, size_t max, struct strbuf *out)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;

	filter_print(part->ast, &text);
	if (text.n > max) {
		strbuf_cut(&text, max);
		strbuf_adds(&text, "...");
	}
	strbuf_addspan(out, strbuf_span(&text));
}

static void add_escaped(struct span text, struct strbuf *out)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (c < ' ' || c == 0x7f)
			strbuf_addf(out, "\\x%02x", c);
		else
			strbuf_addch(out, (char)c);
	}
}

static void add_value(const struct field_ref *ref, struct eval *e,
		      struct strbuf *out)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	const struct value *v = field_value(e, ref);

	switch ((enum outcome)v->outcome) {
	case OUTCOME_VALUE:
		render_value_text(e, v, ref->info->format, true, &text);
		break;
	case OUTCOME_UNKNOWN:
		strbuf_adds(&text, "not known yet");
		break;
	case OUTCOME_FAILED:
		strbuf_adds(&text, "could not be read");
		break;
	case OUTCOME_PENDING:
	case OUTCOME_ABSENT:
		strbuf_adds(&text, "<NA>");
		break;
	}
	if (text.n > VALUE_SHOWN) {
		strbuf_cut(&text, VALUE_SHOWN);
		strbuf_adds(&text, "...");
	}
	add_escaped(strbuf_span(&text), out);
}

void part_values(const struct part *part, struct eval *e, struct strbuf *out)
{
	for (size_t i = 0; i < part->nfields; i++) {
		const struct field_ref *ref = part->fields[i];

		strbuf_addf(out, "%s%.*s=", i ? ", " : "", SPAN_FMT(ref->text));
		add_value(ref, e, out);
	}
}

struct reasons {
	struct eval *eval;
	struct strbuf *out;
	size_t n;
};

static void add_reason(void *ctx, struct part *check, enum truth truth)
{
	static const char *const words[] = {
		[TRUTH_FALSE] = "false",
		[TRUTH_TRUE] = "true",
		[TRUTH_UNKNOWN] = "not known yet",
	};
	struct reasons *r = ctx;

	if (!r->n)
		check->decided++;
	if (++r->n > REASONS_MAX)
		return;
	strbuf_adds(r->out, r->n > 1 ? "; " : "");
	part_print(check, CHECK_SHOWN, r->out);
	strbuf_addf(r->out, " is %s (", words[truth]);
	part_values(check, r->eval, r->out);
	strbuf_adds(r->out, ")");
}

void part_explain(struct part *part, struct eval *e, struct strbuf *out)
{
	struct reasons r = { .eval = e, .out = out };

	part_reasons(part, e, add_reason, &r);
	if (r.n > REASONS_MAX)
		strbuf_addf(out, "; and %zu more", r.n - REASONS_MAX);
}
