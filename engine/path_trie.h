/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pmatch: is one of many paths a prefix of this path, component by component? The
 * components of an operand may be shell patterns.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "span.h"

struct arena;
struct path_trie;

/* A trie over n operands, in the arena; it borrows their texts. */
struct path_trie *path_trie_new(struct arena *arena, const struct span *paths,
				size_t n);
/* Empty components (double and trailing slashes) do not count. */
bool path_trie_has_prefix_of(const struct path_trie *trie, struct span path);
