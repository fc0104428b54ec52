/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A walk over a tree along its schema, for whoever looks for more than the first
 * mistake that Falco's validation would name (config_schema.h, which has paths, an
 * order and alternatives of its own). Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "strbuf.h"

struct schema;
struct tree;

struct config_walk {
	struct strbuf where; /* the path as of -o, with [] for items */
	/* Each node, before what is below it. Whether to go there. */
	bool (*visit)(struct config_walk *w, const struct schema *schema,
		      const struct tree *node);
	/* A key, the last of `where`, that the schema of its map does not have; the
	 * map's own path is the first `parent` bytes. May be NULL. */
	void (*unknown)(struct config_walk *w, const struct schema *schema,
			size_t parent, const char *name);
	void *ctx;
};

/* Walks; `where` is freed at the end. */
void config_walk(struct config_walk *w, const struct schema *schema,
		 const struct tree *root);
