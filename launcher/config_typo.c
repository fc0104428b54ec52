/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The search for keys that there are not: see config_typo.h. Looks at names alone: a
 * value of the wrong type is not its matter.
 */
#include "config_typo.h"

#include <stddef.h>
#include <string.h>

#include "cleanup.h"
#include "nearest.h"
#include "schema.h"
#include "strbuf.h"

#include "config_walk.h"

static const char *nearest_key(const struct schema_key *keys, const char *name)
{
	struct nearest near = NEAREST(span_of(name));

	for (; keys && keys->name; keys++)
		nearest_offer(&near, keys->name);

	return near.name;
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
	const char *near = nearest_key(schema->keys, name);
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
