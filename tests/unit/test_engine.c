/* SPDX-License-Identifier: Apache-2.0 */
/*
 * engine.h: loading, selecting, judging in three values, matching, listing. Events
 * are made from text (harness/fake_event.h).
 *
 * LINK: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray
 */
#include <errno.h>

#include "harness/fake_event.h"
#include "harness/rules.h"
#include "harness/test.h"

#include "cleanup.h"
#include "error.h"

static struct rules rules;
static size_t nallocations;

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_reallocarray(void *p, size_t n, size_t size);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_reallocarray(void *p, size_t n, size_t size);

void *__wrap_malloc(size_t n)
{
	nallocations++;
	return __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	nallocations++;
	return __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	nallocations++;
	return __real_realloc(p, n);
}

void *__wrap_reallocarray(void *p, size_t n, size_t size)
{
	nallocations++;
	return __real_reallocarray(p, n, size);
}

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

static void load(const char *text)
{
	if (rules_load(&rules, text))
		fail_msg("%s", rules_findings(&rules));
}

static void load_ready(const char *text)
{
	load(text);
	engine_ready(rules.engine);
}

static enum truth judge(const char *line)
{
	CLEANUP(fake_event_done) struct fake_event f;

	assert_true(fake_event_init(&f, span_of(line)));
	return engine_judge(rules.engine, &f.ev);
}

static void note_match(void *ctx, const struct rule_info *rule)
{
	strbuf_addf(ctx, "%s ", rule->name);
}

/* The names of the rules that match, each with a blank behind it. */
static void assert_matches(const char *line, const char *names)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
	CLEANUP(fake_event_done) struct fake_event f;

	assert_true(fake_event_init(&f, span_of(line)));
	engine_match(rules.engine, &f.ev, note_match, &b);
	assert_string_equal(b.data, names);
}

/* --- Judging --------------------------------------------------------------- */

static void an_engine_without_rules_matches_nothing(void **state)
{
	(void)state;
	engine_ready(rules.engine);
	assert_int_equal(engine_rule_count(rules.engine), 0);
	assert_int_equal(judge("open@entry"), TRUTH_FALSE);
	assert_matches("open", "");
}

static void lists_macros_and_rules_work_together(void **state)
{
	(void)state;
	load_ready("- list: shells\n  items: [sh, bash]\n"
		   "- macro: by_shell\n  condition: proc.name in (shells)\n"
		   RULE_TEXT("R", "evt.type=openat and by_shell"));
	assert_matches("openat proc.comm=sh", "R ");
	assert_matches("openat proc.comm=cat", "");
	assert_matches("close proc.comm=sh", "");
}

static void an_entry_is_judged_in_three_values(void **state)
{
	(void)state;
	load_ready(RULE_TEXT("R", "evt.type=openat and proc.name=sh and "
				  "evt.failed=false"));
	assert_int_equal(judge("openat@entry proc.comm=cat arg.fd=?"),
			 TRUTH_FALSE);
	assert_int_equal(judge("openat@entry proc.comm=sh arg.fd=?"),
			 TRUTH_UNKNOWN);
	assert_int_equal(judge("close@entry proc.comm=sh arg.fd=?"),
			 TRUTH_FALSE);
}

static void one_that_is_not_false_answers(void **state)
{
	(void)state;
	load_ready(RULE_TEXT("A", "evt.type=openat and proc.name=sh and "
				  "evt.failed=false")
		   RULE_TEXT("B", "evt.type=openat and proc.name=cat"));
	assert_int_equal(judge("openat@entry proc.comm=cat arg.fd=?"),
			 TRUTH_TRUE);
	assert_int_equal(judge("openat@entry proc.comm=sh arg.fd=?"),
			 TRUTH_UNKNOWN);
	assert_int_equal(judge("openat@entry proc.comm=ls arg.fd=?"),
			 TRUTH_FALSE);
}

/* A says UNKNOWN here, and B TRUE. */
static void the_one_that_asks_for_least_is_begun_with(void **state)
{
	static const char event[] = "openat@entry proc.comm=sh arg.fd=?";

	(void)state;
	load_ready(RULE_TEXT("A", "evt.type=openat and proc.name=sh and "
				  "evt.failed=false")
		   RULE_TEXT("B", "evt.type=openat"));
	assert_int_equal(judge(event), TRUTH_UNKNOWN);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(judge(event), TRUTH_TRUE);
}

static void matching_first_stops_at_the_first(void **state)
{
	(void)state;
	load_ready(RULE_TEXT("A", "evt.type=close and proc.name=sh")
		   RULE_TEXT("B", "evt.type=close")
		   RULE_TEXT("C", "evt.type=close"));
	assert_matches("close proc.comm=sh", "A ");
	assert_matches("close proc.comm=cat", "B ");
}

static void matching_all_goes_on(void **state)
{
	struct engine_options options;

	(void)state;
	rules_done(&rules);
	engine_options_default(&options);
	options.match_all = true;
	rules_init_options(&rules, &options);
	load_ready(RULE_TEXT("A", "evt.type=close and proc.name=sh")
		   RULE_TEXT("B", "evt.type=open")
		   RULE_TEXT("C", "evt.type=close"));
	assert_matches("close proc.comm=sh", "A C ");
}

static void calls_that_failed_are_dropped_when_asked(void **state)
{
	struct engine_options options;

	(void)state;
	load_ready(RULE_TEXT("R", "evt.type in (openat, procexit, capget)"));
	assert_matches("openat arg.fd=-2", "R ");
	rules_done(&rules);
	engine_options_default(&options);
	options.drop_failed = true;
	rules_init_options(&rules, &options);
	load_ready(RULE_TEXT("R", "evt.type in (openat, procexit, capget)"));
	assert_matches("openat arg.fd=-2", "");
	assert_matches("openat arg.fd=3", "R ");
	assert_matches("openat@unconfirmed", "R ");
	assert_matches("procexit", "R ");
	assert_matches("capget", "R ");
}

static void events_do_not_leak_into_each_other(void **state)
{
	(void)state;
	load_ready(RULE_TEXT("R", "evt.type=close and proc.name=sh"));
	assert_matches("close proc.comm=sh", "R ");
	assert_matches("close proc.comm=cat", "");
	assert_matches("close proc.comm=sh", "R ");
}

static void calls_without_an_event_do_not_see_each_others_rules(void **state)
{
	(void)state;
	load_ready(RULE_TEXT("A", "evt.type=capget")
		   RULE_TEXT("B", "evt.type=adjtimex"));
	assert_matches("capget", "A ");
	assert_matches("adjtimex", "B ");
	assert_matches("getcpu", "");
	assert_true(interest_has_generic(engine_interest(rules.engine),
					 GENERIC_capget));
	assert_false(interest_has_generic(engine_interest(rules.engine),
					  GENERIC_getcpu));
}

static void interest_is_that_of_enabled_rules(void **state)
{
	const struct interest *interest;

	(void)state;
	load(RULE_TEXT("A", "evt.type=openat")
	     RULE_TEXT("B", "evt.type=close") "  enabled: false\n");
	engine_ready(rules.engine);
	interest = engine_interest(rules.engine);
	assert_true(interest_has(interest, EVENT_SYSCALL_OPENAT_2_X));
	assert_false(interest_has(interest, EVENT_SYSCALL_CLOSE_X));
	assert_int_equal(engine_rule_count(rules.engine), 1);
}

static void judging_allocates_nothing(void **state)
{
	CLEANUP(fake_event_done) struct fake_event f;
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
	size_t before;

	(void)state;
	load_ready("- macro: m\n  condition: proc.name in (sh, bash)\n"
		   RULE_TEXT("A", "evt.type=openat and m and proc.pid=7")
		   RULE_TEXT("B", "evt.type=openat and m"));
	assert_true(fake_event_init(&f, SPAN("openat proc.comm=sh")));
	strbuf_grow(&b, 64);
	before = nallocations;
	engine_judge(rules.engine, &f.ev);
	engine_match(rules.engine, &f.ev, note_match, &b);
	assert_int_equal(nallocations, before);
	assert_string_equal(b.data, "B ");
}

/* --- Alerts from a match --------------------------------------------------- */

static void note_alert(void *ctx, const struct rule_info *rule)
{
	CLEANUP(strbuf_done) struct strbuf line = STRBUF_INIT;
	struct fake_event *f = ctx;

	engine_alert_text(rules.engine, rule, &f->ev, &line);
	assert_contains(line.data, ": Informational o");
	assert_string_equal(rule->source, "syscall");
	assert_string_equal(rule->description, "d");
	assert_int_equal(rule->index, 0);
	assert_int_equal(rule->ntags, 0);
}

static void a_match_can_be_shown_while_it_is_reported(void **state)
{
	CLEANUP(fake_event_done) struct fake_event f;

	(void)state;
	load_ready(RULE_TEXT("R", "evt.type=close"));
	assert_true(fake_event_init(&f, SPAN("close")));
	assert_int_equal(engine_match(rules.engine, &f.ev, note_alert, &f), 1);
}

/* --- Selecting ------------------------------------------------------------- */

#define THREE \
	RULE_TEXT("open a", "evt.type=open") "  tags: [x]\n" \
	RULE_TEXT("open b", "evt.type=open") "  tags: [x, y]\n" \
	RULE_TEXT("close", "evt.type=close")

/* How many of THREE are left when this is disabled. */
static void assert_left(const char *pattern, const char *tag, size_t n)
{
	rules_done(&rules);
	rules_init(&rules);
	load(THREE);
	engine_select(rules.engine, pattern, tag, false);
	engine_ready(rules.engine);
	assert_int_equal(engine_rule_count(rules.engine), n);
}

static void patterns_and_tags_select_rules(void **state)
{
	(void)state;
	assert_left("*", NULL, 0);
	assert_left("open*", NULL, 1);
	assert_left("*b", NULL, 2);
	assert_left("close", NULL, 2);
	assert_left("open", NULL, 3);
	assert_left("*o*", NULL, 0);
	assert_left("o*n*a", NULL, 2);
	assert_left("", NULL, 3);
	assert_left(NULL, "x", 1);
	assert_left(NULL, "y", 2);
	assert_left(NULL, "z", 3);
}

static void a_tail_is_taken_where_it_is_found_first(void **state)
{
	(void)state;
	load(RULE_TEXT("abab", "evt.type=open"));
	engine_select(rules.engine, "*ab", NULL, false);
	engine_ready(rules.engine);
	assert_int_equal(engine_rule_count(rules.engine), 1);
}

static void later_choices_win(void **state)
{
	(void)state;
	load(THREE);
	engine_select(rules.engine, "*", NULL, false);
	engine_select(rules.engine, NULL, "y", true);
	engine_ready(rules.engine);
	assert_int_equal(engine_rule_count(rules.engine), 1);
	assert_matches("open", "open b ");
}

static void mild_rules_are_never_enabled(void **state)
{
	struct engine_options options;

	(void)state;
	rules_done(&rules);
	engine_options_default(&options);
	options.min_priority = PRIORITY_WARNING;
	rules_init_options(&rules, &options);
	load(THREE);
	engine_select(rules.engine, "*", NULL, true);
	engine_ready(rules.engine);
	assert_int_equal(engine_rule_count(rules.engine), 0);
}

/* --- Loading --------------------------------------------------------------- */

static void a_bad_file_leaves_the_good_ones(void **state)
{
	(void)state;
	load(RULE_TEXT("A", "evt.type=open"));
	assert_int_equal(rules_load(&rules, "- ["), -EINVAL);
	engine_ready(rules.engine);
	assert_matches("open", "A ");
}

static void an_unknown_source_is_skipped(void **state)
{
	(void)state;
	load(RULE_TEXT("A", "nope and (") "  source: kettle\n");
	assert_string_equal(rules_findings(&rules),
			    "LOAD_UNKNOWN_SOURCE Unknown source kettle, "
			    "skipping\n");
	engine_ready(rules.engine);
	assert_int_equal(engine_rule_count(rules.engine), 0);
}

static void a_rule_may_ask_to_be_skipped(void **state)
{
	(void)state;
	load(RULE_TEXT("A", "nope.x=1") "  skip-if-unknown-filter: true\n"
	     RULE_TEXT("B", "evt.type=open"));
	assert_contains(rules_findings(&rules), "LOAD_UNKNOWN_FILTER");
	engine_ready(rules.engine);
	assert_int_equal(engine_rule_count(rules.engine), 1);
}

static void a_rule_on_everything_is_warned_of(void **state)
{
	(void)state;
	load(RULE_TEXT("A", "proc.name=x"));
	assert_contains(rules_findings(&rules), "LOAD_NO_EVTTYPE");
	load(RULE_TEXT("A", "proc.name=x") "  warn_evttypes: false\n");
	assert_string_equal(rules_findings(&rules), "");
}

static void what_ends_falco_is_said_apart(void **state)
{
	(void)state;
	assert_int_equal(rules_load(&rules, RULE_TEXT("A", "evt.type="
							   "val(evt.type)")),
			 -EINVAL);
	assert_string_equal(load_result_fatal(rules.result),
			    "event code search does not support `evt.type` "
			    "checks with transformers");
}

static void output_is_appended_where_it_matches(void **state)
{
	static const struct span tags[] = { { "x", 1 } };
	static const struct span names[] = { { NULL, 0 }, { "mine", 4 } };
	static const struct span formats[] = { { "proc.ppid", 9 },
					       { "%proc.name", 10 } };
	static const struct append_output appends[] = {
		{ .tags = { tags, 1 },
		  .extra_output = { "pid=%proc.pid", 13 },
		  .extra_field_names = names,
		  .extra_field_formats = formats,
		  .nextra_fields = 2 },
		{ .rule = { "close", 5 }, .suggested_output = true },
	};
	struct engine_options options;
	const char *json;

	(void)state;
	rules_done(&rules);
	engine_options_default(&options);
	options.container_plugin = true;
	options.append_outputs = appends;
	options.nappend_outputs = 2;
	options.extra_format = "-p";
	rules_init_options(&rules, &options);
	load(THREE);
	json = rules_described(&rules, "open a");
	assert_contains(json, "\"output_compiled\":\"o pid=%proc.pid -p\"");
	assert_contains(json, "\"%proc.ppid\"");
	assert_contains(json, "\"extra_output_formatted_fields\":"
			      "{\"mine\":\"%proc.name\"}");
	json = rules_described(&rules, "close");
	assert_contains(json, "\"o container_id=%container.id container_name="
			      "%container.name ");
}

/* --- Plugins --------------------------------------------------------------- */

#define REQUIRE(name, version) \
	"- required_plugin_versions: [{name: " name ", version: " version "}]\n"

static void the_container_plugin_is_built_in(void **state)
{
	struct error err;

	(void)state;
	load(REQUIRE("container", "0.4.0"));
	assert_int_equal(engine_check_plugins(rules.engine, &err), 0);
	load(REQUIRE("container", "0.7.2"));
	assert_int_equal(engine_check_plugins(rules.engine, &err), -EINVAL);
	assert_string_equal(err.text,
			    "Plugin 'container' version '0.7.1' is not "
			    "compatible with required plugin version '0.7.2'");
}

static void any_alternative_will_do(void **state)
{
	struct error err;

	(void)state;
	load("- required_plugin_versions:\n"
	     "  - name: k8smeta\n    version: 0.1.0\n"
	     "    alternatives: [{name: container, version: 0.1.0}]\n");
	assert_int_equal(engine_check_plugins(rules.engine, &err), 0);
	load(REQUIRE("k8smeta", "0.1.0"));
	assert_int_equal(engine_check_plugins(rules.engine, &err), -EINVAL);
	assert_string_equal(err.text, "Plugin requirement not satisfied, must "
				      "load one of: k8smeta (>= 0.1.0)");
}

/* --- Describing ------------------------------------------------------------ */

static void the_table_wraps_descriptions(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	(void)state;
	load("- rule: R\n  condition: evt.type=open\n  output: o\n"
	     "  priority: INFO\n"
	     "  desc: many words in a long description that must wrap at the "
	     "right margin\n");
	assert_int_equal(engine_describe(rules.engine, NULL, false, &b, NULL),
			 0);
	assert_contains(b.data, "Rule  ");
	assert_contains(b.data, " must wrap at the \n");
	assert_contains(b.data, "\n                                          "
				"         right margin \n\n");
}

static void an_unknown_rule_cannot_be_described(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
	struct error err;

	(void)state;
	load(THREE);
	assert_int_equal(engine_describe(rules.engine, "x", true, &b, &err),
			 -ENOENT);
	assert_string_equal(err.text, "Rule \"x\" is not loaded");
}

static void a_listing_tells_what_uses_what(void **state)
{
	const char *json;

	(void)state;
	load("- required_engine_version: 41\n"
	     "- list: a\n  items: [x]\n"
	     "- list: b\n  items: [a, y]\n"
	     "- macro: m\n  condition: proc.name in (b)\n"
	     RULE_TEXT("R", "evt.type=open and m and "
			    "container.id startswith z"));
	json = rules_described(&rules, NULL);
	assert_contains(json, "\"required_engine_version\":\"0.41.0\"");
	assert_contains(json, "{\"details\":{\"items_compiled\":[\"x\",\"y\"],"
			      "\"lists\":[\"a\"],\"plugins\":[],"
			      "\"used\":true},\"info\":{\"items\":[\"y\"],"
			      "\"name\":\"b\"}}");
	assert_contains(json, "\"macros\":[\"m\"]");
	assert_contains(json, "\"plugins\":[\"container\"]");
	assert_contains(json, "\"events\":[\"asyncevent\",\"open\"]");
}

static void conditions_without_a_field_cannot_be_listed(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
	struct error err;

	(void)state;
	load(RULE_TEXT("R", "'len(\"abc\") = 3'"));
	assert_int_equal(engine_describe(rules.engine, NULL, true, &b, &err),
			 -EINVAL);
	assert_string_equal(err.text, "can't find field info in binary check "
				      "expression");
}

/* --- Priorities ------------------------------------------------------------ */

static void priorities_have_names_and_labels(void **state)
{
	enum priority p;

	(void)state;
	assert_string_equal(priority_name(PRIORITY_INFORMATIONAL),
			    "Informational");
	assert_string_equal(priority_label(PRIORITY_INFORMATIONAL), "INFO");
	assert_int_equal(priority_parse("iNfO", &p), 0);
	assert_int_equal(p, PRIORITY_INFORMATIONAL);
	assert_int_equal(priority_parse("Informational", &p), 0);
	assert_int_equal(priority_parse("EMERGENCY", &p), 0);
	assert_int_equal(p, PRIORITY_EMERGENCY);
	assert_int_equal(priority_parse("err", &p), -EINVAL);
	assert_int_equal(priority_parse("", &p), -EINVAL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_engine_without_rules_matches_nothing),
		TEST(lists_macros_and_rules_work_together),
		TEST(an_entry_is_judged_in_three_values),
		TEST(one_that_is_not_false_answers),
		TEST(the_one_that_asks_for_least_is_begun_with),
		TEST(matching_first_stops_at_the_first),
		TEST(matching_all_goes_on),
		TEST(calls_that_failed_are_dropped_when_asked),
		TEST(events_do_not_leak_into_each_other),
		TEST(calls_without_an_event_do_not_see_each_others_rules),
		TEST(interest_is_that_of_enabled_rules),
		TEST(judging_allocates_nothing),
		TEST(a_match_can_be_shown_while_it_is_reported),
		TEST(patterns_and_tags_select_rules),
		TEST(a_tail_is_taken_where_it_is_found_first),
		TEST(later_choices_win),
		TEST(mild_rules_are_never_enabled),
		TEST(a_bad_file_leaves_the_good_ones),
		TEST(an_unknown_source_is_skipped),
		TEST(a_rule_may_ask_to_be_skipped),
		TEST(a_rule_on_everything_is_warned_of),
		TEST(what_ends_falco_is_said_apart),
		TEST(output_is_appended_where_it_matches),
		TEST(the_container_plugin_is_built_in),
		TEST(any_alternative_will_do),
		TEST(the_table_wraps_descriptions),
		TEST(an_unknown_rule_cannot_be_described),
		TEST(a_listing_tells_what_uses_what),
		TEST(conditions_without_a_field_cannot_be_listed),
		TEST(priorities_have_names_and_labels),
	};

	return RUN_TESTS(tests);
}
