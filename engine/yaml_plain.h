/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The YAML that nearly all rules files are written in, read straight from the text:
 * block mappings and sequences, scalars in one line or more, folded and literal text,
 * sequences in brackets, comments. A program waits for its start while rules are read,
 * and libyaml takes ten times as long. What is not sure to be of that kind is declined,
 * mistakes above all: for a text that is taken, the nodes are those of libyaml.
 */
#pragma once

#include <stdbool.h>

#include "span.h"

struct arena;
struct yaml_node;

/* Larger texts are declined. */
#define YAML_PLAIN_MAX (4u << 20)

/* The one document of the text, in the arena. False: declined, libyaml must do it. */
bool yaml_plain_read(struct arena *arena, struct span text,
		     const struct yaml_node **ret);
