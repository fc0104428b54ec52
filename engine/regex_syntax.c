/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RE2's POSIX syntax, read left to right, each atom written out again for PCRE2
 * with nothing left to a difference of dialects: characters as numbers, groups
 * without captures, a repeated atom that is repeated once more in a group of its
 * own. The messages are those of RE2.
 */
#include "regex_syntax.h"

#include <errno.h>
#include <stdbool.h>

#include "error.h"
#include "strbuf.h"

/* RE2's limit on a count and on the product of nested counts. */
#define REPEAT_MAX 1000
/* More groups than an operand has bytes. */
#define NESTING_MAX 256
#define CODE_POINT_MAX 0x10ffff

/* What the next repetition would apply to. */
struct atom {
	bool exists;
	bool is_repeated;
	size_t start; /* in the output */
	unsigned weight; /* product of the counts inside */
};

struct rewriter {
	struct span pattern;
	size_t at;
	struct strbuf *out;
	struct error *err;
	struct atom atom;
	struct atom groups[NESTING_MAX]; /* the open ones */
	size_t ngroups;
};

size_t utf8_decode(struct span s, unsigned *ret)
{
	static const unsigned least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned c = s.n ? (unsigned char)s.data[0] : 0;
	size_t n = c < 0x80 ? 1 : c >> 5 == 6 ? 2 : c >> 4 == 14 ? 3 : 4;

	if (!s.n || s.n < n || (n == 4 && c >> 3 != 30))
		return 0;
	c &= n == 1 ? 0x7f : 0x7fu >> n;
	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)s.data[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | ((unsigned char)s.data[i] & 0x3f);
	}
	if (c < least[n] || c > CODE_POINT_MAX || c >> 11 == 0x1b)
		return 0;

	if (ret)
		*ret = c;
	return n;
}

static struct span rest(const struct rewriter *r)
{
	return span_from(r->pattern, r->at);
}

/* The byte `ahead` of the next one, 0 past the end. */
static char peek(const struct rewriter *r, size_t ahead)
{
	return r->at + ahead < r->pattern.n ? r->pattern.data[r->at + ahead] : 0;
}

static int bad(struct rewriter *r, const char *what, struct span arg)
{
	return error_set(r->err, -EINVAL, "%s%s%.*s", what, arg.n ? ": " : "",
			 SPAN_FMT(arg));
}

/* From byte `from` up to where reading stands. */
static struct span since(const struct rewriter *r, size_t from)
{
	return span_make(r->pattern.data + from, r->at - from);
}

static int read_code_point(struct rewriter *r, unsigned *ret)
{
	size_t n = utf8_decode(rest(r), ret);

	if (!n)
		return bad(r, "invalid UTF-8", SPAN(""));
	r->at += n;
	return 0;
}

static void begin_atom(struct rewriter *r)
{
	r->atom = (struct atom){ .exists = true,
				 .start = r->out->n,
				 .weight = 1 };
}

/* --- Escapes ------------------------------------------------------------------- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* \x7f or \x{10ffff}, behind the x. */
static bool read_hex(struct rewriter *r, unsigned *ret)
{
	bool braces = peek(r, 0) == '{';
	unsigned c = 0, n = 0;

	r->at += braces;
	while (hex_digit(peek(r, 0)) >= 0 && (braces || n < 2)) {
		c = c << 4 | (unsigned)hex_digit(peek(r, 0));
		if (c > CODE_POINT_MAX)
			return false;
		r->at++;
		n++;
	}
	if (braces ? !n || peek(r, 0) != '}' : n != 2)
		return false;
	r->at += braces;
	*ret = c;
	return true;
}

/* \0, \012, \12: a single non-zero digit would be a back-reference. */
static bool read_octal(struct rewriter *r, unsigned *ret)
{
	unsigned c = (unsigned)(peek(r, 0) - '0');

	if (c && !is_octal(peek(r, 1)))
		return false;
	r->at++;
	for (int i = 0; i < 2 && is_octal(peek(r, 0)); i++)
		c = c << 3 | (unsigned)(r->pattern.data[r->at++] - '0');
	*ret = c;
	return true;
}

/* The character that a backslash and what follows stand for; false: none. */
static bool read_escaped(struct rewriter *r, unsigned *ret)
{
	static const char letters[] = "afnrtv";
	static const char meanings[] = "\a\f\n\r\t\v";
	char c = peek(r, 0);
	const char *at = c ? strchr(letters, c) : NULL;
	bool is_word = hex_digit(c) >= 0 || c == '_' ||
		       ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');

	if (is_octal(c))
		return read_octal(r, ret);
	r->at++;
	if (at) {
		*ret = (unsigned char)meanings[at - letters];
		return true;
	}
	if (c == 'x')
		return read_hex(r, ret);
	*ret = (unsigned char)c;
	return !is_word && (unsigned char)c < 0x80;
}

static int read_escape(struct rewriter *r, unsigned *ret)
{
	size_t from = r->at++;

	if (r->at == r->pattern.n)
		return bad(r, "trailing \\", SPAN(""));
	if (!utf8_decode(rest(r), NULL))
		return bad(r, "invalid UTF-8", SPAN(""));
	if (!read_escaped(r, ret)) {
		/* Says the whole character, were it of several bytes. */
		r->at = r->at == from + 1 ? from + 2 : r->at;
		return bad(r, "invalid escape sequence", since(r, from));
	}
	return 0;
}

/* --- Character classes --------------------------------------------------------- */

static bool is_class_name(struct span name)
{
	static const char *const names[] = {
		"alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph",
		"lower", "print", "punct", "space", "upper", "word", "xdigit",
	};

	if (name.n && name.data[0] == '^')
		name = span_from(name, 1);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (span_is(name, names[i]))
			return true;
	}
	return false;
}

/* [:alpha:]; 1: read, 0: there is none, -EINVAL: an unknown name. */
static int rewrite_named_class(struct rewriter *r)
{
	struct span s = rest(r);
	const char *end = s.n > 2 && span_starts_with(s, SPAN("[:")) ?
				  memmem(s.data + 2, s.n - 2, ":]", 2) :
				  NULL;
	size_t n = end ? (size_t)(end - s.data) + 2 : 0;

	if (!end)
		return 0;
	if (!is_class_name(span_make(s.data + 2, n - 4)))
		return bad(r, "invalid character class range",
			   span_make(s.data, n));
	strbuf_add(r->out, s.data, n);
	r->at += n;
	return 1;
}

static int read_class_char(struct rewriter *r, size_t class_start, unsigned *ret)
{
	if (r->at == r->pattern.n)
		return bad(r, "missing ]", span_from(r->pattern, class_start));
	return peek(r, 0) == '\\' ? read_escape(r, ret) :
				    read_code_point(r, ret);
}

/* A character or a range. */
static int rewrite_range(struct rewriter *r, size_t class_start)
{
	size_t from = r->at;
	unsigned low, high;

	if (read_class_char(r, class_start, &low) < 0)
		return -EINVAL;
	high = low;
	if (r->at + 2 <= r->pattern.n && peek(r, 0) == '-' && peek(r, 1) != ']') {
		r->at++;
		if (read_class_char(r, class_start, &high) < 0)
			return -EINVAL;
	}
	if (high < low)
		return bad(r, "invalid character class range", since(r, from));

	strbuf_addf(r->out, "\\x{%x}-\\x{%x}", low, high);
	return 0;
}

/* A dash that is neither first nor last nor between two characters. */
static int check_dash(struct rewriter *r, bool first)
{
	size_t n;

	if (first || peek(r, 0) != '-' || peek(r, 1) == ']')
		return 0;
	n = utf8_decode(span_from(r->pattern, r->at + 1), NULL);
	return bad(r, "invalid character class range",
		   span_make(rest(r).data, 1 + n));
}

static int rewrite_class(struct rewriter *r)
{
	size_t start = r->at++;
	bool first = true;

	begin_atom(r);
	strbuf_adds(r->out, peek(r, 0) == '^' ? "[^" : "[");
	r->at += peek(r, 0) == '^';
	for (; r->at < r->pattern.n && (first || peek(r, 0) != ']');
	     first = false) {
		int named;

		if (check_dash(r, first) < 0)
			return -EINVAL;
		named = rewrite_named_class(r);
		if (named < 0 || (!named && rewrite_range(r, start) < 0))
			return -EINVAL;
	}
	if (r->at == r->pattern.n)
		return bad(r, "missing ]", span_from(r->pattern, start));

	r->at++;
	strbuf_addch(r->out, ']');
	return 0;
}

/* --- Repetition ---------------------------------------------------------------- */

/* Puts the last atom into a group: what was repeated is repeated again. */
static void group_atom(struct rewriter *r)
{
	size_t n = r->out->n - r->atom.start;

	strbuf_adds(r->out, "(?:)");
	memmove(r->out->data + r->atom.start + 3,
		r->out->data + r->atom.start, n);
	memcpy(r->out->data + r->atom.start, "(?:", 3);
	r->out->data[r->atom.start + 3 + n] = ')';
}

static int repeat(struct rewriter *r, struct span op)
{
	if (!r->atom.exists)
		return bad(r, "no argument for repetition operator", op);
	if (r->atom.is_repeated)
		group_atom(r);
	strbuf_addspan(r->out, op);
	r->atom.is_repeated = true;
	return 0;
}

static unsigned read_count(struct rewriter *r)
{
	unsigned n = 0;

	for (; peek(r, 0) >= '0' && peek(r, 0) <= '9'; r->at++)
		n = n > REPEAT_MAX ? n : n * 10 + (unsigned)(peek(r, 0) - '0');
	return n;
}

/* {2}, {2,} or {2,3}: false when it is something else, with nothing read. */
static bool read_counts(struct rewriter *r, unsigned *ret_min, unsigned *ret_max)
{
	size_t from = r->at++;

	if (hex_digit(peek(r, 0)) >= 0 && peek(r, 0) <= '9') {
		*ret_max = *ret_min = read_count(r);
		if (peek(r, 0) == ',') {
			r->at++;
			*ret_max = peek(r, 0) == '}' ? 0 : read_count(r);
			*ret_max = r->pattern.data[r->at - 1] == ',' ?
					   UINT32_MAX :
					   *ret_max;
		}
		if (peek(r, 0) == '}') {
			r->at++;
			return true;
		}
	}
	r->at = from;
	return false;
}

static void put_literal(struct rewriter *r, unsigned c)
{
	begin_atom(r);
	strbuf_addf(r->out, "\\x{%x}", c);
}

static int rewrite_braces(struct rewriter *r)
{
	size_t from = r->at;
	unsigned min, max, most;

	if (!read_counts(r, &min, &max)) {
		r->at++;
		put_literal(r, '{');
		return 0;
	}
	most = max == UINT32_MAX ? min : max;
	if (max < min || min > REPEAT_MAX || most > REPEAT_MAX)
		return bad(r, "invalid repetition size", since(r, from));
	if (repeat(r, since(r, from)) < 0)
		return -EINVAL;
	if (most >= 2)
		r->atom.weight *= most;
	if (r->atom.weight > REPEAT_MAX)
		return bad(r, "invalid repetition size", since(r, from));

	return 0;
}

static int rewrite_repeat(struct rewriter *r)
{
	r->at++;
	return repeat(r, since(r, r->at - 1));
}

/* --- Groups -------------------------------------------------------------------- */

/* The weight of what was read last counts for the group around it. */
static void settle_weight(struct rewriter *r)
{
	struct atom *group = r->ngroups ? &r->groups[r->ngroups - 1] : NULL;

	if (group && r->atom.exists && r->atom.weight > group->weight)
		group->weight = r->atom.weight;
}

static int rewrite_open(struct rewriter *r)
{
	if (r->ngroups == NESTING_MAX)
		return bad(r, "expression nested too deeply", SPAN(""));
	settle_weight(r);
	r->at++;
	begin_atom(r);
	r->groups[r->ngroups++] = r->atom;
	r->atom.exists = false;
	strbuf_adds(r->out, "(?:");
	return 0;
}

static int rewrite_close(struct rewriter *r)
{
	if (!r->ngroups)
		return bad(r, "unexpected )", r->pattern);
	settle_weight(r);
	r->at++;
	r->atom = r->groups[--r->ngroups];
	strbuf_addch(r->out, ')');
	return 0;
}

static int rewrite_bar(struct rewriter *r)
{
	settle_weight(r);
	r->at++;
	r->atom.exists = false;
	strbuf_addch(r->out, '|');
	return 0;
}

/* --- The rest ------------------------------------------------------------------ */

static int rewrite_anchor(struct rewriter *r)
{
	settle_weight(r);
	begin_atom(r);
	strbuf_addf(r->out, "(?:%c)", r->pattern.data[r->at++]);
	return 0;
}

static int rewrite_dot(struct rewriter *r)
{
	settle_weight(r);
	r->at++;
	begin_atom(r);
	strbuf_adds(r->out, "[^\\x{a}]");
	return 0;
}

static int rewrite_char(struct rewriter *r)
{
	unsigned c;
	int err = peek(r, 0) == '\\' ? read_escape(r, &c) :
				       read_code_point(r, &c);

	if (err < 0)
		return err;
	settle_weight(r);
	put_literal(r, c);
	return 0;
}

static int rewrite_set(struct rewriter *r)
{
	settle_weight(r);
	return rewrite_class(r);
}

static const struct {
	char c;
	int (*rewrite)(struct rewriter *r);
} specials[] = {
	{ '(', rewrite_open },	 { ')', rewrite_close },  { '|', rewrite_bar },
	{ '*', rewrite_repeat }, { '+', rewrite_repeat }, { '?', rewrite_repeat },
	{ '{', rewrite_braces }, { '[', rewrite_set },	  { '.', rewrite_dot },
	{ '^', rewrite_anchor }, { '$', rewrite_anchor },
};

static int rewrite_next(struct rewriter *r)
{
	for (size_t i = 0; i < ARRAY_SIZE(specials); i++) {
		if (specials[i].c == peek(r, 0) && specials[i].c)
			return specials[i].rewrite(r);
	}
	return rewrite_char(r);
}

int regex_rewrite(struct span pattern, struct strbuf *out, struct error *err)
{
	struct rewriter r = { .pattern = pattern, .out = out, .err = err };

	while (r.at < pattern.n) {
		if (rewrite_next(&r) < 0)
			return -EINVAL;
	}
	if (r.ngroups)
		return bad(&r, "missing )", pattern);

	return 0;
}
