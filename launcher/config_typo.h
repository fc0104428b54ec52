/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys that there are not: a misspelt key must not pass for one that was set. Pure.
 */
#pragma once

struct schema;
struct strbuf;
struct tree;

/* `key` is a path as of -o, with [] for items; `near` the path that may have been meant,
 * or NULL. Both are borrowed for the call. */
typedef void config_typo_fn(void *ctx, const char *key, const char *near);

/* Calls fn for each key below `root` that the schema does not have, in the tree's order;
 * where a value may have several shapes, nothing below it is looked at. */
void config_typos(const struct schema *schema, const struct tree *root,
		  config_typo_fn *fn, void *ctx);

/* Appends a key path (tree.h) with every [N] as []: what it is in an empty tree. */
void config_typo_path(const char *path, struct strbuf *out);
