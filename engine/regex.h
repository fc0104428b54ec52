/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regular expressions with the meaning that RE2 gives them in POSIX mode: no
 * back-references, no look-around, no classes like \d. A pattern is checked and
 * rewritten (regex_syntax.h), then run by PCRE2 under limits: whatever the pattern
 * and the text, a match ends in bounded time.
 */
#pragma once

#include <stdbool.h>

#include "span.h"

struct arena;
struct error;
struct eval;
struct regex;

/* Compiles into the arena, PCRE2's part included. -EINVAL: Falco's message. */
int regex_new(struct arena *arena, struct span pattern, struct regex **ret,
	      struct error *err);

/*
 * Does the pattern match the whole text? Bytes that are no UTF-8 count as U+FFFD.
 * A text on which PCRE2 gives up does not match. `e` gives scratch memory.
 */
bool regex_matches(const struct regex *regex, struct span text, struct eval *e);
