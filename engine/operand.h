/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Constants of a condition, converted once to the type of the left side
 * (filter-language.md section 4).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "op.h"
#include "span.h"
#include "value.h"

struct arena;
struct error;

/* Longest text or byte string of an operand, the NUL counted. */
#define OPERAND_SIZE_MAX 256

/*
 * A decimal number as scanf(3) reads one: blanks before it and a sign are fine,
 * nothing may follow, what does not fit is the largest there is. Unsigned numbers
 * come back as the same bits. -EINVAL with Falco's message.
 */
int number_parse(struct span text, bool is_signed, int64_t *ret,
		 struct error *err);

/* How a constant is read where the field's own type does not say it all. */
struct operand_type {
	enum value_type type;
	bool is_hex;    /* bcontains and bstartswith: hex digits */
	bool is_rawarg; /* evt.rawarg: no byte strings */
};

/*
 * Converts `text`; what *ret points to lives in the arena. -EINVAL with Falco's
 * message.
 */
int operand_parse(struct arena *arena, const struct operand_type *type,
		  struct span text, struct operand *ret, struct error *err);
