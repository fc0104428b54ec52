/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML into trees, trees into text: see tree.h. The library gives a document whose
 * nodes refer to each other by number; what is built from it is a true tree, an
 * alias becomes a copy.
 */
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>
#include <yaml.h>

#include "arena.h"
#include "array.h"
#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#define DEPTH_MAX 64
#define NODES_MAX 100000

/* The conversion of one document. */
struct reading {
	struct arena *arena;
	yaml_document_t document;
	size_t nodes;
	struct error *err;
};

struct tree *tree_new(struct arena *arena, enum tree_kind kind,
		      const char *text)
{
	struct tree *node = arena_zalloc(arena, sizeof(*node));

	node->kind = kind;
	node->line = node->column = 1;
	if (text)
		node->text = arena_strdup(arena, text);
	return node;
}

void tree_add(struct arena *arena, struct tree *node, const char *key,
	      struct tree *item)
{
	if (node->n == node->cap) {
		size_t cap = node->cap ? node->cap * 2 : 4;
		struct tree **items = arena_alloc(arena, cap * sizeof(*items));
		const char **keys = arena_zalloc(arena, cap * sizeof(*keys));

		if (node->n) {
			memcpy(items, node->items, node->n * sizeof(*items));
			memcpy(keys, node->keys, node->n * sizeof(*keys));
		}
		node->items = items;
		node->keys = keys;
		node->cap = cap;
	}
	node->keys[node->n] = key ? arena_strdup(arena, key) : NULL;
	node->items[node->n++] = item;
}

struct tree *tree_child(const struct tree *node, struct span key)
{
	for (size_t i = 0; node->kind == TREE_MAP && i < node->n; i++)
		if (span_is(key, node->keys[i]))
			return node->items[i];

	return NULL;
}

/* --- Reading --------------------------------------------------------------- */

static int read_node(struct reading *r, int id, unsigned depth,
		     struct tree **ret);

/* The words of YAML 1.2 for nothing, when they stand unquoted. */
static bool is_null_word(const yaml_node_t *node, const char *text)
{
	static const char *const words[] = { "", "~", "null", "Null", "NULL" };

	if (node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(text, words[i]))
			return true;

	return false;
}

static int read_scalar(struct reading *r, const yaml_node_t *node,
		       struct tree *tree)
{
	const char *text = (const char *)node->data.scalar.value;

	if (memchr(text, '\0', node->data.scalar.length))
		return error_set(r->err, -EINVAL,
				 "yaml: error at line %u, column %u: "
				 "a NUL byte in a value",
				 tree->line, tree->column);
	tree->text = arena_strdup(r->arena, text);
	tree->kind = is_null_word(node, text) ? TREE_NULL : TREE_SCALAR;
	return 0;
}

static int read_list(struct reading *r, const yaml_node_t *node,
		     unsigned depth, struct tree *tree)
{
	yaml_node_item_t *at = node->data.sequence.items.start;

	tree->kind = TREE_LIST;
	for (; at < node->data.sequence.items.top; at++) {
		struct tree *item;
		int ret = read_node(r, *at, depth + 1, &item);

		if (ret < 0)
			return ret;
		tree_add(r->arena, tree, NULL, item);
	}
	return 0;
}

static int read_map(struct reading *r, const yaml_node_t *node, unsigned depth,
		    struct tree *tree)
{
	yaml_node_pair_t *at = node->data.mapping.pairs.start;

	tree->kind = TREE_MAP;
	for (; at < node->data.mapping.pairs.top; at++) {
		struct tree *key, *item;
		int ret = read_node(r, at->key, depth + 1, &key);

		if (ret == 0)
			ret = read_node(r, at->value, depth + 1, &item);
		if (ret < 0)
			return ret;
		tree_add(r->arena, tree, key->text ? key->text : "", item);
	}
	return 0;
}

static int read_kind(struct reading *r, const yaml_node_t *node,
		     unsigned depth, struct tree *tree)
{
	switch (node->type) {
	case YAML_SCALAR_NODE:
		return read_scalar(r, node, tree);
	case YAML_SEQUENCE_NODE:
		return read_list(r, node, depth, tree);
	case YAML_MAPPING_NODE:
		return read_map(r, node, depth, tree);
	case YAML_NO_NODE:
	default:
		return 0;
	}
}

static int read_node(struct reading *r, int id, unsigned depth,
		     struct tree **ret)
{
	const yaml_node_t *node = yaml_document_get_node(&r->document, id);
	struct tree *tree = tree_new(r->arena, TREE_NULL, NULL);
	int got;

	if (!node)
		return error_set(r->err, -EINVAL, "yaml: an alias to nothing");
	tree->line = (unsigned)node->start_mark.line + 1;
	tree->column = (unsigned)node->start_mark.column + 1;
	if (depth > DEPTH_MAX || ++r->nodes > NODES_MAX)
		return error_set(r->err, -EINVAL,
				 "yaml: error at line %u, column %u: %s",
				 tree->line, tree->column,
				 "nested too deeply or too large");
	got = read_kind(r, node, depth, tree);
	if (got < 0)
		return got;

	*ret = tree;
	return 0;
}

static int parser_error(const yaml_parser_t *parser, struct error *err)
{
	return error_set(err, -EINVAL, "yaml: error at line %zu, column %zu: %s",
			 parser->problem_mark.line + 1,
			 parser->problem_mark.column + 1,
			 parser->problem ? parser->problem : "not YAML");
}

static int read_document(struct reading *r, yaml_parser_t *parser,
			 struct tree **ret)
{
	int got = 0;

	if (!yaml_parser_load(parser, &r->document))
		return parser_error(parser, r->err);
	if (!yaml_document_get_root_node(&r->document))
		*ret = tree_new(r->arena, TREE_NULL, NULL);
	else
		got = read_node(r, 1, 0, ret);
	yaml_document_delete(&r->document);

	return got;
}

int tree_parse(struct arena *arena, struct span text, struct tree **ret,
	       struct error *err)
{
	CLEANUP(yaml_parser_delete) yaml_parser_t parser;
	struct reading r = { .arena = arena, .err = err };

	if (!yaml_parser_initialize(&parser))
		abort();
	yaml_parser_set_input_string(&parser, (const unsigned char *)text.data,
				     text.n);
	return read_document(&r, &parser, ret);
}

/* --- Writing --------------------------------------------------------------- */

static void print_quoted(const char *text, struct strbuf *out)
{
	strbuf_addch(out, '"');
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			strbuf_addf(out, "\\%c", c);
		else if (c == '\n')
			strbuf_adds(out, "\\n");
		else if (c == '\t')
			strbuf_adds(out, "\\t");
		else if (c < 0x20)
			strbuf_addf(out, "\\x%02x", c);
		else
			strbuf_addch(out, (char)c);
	}
	strbuf_addch(out, '"');
}

static void print_items(const struct tree *node, const char *brackets,
			struct strbuf *out)
{
	strbuf_addch(out, brackets[0]);
	for (size_t i = 0; i < node->n; i++) {
		if (i)
			strbuf_adds(out, ", ");
		if (node->kind == TREE_MAP) {
			print_quoted(node->keys[i], out);
			strbuf_adds(out, ": ");
		}
		tree_print(node->items[i], out);
	}
	strbuf_addch(out, brackets[1]);
}

void tree_print(const struct tree *node, struct strbuf *out)
{
	switch (node->kind) {
	case TREE_NULL:
		strbuf_adds(out, "null");
		break;
	case TREE_SCALAR:
		print_quoted(node->text, out);
		break;
	case TREE_LIST:
		print_items(node, "[]", out);
		break;
	case TREE_MAP:
		print_items(node, "{}", out);
		break;
	}
}

/* --- Scalars --------------------------------------------------------------- */

/* One of YAML 1.1's words, in lower case, in capitals or with one capital. */
static bool is_word(const char *text, const char *word)
{
	size_t n = strlen(word);
	bool first_upper = *text >= 'A' && *text <= 'Z';
	bool rest_upper = n > 1 && text[0] && text[1] >= 'A' && text[1] <= 'Z';

	if (strlen(text) != n || strcasecmp(text, word) != 0)
		return false;
	for (size_t i = 1; i < n; i++)
		if ((text[i] >= 'A' && text[i] <= 'Z') != rest_upper)
			return false;

	return first_upper || !rest_upper;
}

int tree_bool(const struct tree *node, bool *ret)
{
	static const char *const yes[] = { "y", "yes", "true", "on" };
	static const char *const no[] = { "n", "no", "false", "off" };

	for (size_t i = 0; node->kind == TREE_SCALAR && i < ARRAY_SIZE(yes); i++)
		if (is_word(node->text, yes[i]) || is_word(node->text, no[i])) {
			*ret = is_word(node->text, yes[i]);
			return 0;
		}

	return -EINVAL;
}

int tree_number(const struct tree *node, double *ret)
{
	char *end;
	double d;

	if (node->kind != TREE_SCALAR || !*node->text)
		return -EINVAL;
	d = strtod(node->text, &end);
	if (*end)
		return -EINVAL;

	*ret = d;
	return 0;
}

int tree_integer(const struct tree *node, int64_t *ret)
{
	long long i;
	char *end;

	if (node->kind != TREE_SCALAR || !*node->text)
		return -EINVAL;
	errno = 0;
	i = strtoll(node->text, &end, 0);
	if (*end || errno)
		return -EINVAL;

	*ret = i;
	return 0;
}
