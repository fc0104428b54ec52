/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules_exceptions.c: the shapes of exceptions, how they become conditions, and
 * what appending to them may do.
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

/* A rule with the exceptions. */
#define WITH(exceptions) \
	RULE_TEXT("R", "evt.type=open") "  exceptions: " exceptions "\n"
#define APPEND(exceptions) \
	"- rule: R\n  exceptions: " exceptions \
	"\n  override: {exceptions: append}\n"

static void assert_compiled(const char *text, const char *compiled)
{
	char want[512];
	int err = rules_load(&rules, text);

	if (err)
		print_error("%s", rules_findings(&rules));
	assert_int_equal(err, 0);
	snprintf(want, sizeof(want), "\"condition_compiled\":\"%s\"", compiled);
	assert_contains(rules_described(&rules, "R"), want);
}

static void assert_fails(const char *text, const char *finding)
{
	assert_int_equal(rules_load(&rules, text), -EINVAL);
	assert_contains(rules_findings(&rules), finding);
}

/* --- What they become ------------------------------------------------------ */

static void one_field_takes_its_values_as_a_list(void **state)
{
	(void)state;
	assert_compiled(WITH("[{name: e, fields: proc.name, "
			     "values: [a, b c]}]"),
			"(evt.type = open and not proc.name in "
			"(a, \\\"b c\\\"))");
}

static void several_fields_take_tuples(void **state)
{
	(void)state;
	assert_compiled(WITH("[{name: e, fields: [proc.name, proc.pid], "
			     "comps: [startswith, <], "
			     "values: [[a, 1], [b, 2]]}]"),
			"(evt.type = open and not ((proc.name startswith a and "
			"proc.pid < 1) or (proc.name startswith b and "
			"proc.pid < 2)))");
}

static void values_may_be_lists_themselves(void **state)
{
	(void)state;
	assert_compiled(WITH("[{name: e, fields: [proc.name, fd.name], "
			     "comps: [in, pmatch], "
			     "values: [[[a, b c], \"(/x, /y)\"], "
			     "[c, /z]]}]"),
			"(evt.type = open and not ((proc.name in "
			"(a, \\\"b c\\\") and fd.name pmatch (/x, /y)) or "
			"(proc.name in (c) and fd.name pmatch (/z))))");
}

static void equality_is_the_default_for_tuples(void **state)
{
	(void)state;
	assert_compiled(WITH("[{name: e, fields: [proc.name], "
			     "values: [[a]]}]"),
			"(evt.type = open and not proc.name = a)");
}

static void an_exception_without_values_changes_nothing(void **state)
{
	(void)state;
	assert_compiled(WITH("[{name: e, fields: proc.name}]"),
			"evt.type = open");
}

static void no_exceptions_at_all_are_none(void **state)
{
	(void)state;
	assert_compiled(WITH("~"), "evt.type = open");
	assert_compiled(WITH("[]"), "evt.type = open");
}

static void modifiers_and_transformers_are_understood(void **state)
{
	(void)state;
	assert_compiled(WITH("[{name: e, fields: tolower(proc.name), "
			     "comps: startswith anyof, values: [a, b]}]"),
			"(evt.type = open and not tolower(proc.name) "
			"startswith anyof (a, b))");
}

/* --- Mistakes -------------------------------------------------------------- */

struct refusal {
	const char *exceptions, *finding;
};

static void each_mistake_has_its_message(void **state)
{
	static const struct refusal refusals[] = {
		{ "x", "Rule exceptions must be a sequence" },
		{ "[x]", "Rule exception must be a mapping" },
		{ "[{fields: proc.name}]", "Item has no mapping for key 'name'" },
		{ "[{name: e}]", "Rule exception item must have fields "
				 "property with a list of fields" },
		{ "[{name: e, fields: proc.name, values: a}]",
		  "Rule exception values must be a sequence" },
		{ "[{name: e, fields: proc.name, values: [[a]]}]",
		  "Expected values array to contain a list of strings" },
		{ "[{name: e, fields: proc.name, values: ['']}]",
		  "Value must be non-empty" },
		{ "[{name: e, fields: [proc.name], values: [[a, b]]}]",
		  "Fields and values lists must have equal length" },
		{ "[{name: e, fields: [proc.name], comps: [=, =]}]",
		  "Fields and comps lists must have equal length" },
		{ "[{name: e, fields: [proc.name], comps: [like]}]",
		  "'like' is not a supported comparison operator" },
		{ "[{name: e, fields: [proc.nope]}]",
		  "'proc.nope' is not a supported filter field" },
		{ "[{name: e, fields: proc.name, comps: [in]}]",
		  "Fields and comps must both be strings" },
		{ "[{name: e, fields: proc.name, comps: '='}]",
		  "When fields is a single value, comps must be one of (in, "
		  "pmatch, intersects) or a modifier operator" },
		{ "[{name: e, fields: evt.arg}]",
		  "filter syntax error: evt.arg" },
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		snprintf(text, sizeof(text), "%s  exceptions: %s\n",
			 RULE_TEXT("R", "evt.type=open"),
			 refusals[i].exceptions);
		assert_fails(text, refusals[i].finding);
	}
}

static void a_name_that_comes_twice_is_warned_of(void **state)
{
	(void)state;
	assert_int_equal(rules_load(&rules,
				    WITH("[{name: e, fields: proc.name}, "
					 "{name: e, fields: fd.name}]")),
			 0);
	assert_string_equal(rules_findings(&rules),
			    "LOAD_EXCEPTION_NAME_NOT_UNIQUE Multiple "
			    "definitions of exception 'e' in the same rule\n");
}

/* --- Appending ------------------------------------------------------------- */

static void values_are_appended_to_an_exception(void **state)
{
	(void)state;
	assert_compiled(WITH("[{name: e, fields: proc.name, values: [a]}]")
			APPEND("[{name: e, values: [b]}]"),
			"(evt.type = open and not proc.name in (a, b))");
}

static void a_new_exception_may_be_appended(void **state)
{
	(void)state;
	assert_compiled(WITH("[{name: e, fields: proc.name, values: [a]}]")
			APPEND("[{name: n, fields: [proc.pid], "
			       "values: [[1]]}]"),
			"(evt.type = open and not proc.name in (a) and not "
			"proc.pid = 1)");
}

static void only_values_may_be_appended_to_what_exists(void **state)
{
	static const struct refusal refusals[] = {
		{ "[{name: e, fields: fd.name, values: [b]}]",
		  "Can not append exception fields to existing exception" },
		{ "[{name: e, comps: in, values: [b]}]",
		  "Can not append exception comps to existing exception" },
		{ "[{name: n, values: [b]}]",
		  "Rule exception must have fields property" },
		{ "[{name: n, fields: fd.name, values: []}]",
		  "Rule exception must have values property" },
	};
	char text[512];

	(void)state;
	assert_int_equal(rules_load(&rules, WITH("[{name: e, "
						 "fields: proc.name}]")),
			 0);
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		snprintf(text, sizeof(text),
			 "- rule: R\n  exceptions: %s\n"
			 "  override: {exceptions: append}\n",
			 refusals[i].exceptions);
		assert_fails(text, refusals[i].finding);
	}
}

static void appending_nothing_to_an_exception_is_warned_of(void **state)
{
	(void)state;
	assert_int_equal(rules_load(&rules,
				    WITH("[{name: e, fields: proc.name}]")
				    APPEND("[{name: e}]")),
			 0);
	assert_contains(rules_findings(&rules), "LOAD_APPEND_NO_VALUES");
}

static void replaced_exceptions_are_taken_as_they_are(void **state)
{
	(void)state;
	assert_compiled(WITH("[{name: e, fields: proc.name, values: [a]}]")
			"- rule: R\n"
			"  exceptions: [{name: f, fields: [proc.pid], "
			"comps: [=], values: [[1]]}]\n"
			"  override: {exceptions: replace}\n",
			"(evt.type = open and not proc.pid = 1)");
	/* Falco does not fill in the operator here, and says so oddly. */
	assert_fails("- rule: R\n"
		     "  exceptions: [{name: f, fields: proc.pid, "
		     "values: [1]}]\n"
		     "  override: {exceptions: replace}\n",
		     "expected a valid check operator");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_field_takes_its_values_as_a_list),
		TEST(several_fields_take_tuples),
		TEST(values_may_be_lists_themselves),
		TEST(equality_is_the_default_for_tuples),
		TEST(an_exception_without_values_changes_nothing),
		TEST(no_exceptions_at_all_are_none),
		TEST(modifiers_and_transformers_are_understood),
		TEST(each_mistake_has_its_message),
		TEST(a_name_that_comes_twice_is_warned_of),
		TEST(values_are_appended_to_an_exception),
		TEST(a_new_exception_may_be_appended),
		TEST(only_values_may_be_appended_to_what_exists),
		TEST(appending_nothing_to_an_exception_is_warned_of),
		TEST(replaced_exceptions_are_taken_as_they_are),
	};

	return RUN_TESTS(tests);
}
