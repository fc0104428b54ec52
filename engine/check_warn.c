/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Warnings about constants. A warning never changes what a condition means.
 */
#include "check_warn.h"

#include "arena.h"
#include "cleanup.h"
#include "strbuf.h"

#include "ast.h"
#include "check.h"
#include "env.h"
#include "field.h"
#include "lexer.h"
#include "parser.h"
#include "transform.h"

__attribute__((format(printf, 3, 4))) static void
warn(const struct warner *warner, struct filter_pos pos, const char *fmt, ...)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&b, fmt, ap);
	va_end(ap);
	warner->fn(warner->ctx, b.data, pos);
}

static void add_without_blanks(struct strbuf *b, struct span s)
{
	strbuf_grow(b, s.n);
	for (size_t i = 0; i < s.n; i++) {
		if (!lexer_is_blank(s.data[i]))
			strbuf_addch(b, s.data[i]);
	}
}

static bool is_field(struct engine_env *env, struct span s)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	const struct field_ref *ref;
	struct ast *node;

	/* Only a known name is resolved: a mere text makes no reference. */
	if (!s.n || parser_lhs(&arena, s, &node) != s.n ||
	    node->kind != AST_FIELD)
		return false;
	return field_is_name(env, node->text) &&
	       (!node->arg.data ||
		field_resolve(env, node->text, node->arg, &ref, NULL) == 0);
}

/* A transformer's name with something in parentheses behind it. */
static bool is_transform(struct span s)
{
	const char *open = s.n ? memchr(s.data, '(', s.n) : NULL;
	enum transform unused;

	return open && s.data[s.n - 1] == ')' &&
	       transform_named(span_make(s.data, (size_t)(open - s.data)),
			       &unused);
}

static bool is_repetition(char c)
{
	return c == '+' || c == '*' || c == '?';
}

/* Does .* or kin stand at byte `at`? */
static bool is_fill(struct span s, size_t at)
{
	return s.n >= at + 2 && s.data[at] == '.' &&
	       is_repetition(s.data[at + 1]);
}

/* Without an anchor, or else a fill, at either end. */
static struct span without_ends(struct span s)
{
	bool fills = is_fill(s, 0);

	s = span_from(s, fills ? 2 : s.n && s.data[0] == '^');
	if (s.n >= 2 && is_fill(s, s.n - 2))
		s.n -= 2;
	else if (s.n && s.data[s.n - 1] == '$')
		s.n--;
	return s;
}

/* Would a simpler operator do what the regular expression does? */
static bool is_plain_regex(struct span s)
{
	s = without_ends(s);
	for (size_t i = 0; i < s.n; i++) {
		if (strchr(".+*?^$()[]{}|\\", s.data[i]) && s.data[i])
			return false;
	}
	return true;
}

/* May it be a field or a transformer? Nearly every constant is none. */
static bool may_be_misused(struct span text)
{
	char c = text.n ? text.data[0] : '/';

	/* A path, the most frequent one with a dot, begins as no name does. */
	return c != '/' && (memchr(text.data, '.', text.n) ||
			    memchr(text.data, '(', text.n));
}

/* Warns of a text that looks as if it stood on the wrong side. */
static void warn_misused(struct engine_env *env, const struct warner *warner,
			 struct span text, struct filter_pos pos)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
	struct span s;

	add_without_blanks(&b, text);
	s = strbuf_span(&b);
	if (is_field(env, s))
		warn(warner, pos,
		     "'%.*s' may be a valid field misused as a const string "
		     "value",
		     SPAN_FMT(text));
	else if (is_transform(s))
		warn(warner, pos,
		     "'%.*s' may be a valid field transformer misused as a "
		     "const string value",
		     SPAN_FMT(text));
}

void check_warn(struct engine_env *env, const struct warner *warner, enum op op,
		struct span text, struct filter_pos pos)
{
	if (!warner->fn)
		return;
	if (may_be_misused(text))
		warn_misused(env, warner, text, pos);
	if (op == OP_REGEX && is_plain_regex(text))
		warn(warner, pos,
		     "regex check with '%.*s' may be optimized with simpler "
		     "operators such as '=', 'contains', 'startswith', "
		     "'endswith'",
		     SPAN_FMT(text));
}
