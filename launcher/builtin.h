/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is built into the binary so that it works with no file present: the ruleset
 * of rules/falco_run_rules.yaml.
 */
#pragma once

#include "span.h"

/* The name that messages call the built-in rules by. */
#define BUILTIN_RULES_NAME "built-in rules"

/* The text of the built-in rules; lives as long as the program. */
struct span builtin_rules(void);
