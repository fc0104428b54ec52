/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules_schema.c: what Falco's schema says of a file, which never keeps it from
 * loading.
 */
#include "harness/rules.h"
#include "harness/test.h"

#include "array.h"
#include "cleanup.h"

static struct rules rules;
static struct strbuf all;

static int setup(void **state)
{
	(void)state;
	rules_init(&rules);
	all = (struct strbuf)STRBUF_INIT;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rules_done(&rules);
	strbuf_done(&all);
	return 0;
}

/* The complaints about a text, each on a line. */
static const char *complaints(const char *text)
{
	rules_load(&rules, text);
	strbuf_reset(&all);
	for (size_t i = 0; i < rules.result->schema_warnings.n; i++)
		strbuf_addf(&all, "%s\n",
			    rules.result->schema_warnings.items[i]);
	return all.data;
}

static void a_good_document_is_ok(void **state)
{
	(void)state;
	assert_string_equal(complaints(RULE_TEXT("R", "evt.type=open")),
			    "ok\n");
	assert_string_equal(complaints("[]"), "ok\n");
}

static void what_is_not_there_is_not_checked(void **state)
{
	(void)state;
	assert_string_equal(complaints(""), "");
	assert_false(rules.result->is_schema_checked);
	assert_string_equal(complaints("---\n---\n[]\n"), "ok\n");
	assert_string_equal(complaints("- ["), "");
	assert_false(rules.result->is_schema_checked);
}

static void the_innermost_failure_comes_first(void **state)
{
	(void)state;
	assert_string_equal(
		complaints(RULE_TEXT("R", "evt.type=open") "  enabled: on\n"),
		"failed for <root>[0][enabled]: Value type not permitted by "
		"'type' constraint.\n"
		"failed for <root>[0]: Failed to validate against schema "
		"associated with property name 'enabled'.\n"
		"failed for <root>: Failed to validate item #0 in array.\n");
	assert_true(load_result_ok(rules.result));
}

struct complaint {
	const char *text, *first;
};

static void each_kind_of_failure_has_its_message(void **state)
{
	static const struct complaint cases[] = {
		{ "x", "failed for <root>: Value type not permitted" },
		{ "- x\n", "failed for <root>[0]: Value type not permitted" },
		{ "- rule: R\n  colour: red\n",
		  "failed for <root>[0]: Object contains a property that could "
		  "not be validated using 'properties' or "
		  "'additionalProperties' constraints: 'colour'." },
		{ "- rule: R\n  priority: warning\n",
		  "failed for <root>[0][priority]: Failed to match against any "
		  "enum values." },
		{ "- rule: R\n  override: {}\n",
		  "failed for <root>[0][override]: Object should have no fewer "
		  "than 1 properties." },
		{ "- rule: R\n  exceptions: [{fields: a}]\n",
		  "failed for <root>[0][exceptions][0]: Missing required "
		  "property 'name'." },
		{ "- list: l\n  items: [a, ~]\n",
		  "failed for <root>[0][items][1]: Value type not permitted by "
		  "'type' constraint.\n"
		  "failed for <root>[0][items][1]: Failed to validate against "
		  "child schema #0.\n"
		  "failed for <root>[0][items][1]: Value type not permitted by "
		  "'type' constraint.\n"
		  "failed for <root>[0][items][1]: Failed to validate against "
		  "child schema #1.\n"
		  "failed for <root>[0][items][1]: Failed to validate against "
		  "any schemas allowed by anyOf constraint.\n" },
		{ "- rule: R\n  capture_duration: 1.5\n",
		  "failed for <root>[0][capture_duration]: Value type" },
		{ "- required_plugin_versions: [{name: a, version: 1.0.0, "
		  "alternatives: x}]\n",
		  "failed for <root>[0][required_plugin_versions][0]"
		  "[alternatives]: Value type" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *got = complaints(cases[i].text);
		size_t n = strlen(cases[i].first);

		if (strncmp(got, cases[i].first, n) != 0)
			fail_msg("%s gives %s", cases[i].text, got);
	}
}

static void numbers_may_be_negative_and_texts_may_be_numbers(void **state)
{
	(void)state;
	assert_string_equal(complaints("- rule: R\n  capture_duration: -1\n"
				       "  desc: 7\n  enabled: 'true'\n"),
			    "ok\n");
}

static void the_first_document_decides(void **state)
{
	CLEANUP(strbuf_done) struct strbuf json = STRBUF_INIT;

	(void)state;
	complaints("[]\n---\nx\n");
	load_result_json(rules.result, &json);
	assert_contains(json.data, "\"schema_valid\":true,"
				   "\"schema_warnings\":[]");
	complaints("x\n---\n[]\n");
	strbuf_reset(&json);
	load_result_json(rules.result, &json);
	assert_contains(json.data, "\"schema_valid\":false,"
				   "\"schema_warnings\":[\"failed");
	assert_contains(json.data, "\",\"ok\"]");
}

static void complaints_have_a_limit(void **state)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;

	(void)state;
	for (int i = 0; i < 5000; i++)
		strbuf_adds(&text, "- x\n");
	complaints(text.data);
	assert_int_equal(rules.result->schema_warnings.n, 1000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_good_document_is_ok),
		TEST(what_is_not_there_is_not_checked),
		TEST(the_innermost_failure_comes_first),
		TEST(each_kind_of_failure_has_its_message),
		TEST(numbers_may_be_negative_and_texts_may_be_numbers),
		TEST(the_first_document_decides),
		TEST(complaints_have_a_limit),
	};

	return RUN_TESTS(tests);
}
