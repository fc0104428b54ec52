/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is built into the binary so that it works with no file present: the rules of
 * rules/ and the selections that tune them.
 */
#pragma once

#include "span.h"

struct error;

/* The name that messages call the built-in rules by. */
#define BUILTIN_RULES_NAME "built-in rules"

/* The text of the built-in rules; lives as long as the program. */
struct span builtin_rules(void);

/* The text of a selection, a rules file that is loaded after the built-in rules: its
 * name is a value of --ruleset, "default" has none. Returns -EINVAL with the names
 * that exist in err. */
int builtin_selection(const char *name, struct span *ret, struct error *err);
