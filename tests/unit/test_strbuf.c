/* SPDX-License-Identifier: Apache-2.0 */
/*
 * strbuf.h: text grows, is always terminated, and can be taken out.
 */
#include "harness/test.h"

#include "cleanup.h"
#include "strbuf.h"

static void an_empty_buffer_may_be_printed(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	(void)state;
	assert_string_equal(b.data, "");
	assert_int_equal(b.n, 0);
	strbuf_reset(&b);
	strbuf_cut(&b, 5);
	assert_string_equal(b.data, "");
}

static void everything_appends(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	(void)state;
	strbuf_adds(&b, "one ");
	strbuf_addch(&b, '2');
	strbuf_addspan(&b, SPAN(" three"));
	strbuf_addf(&b, " %d%s", 4, "!");
	strbuf_add(&b, NULL, 0);
	assert_string_equal(b.data, "one 2 three 4!");
	assert_int_equal(b.n, strlen(b.data));
}

static void bytes_that_are_zero_are_kept(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	(void)state;
	strbuf_add(&b, "a\0b", 3);
	assert_int_equal(b.n, 3);
	assert_memory_equal(b.data, "a\0b", 4);
	assert_true(span_eq(strbuf_span(&b), span_make("a\0b", 3)));
}

static void it_grows_past_any_first_guess(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	(void)state;
	for (int i = 0; i < 10000; i++)
		strbuf_addf(&b, "%d,", i % 10);
	assert_int_equal(b.n, 20000);
	assert_true(b.cap > b.n);
	assert_int_equal(b.data[b.n], 0);
	assert_int_equal(b.data[19998], '9');
}

static void a_cut_text_is_terminated(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	(void)state;
	strbuf_adds(&b, "abcdef");
	strbuf_cut(&b, 9);
	assert_string_equal(b.data, "abcdef");
	strbuf_cut(&b, 2);
	assert_string_equal(b.data, "ab");
	strbuf_reset(&b);
	assert_string_equal(b.data, "");
}

static void a_taken_text_belongs_to_the_taker(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
	CLEANUP(freep) char *taken = NULL;
	CLEANUP(freep) char *nothing = NULL;

	(void)state;
	nothing = strbuf_take(&b);
	assert_string_equal(nothing, "");
	strbuf_adds(&b, "mine");
	taken = strbuf_take(&b);
	assert_string_equal(taken, "mine");
	assert_int_equal(b.n, 0);
	strbuf_adds(&b, "again");
	assert_string_equal(b.data, "again");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_buffer_may_be_printed),
		cmocka_unit_test(everything_appends),
		cmocka_unit_test(bytes_that_are_zero_are_kept),
		cmocka_unit_test(it_grows_past_any_first_guess),
		cmocka_unit_test(a_cut_text_is_terminated),
		cmocka_unit_test(a_taken_text_belongs_to_the_taker),
	};

	return RUN_TESTS(tests);
}
