/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nodes from libyaml's events, where yaml_plain.c declines. Positions are computed from
 * byte offsets: libyaml counts characters and several kinds of line ends, Falco's reader
 * counts bytes and line feeds. Trusts libyaml with hostile bytes, and nothing else.
 */
#include "yaml.h"

#include <errno.h>
#include <yaml.h>

#include "arena.h"
#include "array.h"
#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "grow.h"
#include "symtab.h"
#include "yaml_plain.h"

struct reader {
	struct arena *arena;
	struct span text; /* what libyaml reads: UTF-8, no byte order mark */
	yaml_parser_t parser;
	yaml_event_t event;
	struct symtab anchors;
	/* How far offset_of() and mark_at() have got: both go forward only. */
	size_t seen_chars, seen_bytes, line_bytes, line_start, lines;
	struct yaml_mark *where;
	struct error *err;
};

/* --- Positions ------------------------------------------------------------- */

/* Eight bytes that are a character each: nearly all of a rules file. */
static bool is_plain(const char *s)
{
	uint64_t word;

	memcpy(&word, s, sizeof(word));
	return !(word & UINT64_C(0x8080808080808080));
}

/* The byte that the nth character starts at. */
static size_t offset_of(struct reader *r, size_t chars)
{
	if (chars < r->seen_chars)
		r->seen_chars = r->seen_bytes = 0;
	while (chars - r->seen_chars > 8 && r->text.n - r->seen_bytes > 8 &&
	       is_plain(r->text.data + r->seen_bytes + 1)) {
		r->seen_chars += 8;
		r->seen_bytes += 8;
	}
	while (r->seen_chars < chars && r->seen_bytes < r->text.n) {
		r->seen_bytes++;
		while (r->seen_bytes < r->text.n &&
		       ((unsigned char)r->text.data[r->seen_bytes] & 0xc0) ==
			       0x80)
			r->seen_bytes++;
		r->seen_chars++;
	}
	return r->seen_bytes;
}

static struct yaml_mark mark_at(struct reader *r, size_t offset)
{
	if (offset < r->line_start)
		r->line_bytes = r->line_start = r->lines = 0;
	while (r->line_bytes < offset) {
		const char *from = r->text.data + r->line_bytes;
		const char *end = memchr(from, '\n', offset - r->line_bytes);

		r->line_bytes = end ? (size_t)(end - r->text.data) + 1 : offset;
		if (end) {
			r->lines++;
			r->line_start = r->line_bytes;
		}
	}
	return (struct yaml_mark){ r->lines, offset - r->line_start, offset };
}

/* An absent value stands where the next token stands. */
static size_t skip_blank(struct span text, size_t at)
{
	while (at < text.n) {
		if (text.data[at] == '#')
			while (at < text.n && text.data[at] != '\n')
				at++;
		else if (memchr(" \t\r\n", text.data[at], 4))
			at++;
		else
			break;
	}
	return at;
}

static int fail_at(struct reader *r, size_t offset, const char *problem)
{
	struct yaml_mark m = mark_at(r, offset);

	*r->where = m;
	return error_set(r->err, -EINVAL, "YAML: line %zu, column %zu: %s",
			 m.line + 1, m.column + 1, problem);
}

static int fail_parser(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	size_t offset = p->error == YAML_READER_ERROR ?
				p->problem_offset :
				offset_of(r, p->problem_mark.index);

	if (offset > r->text.n)
		offset = r->text.n;
	return fail_at(r, offset, p->problem ? p->problem : "not readable");
}

/* --- Nodes ----------------------------------------------------------------- */

static int next_event(struct reader *r)
{
	yaml_event_delete(&r->event);
	if (!yaml_parser_parse(&r->parser, &r->event))
		return fail_parser(r);

	return 0;
}

static bool text_is_null(struct span text)
{
	static const char *const spellings[] = { "", "~", "null", "Null",
						 "NULL" };

	for (size_t i = 0; i < ARRAY_SIZE(spellings); i++)
		if (span_is(text, spellings[i]))
			return true;
	return false;
}

static struct yaml_node *node_new(struct reader *r, enum yaml_kind kind)
{
	struct yaml_node *node = arena_zalloc(r->arena, sizeof(*node));

	node->kind = kind;
	node->weight = 1;
	node->mark = mark_at(r, offset_of(r, r->event.start_mark.index));
	return node;
}

static void scalar_fill(struct reader *r, struct yaml_node *node)
{
	const yaml_char_t *value = r->event.data.scalar.value;
	size_t n = r->event.data.scalar.length;

	node->text = span_make(
		arena_strndup(r->arena, (const char *)value, n), n);
	if (r->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE ||
	    r->event.data.scalar.tag || !text_is_null(node->text))
		return;
	node->kind = NODE_NULL;
	if (!n)
		node->mark = mark_at(r, skip_blank(r->text,
						   node->mark.offset));
}

static void anchor_set(struct reader *r, const yaml_char_t *anchor,
		       struct yaml_node *node)
{
	size_t n;
	char *copy;

	if (!anchor)
		return;
	n = strlen((const char *)anchor);
	copy = arena_strndup(r->arena, (const char *)anchor, n);
	symtab_set(&r->anchors, span_make(copy, n), node);
}

/* What stands in r->event, with all that is below it. */
static int node_read(struct reader *r, unsigned depth,
		     const struct yaml_node **ret);

static int weight_add(struct reader *r, struct yaml_node *node,
		      const struct yaml_node *child)
{
	node->weight += child->weight;
	if (node->weight <= YAML_WEIGHT_MAX)
		return 0;

	return fail_at(r, node->mark.offset, "the document has too many nodes");
}

/* The next node below `node`; *ret stays NULL at the end of the collection. */
static int child_read(struct reader *r, unsigned depth, struct yaml_node *node,
		      const struct yaml_node **ret)
{
	int err = next_event(r);

	if (err)
		return err;
	if (r->event.type == YAML_SEQUENCE_END_EVENT ||
	    r->event.type == YAML_MAPPING_END_EVENT)
		return 0;

	err = node_read(r, depth, ret);
	return err ? err : weight_add(r, node, *ret);
}

static int sequence_read(struct reader *r, unsigned depth,
			 struct yaml_node *node)
{
	ARRAY(const struct yaml_node *) items = ARRAY_INIT;
	int err;

	for (;;) {
		const struct yaml_node *child = NULL;

		err = child_read(r, depth, node, &child);
		if (err)
			return err;
		if (!child)
			break;
		*grow_push(r->arena, &items) = child;
	}
	node->items = items.items;
	node->n = items.n;
	return 0;
}

static int map_read(struct reader *r, unsigned depth, struct yaml_node *node)
{
	ARRAY(struct yaml_pair) pairs = ARRAY_INIT;

	for (;;) {
		struct yaml_pair pair = { NULL, NULL };
		int err = child_read(r, depth, node, &pair.key);

		if (err)
			return err;
		if (!pair.key)
			break;
		err = child_read(r, depth, node, &pair.value);
		if (err)
			return err;
		*grow_push(r->arena, &pairs) = pair;
	}
	node->pairs = pairs.items;
	node->n = pairs.n;
	return 0;
}

static int alias_read(struct reader *r, const struct yaml_node **ret)
{
	const char *name = (const char *)r->event.data.alias.anchor;
	const struct yaml_node *node = symtab_get(&r->anchors, span_of(name));

	if (!node)
		return fail_at(r, offset_of(r, r->event.start_mark.index),
			       "the referenced anchor is not defined");

	*ret = node;
	return 0;
}

/* The nesting is too deep: said at the end of the line, as Falco's reader does. */
static int fail_depth(struct reader *r)
{
	size_t at = offset_of(r, r->event.start_mark.index);

	while (at < r->text.n && r->text.data[at] != '\n')
		at++;
	return fail_at(r, at, "nested too deeply");
}

static int collection_read(struct reader *r, unsigned depth,
			   const struct yaml_node **ret)
{
	bool is_map = r->event.type == YAML_MAPPING_START_EVENT;
	struct yaml_node *node = node_new(r, is_map ? NODE_MAP : NODE_SEQUENCE);
	yaml_char_t *anchor;
	int err;

	if (depth >= YAML_DEPTH_MAX)
		return fail_depth(r);

	/* A node is known by its anchor only when it is complete: no cycles. */
	anchor = is_map ? TAKE_PTR(r->event.data.mapping_start.anchor) :
			  TAKE_PTR(r->event.data.sequence_start.anchor);
	err = is_map ? map_read(r, depth + 1, node) :
		       sequence_read(r, depth + 1, node);
	if (!err)
		anchor_set(r, anchor, node);
	free(anchor);
	*ret = node;
	return err;
}

static int node_read(struct reader *r, unsigned depth,
		     const struct yaml_node **ret)
{
	struct yaml_node *node;

	if (r->event.type == YAML_ALIAS_EVENT)
		return alias_read(r, ret);
	if (r->event.type != YAML_SCALAR_EVENT)
		return collection_read(r, depth, ret);

	node = node_new(r, NODE_SCALAR);
	scalar_fill(r, node);
	anchor_set(r, r->event.data.scalar.anchor, node);
	*ret = node;
	return 0;
}

/* --- The stream ------------------------------------------------------------ */

static int document_read(struct reader *r, const struct yaml_node **ret)
{
	int err = next_event(r);

	if (!err)
		err = node_read(r, 0, ret);
	if (!err)
		err = next_event(r); /* the document's end */
	symtab_done(&r->anchors);
	return err;
}

static int documents_read(struct reader *r, struct yaml_stream *ret)
{
	ARRAY(const struct yaml_node *) documents = ARRAY_INIT;
	size_t weight = 0;

	for (;;) {
		const struct yaml_node *root = NULL;
		int err = next_event(r);

		if (err)
			return err;
		if (r->event.type == YAML_STREAM_END_EVENT)
			break;
		if (r->event.type != YAML_DOCUMENT_START_EVENT)
			continue;
		err = document_read(r, &root);
		if (err)
			return err;
		weight += root->weight;
		if (weight > YAML_WEIGHT_MAX)
			return fail_at(r, 0, "the file has too many nodes");
		*grow_push(r->arena, &documents) = root;
	}
	*ret = (struct yaml_stream){ documents.items, documents.n };
	return 0;
}

static void code_point_add(struct strbuf *out, uint32_t c)
{
	if (c < 0x80) {
		strbuf_addch(out, (char)c);
	} else if (c < 0x800) {
		strbuf_addch(out, (char)(0xc0 | c >> 6));
		strbuf_addch(out, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		strbuf_addch(out, (char)(0xe0 | c >> 12));
		strbuf_addch(out, (char)(0x80 | (c >> 6 & 0x3f)));
		strbuf_addch(out, (char)(0x80 | (c & 0x3f)));
	} else {
		strbuf_addch(out, (char)(0xf0 | c >> 18));
		strbuf_addch(out, (char)(0x80 | (c >> 12 & 0x3f)));
		strbuf_addch(out, (char)(0x80 | (c >> 6 & 0x3f)));
		strbuf_addch(out, (char)(0x80 | (c & 0x3f)));
	}
}

/* UTF-16 as UTF-8; a half of a pair that stands alone becomes U+FFFD. */
static void utf16_convert(struct span s, bool big, struct strbuf *out)
{
	uint32_t high = 0;

	for (size_t i = 2; i + 1 < s.n; i += 2) {
		uint32_t a = (unsigned char)s.data[i + !big];
		uint32_t b = (unsigned char)s.data[i + big];
		uint32_t c = a << 8 | b;
		bool is_low = c >= 0xdc00 && c < 0xe000;

		if (high && is_low)
			code_point_add(out, 0x10000 + ((high & 0x3ff) << 10) +
						    (c & 0x3ff));
		else if (high || is_low)
			code_point_add(out, 0xfffd);
		if (!is_low && (c < 0xd800 || c >= 0xdc00))
			code_point_add(out, c);
		high = c >= 0xd800 && c < 0xdc00 ? c : 0;
	}
}

static struct span text_decode(struct span content, struct strbuf *memory)
{
	if (span_starts_with(content, SPAN("\xef\xbb\xbf")))
		return span_from(content, 3);
	if (!span_starts_with(content, SPAN("\xff\xfe")) &&
	    !span_starts_with(content, SPAN("\xfe\xff")))
		return content;

	utf16_convert(content, content.data[0] == '\xfe', memory);
	return strbuf_span(memory);
}

static int text_read(struct reader *r, struct yaml_stream *ret)
{
	int err;

	if (!yaml_parser_initialize(&r->parser))
		abort();
	yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r->parser,
				     (const unsigned char *)r->text.data,
				     r->text.n);
	err = documents_read(r, ret);
	yaml_event_delete(&r->event);
	symtab_done(&r->anchors);
	return err;
}

/* Did a text in double quotes run over a line's end into the end of the file? */
static bool is_quote_open(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	size_t start = offset_of(r, p->context_mark.index);

	return p->error == YAML_SCANNER_ERROR && p->problem &&
	       strcmp(p->problem, "found unexpected end of stream") == 0 &&
	       start < r->text.n && r->text.data[start] == '"' &&
	       span_ends_with(r->text, SPAN("\n"));
}

/* Falco's reader takes the end of the file for the missing quote. */
static int text_read_closed(struct reader *r, struct yaml_stream *ret)
{
	CLEANUP(strbuf_done) struct strbuf closed = STRBUF_INIT;
	struct span text = r->text;
	int err;

	strbuf_addspan(&closed, text);
	strbuf_adds(&closed, "\"");
	yaml_parser_delete(&r->parser);
	r->text = strbuf_span(&closed);
	err = text_read(r, ret);
	r->text = text;
	return err;
}

int yaml_read_by_library(struct arena *arena, struct span content,
			 struct yaml_stream *ret, struct yaml_mark *ret_where,
			 struct error *err)
{
	CLEANUP(strbuf_done) struct strbuf memory = STRBUF_INIT;
	struct reader r = { .arena = arena, .where = ret_where, .err = err };
	int code;

	if (content.n > YAML_SIZE_MAX)
		return fail_at(&r, 0, "the file is larger than 64 MiB");

	r.text = text_decode(content, &memory);
	code = text_read(&r, ret);
	if (code && is_quote_open(&r))
		code = text_read_closed(&r, ret);
	yaml_parser_delete(&r.parser);
	return code;
}

int yaml_read(struct arena *arena, struct span content,
	      struct yaml_stream *ret, struct yaml_mark *ret_where,
	      struct error *err)
{
	const struct yaml_node *root;

	if (!yaml_plain_read(arena, content, &root))
		return yaml_read_by_library(arena, content, ret, ret_where,
					    err);
	ret->documents = arena_alloc(arena, sizeof(*ret->documents));
	ret->documents[0] = root;
	ret->n = 1;
	return 0;
}

/* --- Asking ---------------------------------------------------------------- */

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
	struct span name = span_of(key);

	for (size_t i = 0; i < map->n; i++) {
		const struct yaml_node *k = map->pairs[i].key;

		if (k->kind == NODE_SCALAR && span_eq(k->text, name))
			return map->pairs[i].value;
	}
	return NULL;
}

struct span yaml_text(const struct yaml_node *node)
{
	return node->kind == NODE_SCALAR ? node->text : SPAN("null");
}

/* Is `text` the lower-case `word` in lower, upper or capitalised letters? */
static bool word_is(struct span text, const char *word)
{
	unsigned upper = 0;

	if (text.n != strlen(word))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if ((c | 0x20) != (unsigned char)word[i])
			return false;
		upper += !(c & 0x20);
	}
	return !upper || upper == text.n || (upper == 1 && !(text.data[0] & 0x20));
}

int yaml_bool(const struct yaml_node *node, bool *ret)
{
	static const char *const words[][2] = {
		{ "n", "y" }, { "no", "yes" }, { "off", "on" },
		{ "false", "true" }
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		for (int b = 0; b < 2; b++)
			if (word_is(node->text, words[i][b])) {
				*ret = b;
				return 0;
			}
	return -EINVAL;
}

int yaml_uint32(const struct yaml_node *node, uint32_t *ret)
{
	const char *s = node->text.data;
	unsigned long long n;
	char *end;

	if (!node->text.n || strlen(s) != node->text.n || strchr(s, '-'))
		return -EINVAL;

	errno = 0;
	n = strtoull(s, &end, 0);
	if (errno || end == s || n > UINT32_MAX)
		return -EINVAL;
	end += strspn(end, " \t\r\n\v\f");
	if (*end)
		return -EINVAL;

	*ret = (uint32_t)n;
	return 0;
}
