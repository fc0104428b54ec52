/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PCRE2 behind the regex operator. Its backtracking matcher runs first, under
 * limits; where it would go on for too long, the breadth-first one decides, whose
 * time is bounded by pattern times text.
 */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "regex.h"

#include <errno.h>
#include <pcre2.h>

#include "arena.h"
#include "cleanup.h"
#include "error.h"
#include "event.h"
#include "strbuf.h"

#include "env.h"
#include "regex_syntax.h"

/* Enough for every pattern that is not made to be slow. */
#define BACKTRACK_MAX 20000
#define BACKTRACK_KIB 256
#define WORKSPACE_INTS 4096

struct regex {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
};

static void *arena_malloc(size_t n, void *arena)
{
	return arena_alloc(arena, n);
}

/* An arena is released as a whole. */
static void arena_free(void *p, void *arena)
{
	(void)p;
	(void)arena;
}

static int compile(struct arena *arena, const struct strbuf *pattern,
		   struct regex *regex, struct error *err)
{
	pcre2_general_context *general =
		pcre2_general_context_create(arena_malloc, arena_free, arena);
	pcre2_compile_context *context = pcre2_compile_context_create(general);
	PCRE2_SIZE offset;
	int code;

	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	regex->code = pcre2_compile((PCRE2_SPTR)pattern->data, pattern->n,
				    PCRE2_ANCHORED | PCRE2_ENDANCHORED |
					    PCRE2_UTF | PCRE2_MULTILINE |
					    PCRE2_ALT_CIRCUMFLEX,
				    &code, &offset, context);
	if (!regex->code)
		return error_set(err, -EINVAL, "invalid regex pattern: pattern "
					       "too large - compile failed");

	regex->data = pcre2_match_data_create(1, general);
	regex->context = pcre2_match_context_create(general);
	pcre2_set_match_limit(regex->context, BACKTRACK_MAX);
	pcre2_set_heap_limit(regex->context, BACKTRACK_KIB);
	return 0;
}

int regex_new(struct arena *arena, struct span pattern, struct regex **ret,
	      struct error *err)
{
	CLEANUP(strbuf_done) struct strbuf rewritten = STRBUF_INIT;
	struct regex *regex = arena_zalloc(arena, sizeof(*regex));

	if (regex_rewrite(pattern, &rewritten, err) < 0) {
		error_wrap(err, "invalid regex pattern");
		return -EINVAL;
	}
	if (compile(arena, &rewritten, regex, err) < 0)
		return -EINVAL;

	*ret = regex;
	return 0;
}

/* The text with U+FFFD for every byte that is no UTF-8; itself where all is. */
static struct span sanitize(struct span s, struct arena *arena)
{
	size_t i = 0, n = 0, len;
	char *out;

	while ((len = utf8_decode(span_from(s, i), NULL)))
		i += len;
	if (i == s.n)
		return s;
	out = arena_alloc(arena, 3 * s.n);
	for (i = 0; i < s.n; i += len ? len : 1) {
		len = utf8_decode(span_from(s, i), NULL);
		memcpy(out + n, len ? s.data + i : "\xef\xbf\xbd",
		       len ? len : 3);
		n += len ? len : 3;
	}
	return span_make(out, n);
}

static bool matches_breadth_first(const struct regex *r, struct span text)
{
	int workspace[WORKSPACE_INTS];

	return pcre2_dfa_match(r->code, (PCRE2_SPTR)text.data, text.n, 0,
			       PCRE2_NO_UTF_CHECK, r->data, r->context,
			       workspace, WORKSPACE_INTS) >= 0;
}

bool regex_matches(const struct regex *regex, struct span text, struct eval *e)
{
	int r;

	text = text.n ? sanitize(text, e->ev->arena) : SPAN("");
	r = pcre2_match(regex->code, (PCRE2_SPTR)text.data, text.n, 0,
			PCRE2_NO_UTF_CHECK, regex->data, regex->context);
	if (r >= 0 || r == PCRE2_ERROR_NOMATCH)
		return r >= 0;

	return matches_breadth_first(regex, text);
}
