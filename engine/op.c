/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The comparison operators as a table: a row of ops.def, and for each class of
 * values the functions that compare two of them. Values are trusted to have the
 * type that they say.
 */
#include "op.h"

#include "array.h"

#include "match_text.h"
#include "regex.h"

#define C(class) OP_CLASS_##class

static const struct op_info ops[OP_COUNT] = {
#define OP(symbol, text, operand, blank, classes) \
	[OP_##symbol] = { text, OPERAND_##operand, blank, classes },
#include "ops.def"
};

static const struct op_token tokens[] = {
#define OP(symbol, text, ...) { text, OP_##symbol },
#define OP_ALIAS(symbol, text) { text, OP_##symbol },
#include "ops.def"
};

static const char *const modifiers[MODIFIER_COUNT] = {
	[MODIFIER_NONE] = "",
	[MODIFIER_ONEOF] = "oneof",
	[MODIFIER_ANYOF] = "anyof",
	[MODIFIER_ALLOF] = "allof",
};

const struct op_info *op_info(enum op op)
{
	return &ops[op];
}

const struct op_token *op_tokens(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(tokens);
	return tokens;
}

const char *op_modifier_text(enum op_modifier modifier)
{
	return modifiers[modifier];
}

bool op_named(struct span text, enum op *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(tokens); i++) {
		if (span_is(text, tokens[i].text)) {
			*ret = tokens[i].op;
			return true;
		}
	}
	return false;
}

/* --- Comparing ----------------------------------------------------------------- */

static const uint8_t value_classes[VALUE_TYPE_COUNT] = {
#define TYPE(name, class) [VALUE_##name] = VALUE_CLASS_##class,
#include "types.def"
};

enum value_class value_class_of(enum value_type type)
{
	return value_classes[type];
}

const char *value_type_name(enum value_type type)
{
	static const char *const names[VALUE_TYPE_COUNT] = {
#define TYPE(name, class) [VALUE_##name] = #name,
#include "types.def"
	};

	return names[type];
}

/* Types whose class alone would let them in: they take no operator. */
static bool is_opaque(enum value_type type)
{
	return type == VALUE_SIGSET || type == VALUE_L4PROTO ||
	       type == VALUE_SOCKFAMILY;
}

enum op_class op_class_of(enum value_type type)
{
	static const uint8_t classes[] = {
		[VALUE_CLASS_INT] = OP_CLASS_NUM,
		[VALUE_CLASS_UINT] = OP_CLASS_NUM,
		[VALUE_CLASS_DOUBLE] = OP_CLASS_NUM,
		[VALUE_CLASS_BOOL] = OP_CLASS_BOOL,
		[VALUE_CLASS_TEXT] = OP_CLASS_STR,
		[VALUE_CLASS_BYTES] = OP_CLASS_BYTES,
		[VALUE_CLASS_IP] = OP_CLASS_NET,
		[VALUE_CLASS_NET] = OP_CLASS_NET,
		[VALUE_CLASS_DYN] = OP_CLASS_NONE,
	};

	return is_opaque(type) ? OP_CLASS_NONE : classes[value_classes[type]];
}

#define THREE_WAY(a, b) (((a) > (b)) - ((a) < (b)))

static int compare_int(const struct value *a, const struct value *b)
{
	return THREE_WAY(a->i, b->i);
}

static int compare_uint(const struct value *a, const struct value *b)
{
	return THREE_WAY(a->u, b->u);
}

static int compare_double(const struct value *a, const struct value *b)
{
	return THREE_WAY(a->d, b->d);
}

static int compare_bool(const struct value *a, const struct value *b)
{
	return THREE_WAY(a->b, b->b);
}

static int compare_text(const struct value *a, const struct value *b)
{
	return text_compare(a->text, b->text);
}

/* The six operators of an order, as functions over a three-way comparison. */
#define HOLDS(kind, name, op) \
	static bool kind##_##name(struct eval *e, const struct value *lhs, \
				  const struct operand *rhs) \
	{ \
		(void)e; \
		return compare_##kind(lhs, &rhs->value) op 0; \
	}
#define ORDER(kind) \
	HOLDS(kind, eq, ==) \
	HOLDS(kind, ne, !=) \
	HOLDS(kind, lt, <) \
	HOLDS(kind, le, <=) \
	HOLDS(kind, gt, >) \
	HOLDS(kind, ge, >=)

ORDER(int)
ORDER(uint)
ORDER(double)
HOLDS(bool, eq, ==)
HOLDS(bool, ne, !=)
HOLDS(text, lt, <)
HOLDS(text, le, <=)
HOLDS(text, gt, >)
HOLDS(text, ge, >=)

#define OP_FN(name) \
	static bool name(struct eval *e, const struct value *lhs, \
			 const struct operand *rhs)

OP_FN(text_eq)
{
	(void)e;
	return span_eq(lhs->text, rhs->value.text);
}

OP_FN(text_ne)
{
	(void)e;
	return !span_eq(lhs->text, rhs->value.text);
}

OP_FN(text_has)
{
	(void)e;
	return text_contains(lhs->text, rhs->value.text);
}

OP_FN(text_ihas)
{
	(void)e;
	return text_icontains(lhs->text, rhs->value.text);
}

OP_FN(text_starts)
{
	(void)e;
	return span_starts_with(lhs->text, rhs->value.text);
}

OP_FN(text_ends)
{
	(void)e;
	return span_ends_with(lhs->text, rhs->value.text);
}

OP_FN(text_glob)
{
	(void)e;
	return glob_match(rhs->value.text, lhs->text, false);
}

OP_FN(text_iglob)
{
	(void)e;
	return glob_match(rhs->value.text, lhs->text, true);
}

OP_FN(text_regex)
{
	return regex_matches(rhs->regex, lhs->text, e);
}

OP_FN(ip_eq)
{
	(void)e;
	return ip_equal(lhs->ip, rhs->value.ip);
}

OP_FN(ip_ne)
{
	(void)e;
	return !ip_equal(lhs->ip, rhs->value.ip);
}

OP_FN(net_eq)
{
	(void)e;
	return ip_net_has(&rhs->net, lhs->ip);
}

OP_FN(net_ne)
{
	(void)e;
	return !ip_net_has(&rhs->net, lhs->ip);
}

#define ORDER_ROW(kind) \
	{ \
		[OP_EQ] = kind##_eq, [OP_NE] = kind##_ne, [OP_LT] = kind##_lt, \
		[OP_LE] = kind##_le, [OP_GT] = kind##_gt, [OP_GE] = kind##_ge, \
	}

static op_fn *const functions[][OP_COUNT] = {
	[VALUE_CLASS_INT] = ORDER_ROW(int),
	[VALUE_CLASS_UINT] = ORDER_ROW(uint),
	[VALUE_CLASS_DOUBLE] = ORDER_ROW(double),
	[VALUE_CLASS_BOOL] = { [OP_EQ] = bool_eq, [OP_NE] = bool_ne },
	[VALUE_CLASS_TEXT] = {
		[OP_EQ] = text_eq, [OP_NE] = text_ne, [OP_LT] = text_lt,
		[OP_LE] = text_le, [OP_GT] = text_gt, [OP_GE] = text_ge,
		[OP_CONTAINS] = text_has, [OP_ICONTAINS] = text_ihas,
		[OP_STARTSWITH] = text_starts, [OP_ENDSWITH] = text_ends,
		[OP_GLOB] = text_glob, [OP_IGLOB] = text_iglob,
		[OP_REGEX] = text_regex,
	},
	[VALUE_CLASS_BYTES] = {
		[OP_EQ] = text_eq, [OP_NE] = text_ne, [OP_CONTAINS] = text_has,
		[OP_BCONTAINS] = text_has, [OP_STARTSWITH] = text_starts,
		[OP_BSTARTSWITH] = text_starts, [OP_ENDSWITH] = text_ends,
	},
	[VALUE_CLASS_IP] = { [OP_EQ] = ip_eq, [OP_NE] = ip_ne },
	[VALUE_CLASS_NET] = { [OP_EQ] = net_eq, [OP_NE] = net_ne },
};

op_fn *op_function(enum op op, enum value_type type)
{
	uint8_t class = value_classes[type];

	return class < ARRAY_SIZE(functions) ? functions[class][op] : NULL;
}
