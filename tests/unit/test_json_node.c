/* SPDX-License-Identifier: Apache-2.0 */
/*
 * include/json_node.h: JSON that is built is printed as it was said, and reading takes
 * what is not there.
 */
#include "harness/test.h"

#include "cleanup.h"
#include "json_node.h"
#include "strbuf.h"

#include "engine/json.h"

static void assert_prints(struct json_object *json, const char *text)
{
	CLEANUP(strbuf_done) struct strbuf out = STRBUF_INIT;

	json_print(json, &out);
	assert_string_equal(out.data, text);
}

static void a_key_that_is_added_again_has_the_last_value(void **state)
{
	CLEANUP(json_putp) struct json_object *json = json_object_new_object();

	(void)state;
	json_add_text(json, "b", "first");
	json_add_bool(json, "a", true);
	json_add_text(json, "b", "last");
	json_add_text(json, "c", NULL);
	assert_prints(json, "{\"a\":true,\"b\":\"last\"}");
}

static void numbers_print_as_they_are_written(void **state)
{
	CLEANUP(json_putp) struct json_object *json = json_object_new_array();

	(void)state;
	json_append(json, json_digits("18446744073709551615"));
	json_append(json, json_object_new_double(12.3));
	json_append(json, json_object_new_double(-4));
	json_append(json, NULL);
	assert_prints(json, "[18446744073709551615,12.3,-4,null]");
}

static void a_null_is_there_and_has_no_value(void **state)
{
	CLEANUP(json_putp) struct json_object *json =
		json_parse(SPAN("{\"null\":null,\"text\":\"x\",\"list\":[1]}"));

	(void)state;
	assert_true(json_has(json, "null"));
	assert_null(json_get(json, "null"));
	assert_false(json_has(json, "none"));
	assert_string_equal(json_text(json_get(json, "text")), "x");
	assert_null(json_text(json_get(json, "list")));
	assert_int_equal(json_count(json), 3);
	assert_int_equal(json_count(json_get(json, "list")), 1);
	assert_null(json_at(json_get(json, "list"), 1));
}

static void what_is_not_there_is_read_as_nothing(void **state)
{
	CLEANUP(freep) struct json_member *members = json_members(NULL);

	(void)state;
	assert_null(json_get(NULL, "key"));
	assert_null(json_at(NULL, 0));
	assert_null(json_text(NULL));
	assert_int_equal(json_count(NULL), 0);
	assert_false(json_is_true(NULL));
	assert_non_null(members);
}

static void what_is_no_json_or_too_deep_is_refused(void **state)
{
	CLEANUP(strbuf_done) struct strbuf deep = STRBUF_INIT;

	(void)state;
	assert_null(json_parse(SPAN("")));
	assert_null(json_parse(SPAN("{\"a\":")));
	assert_null(json_parse(SPAN("no")));
	for (int i = 0; i < 100000; i++)
		strbuf_addch(&deep, '[');
	assert_null(json_parse(strbuf_span(&deep)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_that_is_added_again_has_the_last_value),
		cmocka_unit_test(numbers_print_as_they_are_written),
		cmocka_unit_test(a_null_is_there_and_has_no_value),
		cmocka_unit_test(what_is_not_there_is_read_as_nothing),
		cmocka_unit_test(what_is_no_json_or_too_deep_is_refused),
	};

	return RUN_TESTS(tests);
}
