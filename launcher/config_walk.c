/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walk: see config_walk.h.
 */
#include "config_walk.h"

#include "schema.h"

#include "tree.h"

static void walk(struct config_walk *w, const struct schema *schema,
		 const struct tree *node);

static void walk_key(struct config_walk *w, const struct schema *schema,
		     const char *name, const struct tree *node)
{
	const struct schema_key *key = schema_key_named(schema, name);
	size_t parent = w->where.n;

	strbuf_addf(&w->where, "%s%s", parent ? "." : "", name);
	if (key)
		walk(w, key->schema, node);
	else if (w->unknown)
		w->unknown(w, schema, parent, name);
	strbuf_cut(&w->where, parent);
}

static void walk_items(struct config_walk *w, const struct schema *schema,
		       const struct tree *node)
{
	size_t parent = w->where.n;

	strbuf_adds(&w->where, "[]");
	for (size_t i = 0; i < node->n; i++)
		walk(w, schema->items, node->items[i]);
	strbuf_cut(&w->where, parent);
}

static void walk(struct config_walk *w, const struct schema *schema,
		 const struct tree *node)
{
	if (!w->visit(w, schema, node))
		return;
	for (size_t i = 0; node->kind == TREE_MAP && i < node->n; i++)
		walk_key(w, schema, node->keys[i], node->items[i]);
	if (node->kind == TREE_LIST && schema->items)
		walk_items(w, schema, node);
}

void config_walk(struct config_walk *w, const struct schema *schema,
		 const struct tree *root)
{
	walk(w, schema, root);
	strbuf_done(&w->where);
}
