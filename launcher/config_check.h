/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the configuration's members mean, each and together: names become numbers,
 * lists become structures, contradictions become messages in Falco's words. Pure.
 */
#pragma once

#include <stdint.h>

#include "span.h"

struct arena;
struct config;
struct error;
struct tree;

/* Checks and completes a configuration whose members were read. `path` is the main
 * file for messages (NULL: none). Returns -EINVAL. */
int config_check(struct config *c, const char *path, struct error *err);

/* A list of texts, or one text as a list of one; in the arena. */
struct span_list config_texts(struct arena *arena, const struct tree *node);

/* A duration as Prometheus writes it ("1h30m"), in milliseconds; 0 for nothing and for
 * what is none. */
int64_t config_duration_ms(const char *text);
