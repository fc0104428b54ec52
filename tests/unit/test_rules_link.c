/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules_link.c: lists as text, macros as trees, who sees whom, and what is refused
 * because it multiplies.
 */
#include <errno.h>

#include "harness/rules.h"
#include "harness/test.h"

#include "array.h"
#include "cleanup.h"

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

/* Loads, and the compiled condition of rule R is `compiled`. */
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

/* --- Lists ----------------------------------------------------------------- */

static void a_lists_items_stand_in_its_place(void **state)
{
	(void)state;
	assert_compiled("- list: l\n  items: [a, b c, d]\n"
			RULE_TEXT("R", "evt.type=open and proc.name in (l, e)"),
			"(evt.type = open and proc.name in "
			"(a, \\\"b c\\\", d, e))");
}

static void an_empty_list_takes_a_comma_with_it(void **state)
{
	(void)state;
	assert_compiled("- list: l\n  items: []\n"
			RULE_TEXT("R", "proc.name in (x, l, y) and "
				       "proc.name in (l, z) and "
				       "proc.name in (w, l) and "
				       "proc.name in (l)"),
			"(proc.name in (x, y) and proc.name in (z) and "
			"proc.name in (w) and proc.name in ())");
}

static void part_of_a_word_is_no_list(void **state)
{
	(void)state;
	assert_compiled("- list: l\n  items: [X]\n"
			RULE_TEXT("R", "proc.name in (ll, l.l, al, l)"),
			"proc.name in (ll, l.l, al, X)");
}

static void a_name_of_two_words_is_found_all_the_same(void **state)
{
	(void)state;
	assert_compiled("- list: a b\n  items: [X]\n"
			RULE_TEXT("R", "proc.name in (c, a b)"),
			"proc.name in (c, X)");
}

static void items_may_name_later_lists_but_not_earlier_ones(void **state)
{
	(void)state;
	assert_compiled("- list: a\n  items: [b]\n"
			"- list: b\n  items: [c]\n"
			"- list: c\n  items: [a]\n"
			RULE_TEXT("R", "proc.name in (a)"),
			"proc.name in (b)");
	assert_compiled("- list: a\n  items: [d]\n"
			"- list: d\n  items: [x, y]\n",
			"proc.name in (x, y)");
}

static void lists_are_replaced_inside_quotes_too(void **state)
{
	(void)state;
	assert_compiled("- list: l\n  items: [X]\n"
			RULE_TEXT("R", "'proc.name = \"a l b\"'"),
			"proc.name = \\\"a X b\\\"");
}

static void a_list_sees_the_older_lists_only(void **state)
{
	(void)state;
	assert_compiled("- list: a\n  items: [x]\n"
			"- list: b\n  items: [a, c]\n"
			"- list: c\n  items: [y]\n"
			RULE_TEXT("R", "proc.name in (b)"),
			"proc.name in (x, y)");
	assert_compiled("- list: b\n  items: [c, a]\n", "proc.name in (y, x)");
}

static void an_appended_list_sees_what_came_between(void **state)
{
	(void)state;
	assert_compiled("- list: a\n  items: [b]\n"
			"- list: b\n  items: [x]\n"
			"- list: a\n  items: [z]\n"
			"  override: {items: append}\n"
			RULE_TEXT("R", "proc.name in (a)"),
			"proc.name in (x, z)");
}

static void unused_lists_and_macros_are_warned_of(void **state)
{
	(void)state;
	assert_int_equal(rules_load(&rules,
				    "- list: l\n  items: [a]\n"
				    "- macro: m\n  condition: evt.type=open\n"),
			 0);
	assert_string_equal(rules_findings(&rules),
			    "LOAD_UNUSED_MACRO Macro not referred to by any "
			    "other rule/macro\n"
			    "LOAD_UNUSED_LIST List not referred to by any "
			    "other rule/macro\n");
	/* The next file uses them. */
	assert_int_equal(rules_load(&rules,
				    RULE_TEXT("R", "m and proc.name in (l)")),
			 0);
	assert_string_equal(rules_findings(&rules), "");
}

/* --- Macros ---------------------------------------------------------------- */

static void a_macro_is_a_tree_not_a_text(void **state)
{
	(void)state;
	assert_compiled("- macro: m\n  condition: proc.pid=1 or proc.pid=2\n"
			RULE_TEXT("R", "evt.type=open and m"),
			"(evt.type = open and (proc.pid = 1 or proc.pid = 2))");
}

static void rules_see_macros_that_come_later(void **state)
{
	(void)state;
	assert_compiled(RULE_TEXT("R", "m")
			"- macro: m\n  condition: evt.type=open\n",
			"evt.type = open");
}

static void macros_do_not_see_later_ones(void **state)
{
	(void)state;
	assert_fails("- macro: a\n  condition: b\n"
		     "- macro: b\n  condition: evt.type=open\n",
		     "LOAD_ERR_VALIDATE Undefined macro 'b' used in filter.");
	assert_string_equal(rules_place(&rules),
			    "condition expression: (\"b\":1:3)");
}

static void a_macro_is_unknown_to_itself(void **state)
{
	(void)state;
	assert_fails("- macro: a\n  condition: not a\n",
		     "Undefined macro 'a' used in filter.");
}

static void a_loop_by_redefinition_is_found(void **state)
{
	(void)state;
	assert_fails("- macro: a\n  condition: evt.type=open\n"
		     "- macro: b\n  condition: a\n"
		     "- macro: a\n  condition: b\n",
		     "reference loop in macro 'b'");
}

static void an_appended_macro_may_refer_to_itself_no_more(void **state)
{
	(void)state;
	assert_fails("- macro: a\n  condition: evt.type=open\n"
		     "- macro: a\n  condition: or a\n  append: true\n",
		     "reference loop in macro 'a'");
}

/* --- Positions ------------------------------------------------------------- */

static void a_syntax_error_stands_where_parsing_stopped(void **state)
{
	(void)state;
	assert_fails(RULE_TEXT("R", "evt.type=open and"),
		     "LOAD_ERR_COMPILE_CONDITION expected blank or '(' after "
		     "'and'");
	assert_string_equal(rules_place(&rules),
			    "condition expression: "
			    "(\"evt.type=open and\":3:31)");
}

static void long_conditions_are_called_by_their_beginning(void **state)
{
	(void)state;
	assert_fails(RULE_TEXT("R", "evt.type=open and nope.x=1"),
		     "filter_check called with nonexistent field nope.x");
	assert_string_equal(rules_place(&rules),
			    "condition expression: "
			    "(\"evt.type=open and...\":3:32)");
}

/* --- What multiplies ------------------------------------------------------- */

/* Sixty macros, each twice the one before. */
static void doubling_macros_are_refused(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	(void)state;
	strbuf_adds(&b, "- macro: m0\n  condition: evt.type=open\n");
	for (int i = 1; i < 60; i++)
		strbuf_addf(&b, "- macro: m%d\n  condition: m%d or m%d\n", i,
			    i - 1, i - 1);
	strbuf_adds(&b, RULE_TEXT("R", "m59"));
	assert_fails(b.data, "The condition is longer than");
}

/* The same with macros that see later ones, because they were redefined. */
static void doubling_macros_in_disorder_are_refused(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	(void)state;
	for (int i = 0; i < 60; i++)
		strbuf_addf(&b, "- macro: m%d\n  condition: evt.type=open\n", i);
	for (int i = 0; i < 59; i++)
		strbuf_addf(&b, "- macro: m%d\n  condition: m%d or m%d\n", i,
			    i + 1, i + 1);
	assert_fails(b.data, "The condition is longer than");
}

static void a_long_chain_of_macros_is_refused(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	(void)state;
	for (int i = 0; i < 20000; i++)
		strbuf_addf(&b, "- macro: m%d\n  condition: evt.type=open\n", i);
	for (int i = 0; i < 19999; i++)
		strbuf_addf(&b, "- macro: m%d\n  condition: not m%d\n", i,
			    i + 1);
	assert_fails(b.data, "nested too deeply");
}

static void lists_in_lists_in_lists_stay_flat(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	(void)state;
	strbuf_adds(&b, "- list: l0\n  items: [a, b]\n");
	for (int i = 1; i < 60; i++)
		strbuf_addf(&b, "- list: l%d\n  items: [l%d, l%d]\n", i, i - 1,
			    i - 1);
	strbuf_adds(&b, RULE_TEXT("R", "proc.name in (l1)"));
	assert_int_equal(rules_load(&rules, b.data), 0);
}

static void lists_that_multiply_in_a_condition_are_refused(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	(void)state;
	/* Each list's items are names of the next, which comes later. */
	for (int i = 0; i < 30; i++)
		strbuf_addf(&b, "- list: l%02d\n  items: [l%02d, l%02d]\n", i,
			    i + 1, i + 1);
	strbuf_adds(&b, RULE_TEXT("R", "proc.name in (l00)"));
	assert_fails(b.data, "The condition is longer than");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_lists_items_stand_in_its_place),
		TEST(an_empty_list_takes_a_comma_with_it),
		TEST(part_of_a_word_is_no_list),
		TEST(a_name_of_two_words_is_found_all_the_same),
		TEST(items_may_name_later_lists_but_not_earlier_ones),
		TEST(lists_are_replaced_inside_quotes_too),
		TEST(a_list_sees_the_older_lists_only),
		TEST(an_appended_list_sees_what_came_between),
		TEST(unused_lists_and_macros_are_warned_of),
		TEST(a_macro_is_a_tree_not_a_text),
		TEST(rules_see_macros_that_come_later),
		TEST(macros_do_not_see_later_ones),
		TEST(a_macro_is_unknown_to_itself),
		TEST(a_loop_by_redefinition_is_found),
		TEST(an_appended_macro_may_refer_to_itself_no_more),
		TEST(a_syntax_error_stands_where_parsing_stopped),
		TEST(long_conditions_are_called_by_their_beginning),
		TEST(doubling_macros_are_refused),
		TEST(doubling_macros_in_disorder_are_refused),
		TEST(a_long_chain_of_macros_is_refused),
		TEST(lists_in_lists_in_lists_stay_flat),
		TEST(lists_that_multiply_in_a_condition_are_refused),
	};

	return RUN_TESTS(tests);
}
