/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The comparison operators (ops.def): which there are, what they may be applied
 * to, and how one value compares with one operand. Sets, lists and unknown values
 * are the business of check.h.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "span.h"
#include "value.h"

#include "match_net.h"

struct eval;
struct regex;

enum op {
#define OP(symbol, ...) OP_##symbol,
#include "ops.def"
	OP_COUNT
};

/* What may follow an operator. */
enum op_operand {
	OPERAND_NONE,
	OPERAND_NUMBER,
	OPERAND_STRING,
	OPERAND_LIST,
};

/* oneof, anyof, allof. */
enum op_modifier {
	MODIFIER_NONE,
	MODIFIER_ONEOF,
	MODIFIER_ANYOF,
	MODIFIER_ALLOF,
	MODIFIER_COUNT,
};

/* The kinds of fields that differ in their operators, as bits. */
enum op_class {
	OP_CLASS_NONE = 0,
	OP_CLASS_NUM = 1 << 0,
	OP_CLASS_BOOL = 1 << 1,
	OP_CLASS_NET = 1 << 2,
	OP_CLASS_STR = 1 << 3,
	OP_CLASS_BYTES = 1 << 4,
	OP_CLASS_LIST = 1 << 5,
};

struct op_info {
	const char *text;
	uint8_t operand; /* enum op_operand */
	bool needs_blank;
	uint8_t classes; /* enum op_class, joined */
};

/* A way to write an operator, in the order in which they are tried. */
struct op_token {
	const char *text;
	enum op op;
};

const struct op_info *op_info(enum op op);
const struct op_token *op_tokens(size_t *ret_n);
const char *op_modifier_text(enum op_modifier modifier);
/* The operator of that spelling. */
bool op_named(struct span text, enum op *ret);
/* The class that decides which operators a field of the type takes. */
enum op_class op_class_of(enum value_type type);

/* How values of the type are stored, and what messages call it ("CHARBUF"). */
enum value_class value_class_of(enum value_type type);
const char *value_type_name(enum value_type type);

/* The right side of a comparison, converted to the type of the left side. */
struct operand {
	struct value value;
	struct ip_address ip; /* what value.ip points to, for constants */
	struct ip_net net;    /* IPNET and kin: the network to be in */
	const struct regex *regex;
};

/*
 * Does the value of a field compare so with the operand? Both have the same type
 * and are scalars; the operator is neither EXISTS, IN, INTERSECTS nor PMATCH.
 */
typedef bool op_fn(struct eval *e, const struct value *lhs,
		   const struct operand *rhs);

/* The comparison for an operator on a type; NULL where there is none. */
op_fn *op_function(enum op op, enum value_type type);
