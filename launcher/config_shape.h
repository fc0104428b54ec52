/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schema of the configuration, made of config_keys.def and config_objects.def:
 * what the check walks along and --config-schema shows.
 */
#pragma once

#include <stdbool.h>

struct arena;
struct schema;

/* Where our own keys are. */
#define CONFIG_OWN "falco_run"

/* The schema of everything at a path of the tables ("" is all of it), in the arena.
 * `with_own` says whether CONFIG_OWN is among the keys of all. */
const struct schema *config_shape(struct arena *arena, const char *path,
				  bool with_own);
