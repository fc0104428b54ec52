/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is doubtful about a rule that compiles: comparisons with <NA>, fields that
 * lost their meaning. Only rules_compile.c asks.
 */
#pragma once

#include "span.h"

struct ast;
struct load_context;
struct load_result;

/* Warns about the checks of a condition; `ctx` is the condition's. */
void condition_warn(struct load_result *r, const struct ast *ast,
		    const struct load_context *ctx);

/* Warns about the deprecated fields whose names occur in an output. */
void output_warn(struct load_result *r, struct span output,
		 const struct load_context *ctx);
