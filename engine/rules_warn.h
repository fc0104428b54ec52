/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is doubtful about a rule that compiles: comparisons with <NA>, fields that
 * lost their meaning. Only rules_compile.c asks.
 */
#pragma once

#include "span.h"

struct load_context;
struct load_result;
struct loading;
struct rule;

/* Warns about the checks of the rule's condition. */
void condition_warn(struct loading *l, const struct rule *rule);

/* Warns about the deprecated fields whose names occur in an output. */
void output_warn(struct load_result *r, struct span output,
		 const struct load_context *ctx);
