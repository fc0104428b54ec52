/* SPDX-License-Identifier: Apache-2.0 */
/*
 * op.h and operand.h: the operators as a table, constants converted to a type, and
 * single comparisons.
 */
#include "harness/test.h"

#include <errno.h>

#include "arena.h"
#include "error.h"

#include "engine/filter.h"
#include "engine/op.h"
#include "engine/operand.h"

static int parse(struct arena *arena, enum value_type type, const char *text,
		 struct operand *ret, struct error *err)
{
	struct operand_type how = { .type = type };

	return operand_parse(arena, &how, span_of(text), ret, err);
}

static void fails(enum value_type type, const char *text, const char *why)
{
	struct arena arena = ARENA_INIT;
	struct operand operand;
	struct error err;

	assert_int_equal(parse(&arena, type, text, &operand, &err), -EINVAL);
	assert_string_equal(err.text, why);
	arena_done(&arena);
}

static int64_t number_of(enum value_type type, const char *text)
{
	struct arena arena = ARENA_INIT;
	struct operand operand;
	struct error err = { "" };

	assert_int_equal(parse(&arena, type, text, &operand, &err), 0);
	arena_done(&arena);
	return operand.value.i;
}

static void operators_know_their_names(void **state)
{
	enum op op;
	size_t n;

	(void)state;
	assert_true(op_named(SPAN("=="), &op));
	assert_int_equal(op, OP_EQ);
	assert_string_equal(op_info(OP_EQ)->text, "=");
	assert_false(op_named(SPAN("==="), &op));
	for (int i = 0; i < OP_COUNT; i++) {
		assert_true(op_named(span_of(op_info(i)->text), &op));
		assert_int_equal(op, i);
	}
	op_tokens(&n);
	assert_int_equal(n, OP_COUNT + 1);
}

static void a_longer_operator_is_tried_first(void **state)
{
	size_t n;
	const struct op_token *tokens = op_tokens(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = i + 1; k < n; k++)
			assert_false(strlen(tokens[k].text) >
					     strlen(tokens[i].text) &&
				     strncmp(tokens[k].text, tokens[i].text,
					     strlen(tokens[i].text)) == 0);
	}
}

static void operators_may_have_modifiers(void **state)
{
	(void)state;
	assert_true(filter_is_operator(SPAN("in")));
	assert_true(filter_is_operator(SPAN("startswith oneof")));
	assert_true(filter_is_operator(SPAN("= anyof")));
	assert_false(filter_is_operator(SPAN("in oneof")));
	assert_false(filter_is_operator(SPAN("oneof")));
	assert_false(filter_is_operator(SPAN("= someof")));
	assert_false(filter_is_operator(SPAN("")));
	assert_true(filter_is_list_operator(SPAN("pmatch")));
	assert_true(filter_is_list_operator(SPAN("glob allof")));
	assert_false(filter_is_list_operator(SPAN("glob")));
}

static void every_operator_of_a_class_has_a_function(void **state)
{
	(void)state;
	for (int type = 0; type < VALUE_TYPE_COUNT; type++) {
		for (int op = 0; op < OP_COUNT; op++) {
			bool is_test = op == OP_EXISTS || op == OP_IN ||
				       op == OP_INTERSECTS || op == OP_PMATCH;

			if (is_test || !(op_info(op)->classes &
					 op_class_of(type)))
				continue;
			if (!op_function(op, type))
				fail_msg("%s on %s", op_info(op)->text,
					 value_type_name(type));
		}
	}
}

static void numbers_are_cut_to_their_width(void **state)
{
	(void)state;
	assert_int_equal(number_of(VALUE_INT64, "-5"), -5);
	assert_int_equal(number_of(VALUE_INT64, " +7"), 7);
	assert_int_equal(number_of(VALUE_INT16, "32768"), -32768);
	assert_int_equal(number_of(VALUE_UINT32, "-1"), UINT32_MAX);
	assert_int_equal(number_of(VALUE_UINT8, "256"), 0);
	assert_int_equal(number_of(VALUE_INT64, "99999999999999999999"),
			 INT64_MAX);
	assert_int_equal(number_of(VALUE_INT64, "-99999999999999999999"),
			 INT64_MIN);
	assert_int_equal(number_of(VALUE_UINT64, "18446744073709551615"), -1);
}

static void what_follows_a_number_is_an_error(void **state)
{
	(void)state;
	fails(VALUE_INT64, "5 ", "5  is not a valid number");
	fails(VALUE_INT64, "", " is not a valid number");
	fails(VALUE_INT64, "-", "- is not a valid number");
	fails(VALUE_UINT32, "0x10", "0x10 is not a valid number");
	fails(VALUE_DOUBLE, "1.5", "1.5 is not a valid number");
	fails(VALUE_RELTIME, "1s", "1s is not a valid number");
}

static void ports_have_names(void **state)
{
	(void)state;
	assert_int_equal(number_of(VALUE_PORT, "ssh"), 22);
	assert_int_equal(number_of(VALUE_PORT, "https"), 443);
	assert_int_equal(number_of(VALUE_PORT, ""), 0);
	assert_int_equal(number_of(VALUE_PORT, "65537"), 1);
	fails(VALUE_PORT, "SSH", "unrecognized protocol SSH");
	fails(VALUE_PORT, " 22", "unrecognized protocol  22");
	fails(VALUE_PORT, "-1", "unrecognized protocol -1");
}

static void booleans_are_two_words(void **state)
{
	struct arena arena = ARENA_INIT;
	struct operand operand;

	(void)state;
	assert_int_equal(parse(&arena, VALUE_BOOL, "true", &operand, NULL), 0);
	assert_true(operand.value.b);
	assert_int_equal(parse(&arena, VALUE_BOOL, "false", &operand, NULL), 0);
	assert_false(operand.value.b);
	fails(VALUE_BOOL, "TRUE", "filter error: unrecognized boolean value TRUE");
	arena_done(&arena);
}

static void texts_have_a_longest_length(void **state)
{
	struct arena arena = ARENA_INIT;
	char text[257] = "";
	struct operand operand;
	struct error err;

	(void)state;
	memset(text, 'x', 255);
	assert_int_equal(parse(&arena, VALUE_CHARBUF, text, &operand, NULL), 0);
	assert_int_equal(operand.value.text.n, 255);
	assert_int_equal(parse(&arena, VALUE_BYTEBUF, text, &operand, NULL), 0);
	text[255] = 'x';
	assert_int_equal(parse(&arena, VALUE_CHARBUF, text, &operand, &err),
			 -EINVAL);
	assert_contains(err.text, "filter parameter too long (used=257, "
				  "available=256):xxx");
	assert_int_equal(parse(&arena, VALUE_BYTEBUF, text, &operand, &err),
			 -EINVAL);
	assert_string_equal(err.text, "filter parameter too long (byte buf)");
	arena_done(&arena);
}

static void hex_digits_become_bytes(void **state)
{
	struct operand_type how = { .type = VALUE_BYTEBUF, .is_hex = true };
	struct arena arena = ARENA_INIT;
	struct operand operand;

	(void)state;
	assert_int_equal(operand_parse(&arena, &how, SPAN("CAfe00"), &operand,
				       NULL),
			 0);
	assert_int_equal(operand.value.text.n, 3);
	assert_memory_equal(operand.value.text.data, "\xca\xfe\0", 3);
	assert_int_equal(operand_parse(&arena, &how, SPAN("abc"), &operand,
				       NULL),
			 -EINVAL);
	assert_int_equal(operand_parse(&arena, &how, SPAN("0x"), &operand, NULL),
			 -EINVAL);
	arena_done(&arena);
}

static void some_types_have_no_constants(void **state)
{
	struct operand_type raw = { .type = VALUE_BYTEBUF, .is_rawarg = true };
	struct arena arena = ARENA_INIT;
	struct operand operand;
	struct error err;

	(void)state;
	fails(VALUE_SIGTYPE, "9", "wrong parameter type 19");
	assert_int_equal(operand_parse(&arena, &raw, SPAN("x"), &operand, &err),
			 -EINVAL);
	assert_string_equal(err.text, "wrong parameter type 10");
	arena_done(&arena);
}

static bool holds(enum op op, enum value_type type, const char *lhs,
		  const char *rhs)
{
	struct arena arena = ARENA_INIT;
	struct operand a, b;
	bool r;

	assert_int_equal(parse(&arena, type, lhs, &a, NULL), 0);
	assert_int_equal(parse(&arena, type, rhs, &b, NULL), 0);
	r = op_function(op, type)(NULL, &a.value, &b);
	arena_done(&arena);
	return r;
}

static void orders_hold_by_type(void **state)
{
	(void)state;
	assert_true(holds(OP_LT, VALUE_INT64, "-1", "1"));
	assert_false(holds(OP_LT, VALUE_UINT64, "-1", "1"));
	assert_true(holds(OP_LT, VALUE_CHARBUF, "10", "9"));
	assert_true(holds(OP_GE, VALUE_INT64, "1", "1"));
	assert_true(holds(OP_LE, VALUE_DOUBLE, "1", "2"));
	assert_true(holds(OP_NE, VALUE_BOOL, "true", "false"));
	assert_true(holds(OP_EQ, VALUE_IPADDR, "::1", "0:0::1"));
	assert_true(holds(OP_NE, VALUE_IPADDR, "::1", "1.1.1.1"));
	assert_true(holds(OP_ENDSWITH, VALUE_CHARBUF, "abc", "bc"));
	assert_false(holds(OP_ENDSWITH, VALUE_CHARBUF, "c", "bc"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operators_know_their_names),
		cmocka_unit_test(a_longer_operator_is_tried_first),
		cmocka_unit_test(operators_may_have_modifiers),
		cmocka_unit_test(every_operator_of_a_class_has_a_function),
		cmocka_unit_test(numbers_are_cut_to_their_width),
		cmocka_unit_test(what_follows_a_number_is_an_error),
		cmocka_unit_test(ports_have_names),
		cmocka_unit_test(booleans_are_two_words),
		cmocka_unit_test(texts_have_a_longest_length),
		cmocka_unit_test(hex_digits_become_bytes),
		cmocka_unit_test(some_types_have_no_constants),
		cmocka_unit_test(orders_hold_by_type),
	};

	return RUN_TESTS(tests);
}
