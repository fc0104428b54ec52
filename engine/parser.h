/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grammar of conditions (filter-language.md section 2). filter_parse() in
 * filter.h is its door; here is what other parts of the engine need of it.
 */
#pragma once

#include "filter.h"

/*
 * Parses a left side alone: a field or a transformer expression, at the start of
 * `text`. Returns how many bytes it takes, 0 when there is none (or it is wrong).
 */
size_t parser_lhs(struct arena *arena, struct span text, struct ast **ret);
