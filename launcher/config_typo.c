/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The search for keys that there are not: see config_typo.h. Looks at names alone: a
 * value of the wrong type is not its matter.
 */
#include "config_typo.h"

#include <stddef.h>
#include <string.h>

#include "cleanup.h"
#include "schema.h"
#include "strbuf.h"

#include "config_walk.h"

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

/* Who is told. */
struct listener {
	config_typo_fn *fn;
	void *ctx;
};

static void no_such_key(struct config_walk *w, const struct schema *schema,
			size_t parent, const char *name)
{
	const struct listener *l = w->ctx;
	const char *near = nearest(schema->keys, name);
	CLEANUP(strbuf_done) struct strbuf path = STRBUF_INIT;

	strbuf_addf(&path, "%.*s%s%s", (int)parent, w->where.data,
		    parent ? "." : "", near ? near : "");
	l->fn(l->ctx, w->where.data, near ? path.data : NULL);
}

static bool has_one_shape(struct config_walk *w, const struct schema *schema,
			  const struct tree *node)
{
	(void)w;
	(void)node;
	return !schema->choices[0] && !schema->is_open &&
	       schema->type != SCHEMA_ANY;
}

void config_typos(const struct schema *schema, const struct tree *root,
		  config_typo_fn *fn, void *ctx)
{
	struct listener listener = { fn, ctx };
	struct config_walk w = { .where = STRBUF_INIT,
				 .visit = has_one_shape,
				 .unknown = no_such_key,
				 .ctx = &listener };

	config_walk(&w, schema, root);
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
