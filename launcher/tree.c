/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML into trees, trees into text: see tree.h. The library gives a document
 * whose nodes refer to each other by number; each becomes one node of ours.
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
	struct tree **made; /* by number; being made as long as its size is 0 */
	struct error *err;
};

struct tree *tree_new(struct arena *arena, enum tree_kind kind,
		      const char *text)
{
	struct tree *node = arena_zalloc(arena, sizeof(*node));

	node->kind = kind;
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

struct tree_place tree_place(const struct tree *node)
{
	struct tree_place place = { "" };

	if (node->line)
		snprintf(place.text, sizeof(place.text),
			 "yaml: error at line %u, column %u: ", node->line,
			 node->column);
	return place;
}

/* --- Reading ---------------------------------------------------------------
 */

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
		return error_set(r->err, -EINVAL, "%sa NUL byte in a value",
				 tree_place(tree).text);
	tree->text = arena_strdup(r->arena, text);
	tree->kind = is_null_word(node, text) ? TREE_NULL : TREE_SCALAR;
	return 0;
}

static int read_list(struct reading *r, const yaml_node_t *node, unsigned depth,
		     struct tree *tree)
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

static int read_kind(struct reading *r, const yaml_node_t *node, unsigned depth,
		     struct tree *tree)
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

static int too_large(const struct reading *r, const struct tree *tree)
{
	return error_set(r->err, -EINVAL, "%snested too deeply or too large",
			 tree_place(tree).text);
}

/* What was read once already: an alias, as large as what it stands for. */
static int read_again(const struct reading *r, struct tree *tree,
		      unsigned depth, struct tree **ret)
{
	if (!tree->size || depth + tree->height > DEPTH_MAX)
		return too_large(r, tree);

	*ret = tree;
	return 0;
}

static void measure(struct tree *tree)
{
	tree->size = 1;
	tree->height = 1;
	for (size_t i = 0; i < tree->n; i++) {
		const struct tree *item = tree->items[i];

		tree->size += item->size;
		if (item->height >= tree->height)
			tree->height = item->height + 1;
	}
}

static int read_new(struct reading *r, const yaml_node_t *node, unsigned depth,
		    struct tree *tree)
{
	int ret;

	tree->line = (unsigned)node->start_mark.line + 1;
	tree->column = (unsigned)node->start_mark.column + 1;
	if (depth > DEPTH_MAX)
		return too_large(r, tree);
	ret = read_kind(r, node, depth, tree);
	if (ret < 0)
		return ret;
	measure(tree);

	return tree->size > NODES_MAX ? too_large(r, tree) : 0;
}

static int read_node(struct reading *r, int id, unsigned depth,
		     struct tree **ret)
{
	const yaml_node_t *node = yaml_document_get_node(&r->document, id);
	int got;

	if (!node)
		return error_set(r->err, -EINVAL, "yaml: an alias to nothing");
	if (r->made[id])
		return read_again(r, r->made[id], depth, ret);

	r->made[id] = tree_new(r->arena, TREE_NULL, NULL);
	got = read_new(r, node, depth, r->made[id]);
	*ret = r->made[id];
	return got;
}

static int parser_error(const yaml_parser_t *parser, struct error *err)
{
	return error_set(
		err, -EINVAL, "yaml: error at line %zu, column %zu: %s",
		parser->problem_mark.line + 1, parser->problem_mark.column + 1,
		parser->problem ? parser->problem : "not YAML");
}

static int read_document(struct reading *r, yaml_parser_t *parser,
			 struct tree **ret)
{
	size_t n;
	int got = 0;

	if (!yaml_parser_load(parser, &r->document))
		return parser_error(parser, r->err);
	n = (size_t)(r->document.nodes.top - r->document.nodes.start);
	r->made = arena_zalloc(r->arena, (n + 1) * sizeof(struct tree *));
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

/* --- Writing ---------------------------------------------------------------
 */

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

/* A print: nodes that are used twice get numbers, in the order of their first
 * use. */
struct printing {
	struct strbuf *out;
	unsigned anchors;
};

static void print_node(struct printing *p, struct tree *node);

static void print_items(struct printing *p, struct tree *node,
			const char *brackets)
{
	strbuf_addch(p->out, brackets[0]);
	for (size_t i = 0; i < node->n; i++) {
		if (i)
			strbuf_adds(p->out, ", ");
		if (node->kind == TREE_MAP) {
			print_quoted(node->keys[i], p->out);
			strbuf_adds(p->out, ": ");
		}
		print_node(p, node->items[i]);
	}
	strbuf_addch(p->out, brackets[1]);
}

static void print_kind(struct printing *p, struct tree *node)
{
	switch (node->kind) {
	case TREE_NULL:
		strbuf_adds(p->out, "null");
		break;
	case TREE_SCALAR:
		print_quoted(node->text, p->out);
		break;
	case TREE_LIST:
		print_items(p, node, "[]");
		break;
	case TREE_MAP:
		print_items(p, node, "{}");
		break;
	}
}

/* A node's `uses` is how often it is there until it is printed; then its
 * number, above ANCHOR. */
#define ANCHOR (1u << 31)

static void print_node(struct printing *p, struct tree *node)
{
	if (node->uses & ANCHOR) {
		strbuf_addf(p->out, "*%u", node->uses & ~ANCHOR);
		return;
	}
	if (node->uses > 1) {
		node->uses = ++p->anchors | ANCHOR;
		strbuf_addf(p->out, "&%u ", p->anchors);
	}
	print_kind(p, node);
}

static void clear_uses(struct tree *node)
{
	node->uses = 0;
	for (size_t i = 0; i < node->n; i++)
		clear_uses(node->items[i]);
}

static void count_uses(struct tree *node)
{
	if (node->uses++)
		return;
	for (size_t i = 0; i < node->n; i++)
		count_uses(node->items[i]);
}

void tree_print(struct tree *node, struct strbuf *out)
{
	struct printing p = { out, 0 };

	clear_uses(node);
	count_uses(node);
	print_node(&p, node);
}

/* --- Scalars ---------------------------------------------------------------
 */

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

	for (size_t i = 0; node->kind == TREE_SCALAR && i < ARRAY_SIZE(yes);
	     i++)
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
