/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/sets.h: what rules have done is added up over the sets of a run;
 * internal alerts go where the set in use sends them.
 */
#include "harness/test.h"

#include "cleanup.h"

#include "harness/alerting.h"
#include "launcher/sets.h"

struct scene {
	struct alerting a, b;
	struct sink sink;
	struct sets sets;
};

static void scene_init(struct scene *s, const char *first, const char *second)
{
	alerting_init(&s->a, first);
	alerting_init(&s->b, second);
	sink_init(&s->sink, &s->a.set);
	sets_init(&s->sets, &s->sink);
}

static void scene_done(struct scene *s)
{
	sets_done(&s->sets);
	sink_done(&s->sink);
	alerting_done(&s->a);
	alerting_done(&s->b);
}

/* The second set comes into use, and an event is matched by it. */
static void change(struct scene *s)
{
	sink_offer(&s->sink, &s->b.set);
	alerting_event(&s->sink, "openat fd.name=/x");
	sets_retire(&s->sets, sink_retired(&s->sink));
}

static void add_rule(void *ctx, const char *name, const char *labels,
		     uint64_t matches)
{
	strbuf_addf(ctx, "%s{%s} %llu\n", name, labels,
		    (unsigned long long)matches);
}

static void assert_rules(struct scene *s, const char *want)
{
	CLEANUP(strbuf_done) struct strbuf out = STRBUF_INIT;

	sets_each_rule(&s->sets, add_rule, &out);
	assert_string_equal(out.data, want);
}

#define LABELS(name) \
	"{priority=\"3\",rule_name=\"" name "\",source=\"syscall\",tag_a_b=" \
	"\"true\",tag_b=\"true\"}"

static void rules_that_never_matched_are_left_out(void **state)
{
	CLEANUP(scene_done) struct scene s;

	(void)state;
	scene_init(&s, OPENS("r", "a"), OPENS("r", "b"));
	assert_rules(&s, "");
	alerting_event(&s.sink, "openat fd.name=/x");
	assert_rules(&s, "r" LABELS("r") " 1\n");
}

static void a_rule_goes_on_counting_over_sets(void **state)
{
	CLEANUP(scene_done) struct scene s;

	(void)state;
	scene_init(&s, OPENS("r", "a"), OPENS("r", "b"));
	alerting_event(&s.sink, "openat fd.name=/x");
	assert_int_equal(sets_since(&s.sets), 0);
	change(&s);
	assert_rules(&s, "r" LABELS("r") " 2\n");
	assert_true(sets_since(&s.sets) > 0);
}

static void a_rule_that_is_gone_is_remembered(void **state)
{
	CLEANUP(scene_done) struct scene s;
	CLEANUP(strbuf_done) struct strbuf out = STRBUF_INIT;

	(void)state;
	scene_init(&s, OPENS("old", "a"), OPENS("new", "b"));
	alerting_event(&s.sink, "openat fd.name=/x");
	change(&s);
	assert_rules(&s, "old" LABELS("old") " 1\nnew" LABELS("new") " 1\n");
	sets_summary(&s.sets, &out);
	assert_string_equal(out.data, "Triggered rules by rule name:\n"
				      "   old: 1\n   new: 1\n");
}

static void tags_that_make_the_same_label_make_it_once(void **state)
{
	CLEANUP(scene_done) struct scene s;

	(void)state;
	scene_init(&s,
		   "- rule: r\n"
		   "  desc: d\n"
		   "  condition: evt.type = openat\n"
		   "  output: o\n"
		   "  priority: INFO\n"
		   "  tags: [a-b, a.c, a_b]\n",
		   OPENS("r", "b"));
	alerting_event(&s.sink, "openat");
	assert_rules(&s, "r{priority=\"6\",rule_name=\"r\",source=\"syscall\","
			 "tag_a_b=\"true\",tag_a_c=\"true\"} 1\n");
}

static void label_values_are_escaped(void **state)
{
	CLEANUP(strbuf_done) struct strbuf out = STRBUF_INIT;

	(void)state;
	label_value(&out, "a \"b\" \\ c\nd");
	assert_string_equal(out.data, "a \\\"b\\\" \\\\ c\\nd");
}

static void an_internal_alert_goes_to_the_set_in_use(void **state)
{
	CLEANUP(scene_done) struct scene s;
	struct internal_alert alert = { .priority = PRIORITY_DEBUG,
					.rule = "Falco internal: x",
					.message = "m" };

	(void)state;
	scene_init(&s, OPENS("r", "a"), OPENS("r", "b"));
	change(&s);
	s.b.set.json = true;
	sets_alert(&s.sets, &alert);
	assert_string_equal(alert.hostname, "vm");
	assert_true(alert.time_ns > 0);
	alerting_assert(&s.a, "");
	assert_int_equal(output_counts(s.b.output).dropped, 0);
	output_finish(s.b.output);
	assert_int_equal(output_counts(s.b.output).delivered, 2);
}

static void an_internal_alert_does_not_wait_for_an_event(void **state)
{
	CLEANUP(scene_done) struct scene s;
	struct internal_alert alert = { .priority = PRIORITY_DEBUG,
					.rule = "r",
					.message = "m" };

	(void)state;
	scene_init(&s, OPENS("r", "a"), OPENS("r", "b"));
	assert_null(sets_offer(&s.sets, &s.b.set));
	sets_alert(&s.sets, &alert);
	output_finish(s.b.output);
	assert_int_equal(output_counts(s.b.output).delivered, 1);
	assert_ptr_equal(sets_offer(&s.sets, NULL), &s.b.set);
	sets_alert(&s.sets, &alert);
	output_finish(s.a.output);
	assert_int_equal(output_counts(s.a.output).delivered, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_that_never_matched_are_left_out),
		cmocka_unit_test(a_rule_goes_on_counting_over_sets),
		cmocka_unit_test(a_rule_that_is_gone_is_remembered),
		cmocka_unit_test(tags_that_make_the_same_label_make_it_once),
		cmocka_unit_test(label_values_are_escaped),
		cmocka_unit_test(an_internal_alert_goes_to_the_set_in_use),
		cmocka_unit_test(an_internal_alert_does_not_wait_for_an_event),
	};

	return RUN_TESTS(tests);
}
