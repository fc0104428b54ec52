/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Constants that load but look like a mistake (filter-language.md section 8).
 */
#pragma once

#include "span.h"

#include "filter.h"
#include "op.h"

struct engine_env;
struct warner;

/* Warns, if there is reason to, of the constant `text` of the operator. */
void check_warn(struct engine_env *env, const struct warner *warner, enum op op,
		struct span text, struct filter_pos pos);
