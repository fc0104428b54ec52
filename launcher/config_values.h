/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values that cannot be what they are given for: a text for a number, a port beyond
 * the last. Falco leaves the default then and says nothing; we say which and why.
 * Pure.
 */
#pragma once

#include <stdbool.h>

struct schema;
struct tree;

/* `key` is a path as of -o, with [] for items; `complaint` goes behind "KEY: ". Both
 * are borrowed for the call. Of the right type, but beyond its bounds: `is_beyond`. */
typedef void config_wrong_fn(void *ctx, const char *key, const char *complaint,
			     bool is_beyond);

/*
 * Calls fn for each wrong value below `root`, in the tree's order. What has no key in
 * the schema, several shapes, or no value at all ("key:") is passed over; a text
 * stands for a list of one.
 */
void config_wrong_values(const struct schema *schema, const struct tree *root,
			 config_wrong_fn *fn, void *ctx);
