/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys that there are not: a misspelt key of -o must not pass for one that was set.
 * Pure.
 */
#pragma once

struct error;
struct schema;
struct strbuf;
struct tree;

/*
 * Looks for the first key in `root`, what one -o sets, that the schema does not have.
 * Returns -EINVAL with the key's path, and the nearest that there is, in err; where
 * a value may have several shapes, nothing below it is looked at.
 */
int config_typo_find(const struct schema *schema, const struct tree *root,
		     struct error *err);

/* Appends a key path (tree.h) with every [N] as []: what it is in an empty tree. */
void config_typo_path(const char *path, struct strbuf *out);
