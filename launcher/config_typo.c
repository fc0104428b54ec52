/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The search for keys that there are not: see config_typo.h. Walks a tree along its
 * schema, as config_schema.c does, but looks at names alone and goes on where a
 * value has the wrong type, for that is not a matter of names.
 */
#include "config_typo.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "cleanup.h"
#include "error.h"
#include "schema.h"
#include "strbuf.h"

#include "tree.h"

/* Longer names are no misspelling of ours. */
#define NAME_MAX_LENGTH 63

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters are to be put in, left out or replaced (Levenshtein), at most
 * NAME_MAX_LENGTH + 1. */
static size_t distance(const char *a, const char *b)
{
	size_t row[NAME_MAX_LENGTH + 1];
	size_t n = strlen(b);

	if (strlen(a) > NAME_MAX_LENGTH || n > NAME_MAX_LENGTH)
		return NAME_MAX_LENGTH + 1;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 1; j <= n; j++) {
			size_t replaced = diagonal + (a[i] != b[j - 1]);

			diagonal = row[j];
			row[j] = least(replaced,
				       least(row[j], row[j - 1]) + 1);
		}
	}
	return row[n];
}

/* NULL: none is near. */
static const char *nearest(const struct schema_key *keys, const char *name)
{
	size_t best = strlen(name) / 3 + 2;
	const char *ret = NULL;

	for (; keys && keys->name; keys++) {
		size_t d = distance(name, keys->name);

		if (d < best) {
			best = d;
			ret = keys->name;
		}
	}
	return ret;
}

static int no_such_key(const struct schema *schema, struct strbuf *where,
		       size_t parent, const char *name, struct error *err)
{
	const char *near = nearest(schema->keys, name);

	if (!near)
		return error_set(err, -EINVAL,
				 "-o %s: no such key; falco-run --config-schema "
				 "shows them, with =falco-run our own",
				 where->data);
	return error_set(err, -EINVAL,
			 "-o %s: no such key; did you mean %.*s%s%s?", where->data,
			 (int)parent, where->data, parent ? "." : "", near);
}

static int find(const struct schema *schema, const struct tree *node,
		struct strbuf *where, struct error *err);

static int find_in_map(const struct schema *schema, const struct tree *node,
		       struct strbuf *where, struct error *err)
{
	size_t parent = where->n;
	int ret = 0;

	for (size_t i = 0; i < node->n && ret == 0; i++) {
		const char *name = node->keys[i];
		const struct schema_key *key = schema_key_named(schema, name);

		strbuf_addf(where, "%s%s", parent ? "." : "", name);
		if (!key)
			return no_such_key(schema, where, parent, name, err);
		ret = find(key->schema, node->items[i], where, err);
		strbuf_cut(where, parent);
	}
	return ret;
}

static int find_in_list(const struct schema *schema, const struct tree *node,
			struct strbuf *where, struct error *err)
{
	size_t parent = where->n;
	int ret = 0;

	for (size_t i = 0; i < node->n && ret == 0; i++) {
		strbuf_adds(where, "[]");
		ret = find(schema->items, node->items[i], where, err);
		strbuf_cut(where, parent);
	}
	return ret;
}

static int find(const struct schema *schema, const struct tree *node,
		struct strbuf *where, struct error *err)
{
	if (schema->choices[0] || schema->is_open || schema->type == SCHEMA_ANY)
		return 0;
	if (node->kind == TREE_MAP)
		return find_in_map(schema, node, where, err);
	if (node->kind == TREE_LIST && schema->items)
		return find_in_list(schema, node, where, err);

	return 0;
}

int config_typo_find(const struct schema *schema, const struct tree *root,
		     struct error *err)
{
	CLEANUP(strbuf_done) struct strbuf where = STRBUF_INIT;

	return find(schema, root, &where, err);
}

void config_typo_path(const char *path, struct strbuf *out)
{
	while (*path) {
		size_t n = path[0] == '\\' && path[1] ? 2 : 1;

		strbuf_add(out, path, n);
		path += n;
		if (n == 1 && path[-1] == '[')
			path += strspn(path, "0123456789");
	}
}
