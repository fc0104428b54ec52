/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml.h: nodes and where they stand, what is null, what a bool or a number is,
 * and the limits that hostile texts run into.
 */
#include <errno.h>

#include "harness/test.h"

#include "arena.h"
#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "engine/yaml.h"

static struct arena arena;
static struct yaml_stream stream;
static struct yaml_mark where;
static struct error error;

static int teardown(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static int read_bytes(const char *text, size_t n)
{
	return yaml_read(&arena, span_make(text, n), &stream, &where, &error);
}

/* The only document of the text. */
static const struct yaml_node *document(const char *text)
{
	assert_int_equal(read_bytes(text, strlen(text)), 0);
	assert_int_equal(stream.n, 1);
	return stream.documents[0];
}

static void assert_mark(const struct yaml_node *node, size_t line,
			size_t column, size_t offset)
{
	assert_int_equal(node->mark.line, line);
	assert_int_equal(node->mark.column, column);
	assert_int_equal(node->mark.offset, offset);
}

static void an_empty_text_has_no_document(void **state)
{
	(void)state;
	assert_int_equal(read_bytes("", 0), 0);
	assert_int_equal(stream.n, 0);
	assert_int_equal(read_bytes("# only a comment\n", 17), 0);
	assert_int_equal(stream.n, 0);
}

static void nodes_know_line_column_and_offset(void **state)
{
	const struct yaml_node *d = document("- rule: a\n"
					     "  desc: [x, y]\n"
					     "- z\n");

	(void)state;
	assert_int_equal(d->kind, NODE_SEQUENCE);
	assert_mark(d, 0, 0, 0);
	assert_mark(d->items[0], 0, 2, 2);
	assert_mark(yaml_get(d->items[0], "rule"), 0, 8, 8);
	assert_mark(yaml_get(d->items[0], "desc"), 1, 8, 18);
	assert_mark(yaml_get(d->items[0], "desc")->items[1], 1, 12, 22);
	assert_mark(d->items[1], 2, 2, 27);
}

static void positions_count_bytes_not_letters(void **state)
{
	const struct yaml_node *d = document("- \xc3\xa9\xc3\xa9: x\n- y\n");

	(void)state;
	assert_mark(d->items[0]->pairs[0].value, 0, 8, 8);
	assert_mark(d->items[1], 1, 2, 12);
}

static void a_byte_order_mark_counts_for_nothing(void **state)
{
	const struct yaml_node *d = document("\xef\xbb\xbf- a\n");

	(void)state;
	assert_mark(d->items[0], 0, 2, 2);
}

static void utf16_is_read(void **state)
{
	static const char little[] = "\xff\xfe-\0 \0\xe9\0\n\0";
	static const char big[] = "\xfe\xff\0-\0 \xd8\x3d\xde\0\0\n";

	(void)state;
	assert_int_equal(read_bytes(little, 10), 0);
	assert_span_text(stream.documents[0]->items[0]->text, "\xc3\xa9");
	assert_int_equal(read_bytes(big, 12), 0);
	assert_span_text(stream.documents[0]->items[0]->text,
			 "\xf0\x9f\x98\x80");
}

static void half_a_surrogate_pair_is_replaced(void **state)
{
	static const char text[] = "\xff\xfe-\0 \0\x3d\xd8x\0\n\0";

	(void)state;
	assert_int_equal(read_bytes(text, 12), 0);
	assert_span_text(stream.documents[0]->items[0]->text,
			 "\xef\xbf\xbdx");
}

static void plain_nulls_are_null_and_quoted_ones_are_not(void **state)
{
	const struct yaml_node *d =
		document("[~, null, Null, NULL, nULL, \"~\", !!str null]");

	(void)state;
	assert_int_equal(d->n, 7);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(d->items[i]->kind, NODE_NULL);
	for (size_t i = d->n - 3; i < d->n; i++)
		assert_int_equal(d->items[i]->kind, NODE_SCALAR);
}

static void a_missing_value_stands_at_the_next_token(void **state)
{
	const struct yaml_node *d = document("- a:   # why\n\n  b: c\n");

	(void)state;
	assert_int_equal(yaml_get(d->items[0], "a")->kind, NODE_NULL);
	assert_mark(yaml_get(d->items[0], "a"), 2, 2, 16);
}

static void the_first_of_equal_keys_counts(void **state)
{
	const struct yaml_node *d = document("{a: 1, a: 2}");

	(void)state;
	assert_span_text(yaml_get(d, "a")->text, "1");
	assert_null(yaml_get(d, "b"));
}

static void an_alias_is_its_anchors_node(void **state)
{
	const struct yaml_node *d = document("[&x {a: b}, *x]");

	(void)state;
	assert_ptr_equal(d->items[0], d->items[1]);
}

static void anchors_end_with_their_document(void **state)
{
	(void)state;
	assert_int_equal(read_bytes("--- &a x\n--- *a\n", 16), -EINVAL);
}

static void a_node_cannot_be_inside_itself(void **state)
{
	(void)state;
	assert_int_equal(read_bytes("&a [*a]", 7), -EINVAL);
	assert_contains(error.text, "anchor");
}

static void aliases_that_multiply_are_refused(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	(void)state;
	strbuf_adds(&b, "- &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 12; i++) {
		strbuf_addf(&b, "- &a%d [", i);
		for (int k = 0; k < 10; k++)
			strbuf_addf(&b, "%s*a%d", k ? ", " : "", i - 1);
		strbuf_adds(&b, "]\n");
	}
	assert_int_equal(read_bytes(b.data, b.n), -EINVAL);
	assert_contains(error.text, "too many nodes");
}

static void nesting_has_a_limit(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	(void)state;
	for (int i = 0; i < 100000; i++)
		strbuf_addch(&b, '[');
	assert_int_equal(read_bytes(b.data, b.n), -EINVAL);
	strbuf_reset(&b);
	for (int i = 0; i < 490; i++)
		strbuf_addch(&b, '[');
	for (int i = 0; i < 490; i++)
		strbuf_addch(&b, ']');
	assert_int_equal(read_bytes(b.data, b.n), 0);
}

static void size_has_a_limit(void **state)
{
	static const char some[] = "x";

	(void)state;
	/* Nothing behind the limit is looked at. */
	assert_int_equal(read_bytes(some, (size_t)YAML_SIZE_MAX + 1), -EINVAL);
	assert_contains(error.text, "64 MiB");
}

static void a_syntax_error_says_where(void **state)
{
	(void)state;
	assert_int_equal(read_bytes("a: b\nc: d: e\n", 13), -EINVAL);
	assert_int_equal(where.line, 1);
	assert_contains(error.text, "line 2");
}

static void broken_bytes_are_an_error_not_a_crash(void **state)
{
	(void)state;
	assert_int_equal(read_bytes("- \xff\xff\n", 5), -EINVAL);
	assert_int_equal(read_bytes("- a\0b\n", 6), -EINVAL);
	assert_int_equal(read_bytes("\xff\xfe\0", 3), 0);
}

static void the_files_end_closes_a_double_quote(void **state)
{
	const struct yaml_node *d = document("- \"a\n  b\n");

	(void)state;
	assert_span_text(d->items[0]->text, "a b ");
	assert_int_equal(read_bytes("- \"a", 4), -EINVAL);
	assert_int_equal(read_bytes("- 'a\n", 5), -EINVAL);
}

static void bools_are_those_of_yaml_1_1(void **state)
{
	const struct yaml_node *yes = document("[y, Y, yes, Yes, YES, on, On, "
					       "ON, true, True, TRUE]");
	const struct yaml_node *no = document("[n, N, no, No, NO, off, Off, "
					      "OFF, false, False, FALSE]");
	const struct yaml_node *bad = document("[yEs, tRUE, 1, 0, x, \"\", "
					       "oN, truee]");
	bool b;

	(void)state;
	for (size_t i = 0; i < yes->n; i++) {
		assert_int_equal(yaml_bool(yes->items[i], &b), 0);
		assert_true(b);
	}
	for (size_t i = 0; i < no->n; i++) {
		assert_int_equal(yaml_bool(no->items[i], &b), 0);
		assert_false(b);
	}
	for (size_t i = 0; i < bad->n; i++)
		assert_int_equal(yaml_bool(bad->items[i], &b), -EINVAL);
}

static void numbers_may_be_octal_or_hexadecimal(void **state)
{
	const struct yaml_node *d =
		document("[7, 010, 0x1f, +5, 4294967295, \"8 \"]");
	static const uint32_t numbers[] = { 7, 8, 31, 5, 4294967295u, 8 };
	const struct yaml_node *bad = document("[-1, 08, 1.5, a, \"\", "
					       "4294967296, 1e3, 0x]");
	uint32_t n;

	(void)state;
	for (size_t i = 0; i < d->n; i++) {
		assert_int_equal(yaml_uint32(d->items[i], &n), 0);
		assert_int_equal(n, numbers[i]);
	}
	for (size_t i = 0; i < bad->n; i++)
		assert_int_equal(yaml_uint32(bad->items[i], &n), -EINVAL);
}

#define TEST(name) cmocka_unit_test_teardown(name, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_empty_text_has_no_document),
		TEST(nodes_know_line_column_and_offset),
		TEST(positions_count_bytes_not_letters),
		TEST(a_byte_order_mark_counts_for_nothing),
		TEST(utf16_is_read),
		TEST(half_a_surrogate_pair_is_replaced),
		TEST(plain_nulls_are_null_and_quoted_ones_are_not),
		TEST(a_missing_value_stands_at_the_next_token),
		TEST(the_first_of_equal_keys_counts),
		TEST(an_alias_is_its_anchors_node),
		TEST(anchors_end_with_their_document),
		TEST(a_node_cannot_be_inside_itself),
		TEST(aliases_that_multiply_are_refused),
		TEST(nesting_has_a_limit),
		TEST(size_has_a_limit),
		TEST(a_syntax_error_says_where),
		TEST(broken_bytes_are_an_error_not_a_crash),
		TEST(the_files_end_closes_a_double_quote),
		TEST(bools_are_those_of_yaml_1_1),
		TEST(numbers_may_be_octal_or_hexadecimal),
	};

	return RUN_TESTS(tests);
}
