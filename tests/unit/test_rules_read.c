/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules_read*.c and collector.c: what items may look like, and what each mistake is
 * called. Messages are Falco's.
 */
#include <errno.h>

#include "harness/rules.h"
#include "harness/test.h"

#include "array.h"

static struct rules rules;

static int setup(void **state)
{
	(void)state;
	rules_init(&rules);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rules_done(&rules);
	return 0;
}

static void assert_loads(const char *text)
{
	int err = rules_load(&rules, text);

	assert_string_equal(rules_findings(&rules), "");
	assert_int_equal(err, 0);
}

static void assert_fails(const char *text, const char *finding)
{
	assert_int_equal(rules_load(&rules, text), -EINVAL);
	assert_contains(rules_findings(&rules), finding);
}

static void assert_warns(const char *text, const char *finding)
{
	assert_int_equal(rules_load(&rules, text), 0);
	assert_contains(rules_findings(&rules), finding);
}

/* --- Files ----------------------------------------------------------------- */

static void nothing_is_a_good_file(void **state)
{
	(void)state;
	assert_loads("");
	assert_loads("---\n");
	assert_loads("[]");
	assert_loads("- ~\n");
}

static void a_file_is_a_list_of_maps(void **state)
{
	(void)state;
	assert_fails("7", "LOAD_ERR_YAML_VALIDATE Rules content is not yaml\n");
	assert_fails("{}", "Rules content is not yaml array of objects");
	assert_fails("[a]", "Unexpected element type.");
	assert_fails("- [", "LOAD_ERR_YAML_PARSE");
	assert_fails("- [a]: b\n", "bad conversion");
}

static void an_unknown_item_is_warned_of(void **state)
{
	(void)state;
	assert_warns("- what: ever\n",
		     "LOAD_UNKNOWN_ITEM Unknown top level item\n");
}

static void an_unknown_key_is_warned_of(void **state)
{
	(void)state;
	assert_warns(RULE_TEXT("R", "evt.type=open") "  colour: red\n",
		     "LOAD_UNKNOWN_KEY Unknown key 'colour'.");
	assert_string_equal(rules_place(&rules), "rule 'R': (r1.yaml:0:2)");
}

static void loading_stops_at_the_first_error(void **state)
{
	(void)state;
	assert_fails("- list: a\n- list: b\n",
		     "Item has no mapping for key 'items'");
	assert_int_equal(rules.result->errors.n, 1);
}

/* --- Scalars --------------------------------------------------------------- */

struct refusal {
	const char *text, *finding;
};

static void each_mistake_has_its_message(void **state)
{
	static const struct refusal refusals[] = {
		{ "- list:\n", "Mapping for key 'list' is empty" },
		{ "- list: [a]\n", "Value is not a scalar value" },
		{ "- list: ''\n", "Value must be non-empty" },
		{ "- list: a\n  items: x\n", "Value is not a sequence" },
		{ "- list: a\n  items: [[x]]\n",
		  "sequence value is not scalar" },
		{ "- macro: m\n", "Item has no mapping for key 'condition'" },
		{ "- rule: r\n", "Item has no mapping for key 'enabled'" },
		{ "- rule: r\n  desc: d\n",
		  "Item has no mapping for key 'condition'" },
		{ RULE_TEXT("R", "evt.type=open") "  enabled: maybe\n",
		  "Can't decode YAML scalar value" },
		{ RULE_TEXT("R", "evt.type=open") "  capture_duration: -1\n",
		  "Can't decode YAML scalar value" },
		{ RULE_TEXT("R", "evt.type=open") "  tags: a\n",
		  "Value is not a sequence" },
		{ "- rule: r\n  desc: d\n  condition: c\n  output: o\n"
		  "  priority: E\n",
		  "Invalid priority" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++)
		assert_fails(refusals[i].text, refusals[i].finding);
}

static void priorities_are_read_in_any_case(void **state)
{
	(void)state;
	assert_loads("- rule: a\n  desc: d\n  condition: evt.type=open\n"
		     "  output: o\n  priority: wArNiNg\n");
	assert_loads("- rule: b\n  desc: d\n  condition: evt.type=open\n"
		     "  output: o\n  priority: Info\n");
}

static void the_output_is_trimmed(void **state)
{
	(void)state;
	assert_loads("- rule: a\n  desc: d\n  condition: evt.type=open\n"
		     "  output: '  x  y '\n  priority: INFO\n");
	assert_contains(rules_described(&rules, "a"), "\"output\":\"x  y\"");
}

static void names_that_conditions_cannot_use_are_warned_of(void **state)
{
	(void)state;
	assert_warns("- list: a b\n  items: []\n", "LOAD_INVALID_LIST_NAME");
	assert_warns("- macro: 1m\n  condition: evt.type=open\n",
		     "LOAD_INVALID_MACRO_NAME");
}

/* --- Versions -------------------------------------------------------------- */

static void the_engine_answers_as_0_63_0(void **state)
{
	(void)state;
	assert_loads("- required_engine_version: 63\n");
	assert_loads("- required_engine_version: 0.63.0\n");
	assert_loads("- required_engine_version: 0x3f\n");
	assert_fails("- required_engine_version: 64\n",
		     "LOAD_ERR_VALIDATE Rules require engine version 0.64.0, "
		     "but engine version is 0.63.0");
	assert_fails("- required_engine_version: x\n",
		     "Unable to parse engine version 'x'");
}

static void plugin_requirements_are_checked_for_shape(void **state)
{
	(void)state;
	assert_fails("- required_plugin_versions: x\n",
		     "Value of required_plugin_versions must be a sequence");
	assert_fails("- required_plugin_versions: [x]\n",
		     "Plugin version must be a mapping");
	assert_fails("- required_plugin_versions: [{name: a, version: 1}]\n",
		     "Invalid required version '1' for plugin 'a'");
	assert_fails("- required_plugin_versions:\n"
		     "  - {name: a, version: 1.0.0, alternatives: [x]}\n",
		     "Plugin version alternative must be a mapping");
	assert_fails("- required_plugin_versions:\n"
		     "  - name: a\n    version: 1.0.0\n"
		     "    alternatives: [{name: a, version: 1.0.0}]\n",
		     "Defined multiple alternative version requirements");
}

/* --- Append and override --------------------------------------------------- */

static void append_needs_something_to_append_to(void **state)
{
	(void)state;
	assert_fails("- list: a\n  items: [x]\n  append: true\n",
		     "no list by that name already exists");
	assert_fails("- macro: m\n  condition: c\n"
		     "  override: {condition: append}\n",
		     "no macro by that name already exists");
	assert_fails("- rule: r\n  condition: c\n  append: true\n",
		     "no rule by that name already exists");
	assert_fails("- rule: r\n  enabled: false\n",
		     "no rule by that name already exists");
	assert_fails("- rule: r\n  desc: d\n  override: {desc: replace}\n",
		     "An 'override.<key>: replace' to a rule was requested");
}

static void the_append_flag_is_deprecated(void **state)
{
	(void)state;
	assert_loads(RULE_TEXT("R", "evt.type=open"));
	assert_warns("- rule: R\n  condition: and proc.pid=1\n  append: true\n",
		     "LOAD_DEPRECATED_ITEM 'append' key is deprecated.");
	assert_contains(rules_described(&rules, "R"),
			"(evt.type = open and proc.pid = 1)");
}

static void override_and_append_exclude_each_other(void **state)
{
	(void)state;
	assert_fails("- list: a\n  items: [x]\n  append: true\n"
		     "  override: {items: append}\n",
		     "Keys 'override' and 'append: true' cannot be used "
		     "together.");
}

static void override_knows_what_may_be_done_to_each_key(void **state)
{
	static const struct refusal refusals[] = {
		{ "{priority: append}",
		  "Key 'priority' cannot be appended to, use 'replace' "
		  "instead" },
		{ "{source: replace}", "Key 'source' cannot be replaced" },
		{ "{priority: add}",
		  "Invalid override operation for key 'priority': 'add'. "
		  "Allowed values are: replace \n" },
		{ "{desc: replace}",
		  "An replace override for 'desc' was specified but 'desc' is "
		  "not defined" },
		{ "{condition: replace}",
		  "Unexpected key 'output': no corresponding entry under "
		  "'override' is defined." },
		{ "{condition: [append]}", "bad conversion" },
		{ "[condition]", "invalid node" },
	};
	char text[512];

	(void)state;
	assert_loads(RULE_TEXT("R", "evt.type=open"));
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		snprintf(text, sizeof(text),
			 "- rule: R\n  condition: evt.type=close\n  output: p\n"
			 "  override: %s\n",
			 refusals[i].text);
		assert_fails(text, refusals[i].finding);
	}
}

static void override_appends_and_replaces(void **state)
{
	const char *json;

	(void)state;
	assert_loads(RULE_TEXT("R", "evt.type=open") "  tags: [b, a]\n");
	assert_loads("- rule: R\n"
		     "  condition: and proc.pid=1\n"
		     "  output: more\n"
		     "  desc: new\n"
		     "  tags: [c, a]\n"
		     "  priority: ERROR\n"
		     "  enabled: false\n"
		     "  capture: true\n"
		     "  capture_duration: 7\n"
		     "  override: {condition: append, output: append, "
		     "desc: replace, tags: append, priority: replace, "
		     "enabled: replace, capture: replace, "
		     "capture_duration: replace}\n");
	json = rules_described(&rules, "R");
	assert_contains(json, "(evt.type = open and proc.pid = 1)");
	assert_contains(json, "\"output\":\"o more\"");
	assert_contains(json, "\"description\":\"new\"");
	assert_contains(json, "\"tags\":[\"a\",\"b\",\"c\"]");
	assert_contains(json, "\"priority\":\"Error\"");
	assert_contains(json, "\"enabled\":false");
	assert_contains(json, "\"capture\":true,\"capture_duration\":7");
}

static void a_redefinition_keeps_its_place_and_needs_its_source(void **state)
{
	(void)state;
	assert_loads(RULE_TEXT("A", "evt.type=open")
		     RULE_TEXT("B", "evt.type=open"));
	assert_loads(RULE_TEXT("A", "evt.type=close"));
	assert_contains(rules_described(&rules, NULL), "evt.type = close");
	assert_fails(RULE_TEXT("A", "evt.type=open") "  source: kettle\n",
		     "Rule has been re-defined with a different source");
}

static void a_lone_enabled_key_is_deprecated(void **state)
{
	(void)state;
	assert_loads(RULE_TEXT("A", "evt.type=open"));
	assert_warns("- rule: A\n  enabled: false\n",
		     "The standalone 'enabled' key usage is deprecated.");
	assert_contains(rules_described(&rules, "A"), "\"enabled\":false");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_a_good_file),
		TEST(a_file_is_a_list_of_maps),
		TEST(an_unknown_item_is_warned_of),
		TEST(an_unknown_key_is_warned_of),
		TEST(loading_stops_at_the_first_error),
		TEST(each_mistake_has_its_message),
		TEST(priorities_are_read_in_any_case),
		TEST(the_output_is_trimmed),
		TEST(names_that_conditions_cannot_use_are_warned_of),
		TEST(the_engine_answers_as_0_63_0),
		TEST(plugin_requirements_are_checked_for_shape),
		TEST(append_needs_something_to_append_to),
		TEST(the_append_flag_is_deprecated),
		TEST(override_and_append_exclude_each_other),
		TEST(override_knows_what_may_be_done_to_each_key),
		TEST(override_appends_and_replaces),
		TEST(a_redefinition_keeps_its_place_and_needs_its_source),
		TEST(a_lone_enabled_key_is_deprecated),
	};

	return RUN_TESTS(tests);
}
