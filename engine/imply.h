/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be told of conditions from their texts alone, without an event: whether
 * one makes another true, and whether one can hold at all. A "no" means only that it
 * could not be told.
 */
#pragma once

#include <stdbool.h>

struct ast;
struct part;
struct strbuf;

/* Does every event for which `from` holds make `to` hold too? Gives up after a
 * bounded number of steps. */
bool condition_implies(const struct ast *from, const struct ast *to);

/* Is it certain that the condition never holds, and why? Appends the reason. */
bool condition_is_dead(const struct part *part, struct strbuf *why);
