/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A descent over indentation. It follows the scanner of YAML 1.1 as libyaml has it, in
 * what it takes; at anything else, be it only unusual, it gives up.
 */
#include "yaml_plain.h"

#include <stdint.h>

#include "arena.h"
#include "array.h"
#include "cleanup.h"
#include "strbuf.h"

#include "grow.h"
#include "yaml.h"

/* Mappings and sequences in each other; libyaml may take more. */
#define DEPTH_MAX 32
#define KEY_MAX 100

struct plain {
	struct arena *arena;
	struct span text;
	size_t at;         /* what is to be read next */
	size_t line_start; /* of the line that it is in */
	size_t line;
	unsigned depth;
	struct strbuf buf; /* a scalar that is being put together */
};

/* --- Characters -------------------------------------------------------------- */

/* The character at some distance; 0: the text is over. */
static char peek(const struct plain *p, size_t ahead)
{
	return p->at + ahead < p->text.n ? p->text.data[p->at + ahead] : '\0';
}

static bool is_end(char c)
{
	return c == '\n' || c == '\0';
}

static bool is_blank_or_end(char c)
{
	return c == ' ' || is_end(c);
}

static size_t column(const struct plain *p)
{
	return p->at - p->line_start;
}

static void take_break(struct plain *p)
{
	p->at++;
	p->line++;
	p->line_start = p->at;
}

static void skip_spaces(struct plain *p)
{
	while (peek(p, 0) == ' ')
		p->at++;
}

static void skip_line(struct plain *p)
{
	const char *from = p->text.data + p->at;
	const char *end = p->at < p->text.n ?
				  memchr(from, '\n', p->text.n - p->at) :
				  NULL;

	p->at = end ? (size_t)(end - p->text.data) : p->text.n;
}

/* Of a comment the sign stands at the line's beginning or behind a blank. */
static bool is_at_comment(const struct plain *p)
{
	return peek(p, 0) == '#' &&
	       (!column(p) || p->text.data[p->at - 1] == ' ');
}

/* To the next thing that is neither blank nor a comment, or to the end. */
static void skip_to_token(struct plain *p)
{
	for (;;) {
		skip_spaces(p);
		if (is_at_comment(p))
			skip_line(p);
		if (peek(p, 0) != '\n')
			return;
		take_break(p);
	}
}

/* Is there nothing more in this line? */
static bool is_rest_empty(struct plain *p)
{
	skip_spaces(p);
	return is_end(peek(p, 0)) || is_at_comment(p);
}

/* Are eight bytes line feeds or printable? Of each, its lower seven bits are added to
 * such that the eighth says it: from 0x20 on, not a line feed, 0x7f. */
static bool is_printable(const char *s)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
	uint64_t word, low;

	memcpy(&word, s, sizeof(word));
	low = word & ~high;
	return !((word | (low + ones) |
		  (~(low + ones * 0x60) & ((low ^ ones * '\n') + ones * 0x7f))) &
		 high);
}

/* Tabs are looked for where they matter. */
static bool is_ascii(struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (text.n - i > 8 && is_printable(text.data + i))
			i += 7;
		else if (c >= 0x7f || (c < 0x20 && c != '\n' && c != '\t'))
			return false;
	}
	return true;
}

/* --- Nodes ------------------------------------------------------------------- */

static struct yaml_node *node_new(const struct plain *p, enum yaml_kind kind)
{
	struct yaml_node *node = arena_zalloc(p->arena, sizeof(*node));

	node->kind = kind;
	node->weight = 1;
	node->mark = (struct yaml_mark){ p->line, column(p), p->at };
	return node;
}

static void set_text(const struct plain *p, struct yaml_node *node,
		     const char *data, size_t n)
{
	node->text = span_make(arena_strndup(p->arena, data, n), n);
}

static bool node_read(struct plain *p, size_t parent,
		      const struct yaml_node **ret);

/* --- Scalars ----------------------------------------------------------------- */

static const bool specials[256] = {
	['\0'] = true, ['-'] = true,  ['?'] = true, [':'] = true, [','] = true,
	['['] = true,  [']'] = true,  ['{'] = true, ['}'] = true, ['#'] = true,
	['&'] = true,  ['*'] = true,  ['!'] = true, ['|'] = true, ['>'] = true,
	['\''] = true, ['"'] = true,  ['%'] = true, ['@'] = true, ['`'] = true,
	['\t'] = true,
};

static bool is_special(char c)
{
	return specials[(unsigned char)c];
}

/* May an unquoted text begin here? */
static bool is_at_plain(const struct plain *p)
{
	char next = peek(p, 1);

	if (peek(p, 0) == '-' && column(p))
		return !is_blank_or_end(next) && !is_special(next);
	return !is_blank_or_end(peek(p, 0)) && !is_special(peek(p, 0));
}

/* What may end a word, or makes it one that is not for us: always, in brackets, and by
 * what comes next. */
enum { ENDS = 1, ENDS_IN_BRACKETS, MAY_END };

static const uint8_t word_ends[256] = {
	['\0'] = ENDS, [' '] = ENDS, ['\n'] = ENDS, ['\t'] = ENDS,
	[','] = ENDS_IN_BRACKETS, ['['] = ENDS_IN_BRACKETS,
	[']'] = ENDS_IN_BRACKETS, ['{'] = ENDS_IN_BRACKETS,
	['}'] = ENDS_IN_BRACKETS, ['?'] = ENDS_IN_BRACKETS, [':'] = MAY_END,
};

static bool is_in_word(const struct plain *p, bool in_brackets)
{
	uint8_t ends = word_ends[(unsigned char)peek(p, 0)];

	if (ends == MAY_END)
		ends = word_ends[(unsigned char)peek(p, 1)];
	return ends != ENDS && (ends != ENDS_IN_BRACKETS || !in_brackets);
}

/* Nearly all of a word: what can never end one. */
static void skip_letters(struct plain *p)
{
	size_t at = p->at;

	while (at < p->text.n && !word_ends[(unsigned char)p->text.data[at]])
		at++;
	p->at = at;
}

/* A line of it, without the blanks at its end. */
static struct span take_words(struct plain *p, bool in_brackets)
{
	size_t start = p->at, end;

	do {
		skip_letters(p);
		while (is_in_word(p, in_brackets))
			p->at++;
		end = p->at;
		skip_spaces(p);
	} while (p->at > end && peek(p, 0) != '#' &&
		 is_in_word(p, in_brackets));

	return span_make(p->text.data + start, end - start);
}

/* Line ends between two lines of it: one is a blank, more are one less. */
static size_t take_breaks(struct plain *p)
{
	size_t n = 0;

	for (; peek(p, 0) == '\n'; n++) {
		take_break(p);
		skip_spaces(p);
	}
	return n;
}

static bool goes_on(const struct plain *p, size_t parent, bool in_brackets)
{
	return !is_end(peek(p, 0)) && peek(p, 0) != '#' &&
	       (in_brackets ? column(p) > 0 : column(p) > parent) &&
	       is_in_word(p, in_brackets);
}

/* Where it ends must be where a text may end: at a line's end, at a comment, and in
 * brackets at one of their signs. */
static bool is_over(const struct plain *p, bool in_brackets)
{
	char c = peek(p, 0);

	if (c == '\0' || column(p) == 0 || p->text.data[p->at - 1] == '\n')
		return c != '\t';
	if (c == '#')
		return p->text.data[p->at - 1] == ' ';

	return in_brackets && (c == ',' || c == ']');
}

static void add_folded(struct strbuf *out, size_t breaks, struct span line)
{
	if (breaks == 1)
		strbuf_addch(out, ' ');
	for (size_t i = 1; i < breaks; i++)
		strbuf_addch(out, '\n');
	strbuf_addspan(out, line);
}

static bool text_is_null(struct span text)
{
	return span_is(text, "~") || span_is(text, "null") ||
	       span_is(text, "Null") || span_is(text, "NULL");
}

/* Unquoted, in a collection of this indentation. */
static bool plain_read(struct plain *p, size_t parent, bool in_brackets,
		       const struct yaml_node **ret)
{
	struct yaml_node *node = node_new(p, NODE_SCALAR);
	struct span line = take_words(p, in_brackets);
	bool broken = peek(p, 0) == '\n', more = false;
	size_t breaks = take_breaks(p);

	strbuf_reset(&p->buf);
	for (; breaks && goes_on(p, parent, in_brackets); more = true) {
		if (!more)
			strbuf_addspan(&p->buf, line);
		line = take_words(p, in_brackets);
		add_folded(&p->buf, breaks, line);
		broken = peek(p, 0) == '\n';
		breaks = take_breaks(p);
	}
	if (more)
		line = strbuf_span(&p->buf);
	set_text(p, node, line.data, line.n);
	if (text_is_null(node->text))
		node->kind = NODE_NULL;
	*ret = node;
	return broken || is_over(p, in_brackets);
}

/* A quote is doubled in single quotes. */
static bool is_doubled(const struct plain *p, char quote)
{
	return quote == '\'' && peek(p, 0) == quote && peek(p, 1) == quote;
}

/* In one line, and without a backslash that stands for something. */
static bool quoted_read(struct plain *p, const struct yaml_node **ret)
{
	struct yaml_node *node = node_new(p, NODE_SCALAR);
	char quote = peek(p, 0), c;

	strbuf_reset(&p->buf);
	p->at++;
	while ((c = peek(p, 0)) != quote || is_doubled(p, quote)) {
		if (is_end(c) || c == '\t' || (c == '\\' && quote == '"'))
			return false;
		p->at += is_doubled(p, quote) ? 2 : 1;
		strbuf_addch(&p->buf, c);
	}
	set_text(p, node, p->buf.data, p->buf.n);
	p->at++;
	*ret = node;
	return true;
}

/* --- Folded and literal text --------------------------------------------------- */

struct block {
	bool is_literal;
	char chomping;  /* '-', '+', or another */
	size_t indent;  /* of its lines; 0: not known yet */
	size_t parent;  /* the collection's */
	bool had_break; /* the last line has one, which is not added yet */
	bool had_blank; /* the last line begins with a blank */
	size_t breaks;  /* of empty lines behind it, not added either */
};

/* Empty lines, and the blanks before the next one that is not. */
static void take_empty_lines(struct plain *p, struct block *b)
{
	size_t widest = 0;

	for (;;) {
		while ((!b->indent || column(p) < b->indent) &&
		       peek(p, 0) == ' ')
			p->at++;
		widest = column(p) > widest ? column(p) : widest;
		if (peek(p, 0) != '\n')
			break;
		take_break(p);
		b->breaks++;
	}
	if (!b->indent)
		b->indent = widest > b->parent ? widest : b->parent + 1;
}

static void add_breaks(struct plain *p, struct block *b)
{
	bool has_blank = peek(p, 0) == ' ';
	bool folds = !b->is_literal && b->had_break && !b->had_blank &&
		     !has_blank;

	if (folds && !b->breaks)
		strbuf_addch(&p->buf, ' ');
	else if (!folds && b->had_break)
		strbuf_addch(&p->buf, '\n');
	for (; b->breaks; b->breaks--)
		strbuf_addch(&p->buf, '\n');
	b->had_blank = has_blank;
}

static bool take_line(struct plain *p, struct block *b)
{
	size_t start = p->at;

	skip_line(p);
	strbuf_add(&p->buf, p->text.data + start, p->at - start);
	b->had_break = peek(p, 0) == '\n';
	if (b->had_break)
		take_break(p);
	return !memchr(p->text.data + start, '\t', p->at - start);
}

static bool block_lines(struct plain *p, struct block *b)
{
	take_empty_lines(p, b);
	while (column(p) == b->indent && p->at < p->text.n) {
		add_breaks(p, b);
		if (!take_line(p, b))
			return false;
		take_empty_lines(p, b);
	}
	if (b->chomping != '-' && b->had_break)
		strbuf_addch(&p->buf, '\n');
	for (; b->chomping == '+' && b->breaks; b->breaks--)
		strbuf_addch(&p->buf, '\n');
	return peek(p, 0) != '\t';
}

static bool block_read(struct plain *p, size_t parent,
		       const struct yaml_node **ret)
{
	struct yaml_node *node = node_new(p, NODE_SCALAR);
	struct block b = { .is_literal = peek(p, 0) == '|',
			   .chomping = peek(p, 1),
			   .parent = parent };

	p->at += b.chomping == '-' || b.chomping == '+' ? 2 : 1;
	skip_spaces(p);
	if (peek(p, 0) != '\n')
		return false;
	take_break(p);
	strbuf_reset(&p->buf);
	if (!block_lines(p, &b))
		return false;
	set_text(p, node, p->buf.data, p->buf.n);
	*ret = node;
	return true;
}

/* --- Sequences in brackets ------------------------------------------------------ */

static bool brackets_read(struct plain *p, const struct yaml_node **ret);

static bool bracketed_item(struct plain *p, const struct yaml_node **ret)
{
	char c = peek(p, 0);

	if (!column(p))
		return false;
	if (c == '[')
		return brackets_read(p, ret);
	if (c == '"' || c == '\'')
		return quoted_read(p, ret);

	return is_at_plain(p) && plain_read(p, 0, true, ret);
}

/* At a comma or at the closing bracket. */
static bool brackets_item_end(struct plain *p)
{
	skip_to_token(p);
	if (peek(p, 0) == ']')
		return true;
	if (peek(p, 0) != ',')
		return false;
	p->at++;
	skip_to_token(p);
	return true;
}

static bool brackets_read(struct plain *p, const struct yaml_node **ret)
{
	struct yaml_node *node = node_new(p, NODE_SEQUENCE);
	ARRAY(const struct yaml_node *) items = ARRAY_INIT;

	if (++p->depth > DEPTH_MAX)
		return false;
	p->at++;
	skip_to_token(p);
	while (peek(p, 0) != ']') {
		const struct yaml_node *item;

		if (!bracketed_item(p, &item) || !brackets_item_end(p))
			return false;
		*grow_push(p->arena, &items) = item;
		node->weight += item->weight;
	}
	p->at++;
	p->depth--;
	node->items = items.items;
	node->n = items.n;
	*ret = node;
	return true;
}

/* --- Blocks ----------------------------------------------------------------------- */

static bool is_at_item(const struct plain *p)
{
	return peek(p, 0) == '-' && is_blank_or_end(peek(p, 1));
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* The length of a key of the usual kind with its colon behind it; 0: there is none. */
static size_t key_length(const struct plain *p)
{
	size_t n = 0;

	while (is_letter(peek(p, n)))
		n++;
	return n <= KEY_MAX && peek(p, n) == ':' &&
			       is_blank_or_end(peek(p, n + 1)) ?
		       n :
		       0;
}

/* In the rest of a line, or further on where a line before it has ended. */
static bool inline_read(struct plain *p, size_t parent,
			const struct yaml_node **ret)
{
	char c = peek(p, 0);

	if (c == '>' || c == '|')
		return block_read(p, parent, ret);
	if (c == '[')
		return brackets_read(p, ret) && is_rest_empty(p);
	if (c == '"' || c == '\'')
		return quoted_read(p, ret) && is_rest_empty(p);

	return is_at_plain(p) && plain_read(p, parent, false, ret);
}

static bool sequence_read(struct plain *p, const struct yaml_node **ret)
{
	struct yaml_node *node = node_new(p, NODE_SEQUENCE);
	ARRAY(const struct yaml_node *) items = ARRAY_INIT;
	size_t indent = column(p);

	while (column(p) == indent && is_at_item(p)) {
		const struct yaml_node *item;

		p->at++;
		skip_to_token(p);
		if (column(p) <= indent || is_at_item(p) ||
		    !node_read(p, indent, &item))
			return false;
		*grow_push(p->arena, &items) = item;
		node->weight += item->weight;
		skip_to_token(p);
	}
	node->items = items.items;
	node->n = items.n;
	*ret = node;
	return p->at == p->text.n || column(p) <= indent;
}

/* Behind a key's colon. */
static bool value_read(struct plain *p, size_t indent,
		       const struct yaml_node **ret)
{
	struct yaml_node *null;
	size_t line = p->line;

	skip_to_token(p);
	if (p->line == line && p->at < p->text.n)
		return inline_read(p, indent, ret);
	if (p->at < p->text.n && column(p) == indent && is_at_item(p))
		return sequence_read(p, ret);
	if (p->at < p->text.n && column(p) > indent)
		return node_read(p, indent, ret);

	null = node_new(p, NODE_NULL);
	set_text(p, null, "", 0);
	*ret = null;
	return true;
}

static bool pair_read(struct plain *p, size_t n, size_t indent,
		      struct yaml_pair *ret)
{
	struct yaml_node *key = node_new(p, NODE_SCALAR);

	set_text(p, key, p->text.data + p->at, n);
	ret->key = key;
	p->at += n + 1;
	return !text_is_null(key->text) && value_read(p, indent, &ret->value);
}

static bool map_read(struct plain *p, const struct yaml_node **ret)
{
	struct yaml_node *node = node_new(p, NODE_MAP);
	ARRAY(struct yaml_pair) pairs = ARRAY_INIT;
	size_t indent = column(p), n;

	while (column(p) == indent && (n = key_length(p)) > 0) {
		struct yaml_pair pair;

		if (!pair_read(p, n, indent, &pair))
			return false;
		*grow_push(p->arena, &pairs) = pair;
		node->weight += 1 + pair.value->weight;
		skip_to_token(p);
	}
	node->pairs = pairs.items;
	node->n = pairs.n;
	*ret = node;
	return p->at == p->text.n || column(p) < indent;
}

/* Whatever begins here, in a collection of this indentation. */
static bool node_read(struct plain *p, size_t parent,
		      const struct yaml_node **ret)
{
	bool good;

	if (++p->depth > DEPTH_MAX)
		return false;
	if (is_at_item(p))
		good = sequence_read(p, ret);
	else if (key_length(p))
		good = map_read(p, ret);
	else
		good = inline_read(p, parent, ret);
	p->depth--;
	return good;
}

bool yaml_plain_read(struct arena *arena, struct span text,
		     const struct yaml_node **ret)
{
	struct plain p = { .arena = arena, .text = text, .buf = STRBUF_INIT };
	bool good;

	if (text.n > YAML_PLAIN_MAX || !is_ascii(text))
		return false;
	skip_to_token(&p);
	good = !column(&p) && (is_at_item(&p) || key_length(&p)) &&
	       node_read(&p, 0, ret) && p.at == text.n;
	strbuf_done(&p.buf);
	return good;
}
