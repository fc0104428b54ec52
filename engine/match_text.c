/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Matching texts. The text comes from a tracee and the pattern from a rule: neither
 * may make this slow or read outside.
 */
#include "match_text.h"

#include <ctype.h>

#include "arena.h"

#include "text_hash.h"

/* --- Shell patterns ------------------------------------------------------------ */

struct bracket {
	struct span pattern;
	size_t at;  /* of the next byte of the pattern */
	bool fold;
	bool found; /* has an item matched? */
};

static unsigned char fold_byte(unsigned char c, bool fold)
{
	return fold && c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
}

static bool class_has(struct span name, unsigned char c)
{
	static const struct {
		const char *name;
		int (*has)(int c);
	} classes[] = {
		{ "alnum", isalnum }, { "alpha", isalpha }, { "blank", isblank },
		{ "cntrl", iscntrl }, { "digit", isdigit }, { "graph", isgraph },
		{ "lower", islower }, { "print", isprint }, { "punct", ispunct },
		{ "space", isspace }, { "upper", isupper }, { "xdigit", isxdigit },
	};

	for (size_t i = 0; c < 128 && i < ARRAY_SIZE(classes); i++) {
		if (span_is(name, classes[i].name))
			return classes[i].has(c);
	}
	return false;
}

/* [:name:] at b->at, if it is one. */
static bool take_class(struct bracket *b, unsigned char c)
{
	struct span rest = span_from(b->pattern, b->at);
	const char *end;
	size_t n;

	if (!span_starts_with(rest, SPAN("[:")))
		return false;
	end = memmem(rest.data + 2, rest.n - 2, ":]", 2);
	if (!end)
		return false;
	n = (size_t)(end - rest.data) - 2;
	b->at += n + 4;
	b->found |= class_has(span_make(rest.data + 2, n), c) ||
		    (b->fold && class_has(span_make(rest.data + 2, n),
					  (unsigned char)toupper(c)));
	return true;
}

/* One byte of a bracket expression, perhaps behind a backslash. */
static unsigned char take_byte(struct bracket *b)
{
	const char *p = b->pattern.data;

	if (p[b->at] == '\\' && b->at + 1 < b->pattern.n)
		b->at++;
	return fold_byte((unsigned char)p[b->at++], b->fold);
}

static void take_range(struct bracket *b, unsigned char c)
{
	const char *p = b->pattern.data;
	unsigned char low = take_byte(b), high = low;

	if (b->at + 1 < b->pattern.n && p[b->at] == '-' && p[b->at + 1] != ']') {
		b->at++;
		high = take_byte(b);
	}
	b->found |= low <= c && c <= high;
}

/*
 * A bracket expression at `at`, behind its "[". Returns where it ends, 0 when it
 * does not end and so is none; *ret: does it match c?
 */
static size_t match_bracket(struct span pattern, size_t at, unsigned char c,
			    bool fold, bool *ret)
{
	struct bracket b = { pattern, at, fold, false };
	bool negated = at < pattern.n &&
		       (pattern.data[at] == '!' || pattern.data[at] == '^');
	size_t first = at + negated;

	c = fold_byte(c, fold);
	for (b.at = first; b.at < pattern.n;) {
		if (pattern.data[b.at] == ']' && b.at > first) {
			*ret = b.found != negated;
			return b.at + 1;
		}
		if (!take_class(&b, c))
			take_range(&b, c);
	}
	return 0;
}

/*
 * Does the pattern's element at *at (no star) match c? Moves *at behind it when it
 * does.
 */
static bool match_one(struct span pattern, size_t *at, unsigned char c,
		      bool fold)
{
	unsigned char p = (unsigned char)pattern.data[*at];
	bool matches;
	size_t end;

	if (p == '?') {
		++*at;
		return true;
	}
	end = p == '[' ? match_bracket(pattern, *at + 1, c, fold, &matches) : 0;
	if (end) {
		*at = matches ? end : *at;
		return matches;
	}
	end = *at + 1;
	if (p == '\\') {
		if (end == pattern.n)
			return false;
		p = (unsigned char)pattern.data[end++];
	}
	if (fold_byte(p, fold) != fold_byte(c, fold))
		return false;
	*at = end;
	return true;
}

bool glob_match(struct span pattern, struct span text, bool fold)
{
	size_t at = 0, i = 0, star = SIZE_MAX, resume = 0;

	while (i < text.n) {
		if (at < pattern.n && pattern.data[at] == '*') {
			star = ++at;
			resume = i;
			continue;
		}
		if (at < pattern.n && match_one(pattern, &at,
						(unsigned char)text.data[i], fold)) {
			i++;
			continue;
		}
		/* Only the last star ever needs to take more. */
		if (star == SIZE_MAX)
			return false;
		at = star;
		i = ++resume;
	}
	while (at < pattern.n && pattern.data[at] == '*')
		at++;
	return at == pattern.n;
}

/* --- Searching ----------------------------------------------------------------- */

bool text_contains(struct span text, struct span needle)
{
	return !needle.n ||
	       (text.n >= needle.n &&
		memmem(text.data, text.n, needle.data, needle.n));
}

static bool fold_equal(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (fold_byte((unsigned char)a[i], true) !=
		    fold_byte((unsigned char)b[i], true))
			return false;
	}
	return true;
}

bool text_icontains(struct span text, struct span needle)
{
	for (size_t i = 0; i + needle.n <= text.n; i++) {
		if (fold_equal(text.data + i, needle.data, needle.n))
			return true;
	}
	return false;
}

int text_compare(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int r = n ? memcmp(a.data, b.data, n) : 0;

	return r ? r : (a.n > b.n) - (a.n < b.n);
}

/* --- Sets ---------------------------------------------------------------------- */

/* Open addressing, at most half full; a slot without data is free. */
struct text_set {
	size_t mask;
	size_t longest;
	struct span slots[];
};

static size_t set_find(const struct text_set *set, struct span text)
{
	size_t i = text_hash(text) & set->mask;

	while (set->slots[i].data && !span_eq(set->slots[i], text))
		i = (i + 1) & set->mask;
	return i;
}

struct text_set *text_set_new(struct arena *arena, const struct span *items,
			      size_t n)
{
	size_t size = 4;
	struct text_set *set;

	while (size < 2 * n)
		size *= 2;
	set = arena_zalloc(arena, sizeof(*set) + size * sizeof(*set->slots));
	set->mask = size - 1;
	for (size_t i = 0; i < n; i++) {
		struct span item = items[i].n ? items[i] : SPAN("");

		set->slots[set_find(set, item)] = item;
		set->longest = item.n > set->longest ? item.n : set->longest;
	}
	return set;
}

bool text_set_has(const struct text_set *set, struct span text)
{
	return text.n <= set->longest &&
	       set->slots[set_find(set, text)].data != NULL;
}
