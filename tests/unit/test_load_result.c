/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load_result.h: places, snippets, and the two forms in which a result is shown.
 */
#include <errno.h>

#include "harness/test.h"

#include "cleanup.h"
#include "strbuf.h"

#include "engine/load_result.h"

static struct load_result *result;
static struct strbuf out = STRBUF_INIT;

static int setup(void **state)
{
	(void)state;
	result = load_result_new("r.yaml");
	strbuf_reset(&out);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	load_result_free(result);
	strbuf_done(&out);
	out = (struct strbuf)STRBUF_INIT;
	return 0;
}

static const struct load_context root = {
	.item_type = "rules content",
	.where = { "r.yaml", 6 },
	.content = { "- rule: a\n  desc: d\n", 20 },
};

static const struct load_context rule = {
	.parent = &root,
	.item_type = "rule",
	.item_name = { "a", 1 },
	.where = { "r.yaml", 6 },
	.content = { "- rule: a\n  desc: d\n", 20 },
	.column = 2,
	.offset = 2,
};

static const char *text(bool verbose)
{
	strbuf_reset(&out);
	load_result_text(result, verbose, &out);
	return out.data;
}

static const char *json(void)
{
	strbuf_reset(&out);
	load_result_json(result, &out);
	return out.data;
}

static void a_clean_result_is_ok(void **state)
{
	(void)state;
	assert_true(load_result_ok(result));
	assert_false(load_result_has_warnings(result));
	assert_null(load_result_fatal(result));
	assert_string_equal(text(false), "r.yaml: Ok");
	assert_string_equal(text(true), "r.yaml: Ok");
	assert_string_equal(json(), "{\"errors\":[],\"name\":\"r.yaml\","
				    "\"successful\":true,\"warnings\":[]}");
}

static void an_error_makes_it_invalid(void **state)
{
	(void)state;
	assert_int_equal(load_add(result, LOAD_ERR_VALIDATE, &rule, "bad %s",
				  "luck"),
			 -EINVAL);
	assert_false(load_result_ok(result));
	assert_string_equal(text(false),
			    "r.yaml: Invalid 1 errors: [LOAD_ERR_VALIDATE "
			    "(Error validating rule/macro/list/exception "
			    "objects)]");
	assert_string_equal(text(true),
			    "r.yaml: Invalid\n"
			    "1 Errors:\n"
			    "In rules content: (r.yaml:0:0)\n"
			    "    rule 'a': (r.yaml:0:2)\n"
			    "------\n"
			    "- rule: a\n"
			    "  ^\n"
			    "------\n"
			    "LOAD_ERR_VALIDATE (Error validating rule/macro/"
			    "list/exception objects): bad luck\n");
}

static void a_warning_leaves_it_ok(void **state)
{
	(void)state;
	load_add(result, LOAD_UNUSED_MACRO, &root, "nobody");
	assert_true(load_result_ok(result));
	assert_true(load_result_has_warnings(result));
	assert_string_equal(text(false), "r.yaml: Ok, with warnings");
	assert_contains(text(true), "Ok, with warnings\n1 Warnings:\n");
}

static void errors_and_warnings_are_a_line_apart(void **state)
{
	(void)state;
	load_add(result, LOAD_UNUSED_MACRO, &root, "nobody");
	load_add(result, LOAD_ERR_YAML_PARSE, &root, "broken");
	assert_contains(text(true), ": broken\n\n1 Warnings:\n");
}

static void json_has_its_keys_in_order(void **state)
{
	(void)state;
	result->is_schema_checked = true;
	load_add(result, LOAD_UNUSED_LIST, &rule, "a \"b\"");
	assert_string_equal(
		json(),
		"{\"errors\":[],\"name\":\"r.yaml\",\"schema_valid\":true,"
		"\"schema_warnings\":[],\"successful\":true,\"warnings\":["
		"{\"code\":\"LOAD_UNUSED_LIST\",\"codedesc\":\"A list is "
		"defined in the rules content but is not used by any other "
		"list, macro, or rule.\",\"context\":{\"locations\":["
		"{\"item_name\":\"\",\"item_type\":\"rules content\","
		"\"position\":{\"column\":0,\"line\":0,\"name\":\"r.yaml\","
		"\"offset\":0}},{\"item_name\":\"a\",\"item_type\":\"rule\","
		"\"position\":{\"column\":2,\"line\":0,\"name\":\"r.yaml\","
		"\"offset\":2}}],\"snippet\":\"- rule: a\\n  ^\\n\"},"
		"\"message\":\"a \\\"b\\\"\"}]}");
}

static void complaints_of_the_schema_are_shown(void **state)
{
	(void)state;
	result->is_schema_checked = true;
	load_add_schema(result, SPAN("failed somewhere"));
	assert_true(load_result_ok(result));
	assert_contains(json(), "\"schema_valid\":false,\"schema_warnings\":["
				"\"failed somewhere\"]");
	assert_string_equal(text(true), "r.yaml: Ok\n1 Schema warnings:\n"
					"------\nfailed somewhere\n------\n");
}

static void a_deprecated_field_is_named(void **state)
{
	(void)state;
	load_add(result, LOAD_DEPRECATED_ITEM, &rule, "old");
	load_set_deprecated(result, SPAN("evt.dir"));
	assert_contains(text(true), "(Used deprecated item: field 'evt.dir')");
	assert_contains(json(), "\"deprecated_field\":\"evt.dir\"");
}

static const char *snippet(const char *content, size_t offset)
{
	struct load_context c = root;

	c.content = span_of(content);
	c.offset = offset;
	load_add(result, LOAD_ERR_VALIDATE, &c, "x");
	return result->errors.items[result->errors.n - 1].snippet.data;
}

static void the_snippet_is_the_line_and_a_caret(void **state)
{
	(void)state;
	assert_string_equal(snippet("one\ntwo\nthree", 5), "two\n ^\n");
	assert_string_equal(snippet("one\ntwo\nthree", 8), "three\n^\n");
	assert_string_equal(snippet("one\ntwo", 3), "one\n   ^\n");
}

static void a_place_behind_the_end_is_the_last_byte(void **state)
{
	(void)state;
	assert_string_equal(snippet("one", 99), "one\n  ^\n");
	assert_string_equal(snippet("", 0), "<No context available>\n");
}

static void long_lines_are_cut_around_the_place(void **state)
{
	char line[401];
	const char *s;

	(void)state;
	memset(line, 'x', 400);
	line[400] = '\0';
	s = snippet(line, 200);
	assert_int_equal(strcspn(s, "\n"), 161);
	assert_memory_equal(s, "...xxx", 6);
	assert_memory_equal(s + 155, "xxx...", 6);
	assert_int_equal(strcspn(s + 162, "^"), 80);
	s = snippet(line, 10);
	assert_int_equal(strcspn(s, "\n"), 91);
	assert_memory_equal(s, "xxxx", 4);
}

static void control_bytes_do_not_break_json(void **state)
{
	(void)state;
	load_add(result, LOAD_ERR_VALIDATE, &root, "a\tb\x01\xff");
	assert_contains(json(), "\"message\":\"a\\tb\\u0001");
}

static void very_deep_places_lose_their_innermost(void **state)
{
	struct load_context deep[40];

	(void)state;
	for (size_t i = 0; i < 40; i++) {
		deep[i] = root;
		deep[i].parent = i ? &deep[i - 1] : NULL;
	}
	load_add(result, LOAD_ERR_VALIDATE, &deep[39], "x");
	assert_contains(text(true), "In rules content");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_clean_result_is_ok),
		TEST(an_error_makes_it_invalid),
		TEST(a_warning_leaves_it_ok),
		TEST(errors_and_warnings_are_a_line_apart),
		TEST(json_has_its_keys_in_order),
		TEST(complaints_of_the_schema_are_shown),
		TEST(a_deprecated_field_is_named),
		TEST(the_snippet_is_the_line_and_a_caret),
		TEST(a_place_behind_the_end_is_the_last_byte),
		TEST(long_lines_are_cut_around_the_place),
		TEST(control_bytes_do_not_break_json),
		TEST(very_deep_places_lose_their_innermost),
	};

	return RUN_TESTS(tests);
}
