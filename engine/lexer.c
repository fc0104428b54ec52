/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens. Positions are counted as Falco counts them: a CR and an LF each end a
 * line. Nothing here knows the grammar.
 */
#include "lexer.h"

#include <errno.h>

#include "arena.h"

#include "filter_error.h"

void lexer_init(struct lexer *l, struct arena *arena, struct span text,
		struct filter_error *err)
{
	*l = (struct lexer){
		.text = text,
		.pos = { .offset = 0, .line = 1, .column = 1 },
		.token = SPAN(""),
		.arena = arena,
		.err = err,
	};
}

bool lexer_at_end(const struct lexer *l)
{
	return l->pos.offset == l->text.n;
}

/* Past the next byte. */
static void step(struct lexer *l)
{
	char c = l->text.data[l->pos.offset++];

	l->pos.column++;
	if (c == '\n' || c == '\r') {
		l->pos.line++;
		l->pos.column = 1;
	}
}

/* Past n bytes without a line end. */
static void pass(struct lexer *l, size_t n)
{
	l->pos.offset += n;
	l->pos.column += n;
}

static bool has_line_end(struct span s)
{
	return s.n && (memchr(s.data, '\n', s.n) || memchr(s.data, '\r', s.n));
}

static void advance(struct lexer *l, size_t n)
{
	if (!has_line_end(span_make(l->text.data + l->pos.offset, n))) {
		pass(l, n);
		return;
	}
	for (; n > 0; n--)
		step(l);
}

static struct span rest(const struct lexer *l)
{
	return span_from(l->text, l->pos.offset);
}

/* The next n bytes are the token; none: no token. */
static bool accept_bytes(struct lexer *l, size_t n)
{
	if (!n)
		return false;
	l->token = span_make(rest(l).data, n);
	advance(l, n);
	return true;
}

/* The same of bytes that are no line ends. */
static bool accept_word(struct lexer *l, size_t n)
{
	if (!n)
		return false;
	l->token = span_make(rest(l).data, n);
	pass(l, n);
	return true;
}

bool lexer_blank(struct lexer *l)
{
	size_t start = l->pos.offset;

	while (l->pos.offset < l->text.n &&
	       lexer_is_blank(l->text.data[l->pos.offset]))
		step(l);
	return l->pos.offset > start;
}

bool lexer_span(struct lexer *l, struct span word)
{
	return span_starts_with(rest(l), word) && accept_word(l, word.n);
}

/* The C locale's classes, whatever the process's locale. */
enum { LETTER = 1, DIGIT = 2, UNDERSCORE = 4 };

static const uint8_t classes[256] = {
	['a' ... 'z'] = LETTER, ['A' ... 'Z'] = LETTER,
	['0' ... '9'] = DIGIT, ['_'] = UNDERSCORE,
};

static bool is_letter(char c)
{
	return classes[(unsigned char)c] & LETTER;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex_digit(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* The length of the identifier at byte `from` of s, 0 for none. */
static size_t identifier_length(struct span s, size_t from)
{
	size_t n = from;

	if (n >= s.n || !is_letter(s.data[n]))
		return 0;
	while (n < s.n && classes[(unsigned char)s.data[n]])
		n++;
	return n - from;
}

bool lexer_identifier(struct lexer *l)
{
	return accept_word(l, identifier_length(rest(l), 0));
}

bool lexer_field_name(struct lexer *l)
{
	struct span s = rest(l);
	size_t first = identifier_length(s, 0);
	size_t n = first;

	while (n && n < s.n && s.data[n] == '.') {
		size_t part = identifier_length(s, n + 1);

		if (!part)
			break;
		n += 1 + part;
	}
	return n > first && accept_word(l, n);
}

/* What ends a field's argument, and what ends a bare string; white space does both. */
enum { ENDS_ARG = 1, ENDS_BARE = 2 };

static const uint8_t ends[256] = {
	[' '] = 3, ['\t'] = 3, ['\n'] = 3, ['\v'] = 3, ['\f'] = 3, ['\r'] = 3,
	['"'] = 3, ['\''] = 3, ['['] = ENDS_ARG, [']'] = ENDS_ARG,
	['('] = ENDS_BARE, [')'] = ENDS_BARE, ['='] = ENDS_BARE,
	[','] = ENDS_BARE,
};

static bool accept_until(struct lexer *l, uint8_t what)
{
	struct span s = rest(l);
	size_t n = 0;

	while (n < s.n && !(ends[(unsigned char)s.data[n]] & what))
		n++;
	return accept_word(l, n);
}

bool lexer_field_arg(struct lexer *l)
{
	return accept_until(l, ENDS_ARG);
}

bool lexer_bare_string(struct lexer *l)
{
	return accept_until(l, ENDS_BARE);
}

bool lexer_hex_number(struct lexer *l)
{
	struct span s = rest(l);
	size_t n = 2;

	if (s.n < 3 || s.data[0] != '0' || (s.data[1] | 0x20) != 'x')
		return false;
	while (n < s.n && is_hex_digit(s.data[n]))
		n++;
	return n > 2 && accept_bytes(l, n);
}

static size_t digits_length(struct span s, size_t from)
{
	size_t n = from;

	while (n < s.n && is_digit(s.data[n]))
		n++;
	return n - from;
}

/* An exponent needs its sign: 1e3 is the number 1 and something else. */
static size_t exponent_length(struct span s, size_t from)
{
	size_t digits;

	if (from + 2 >= s.n || (s.data[from] | 0x20) != 'e')
		return 0;
	if (s.data[from + 1] != '+' && s.data[from + 1] != '-')
		return 0;
	digits = digits_length(s, from + 2);
	return digits ? 2 + digits : 0;
}

bool lexer_number(struct lexer *l)
{
	struct span s = rest(l);
	size_t n = s.n && (s.data[0] == '+' || s.data[0] == '-') ? 1 : 0;
	size_t digits = digits_length(s, n);

	if (!digits)
		return false;
	n += digits;
	if (n < s.n && s.data[n] == '.')
		n += 1 + digits_length(s, n + 1);
	n += exponent_length(s, n);
	return accept_bytes(l, n);
}

/* --- Quoted strings ---------------------------------------------------------- */

/*
 * The length of a quoted string, quotes included, 0 when it does not end. A quote
 * does not end it when the byte before is a backslash, even an escaped one: that
 * is how Falco looks at it.
 */
static size_t quoted_length(struct span s)
{
	size_t n = 1;

	if (!s.n || (s.data[0] != '"' && s.data[0] != '\''))
		return 0;
	while (n < s.n) {
		const char *end = memchr(s.data + n, s.data[0], s.n - n);

		if (!end)
			break;
		n = (size_t)(end - s.data) + 1;
		if (end[-1] != '\\')
			return n;
	}
	return 0;
}

static int hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	return (c | 0x20) - 'a' + 10;
}

static int hex_escape(struct lexer *l, struct span tail, char *ret)
{
	if (tail.n < 2)
		return filter_fail(l->err, l->pos, -EINVAL,
				   "truncated hex char escape sequence");
	if (!is_hex_digit(tail.data[0]) || !is_hex_digit(tail.data[1]))
		return filter_fail(l->err, l->pos, -EINVAL,
				   "invalid hex char escape sequence: %.2s",
				   tail.data);
	*ret = (char)(hex_value(tail.data[0]) << 4 | hex_value(tail.data[1]));
	return 2;
}

static int quote_escape(struct lexer *l, char quote, char c, char *ret)
{
	if (c != quote)
		return filter_fail(l->err, l->pos, -EINVAL,
				   "invalid \\%c escape in %c-quoted string", c,
				   quote);
	*ret = c;
	return 0;
}

/* Resolves the escape whose letter is `c` and is followed by `tail`. Returns how
 * many bytes of the tail it takes, or -EINVAL. */
static int escape(struct lexer *l, char quote, char c, struct span tail,
		  char *ret)
{
	static const char letters[] = "bfnrt\\ /";
	static const char meanings[] = "\b\f\n\r\t\\\\/";
	const char *at = c ? strchr(letters, c) : NULL;

	if (at) {
		*ret = meanings[at - letters];
		return 0;
	}
	if (c == 'x')
		return hex_escape(l, tail, ret);
	if (c == '"' || c == '\'')
		return quote_escape(l, quote, c, ret);

	return filter_fail(l->err, l->pos, -EINVAL,
			   "unsupported string escape sequence: \\%c", c);
}

/* The text between the quotes, where it has escapes in the arena with them resolved. */
static int unescape(struct lexer *l, char quote, struct span s)
{
	char *out;
	size_t n = 0;

	if (!s.n || !memchr(s.data, '\\', s.n)) {
		l->token = s;
		return 1;
	}
	out = arena_alloc(l->arena, s.n + 1);
	for (size_t i = 0; i < s.n; i++) {
		int used;

		if (s.data[i] != '\\' || i + 1 == s.n) {
			out[n++] = s.data[i];
			continue;
		}
		i++;
		used = escape(l, quote, s.data[i], span_from(s, i + 1),
			      &out[n++]);
		if (used < 0)
			return used;
		i += (size_t)used;
	}
	out[n] = '\0';
	l->token = span_make(out, n);
	return 1;
}

int lexer_quoted_string(struct lexer *l)
{
	struct span s = rest(l);
	size_t n = quoted_length(s);

	if (!n)
		return 0;
	advance(l, n);
	return unescape(l, s.data[0], span_make(s.data + 1, n - 2));
}
