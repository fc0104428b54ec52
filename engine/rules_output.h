/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A rule's whole output: its own text, what the configuration appends to it, and
 * the extra fields of its JSON.
 */
#pragma once

#include <stdbool.h>

struct arena;
struct engine_env;
struct error;
struct load_context;
struct load_result;
struct rule;

/*
 * Fills rule->output_text and the extra fields' names and texts, in the arena,
 * from rule->def and env's options. Warns of what is dropped from the output.
 */
void output_build(struct rule *rule, const struct engine_env *env,
		  struct arena *arena, struct load_result *r);

/*
 * Compiles output and extra fields in env's arena; -EINVAL with Falco's message.
 * The formats go into the rule when `keep` is set.
 */
int output_compile(struct rule *rule, struct engine_env *env, bool keep,
		   struct error *err);
