/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One comparison of a condition: typed and converted once (filter-language.md
 * sections 3 to 6), then asked for each event.
 */
#pragma once

#include <stdbool.h>

#include "value.h"

#include "filter.h"
#include "op.h"

struct ast;
struct check;
struct engine_env;
struct eval;
struct field_ref;
struct operand;
struct strbuf;

/* Where warnings of compiling go. */
struct warner {
	filter_warning_fn *fn; /* may be NULL */
	void *ctx;
};

/*
 * Checks and converts an AST_CHECK or AST_EXISTS, in env's arena. -EINVAL with
 * Falco's message and the place of the check; -ENOTSUP: an error that ends Falco.
 */
int check_new(struct engine_env *env, const struct ast *node,
	      const struct warner *warner, struct check **ret,
	      struct filter_error *err);

/*
 * Does it hold? A side without a value: FALSE. A side that is not known yet, or
 * not fully: UNKNOWN.
 */
enum truth check_run(const struct check *check, struct eval *e);

/* Does asking twice for one event change the answer? */
bool check_is_stateful(const struct check *check);

/*
 * What a check says of a field without transformers, compared with constants, for
 * those who can tell its truth without an event. NULL: it is no such check.
 */
const struct field_ref *check_plain_field(const struct check *check);
/* Would it hold for the value? For a check as above that is no EXISTS. */
bool check_holds(const struct check *check, struct eval *e,
		 const struct value *v);
/* The operator, and the constant if there is exactly one (else NULL). */
enum op check_op(const struct check *check);
const struct operand *check_constant(const struct check *check);
/* The *ret_n constants of which one must be equal, where a comparison with constants
 * asks for just that; else NULL. */
const struct operand *check_either_of(const struct check *check, size_t *ret_n);
/* Is it cheaper to ask again than to remember the answer? */
bool check_is_cheap(const struct check *check);

/* The check as it would be written, constants left out; for program_dump(). */
void check_print(const struct check *check, struct strbuf *out);

/* Is it a name that evt.type can be compared with? env as event_set_named() has it. */
bool is_event_type_name(struct engine_env *env, struct span name);
