/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Load results: messages with their places, rendered when they are added, printed
 * when somebody asks.
 */
#include "load_result.h"

#include <errno.h>

#include "alloc.h"
#include "cleanup.h"
#include "strbuf.h"

#include "render.h"

/* So much of a line is shown to each side of the place. */
#define SNIPPET_HALF 80
/* What stands for the rest of the line covers as many bytes. */
#define SNIPPET_MORE "..."
#define SNIPPET_MORE_SIZE (sizeof(SNIPPET_MORE) - 1)
/* Contexts of rules are five deep at most. */
#define PLACES_MAX 16

struct code_info {
	const char *name, *text, *description; /* description: warnings only */
};

static const struct code_info codes[] = {
#define LOAD_ERROR(code, text) [code] = { #code, text, NULL },
#define LOAD_WARNING(code, text, description) \
	[code] = { #code, text, description },
#include "load_codes.def"
};

bool load_code_is_error(enum load_code code)
{
	return !codes[code].description;
}

struct load_result *load_result_new(const char *name)
{
	struct load_result *r = xcalloc(1, sizeof(*r));

	r->name = arena_strdup(&r->arena, name);
	return r;
}

void load_result_free(struct load_result *r)
{
	if (!r)
		return;
	array_done(&r->errors);
	array_done(&r->warnings);
	array_done(&r->schema_warnings);
	arena_done(&r->arena);
	free(r);
}

/* --- Rendering a place ----------------------------------------------------- */

static const char *keep(struct load_result *r, const struct strbuf *b)
{
	return arena_strndup(&r->arena, b->data, b->n);
}

static size_t places_of(const struct load_context *ctx,
			const struct load_context *places[PLACES_MAX])
{
	size_t depth = 0;
	size_t n;

	for (const struct load_context *c = ctx; c; c = c->parent)
		depth++;
	while (depth > PLACES_MAX) {
		ctx = ctx->parent;
		depth--;
	}
	n = depth;
	for (; ctx; ctx = ctx->parent)
		places[--depth] = ctx;
	return n;
}

static void place_text(const struct load_context *c, bool is_first,
		       struct strbuf *out)
{
	strbuf_addf(out, "%s%s", is_first ? "In " : "    ", c->item_type);
	if (c->item_name.n) {
		strbuf_adds(out, " '");
		strbuf_addspan(out, c->item_name);
		strbuf_adds(out, "'");
	}
	strbuf_adds(out, ": (");
	strbuf_addspan(out, c->where);
	strbuf_addf(out, ":%zu:%zu)\n", c->line, c->column);
}

static void place_json(const struct load_context *c, bool is_first,
		       struct strbuf *out)
{
	strbuf_adds(out, is_first ? "{\"item_name\":\"" : ",{\"item_name\":\"");
	json_escape(c->item_name, out);
	strbuf_addf(out, "\",\"item_type\":\"%s\"", c->item_type);
	strbuf_addf(out, ",\"position\":{\"column\":%zu,\"line\":%zu",
		    c->column, c->line);
	strbuf_adds(out, ",\"name\":\"");
	json_escape(c->where, out);
	strbuf_addf(out, "\",\"offset\":%zu}}", c->offset);
}

/* The part of the line around `at` that is shown, and the caret. */
static void snippet_window(struct span line, size_t at, struct strbuf *out)
{
	size_t from = at > SNIPPET_HALF ? at - SNIPPET_HALF : 0;
	size_t to = line.n - at > SNIPPET_HALF ? at + SNIPPET_HALF + 1 : line.n;
	struct span shown = span_make(line.data + from, to - from);

	if (from) {
		strbuf_adds(out, SNIPPET_MORE);
		shown = span_from(shown, SNIPPET_MORE_SIZE);
	}
	if (to < line.n)
		shown.n -= SNIPPET_MORE_SIZE;
	strbuf_addspan(out, shown);
	if (to < line.n)
		strbuf_adds(out, SNIPPET_MORE);
	strbuf_addf(out, "\n%*s^\n", (int)(at - from), "");
}

static void snippet_make(const struct load_context *c, struct strbuf *out)
{
	size_t at = c->offset;
	size_t from, to;

	if (!c->content.n) {
		strbuf_adds(out, "<No context available>\n");
		return;
	}
	if (at >= c->content.n)
		at = c->content.n - 1;
	for (from = at; from && c->content.data[from - 1] != '\n'; from--)
		;
	for (to = at; to < c->content.n && c->content.data[to] != '\n'; to++)
		;
	snippet_window(span_make(c->content.data + from, to - from), at - from,
		       out);
}

static void places_render(struct load_result *r, struct load_message *m,
			  const struct load_context *ctx)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	CLEANUP(strbuf_done) struct strbuf json = STRBUF_INIT;
	CLEANUP(strbuf_done) struct strbuf snippet = STRBUF_INIT;
	const struct load_context *places[PLACES_MAX];
	size_t n = places_of(ctx, places);

	for (size_t i = 0; i < n; i++) {
		place_text(places[i], i == 0, &text);
		place_json(places[i], i == 0, &json);
	}
	snippet_make(ctx, &snippet);
	m->places = keep(r, &text);
	m->places_json = keep(r, &json);
	m->snippet = span_make(keep(r, &snippet), snippet.n);
}

/* --- Adding ---------------------------------------------------------------- */

int load_add(struct load_result *r, enum load_code code,
	     const struct load_context *ctx, const char *fmt, ...)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	struct load_message *m = load_code_is_error(code) ?
					 array_push(&r->errors) :
					 array_push(&r->warnings);
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	m->code = code;
	m->message = keep(r, &text);
	places_render(r, m, ctx);
	return -EINVAL;
}

void load_set_deprecated(struct load_result *r, struct span field)
{
	if (r->warnings.n)
		r->warnings.items[r->warnings.n - 1].deprecated_field =
			arena_strndup(&r->arena, field.data, field.n);
}

void load_add_schema(struct load_result *r, struct span text)
{
	*array_push(&r->schema_warnings) =
		arena_strndup(&r->arena, text.data, text.n);
}

/* --- The door -------------------------------------------------------------- */

bool load_result_ok(const struct load_result *r)
{
	return !r->errors.n && !r->fatal;
}

bool load_result_has_warnings(const struct load_result *r)
{
	return r->warnings.n;
}

const char *load_result_fatal(const struct load_result *r)
{
	return r->fatal;
}

static void message_text(const struct load_message *m, struct strbuf *out)
{
	strbuf_addf(out, "%s------\n", m->places);
	strbuf_addspan(out, m->snippet);
	strbuf_addf(out, "------\n%s (%s", codes[m->code].name,
		    codes[m->code].text);
	if (m->deprecated_field)
		strbuf_addf(out, ": field '%s'", m->deprecated_field);
	strbuf_addf(out, "): %s\n", m->message);
}

static void messages_text(const struct load_message *m, size_t n,
			  const char *what, struct strbuf *out)
{
	if (!n)
		return;
	strbuf_addf(out, "\n%zu %s:\n", n, what);
	for (size_t i = 0; i < n; i++)
		message_text(&m[i], out);
}

static void messages_brief(const struct load_message *m, size_t n,
			   const char *what, struct strbuf *out)
{
	if (!n)
		return;
	strbuf_addf(out, " %zu %s: [", n, what);
	for (size_t i = 0; i < n; i++)
		strbuf_addf(out, "%s%s (%s)", i ? " " : "",
			    codes[m[i].code].name, codes[m[i].code].text);
	strbuf_adds(out, "]");
}

/* Each document has its verdict; Falco looks whether the first is good. */
static bool schema_is_met(const struct load_result *r)
{
	return !r->schema_warnings.n ||
	       strcmp(r->schema_warnings.items[0], "ok") == 0;
}

static void schema_text(const struct load_result *r, struct strbuf *out)
{
	if (schema_is_met(r))
		return;
	strbuf_addf(out, "\n%zu Schema warnings:\n------\n",
		    r->schema_warnings.n);
	for (size_t i = 0; i < r->schema_warnings.n; i++)
		strbuf_addf(out, "%s\n------\n", r->schema_warnings.items[i]);
}

void load_result_text(const struct load_result *r, bool verbose,
		      struct strbuf *out)
{
	strbuf_addf(out, "%s: %s", r->name,
		    r->errors.n   ? "Invalid" :
		    r->warnings.n ? "Ok, with warnings" :
				    "Ok");
	if (!verbose && !r->errors.n)
		return;
	if (!verbose) {
		messages_brief(r->errors.items, r->errors.n, "errors", out);
		messages_brief(r->warnings.items, r->warnings.n, "warnings",
			       out);
		return;
	}
	schema_text(r, out);
	messages_text(r->errors.items, r->errors.n, "Errors", out);
	messages_text(r->warnings.items, r->warnings.n, "Warnings", out);
}

void load_result_first(const struct load_result *r, struct strbuf *out)
{
	const struct load_message *first = r->errors.items;

	if (!r->errors.n)
		return;
	strbuf_addf(out, "%s\n", first->message);
	strbuf_adds(out, "------\n");
	strbuf_add(out, first->snippet.data, first->snippet.n);
	strbuf_adds(out, "------");
}

static void message_json(const struct load_message *m, struct strbuf *out)
{
	const struct code_info *code = &codes[m->code];

	strbuf_addf(out, "{\"code\":\"%s\",\"codedesc\":\"%s\"", code->name,
		    code->description ? code->description : code->text);
	strbuf_addf(out, ",\"context\":{\"locations\":[%s]", m->places_json);
	strbuf_adds(out, ",\"snippet\":\"");
	json_escape(m->snippet, out);
	strbuf_adds(out, "\"}");
	if (m->deprecated_field)
		strbuf_addf(out, ",\"deprecated_field\":\"%s\"",
			    m->deprecated_field);
	strbuf_adds(out, ",\"message\":\"");
	json_escape(span_of(m->message), out);
	strbuf_adds(out, "\"}");
}

static void messages_json(const struct load_message *m, size_t n,
			  struct strbuf *out)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			strbuf_adds(out, ",");
		message_json(&m[i], out);
	}
}

static void schema_json(const struct load_result *r, struct strbuf *out)
{
	size_t n = schema_is_met(r) ? 0 : r->schema_warnings.n;

	strbuf_addf(out, ",\"schema_valid\":%s,\"schema_warnings\":[",
		    n ? "false" : "true");
	for (size_t i = 0; i < n; i++) {
		strbuf_adds(out, i ? ",\"" : "\"");
		json_escape(span_of(r->schema_warnings.items[i]), out);
		strbuf_adds(out, "\"");
	}
	strbuf_adds(out, "]");
}

void load_result_json(const struct load_result *r, struct strbuf *out)
{
	strbuf_adds(out, "{\"errors\":[");
	messages_json(r->errors.items, r->errors.n, out);
	strbuf_adds(out, "],\"name\":\"");
	json_escape(span_of(r->name), out);
	strbuf_adds(out, "\"");
	if (r->is_schema_checked)
		schema_json(r, out);
	strbuf_addf(out, ",\"successful\":%s,\"warnings\":[",
		    load_result_ok(r) ? "true" : "false");
	messages_json(r->warnings.items, r->warnings.n, out);
	strbuf_adds(out, "]}");
}
