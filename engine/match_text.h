/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Matching texts: shell patterns, searches, and sets of texts. Bytes only: no
 * locale, no encoding. Sets live in an arena.
 */
#pragma once

#include <stdbool.h>

#include "span.h"

struct arena;

/*
 * fnmatch(3) without flags on bytes: * and ? match a slash and a leading dot too,
 * a backslash takes the next byte as it is. `fold`: ASCII case does not count.
 * Takes time in proportion to pattern times text at most.
 */
bool glob_match(struct span pattern, struct span text, bool fold);

/* Does text have needle in it? The second ignores ASCII case. */
bool text_contains(struct span text, struct span needle);
bool text_icontains(struct span text, struct span needle);
/* memcmp(3) order, a prefix first: <0, 0, >0. */
int text_compare(struct span a, struct span b);

/* A set of texts with exact bytes. The texts are borrowed. */
struct text_set;
struct text_set *text_set_new(struct arena *arena, const struct span *items,
			      size_t n);
bool text_set_has(const struct text_set *set, struct span text);
