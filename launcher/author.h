/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Help for who writes rules, beyond Falco's own modes: --explain, --lint, --test, and
 * --why for a run. The texts are the engine's; what becomes of calls is the tracer's.
 * These modes find rules as run mode does: the built-in ones where none are named.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct error;
struct log;
struct options;
struct setup;
struct strbuf;

/* Is one of these modes asked for? */
bool author_is_wanted(const struct options *options);

/* Each appends what goes to standard output. -EINVAL with an empty err: there are
 * doubts, or failed tests, and all was said. */
int author_explain(struct setup *s, struct strbuf *out, struct error *err);
int author_lint(struct setup *s, struct strbuf *out, struct error *err);
int author_test(struct setup *s, struct strbuf *out, struct error *err);

/* Lines of --why that are shown before they are only counted. */
#define AUTHOR_WHY_LINES 1000

/* Where --why's lines go. */
struct author_why {
	const struct log *log;
	size_t n;
};

/* Watches the rule of --why, if there is one; the rules are selected. */
int author_watch(struct setup *s, struct error *err);
/* Says at the end which checks decided how often. */
void author_watch_end(const struct setup *s);
