/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The check of a configuration file: see config_schema.h. Walks the file and looks
 * each place up in the table by its path, in which every index is [].
 */
#include "config_schema.h"

#include <stddef.h>

#include "array.h"
#include "cleanup.h"
#include "span.h"
#include "strbuf.h"

#include "tree.h"

enum key_type {
	KEY_TYPE_BOOL,
	KEY_TYPE_INTEGER,
	KEY_TYPE_NUMBER,
	KEY_TYPE_TEXT,
	KEY_TYPE_TEXTS,
	KEY_TYPE_MAP,
	KEY_TYPE_ANY,
};

struct key_row {
	const char *path;
	enum key_type type;
};

static const struct key_row key_rows[] = {
#define KEY(path, type, member) { path, KEY_TYPE_##type },
#define ACCEPTED(path, type) { path, KEY_TYPE_##type },
#include "config_keys.def"
};

/* Maps in which a key must be there. */
static const struct {
	const char *path, *key;
} required_keys[] = {
	{ "engine", "kind" },
	{ "engine.replay", "capture_file" },
	{ "plugins[]", "name" },
	{ "plugins[]", "library_path" },
	{ "program_output", "program" },
};

#define BAD_TYPE "Value type not permitted by 'type' constraint."

/* A walk: the place as the table and as a person knows it. */
struct walk {
	struct strbuf path;  /* plugins[].name */
	struct strbuf where; /* <root>[plugins][0][name] */
	struct strbuf *verdict;
};

static void walk_done(struct walk *w)
{
	strbuf_done(&w->path);
	strbuf_done(&w->where);
}

static bool fail(struct walk *w, const char *what)
{
	strbuf_addf(w->verdict, "failed for %s: %s", w->where.data, what);
	return false;
}

static const struct key_row *find_row(struct span path)
{
	for (size_t i = 0; i < ARRAY_SIZE(key_rows); i++)
		if (span_is(path, key_rows[i].path))
			return &key_rows[i];

	return NULL;
}

/* Does a row begin with the path and then `next`? */
static bool leads_on(struct span path, char next)
{
	for (size_t i = 0; i < ARRAY_SIZE(key_rows); i++) {
		struct span row = span_of(key_rows[i].path);

		if (span_starts_with(row, path) && path.n < row.n &&
		    (path.n == 0 || row.data[path.n] == next))
			return true;
	}
	return false;
}

static bool is_text_list(const struct tree *node)
{
	for (size_t i = 0; node->kind == TREE_LIST && i < node->n; i++)
		if (node->items[i]->kind != TREE_SCALAR)
			return false;

	return node->kind == TREE_LIST;
}

static bool is_schema_bool(const struct tree *node)
{
	return node->kind == TREE_SCALAR && (!strcmp(node->text, "true") ||
					     !strcmp(node->text, "false"));
}

static bool has_type(const struct tree *node, enum key_type type)
{
	int64_t integer;
	double number;

	switch (type) {
	case KEY_TYPE_BOOL:
		return is_schema_bool(node);
	case KEY_TYPE_INTEGER:
		return tree_integer(node, &integer) == 0;
	case KEY_TYPE_NUMBER:
		return tree_number(node, &number) == 0;
	case KEY_TYPE_TEXT:
		return node->kind == TREE_SCALAR;
	case KEY_TYPE_TEXTS:
		return is_text_list(node);
	case KEY_TYPE_MAP:
		return node->kind == TREE_MAP;
	case KEY_TYPE_ANY:
		break;
	}
	return true;
}

static bool check_node(struct walk *w, const struct tree *node);

static bool check_items(struct walk *w, const struct tree *node)
{
	size_t path_n = w->path.n, where_n = w->where.n;

	strbuf_adds(&w->path, "[]");
	for (size_t i = 0; i < node->n; i++) {
		strbuf_addf(&w->where, "[%zu]", i);
		if (!check_node(w, node->items[i]))
			return false;
		strbuf_cut(&w->where, where_n);
	}
	strbuf_cut(&w->path, path_n);
	return true;
}

static bool check_required(struct walk *w, const struct tree *node)
{
	for (size_t i = 0; i < ARRAY_SIZE(required_keys); i++) {
		CLEANUP(strbuf_done) struct strbuf what = STRBUF_INIT;

		if (!span_is(strbuf_span(&w->path), required_keys[i].path) ||
		    tree_child(node, span_of(required_keys[i].key)))
			continue;
		strbuf_addf(&what, "Missing required property '%s'.",
			    required_keys[i].key);
		return fail(w, what.data);
	}
	return true;
}

static bool fail_key(struct walk *w, const char *key)
{
	CLEANUP(strbuf_done) struct strbuf what = STRBUF_INIT;

	strbuf_addf(&what,
		    "Object contains a property that could not be validated "
		    "using 'properties' or 'additionalProperties' constraints: "
		    "'%s'.",
		    key);
	return fail(w, what.data);
}

static bool key_is_known(const struct walk *w)
{
	struct span path = strbuf_span(&w->path);

	return find_row(path) || leads_on(path, '.') || leads_on(path, '[');
}

/* The keys themselves, before anything below them. */
static bool check_keys(struct walk *w, const struct tree *node)
{
	size_t path_n = w->path.n;

	for (size_t i = 0; i < node->n; i++) {
		const char *key = node->keys[i];
		bool known;

		if (tree_child(node, span_of(key)) != node->items[i])
			return fail_key(w, "");
		strbuf_addf(&w->path, "%s%s", path_n ? "." : "", key);
		known = key_is_known(w);
		strbuf_cut(&w->path, path_n);
		if (!known)
			return fail_key(w, key);
	}
	return true;
}

static bool check_map(struct walk *w, const struct tree *node)
{
	size_t path_n = w->path.n, where_n = w->where.n;

	if (!check_keys(w, node) || !check_required(w, node))
		return false;
	for (size_t i = 0; i < node->n; i++) {
		const char *key = node->keys[i];

		strbuf_addf(&w->path, "%s%s", path_n ? "." : "", key);
		strbuf_addf(&w->where, "[%s]", key);
		if (!check_node(w, node->items[i]))
			return false;
		strbuf_cut(&w->path, path_n);
		strbuf_cut(&w->where, where_n);
	}
	return true;
}

static bool check_node(struct walk *w, const struct tree *node)
{
	struct span path = strbuf_span(&w->path);
	const struct key_row *row = find_row(path);

	if (row)
		return has_type(node, row->type) ? true : fail(w, BAD_TYPE);
	if (node->kind == TREE_MAP && leads_on(path, '.'))
		return check_map(w, node);
	if (node->kind == TREE_LIST && leads_on(path, '['))
		return check_items(w, node);

	return fail(w, BAD_TYPE);
}

bool config_schema_check(const struct tree *root, struct strbuf *verdict)
{
	CLEANUP(walk_done) struct walk w = {
		STRBUF_INIT, STRBUF_INIT, verdict,
	};

	strbuf_adds(&w.where, "<root>");
	if (!check_node(&w, root))
		return false;

	strbuf_adds(verdict, "ok");
	return true;
}
