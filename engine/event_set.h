/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sets of events as an algebra over struct interest. A set has the generic event
 * exactly when it has a generic call.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "interest.h"
#include "span.h"

struct engine_env;

struct interest event_set_all(void);
struct interest event_set_none(void);
/* Every code and call of that name; none for a name that nothing bears. Kept in env
 * (NULL is fine), as rules name the same few again and again. */
struct interest event_set_named(struct engine_env *env, struct span name);
struct interest event_set_and(const struct interest *a, const struct interest *b);
struct interest event_set_or(const struct interest *a, const struct interest *b);
struct interest event_set_not(const struct interest *a);
bool event_set_is_all(const struct interest *a);
bool event_set_is_none(const struct interest *a);
/* How many events it has; generic calls do not count. */
size_t event_set_count(const struct interest *s);
/* The first event from `from` on that it has, EVENT_TYPE_COUNT: none; and the same of
 * generic calls. */
unsigned event_set_next(const struct interest *s, unsigned from);
unsigned event_set_next_generic(const struct interest *s, unsigned from);
/* Makes the generic event follow from the generic calls. */
void event_set_settle(struct interest *s);
