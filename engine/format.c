/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Output formats: text with fields and transformer expressions behind '%'. The
 * longest text that compiles is the expression, so the dot of "%proc.name." is only
 * a dot. Formats are compiled once, into pieces.
 */
#include "format.h"

#include <errno.h>

#include "arena.h"
#include "array.h"
#include "cleanup.h"
#include "error.h"
#include "json_node.h"
#include "nearest.h"
#include "strbuf.h"

#include "ast.h"
#include "env.h"
#include "expr.h"
#include "field.h"
#include "parser.h"
#include "render.h"

/* How far behind a '%' an expression may reach. */
#define TOKEN_MAX 4096
/* Widths are cut here; Falco has no limit, memory has. */
#define WIDTH_MAX 4096

/* Text as it stands, or a field, or a transformer expression. */
struct piece {
	struct span text;
	const struct field_ref *field;
	struct expr *expr;
	size_t width; /* 0: as wide as it comes */
};

/* A plain field somewhere in the format, under its canonical text; or a transformer
 * expression, which has a name only. */
struct named_field {
	struct span text;
	const struct field_ref *field; /* NULL: an expression */
};

struct format {
	struct piece *pieces;
	size_t npieces;
	struct named_field *fields;
	size_t nfields;
};

/* A format on its way. */
struct builder {
	struct engine_env *env;
	struct span rest;
	struct arena scratch; /* for the trees of expressions that are tried */
	ARRAY(struct piece) pieces;
	ARRAY(struct named_field) fields;
};

/* --- Fields ---------------------------------------------------------------- */

/* Must an argument be quoted where it stands between brackets? */
static bool needs_quotes(struct span arg)
{
	static const char special[] = "\b\f\n\r\t =\\\"'";

	for (size_t i = 0; i < arg.n; i++)
		if (memchr(special, arg.data[i], sizeof(special)))
			return true;

	return arg.n == 0;
}

static void add_quoted(struct span text, struct strbuf *out)
{
	static const char from[] = "\b\f\n\r\t\\\"";
	static const char to[] = "bfnrt\\\"";

	strbuf_addch(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		char c = text.data[i];
		const char *at = c ? strchr(from, c) : NULL;

		if (at)
			strbuf_addch(out, '\\');
		strbuf_addch(out, at ? to[at - from] : c);
	}
	strbuf_addch(out, '"');
}

/* name[argument] with quotes where it needs them. */
static struct span canonical_text(struct engine_env *env,
				  const struct ast *node)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	strbuf_addspan(&b, node->text);
	strbuf_addch(&b, '[');
	if (needs_quotes(node->arg))
		add_quoted(node->arg, &b);
	else
		strbuf_addspan(&b, node->arg);
	strbuf_addch(&b, ']');
	return span_make(arena_strndup(env->arena, b.data, b.n), b.n);
}

static void add_field(struct builder *b, const struct ast *node,
		      const struct field_ref *field)
{
	struct named_field *f = array_push(&b->fields);

	f->field = field;
	f->text = node->arg.data ? canonical_text(b->env, node) : field->text;
}

/* The fields inside a transformer expression, from left to right. Its depth is
 * the parser's business. */
static int add_inner_fields(struct builder *b, const struct ast *node)
{
	const struct field_ref *field;
	int r = 0;

	if (node->kind == AST_FIELD) {
		r = field_resolve_output(b->env, node->text, node->arg, &field,
					 NULL);
		if (r == 0)
			add_field(b, node, field);
		return r;
	}
	for (size_t i = 0; i < node->n && r == 0; i++)
		r = add_inner_fields(b, node->items[i]);
	return r;
}

/* The expression as it is printed back, before the fields in it. */
static void add_expression(struct builder *b, const struct ast *node)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;

	filter_print(node, &text);
	*array_push(&b->fields) = (struct named_field){
		.text = span_make(arena_strndup(b->env->arena, text.data,
						text.n),
				  text.n),
	};
}

/* --- Compiling ------------------------------------------------------------- */

/* An expression that compiles. */
struct token {
	size_t n; /* its length; 0: there is none */
	struct ast *node; /* in the builder's scratch, until the next is tried */
	const struct field_ref *field; /* NULL: a transformer expression */
	struct expr *expr;             /* which is this */
};

/* Does the text begin with an expression that compiles? In *ret_end where the
 * parser stopped. */
static struct token try_token(struct builder *b, struct span text,
			      size_t *ret_end)
{
	struct token t = { 0 };
	int r;

	arena_reset(&b->scratch);
	t.n = parser_lhs(&b->scratch, text, &t.node);
	*ret_end = t.n ? t.n : text.n;
	if (!t.n)
		return t;
	if (t.node->kind == AST_FIELD)
		r = field_resolve_output(b->env, t.node->text, t.node->arg,
					 &t.field, NULL);
	else
		r = expr_new(b->env, t.node, &t.expr, NULL);
	t.n = r < 0 ? 0 : t.n;
	return t;
}

/* The longest expression that the text begins with. */
static struct token longest_token(struct builder *b, struct span text)
{
	size_t n = text.n < TOKEN_MAX ? text.n : TOKEN_MAX;
	struct token t = { 0 };
	size_t end;

	while (n > 0 && !t.n) {
		t = try_token(b, span_make(text.data, n), &end);
		n = end < n ? end : n;
		n--;
	}
	return t;
}

static int add_token(struct builder *b, const struct token *t, size_t width)
{
	struct piece *piece = array_push(&b->pieces);

	piece->width = width;
	piece->field = t->field;
	piece->expr = t->expr;
	if (t->field) {
		add_field(b, t->node, t->field);
		return 0;
	}
	add_expression(b, t->node);
	return add_inner_fields(b, t->node);
}

static void add_text(struct builder *b, struct span text)
{
	struct piece *piece;

	if (!text.n)
		return;
	piece = array_push(&b->pieces);
	piece->text = text;
}

/* Takes the digits at the start of the rest. */
static size_t take_width(struct builder *b)
{
	size_t width = 0;

	while (b->rest.n && b->rest.data[0] >= '0' && b->rest.data[0] <= '9') {
		width = width * 10 + (size_t)(b->rest.data[0] - '0');
		width = width < WIDTH_MAX ? width : WIDTH_MAX;
		b->rest = span_from(b->rest, 1);
	}
	return width;
}

/* The name that an expression begins with, or that a transformer in it is given. */
static struct span first_name(struct span text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._";
	size_t n = 0;

	while (n < text.n && memchr(letters, text.data[n], sizeof(letters) - 1))
		n++;
	if (n < text.n && text.data[n] == '(')
		return first_name(span_from(text, n + 1));
	while (n && text.data[n - 1] == '.')
		n--;

	return span_make(text.data, n);
}

static const char *nearest_field(const struct engine_env *env, struct span name)
{
	struct nearest near = NEAREST(name);
	size_t n;
	const struct field_info *rows = field_rows(&n);

	for (size_t i = 0; i < n; i++)
		if (field_class_exists(env, rows[i].field_class))
			nearest_offer(&near, rows[i].name);

	return near.name;
}

/* Falco names neither the field nor what is wrong with it. */
static int unknown_token(const struct engine_env *env, struct span text,
			 struct error *err)
{
	struct span name = first_name(text);
	const char *near;

	if (!env->options.plain_words)
		return error_set(err, -EINVAL,
				 "unknown filter: unexpected token after '");
	if (!name.n)
		return error_set(err, -EINVAL, "a %% is followed by no field");
	if (field_is_name(env, name))
		return error_set(err, -EINVAL,
				 "the field %.*s cannot be written so "
				 "(falco-run --list shows its argument)",
				 SPAN_FMT(name));
	near = nearest_field(env, name);
	return error_set(err, -EINVAL, "there is no field %.*s%s%s%s",
			 SPAN_FMT(name), near ? "; did you mean " : "",
			 near ? near : "", near ? "?" : "");
}

/* What follows a '%'. */
static int compile_token(struct builder *b, struct error *err)
{
	struct token t;
	size_t width;

	if (!b->rest.n)
		return error_set(err, -EINVAL,
				 "invalid formatting syntax: formatting cannot "
				 "end with a %%");
	width = take_width(b);
	if (!b->rest.n)
		return error_set(err, -EINVAL,
				 "invalid formatting syntax: formatting cannot "
				 "end with a number");
	t = longest_token(b, b->rest);
	if (!t.n || add_token(b, &t, width) < 0)
		return unknown_token(b->env, b->rest, err);
	b->rest = span_from(b->rest, t.n);
	return 0;
}

static int compile(struct builder *b, struct error *err)
{
	int r = 0;

	while (b->rest.n && r == 0) {
		const char *percent = memchr(b->rest.data, '%', b->rest.n);
		size_t n = percent ? (size_t)(percent - b->rest.data) :
				     b->rest.n;

		add_text(b, span_make(b->rest.data, n));
		b->rest = span_from(b->rest, percent ? n + 1 : n);
		if (percent)
			r = compile_token(b, err);
	}
	return r;
}

/* The pieces move to the arena, where formats live. */
static struct format *builder_take(struct builder *b)
{
	struct arena *a = b->env->arena;
	struct format *f = arena_zalloc(a, sizeof(*f));

	f->npieces = b->pieces.n;
	f->nfields = b->fields.n;
	f->pieces = arena_alloc(a, f->npieces * sizeof(*f->pieces));
	f->fields = arena_alloc(a, f->nfields * sizeof(*f->fields));
	if (f->npieces)
		memcpy(f->pieces, b->pieces.items,
		       f->npieces * sizeof(*f->pieces));
	if (f->nfields)
		memcpy(f->fields, b->fields.items,
		       f->nfields * sizeof(*f->fields));
	return f;
}

static void builder_done(struct builder *b)
{
	array_done(&b->pieces);
	array_done(&b->fields);
	arena_done(&b->scratch);
}

int format_compile(struct engine_env *env, struct span text,
		   struct format **ret, struct error *err)
{
	CLEANUP(builder_done) struct builder b = { .env = env };
	int r;

	if (!text.n)
		return error_set(err, -EINVAL, "empty formatting token");
	b.rest = span_make(arena_strndup(env->arena, text.data, text.n),
			   text.n);
	r = compile(&b, err);
	if (r < 0)
		return r;
	*ret = builder_take(&b);
	return 0;
}

/* --- Printing -------------------------------------------------------------- */

/* Fields for conditions only never have a value here. */
static const struct value *output_value(struct eval *e,
					const struct field_ref *ref)
{
	static const struct value none = { .outcome = OUTCOME_ABSENT };

	return ref->info->flags & FIELD_FILTER_ONLY ? &none :
						      field_value(e, ref);
}

/* Falco prints no length in an output, whatever it is of. */
static void print_expr(const struct expr *expr, struct eval *e,
		       struct strbuf *out)
{
	struct value scratch = { .outcome = OUTCOME_PENDING };
	const struct value *v = expr_value(e, expr, &scratch);

	if (v->outcome == OUTCOME_VALUE && expr->transform != TRANSFORM_LEN)
		render_value_text(e, v, FORMAT_DEC, true, out);
	else
		strbuf_adds(out, "<NA>");
}

static void print_piece(const struct piece *p, struct eval *e,
			struct strbuf *out)
{
	const struct value *v;

	if (p->expr) {
		print_expr(p->expr, e, out);
		return;
	}
	v = output_value(e, p->field);
	if (v->outcome == OUTCOME_VALUE)
		render_field_text(e, p->field, v, out);
	else
		strbuf_adds(out, "<NA>");
}

/* Cuts what was added since `before`, or fills it up with spaces. */
static void set_width(struct strbuf *out, size_t before, size_t width)
{
	if (!width)
		return;
	strbuf_cut(out, before + width);
	while (out->n < before + width)
		strbuf_addch(out, ' ');
}

void format_text(const struct format *f, struct eval *e, struct strbuf *out)
{
	for (size_t i = 0; i < f->npieces; i++) {
		const struct piece *p = &f->pieces[i];
		size_t before = out->n;

		if (!p->field && !p->expr) {
			strbuf_addspan(out, p->text);
			continue;
		}
		print_piece(p, e, out);
		set_width(out, before, p->width);
	}
}

void format_json(const struct format *f, struct eval *e,
		 struct json_object *object)
{
	for (size_t i = 0; i < f->nfields; i++) {
		const struct named_field *n = &f->fields[i];

		if (!n->field || json_has(object, n->text.data))
			continue;
		json_add(object, n->text.data,
			 render_field_json(e, n->field,
					   output_value(e, n->field)));
	}
}

void format_fields(const struct format *f, format_field_fn *fn, void *ctx)
{
	for (size_t i = 0; i < f->nfields; i++)
		fn(ctx, f->fields[i].text);
}
