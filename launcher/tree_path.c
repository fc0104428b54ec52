/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key paths through a tree, merging and expansion: see tree.h. The odd corners
 * are Falco's and its YAML library's: an index beyond the end turns a list into
 * a map, a path through a scalar is an error, through nothing is not.
 */
#include "tree.h"

#include <errno.h>
#include <stdio.h>

#include "alloc.h"
#include "arena.h"
#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#define STEP_NEW SIZE_MAX

/* One step of a path: a name, then perhaps an index. */
struct step {
	struct strbuf name;
	bool has_index;
	bool index_is_text; /* "-1": digits after a sign, used as a key */
	size_t index;       /* STEP_NEW for [] */
	char index_text[24];
};

/* A path being read. */
struct path {
	const char *text;
	size_t at;
	struct error *err;
};

static void step_done(struct step *step)
{
	strbuf_done(&step->name);
}

static int path_error(const struct path *path, const char *what)
{
	return error_set(path->err, -EINVAL,
			 "Config error at key \"%s\": Parsing error: %s",
			 path->text, what);
}

static int unexpected(const struct path *path, size_t at)
{
	char what[64];

	snprintf(what, sizeof(what), "unexpected character at pos %zu", at);
	return path_error(path, what);
}

static int bad_index(const struct path *path, struct span found)
{
	char what[128];

	snprintf(what, sizeof(what), "expected a numeric index, found '%.*s'",
		 SPAN_FMT(found));
	return path_error(path, what);
}

static int read_index(struct path *path, struct step *step)
{
	const char *open = path->text + path->at + 1;
	struct span inside = span_make(open, strcspn(open, "]"));
	size_t sign = inside.n && *open == '-';
	size_t value = 0;

	if (!open[inside.n])
		return unexpected(path, path->at);
	for (size_t i = sign; i < inside.n; i++) {
		if (open[i] < '0' || open[i] > '9' || value > 1000000)
			return bad_index(path, inside);
		value = value * 10 + (size_t)(open[i] - '0');
	}
	if (sign && inside.n == 1)
		return bad_index(path, inside);
	step->has_index = true;
	step->index = inside.n ? value : STEP_NEW;
	step->index_is_text = sign;
	snprintf(step->index_text, sizeof(step->index_text), "%.*s",
		 SPAN_FMT(inside));
	path->at += inside.n + 2;
	return 0;
}

static void read_name(struct path *path, struct step *step)
{
	const char *s = path->text;

	for (; s[path->at] && !strchr(".[", s[path->at]); path->at++) {
		if (s[path->at] == '\\' && s[path->at + 1])
			path->at++;
		strbuf_addch(&step->name, s[path->at]);
	}
}

/* Reads the next step; what stands after it is a dot, or the end. */
static int path_next(struct path *path, struct step *step)
{
	int ret = 0;

	read_name(path, step);
	if (!step->name.n)
		return unexpected(path, path->at);
	if (path->text[path->at] == '[')
		ret = read_index(path, step);
	if (ret < 0)
		return ret;
	if (path->text[path->at] == '.')
		path->at++;
	else if (path->text[path->at])
		return unexpected(path, path->at);

	return 0;
}

static int through_scalar(const struct path *path, const struct tree *node,
			  const char *key)
{
	char place[64] = "";

	if (node->line)
		snprintf(place, sizeof(place),
			 "yaml-cpp: error at line %u, column %u: ", node->line,
			 node->column);
	return error_set(path->err, -EINVAL,
			 "Config error at key \"%s\": %soperator[] call on a "
			 "scalar (key: \"%s\")",
			 path->text, place, key);
}

static struct tree *item_at(const struct tree *node, const struct step *step)
{
	if (node->kind == TREE_MAP)
		return tree_child(node, span_of(step->index_text));
	if (node->kind != TREE_LIST || step->index >= node->n)
		return NULL;

	return node->items[step->index];
}

int tree_get(struct tree *root, const char *text, struct tree **ret,
	     struct error *err)
{
	struct path path = { text, 0, err };
	struct tree *node = root;

	while (node && text[path.at]) {
		CLEANUP(step_done) struct step step = { .name = STRBUF_INIT };
		int got = path_next(&path, &step);

		if (got < 0)
			return got;
		if (node->kind == TREE_SCALAR)
			return through_scalar(&path, node, step.name.data);
		node = tree_child(node, strbuf_span(&step.name));
		if (node && step.has_index)
			node = item_at(node, &step);
	}
	*ret = node;
	return 0;
}

/* --- Setting ---------------------------------------------------------------
 */

/* Makes a node a map, keeping a list's items under their numbers. */
static void become_map(struct arena *arena, struct tree *node)
{
	if (node->kind == TREE_LIST)
		for (size_t i = 0; i < node->n; i++)
			node->keys[i] = arena_printf(arena, NULL, "%zu", i);
	node->kind = TREE_MAP;
}

/* The place of a key or an index, made when it is not there. */
static struct tree **place_key(struct arena *arena, struct tree *node,
			       const char *key)
{
	become_map(arena, node);
	for (size_t i = 0; i < node->n; i++)
		if (!strcmp(node->keys[i], key))
			return &node->items[i];

	tree_add(arena, node, key, tree_new(arena, TREE_NULL, NULL));
	return &node->items[node->n - 1];
}

static struct tree **place_index(struct arena *arena, struct tree *node,
				 const struct step *step)
{
	size_t index = step->index == STEP_NEW ? node->n : step->index;

	if (node->kind == TREE_MAP || step->index_is_text || index > node->n)
		return place_key(arena, node, step->index_text);
	if (node->kind == TREE_NULL)
		node->kind = TREE_LIST;
	if (index == node->n)
		tree_add(arena, node, NULL, tree_new(arena, TREE_NULL, NULL));

	return &node->items[index];
}

/* In place, so that every alias of the node becomes it, too. */
static void become(struct tree *node, const struct tree *value)
{
	unsigned line = node->line, column = node->column;

	*node = *value;
	if (value->kind != TREE_SCALAR)
		return;
	node->line = line;
	node->column = column;
}

int tree_set(struct arena *arena, struct tree *root, const char *text,
	     struct tree *value, struct error *err)
{
	struct path path = { text, 0, err };
	struct tree *node = root;

	while (text[path.at]) {
		CLEANUP(step_done) struct step step = { .name = STRBUF_INIT };
		int ret = path_next(&path, &step);

		if (ret < 0)
			return ret;
		if (node->kind == TREE_SCALAR)
			return through_scalar(&path, node, step.name.data);
		node = *place_key(arena, node, step.name.data);
		if (!step.has_index)
			continue;
		if (node->kind == TREE_SCALAR)
			return through_scalar(&path, node, step.index_text);
		node = *place_index(arena, node, &step);
	}
	become(node, value);
	return 0;
}

/* --- Merging ---------------------------------------------------------------
 */

static int extend_list(struct arena *arena, struct tree *into,
		       const struct tree *from, struct error *err)
{
	if (into->kind == TREE_SCALAR || into->kind == TREE_MAP)
		return error_set(err, -EINVAL, "appending to a non-sequence");
	into->kind = TREE_LIST;
	for (size_t i = 0; i < from->n; i++)
		tree_add(arena, into, NULL, from->items[i]);

	return 0;
}

int tree_merge(struct arena *arena, struct tree *into, const struct tree *from,
	       enum tree_strategy strategy, struct error *err)
{
	for (size_t i = 0; from->kind == TREE_MAP && i < from->n; i++) {
		struct tree *item = from->items[i];
		struct tree *there = tree_child(into, span_of(from->keys[i]));
		int ret = 0;

		if (!there)
			tree_add(arena, into, from->keys[i], item);
		else if (strategy == TREE_APPEND && item->kind == TREE_LIST)
			ret = extend_list(arena, there, item, err);
		else if (strategy != TREE_ADD_ONLY)
			*place_key(arena, into, from->keys[i]) = item;
		if (ret < 0)
			return ret;
	}
	return 0;
}

/* --- Expansion -------------------------------------------------------------
 */

/* A variable may hold further ones, but not for ever. */
#define EXPANSION_DEPTH 16
#define EXPANSION_BYTES (1u << 20)

struct expansion {
	const char *(*lookup)(const char *name);
	struct strbuf out;
	unsigned depth;
};

static void expand_text(struct expansion *x, const char *s);

/* Appends what "${NAME}" at s stands for; returns how long it is, 0 when it has
 * no end. */
static size_t expand_one(struct expansion *x, const char *s)
{
	size_t n = strcspn(s, "}");
	CLEANUP(freep) char *name = NULL;
	const char *value;

	if (!s[n])
		return 0;
	name = xstrndup(s + 2, n - 2);
	value = x->lookup(name);
	if (value && x->depth < EXPANSION_DEPTH && x->out.n < EXPANSION_BYTES) {
		x->depth++;
		expand_text(x, value);
		x->depth--;
	}
	return n + 1;
}

/* A "$" that begins neither "${" nor "$${" ends the expansion of the whole
 * text. */
static void expand_text(struct expansion *x, const char *s)
{
	for (;;) {
		size_t plain = strcspn(s, "$");
		size_t n;

		strbuf_add(&x->out, s, plain);
		s += plain;
		if (s[0] && s[1] == '$' && s[2] == '{' && strchr(s, '}')) {
			n = strcspn(s, "}") + 1;
			strbuf_add(&x->out, s + 1, n - 1);
		} else if (s[0] && s[1] == '{') {
			n = expand_one(x, s);
		} else {
			n = 0;
		}
		s += n;
		if (!n)
			break;
	}
	strbuf_adds(&x->out, s);
}

void tree_expand(struct arena *arena, struct tree *node,
		 const char *(*lookup)(const char *name))
{
	struct expansion x = { lookup, STRBUF_INIT, 0 };

	if (node->uses++)
		return;
	for (size_t i = 0; i < node->n; i++)
		tree_expand(arena, node->items[i], lookup);
	if (node->kind != TREE_SCALAR || !strchr(node->text, '$'))
		return;
	expand_text(&x, node->text);
	node->text = arena_strdup(arena, x.out.data);
	strbuf_done(&x.out);
}
