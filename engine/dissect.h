/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A condition laid open: a tree in which every part has its own truth, so that a
 * person can be told which of them decided. For explaining only; judging uses
 * programs (program.h).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "span.h"
#include "value.h"

struct arena;
struct ast;
struct engine_env;
struct eval;
struct field_ref;
struct link;
struct program;
struct strbuf;

struct part {
	const struct ast *ast;
	struct span macro; /* the macro that stood here; data NULL: none */
	struct part *items; /* of AND, OR and NOT */
	size_t n;
	/* Of a check: */
	const struct program *program;
	const struct field_ref **fields; /* that it compares */
	size_t nfields;
	uint64_t decided; /* how often it came first in part_explain() */
};

/*
 * The parts of a condition that has been compiled before, in env's arena; `link`
 * names the macros. Their fields get slots: before the eval is made.
 */
struct part *dissect(struct engine_env *env, const struct link *link,
		     const struct ast *root);

/* Its truth for the event of `e`. */
enum truth part_truth(const struct part *part, struct eval *e);

/* Calls fn for each check that made the part what it is: of an "and" that is false
 * the first that is, of one that is true all, and so on. */
typedef void part_fn(void *ctx, struct part *part, enum truth truth);
void part_reasons(struct part *part, struct eval *e, part_fn *fn, void *ctx);

/* Calls fn for each check of the tree, from left to right. */
typedef void part_check_fn(void *ctx, struct part *check);
void part_checks(struct part *part, part_check_fn *fn, void *ctx);

/* The part as it is printed back, cut at `max` bytes. */
void part_print(const struct part *part, size_t max, struct strbuf *out);
/* "name=value, ..." of a check's fields; values are cut, control bytes escaped. */
void part_values(const struct part *part, struct eval *e, struct strbuf *out);
/* Appends the checks that made the part what it is, with their fields' values; only
 * the first few. */
void part_explain(struct part *part, struct eval *e, struct strbuf *out);
