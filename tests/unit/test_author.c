/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Help for who writes rules: engine_explain, engine_lint, engine_test, engine_watch,
 * with what the tracer foresees of calls.
 */
#include "harness/test.h"

#include <errno.h>

#include "cleanup.h"
#include "error.h"
#include "resolver.h"
#include "strbuf.h"

#include "harness/fake_event.h"
#include "harness/rules.h"
#include "tracer/tracer.h"

static const struct foresight foresight = {
	.event = tracer_foresee,
	.event_free = tracer_foreseen_free,
	.calls = tracer_foresee_calls,
};

static struct rules rules;
static struct strbuf out = STRBUF_INIT;

static int setup(void **state)
{
	(void)state;
	rules_init(&rules);
	strbuf_reset(&out);
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
	assert_int_equal(rules_load(&rules, text), 0);
	engine_ready(rules.engine);
}

/* --- What is foreseen --------------------------------------------------------- */

static enum outcome foreseen_param(enum event_type type, unsigned i)
{
	struct event *ev = tracer_foresee(type, 0);
	enum outcome got;

	assert_non_null(ev);
	got = event_param(ev, i)->outcome;
	tracer_foreseen_free(ev);
	return got;
}

static void results_wait_and_arguments_do_not(void **state)
{
	(void)state;
	assert_int_equal(foreseen_param(EVENT_SYSCALL_OPENAT_2_X, 0),
			 OUTCOME_UNKNOWN);
	assert_int_equal(foreseen_param(EVENT_SYSCALL_OPENAT_2_X, 2),
			 OUTCOME_VALUE);
	assert_int_equal(foreseen_param(EVENT_SOCKET_CONNECT_X, 0),
			 OUTCOME_UNKNOWN);
}

/* No parameter of any event makes the decoders stumble over a call of nobody. */
static void everything_can_be_foreseen(void **state)
{
	size_t n = 0;

	(void)state;
	for (unsigned type = 0; type < EVENT_TYPE_COUNT; type++) {
		struct event *ev = tracer_foresee(type, 0);
		const struct fd_info *fd;
		const struct process *process;

		if (!ev)
			continue;
		n++;
		for (unsigned i = 0; i < ev->nparams; i++)
			event_param(ev, i);
		for (unsigned i = 0; i < FD_PART_COUNT; i++)
			ev->resolver->event_fd(ev, i, &fd);
		for (unsigned i = 0; i < PROCESS_PART_COUNT; i++)
			ev->resolver->process(ev, 0, i, &process);
		tracer_foreseen_free(ev);
	}
	assert_true(n > 150);
}

static void what_no_call_makes_is_not_foreseen(void **state)
{
	(void)state;
	assert_null(tracer_foresee(EVENT_PROCEXIT_1_E, 0));
	tracer_foreseen_free(NULL);
}

/* --- --explain ---------------------------------------------------------------- */

static const char *explained(const char *rule)
{
	struct error err = { "" };

	strbuf_reset(&out);
	assert_int_equal(engine_explain(rules.engine, rule, &foresight, &out,
					&err),
			 0);
	return out.data;
}

static void a_rule_is_explained(void **state)
{
	const char *text;

	(void)state;
	load("- macro: of_root\n"
	     "  condition: user.uid=0\n"
	     RULE_TEXT("R", "evt.type in (open, openat) and of_root and "
			    "fd.name=/x and evt.failed=true"));
	text = explained("R");
	assert_contains(text, "Rule: R\n   r1.yaml:3; priority Informational; "
			      "enabled\n");
	assert_contains(text, "   all of\n      evt.type in (open, openat)\n"
			      "      and user.uid = 0   # of_root\n");
	assert_contains(text, "Event types: open, openat\n");
	assert_contains(text, "intercepted for it: open, openat\n");
	assert_contains(text, "can be final there: open, openat\n");
	assert_contains(text, "wait for the end of a call: evt.failed\n");
}

static void long_conditions_are_laid_out_with_their_macros(void **state)
{
	const char *text;

	(void)state;
	load("- macro: names\n"
	     "  condition: (proc.name=aaaaaaaaaaaaaaaaaaa or "
	     "proc.name=bbbbbbbbbbbbbbbbbbbbbbbbbbbbb)\n"
	     RULE_TEXT("R", "evt.type=open and not names and fd.num=1"));
	text = explained("R");
	assert_contains(text, "   all of\n      evt.type = open\n      and not\n"
			      "         any of   # names\n"
			      "            proc.name = aaaaaaaaaaaaaaaaaaa\n"
			      "            or proc.name = bbbb");
}

static void a_rule_that_waits_is_decided_at_the_end(void **state)
{
	(void)state;
	load(RULE_TEXT("R", "evt.type=openat and evt.rawres<0"));
	assert_contains(explained("R"),
			"for these every call is followed: openat\n");
}

static void what_is_not_seen_is_said(void **state)
{
	(void)state;
	load(RULE_TEXT("R", "evt.type=signaldeliver")
	     RULE_TEXT("S", "evt.type=open and evt.type=close"));
	assert_contains(explained("R"), "no engine here sees events of "
					"signaldeliver\n");
	assert_contains(explained("S"), "Event types: none: it can never fire\n");
}

static void a_rule_that_is_not_there_is_no_rule(void **state)
{
	struct error err;

	(void)state;
	load(RULE_TEXT("R", "evt.type=open"));
	assert_int_equal(engine_explain(rules.engine, "X", &foresight, &out,
					&err),
			 -ENOENT);
	assert_string_equal(err.text, "Rule \"X\" is not loaded");
}

/* --- --lint ------------------------------------------------------------------- */

static const char *linted(const char *text)
{
	load(text);
	strbuf_reset(&out);
	engine_lint(rules.engine, &foresight, &out);
	return out.data;
}

static void good_rules_leave_no_doubt(void **state)
{
	(void)state;
	assert_string_equal(linted(RULE_TEXT("R", "evt.type=openat and "
						  "fd.name=/x and evt.failed=true")
				   RULE_TEXT("S", "evt.type=openat and fd.name=/y")),
			    "");
}

static void is_dead(const char *condition, const char *why)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	struct rules own;

	rules_init(&own);
	strbuf_addf(&text, RULE_TEXT("R", "%s"), condition);
	assert_int_equal(rules_load(&own, text.data), 0);
	engine_ready(own.engine);
	strbuf_reset(&out);
	engine_lint(own.engine, &foresight, &out);
	if (why)
		assert_contains(out.data, "r1.yaml:1: rule 'R': can never fire: ");
	else
		assert_null(strstr(out.data, "can never fire"));
	if (why)
		assert_contains(out.data, why);
	rules_done(&own);
}

static void rules_that_never_fire_are_found(void **state)
{
	(void)state;
	is_dead("evt.type=open and proc.name=a and proc.name=b",
		"proc.name = a and proc.name = b exclude each other");
	is_dead("evt.type=open and proc.name in (a, b) and (fd.num=1 and "
		"proc.name in (c, d))",
		"exclude each other");
	is_dead("evt.type=open and fd.num=1 and not fd.num=1",
		"fd.num = 1 and not fd.num = 1 exclude each other");
	is_dead("evt.type=open and not evt.type in (open, close)",
		"no event has all the types");
	is_dead("evt.type=signaldeliver", "no engine here sees events of");
	is_dead("evt.type=connect and fd.sip.name=x", "fd.sip.name never has a");
	is_dead("evt.type=open and (proc.name in () or fd.cip.name=x)",
		"proc.name in () asks for one of nothing; fd.cip.name never");
}

static void rules_that_may_fire_are_left_alone(void **state)
{
	(void)state;
	is_dead("evt.type=open and proc.name=a and proc.pname=b", NULL);
	is_dead("evt.type=open and proc.name in (a, b) and proc.name in (b, c)",
		NULL);
	is_dead("evt.type=open and proc.aname=a and proc.aname=b", NULL);
	is_dead("evt.type=connect and fd.ip=1.2.3.4 and fd.ip=1.2.3.5", NULL);
	is_dead("evt.type=connect and (fd.sip.name=x or fd.num=1)", NULL);
	is_dead("evt.type=open and not proc.name in ()", NULL);
	is_dead("evt.type=procexit", NULL);
}

static void a_rule_that_another_hides_is_found(void **state)
{
	const char *text;

	(void)state;
	text = linted(RULE_TEXT("A", "evt.type in (open, openat) and "
				     "proc.name in (a, b, c)")
		      RULE_TEXT("B", "evt.type=open and proc.name in (b, c) and "
				     "fd.num=1")
		      RULE_TEXT("C", "evt.type=open and fd.num=2 and "
				     "(proc.name=a or proc.name=b)")
		      RULE_TEXT("D", "evt.type=open and proc.name=d"));
	assert_contains(text, "rule 'B': is never reported: rule_matching is "
			      "first, and 'A' (r1.yaml:1) fires whenever it "
			      "would\n");
	assert_contains(text, "rule 'C': is never reported");
	assert_null(strstr(text, "'D'"));
}

static void rules_that_cost_much_are_found(void **state)
{
	const char *text;

	(void)state;
	text = linted(RULE_TEXT("A", "evt.type in (read, open) and fd.name=/x")
		      RULE_TEXT("B", "proc.name=x")
		      RULE_TEXT("C", "evt.type=openat and evt.failed=true"));
	assert_contains(text, "rule 'A': is expensive: it makes 2 system calls "
			      "stop, frequent ones among them (read)");
	assert_contains(text, "rule 'B': is expensive: it makes ");
	assert_contains(text, "rule 'C': is expensive: every call of openat must "
			      "be followed");
	assert_null(strstr(text, "execve"));
}

/* --- --test ------------------------------------------------------------------- */

#define TESTED \
	RULE_TEXT("Shadow", "evt.type in (open, openat) and " \
			    "fd.name=/etc/shadow and not proc.name=sshd") \
	RULE_TEXT("Net", "evt.type=connect and fd.sip=1.2.3.4 and " \
			 "fd.sport>1000 and proc.aname=sh and fd.snet=1.0.0.0/8")

static int tested(const char *text, size_t *ret_failed, struct error *err)
{
	strbuf_reset(&out);
	return engine_test(rules.engine, "t.yaml", span_of(text), &out,
			   ret_failed, err);
}

static void fails(const char *text, size_t n)
{
	struct error err = { "" };
	size_t failed = 99;

	assert_int_equal(tested(text, &failed, &err), 0);
	assert_int_equal(failed, n);
}

static void tests_of_one_rule_pass(void **state)
{
	(void)state;
	load(TESTED);
	fails("- test: by cat\n"
	      "  rule: Shadow\n"
	      "  event: openat\n"
	      "  fields: {fd.name: /etc/shadow, proc.name: cat}\n"
	      "- test: several\n"
	      "  rule: Net\n"
	      "  events:\n"
	      "    - event: connect\n"
	      "      fields: {fd.sip: 1.2.3.4, fd.sport: 2000, fd.snet: 1.2.3.4,"
	      " proc.aname: [bash, sh]}\n"
	      "    - event: connect\n"
	      "      fields: {fd.sip: 1.2.3.4, fd.sport: 80, proc.aname: [sh]}\n"
	      "      matches: false\n",
	      0);
	assert_string_equal(out.data, "ok   by cat\nok   several\n"
				      "2 passed, 0 failed\n");
}

static void a_failure_says_what_decided(void **state)
{
	(void)state;
	load(TESTED);
	fails("- test: a\n"
	      "  rule: Shadow\n"
	      "  event: openat\n"
	      "  fields: {fd.name: /x, proc.name: cat}\n"
	      "- test: b\n"
	      "  rule: Shadow\n"
	      "  event: open\n"
	      "  fields: {fd.name: /etc/shadow, proc.name: null}\n"
	      "  matches: false\n"
	      "- test: c\n"
	      "  rule: Shadow\n"
	      "  event: close\n",
	      3);
	assert_string_equal(
		out.data,
		"FAIL a: t.yaml:1: openat: 'Shadow' does not match: fd.name = "
		"/etc/shadow is false (fd.name=/x)\n"
		"FAIL b: t.yaml:5: open: 'Shadow' matches: evt.type in (open, "
		"openat) is true (evt.type=open); fd.name = /etc/shadow is true "
		"(fd.name=/etc/shadow); proc.name = sshd is false "
		"(proc.name=<NA>)\n"
		"FAIL c: t.yaml:10: close: 'Shadow' does not match: it is not "
		"about events of close\n"
		"0 passed, 3 failed\n");
}

static void without_a_rule_all_that_match_are_listed(void **state)
{
	(void)state;
	load(TESTED);
	fails("- test: one\n"
	      "  event: open\n"
	      "  fields: {fd.name: /etc/shadow}\n"
	      "  matches: [Shadow]\n"
	      "- test: none\n"
	      "  event: open\n"
	      "  matches: []\n"
	      "- test: other\n"
	      "  event: open\n"
	      "  fields: {fd.name: /etc/shadow}\n"
	      "  matches: [Net]\n",
	      1);
	assert_contains(out.data, "FAIL other: t.yaml:8: open: 'Shadow' matches; "
				  "'Net' does not match\n");
}

static void is_wrong(const char *text, const char *message)
{
	struct error err = { "" };
	size_t failed;

	assert_int_equal(tested(text, &failed, &err), -EINVAL);
	assert_string_equal(err.text, message);
}

static void what_is_wrong_with_a_file_is_said(void **state)
{
	(void)state;
	load(TESTED);
	is_wrong("x: y\n", "t.yaml:1: a list of tests is wanted");
	is_wrong("- 1\n", "t.yaml:1: a map of keys is wanted here");
	is_wrong("- test: a\n  x: y\n", "t.yaml:2: unknown key 'x'");
	is_wrong("- rule: Net\n", "t.yaml:1: test: a name is wanted");
	is_wrong("- test: a\n  rule: X\n", "t.yaml:2: no rule 'X' is loaded");
	is_wrong("- test: a\n  rule: Net\n  event: opne\n",
		 "t.yaml:3: event: the name of an event is wanted");
	is_wrong("- test: a\n  rule: Net\n  events: []\n",
		 "t.yaml:3: events: a list of events is wanted");
	is_wrong("- test: a\n  rule: Net\n  event: open\n  matches: [Net]\n",
		 "t.yaml:4: matches: true or false is wanted");
	is_wrong("- test: a\n  event: open\n",
		 "t.yaml:1: without a rule, matches is the list of the rules "
		 "that match");
	is_wrong("- test: a\n  event: open\n  matches: [X]\n",
		 "t.yaml:3: no rule 'X' is loaded");
	is_wrong("- test: a\n  rule: Net\n  event: open\n  fields: {nope.x: 1}\n",
		 "t.yaml:4: filter_check called with nonexistent field nope.x");
	is_wrong("- test: a\n  rule: Net\n  event: open\n  fields: {nope: 1}\n",
		 "t.yaml:4: 'nope' is no field");
	is_wrong("- test: a\n  rule: Net\n  event: open\n  fields: {fd.num: x}\n",
		 "t.yaml:4: fd.num: x is not a valid number");
	is_wrong("- test: a\n  rule: Net\n  event: open\n  fields: {fd.num: {}}\n",
		 "t.yaml:4: fd.num: the value is no scalar");
	is_wrong("- test: a\n  rule: Net\n  event: open\n  fields: []\n",
		 "t.yaml:4: fields: a map of values is wanted");
}

/* --- --why -------------------------------------------------------------------- */

static void keep_line(void *ctx, const char *line)
{
	strbuf_addf(ctx, "%s\n", line);
}

static void ignore(void *ctx, const struct rule_info *rule)
{
	(void)ctx;
	(void)rule;
}

static void judge(const char *line)
{
	struct fake_event f;

	assert_true(fake_event_init(&f, span_of(line)));
	if (f.ev.phase == PHASE_ENTRY)
		engine_judge(rules.engine, &f.ev);
	else
		engine_match(rules.engine, &f.ev, ignore, NULL);
	fake_event_done(&f);
}

static void watch(const char *rule)
{
	struct error err = { "" };

	strbuf_reset(&out);
	assert_int_equal(engine_watch(rules.engine, rule, keep_line, &out, &err),
			 0);
	engine_ready(rules.engine);
}

static void each_event_of_the_rule_is_explained(void **state)
{
	(void)state;
	load(RULE_TEXT("R", "evt.type=openat and fd.name=/x and "
			    "evt.failed=true"));
	watch("R");
	judge("openat@entry proc.comm=cat fd.name=/y");
	judge("openat@entry proc.comm=cat fd.name=/x arg.fd=?");
	judge("openat proc.comm=cat fd.name=/x arg.fd=-2");
	judge("openat proc.comm=cat fd.name=/x arg.fd=3");
	judge("close proc.comm=cat");
	assert_string_equal(
		out.data,
		"openat by cat[1], decided at entry: no match: fd.name = /x is "
		"false (fd.name=/y)\n"
		"openat by cat[1]: match: evt.type = openat is true "
		"(evt.type=openat); fd.name = /x is true (fd.name=/x); "
		"evt.failed = true is true (evt.failed=true)\n"
		"openat by cat[1]: no match: evt.failed = true is false "
		"(evt.failed=false)\n");
	strbuf_reset(&out);
	engine_watch_summary(rules.engine, &out);
	assert_contains(out.data, "3 events judged, 1 matched\n   1 decided by ");
}

static void a_match_that_is_hidden_is_told(void **state)
{
	(void)state;
	load(RULE_TEXT("A", "evt.type=openat") RULE_TEXT("B", "evt.type=openat "
							      "and fd.name=/x"));
	watch("B");
	judge("openat fd.name=/x");
	assert_contains(out.data, "match (not reported: rule_matching is first, "
				  "and 'A' came before): ");
}

static void only_enabled_rules_can_be_watched(void **state)
{
	struct error err;

	(void)state;
	load(RULE_TEXT("R", "evt.type=open") "  enabled: false\n");
	assert_int_equal(engine_watch(rules.engine, "R", keep_line, NULL, &err),
			 -EINVAL);
	assert_string_equal(err.text, "Rule \"R\" is not enabled");
	assert_int_equal(engine_watch(rules.engine, "X", keep_line, NULL, &err),
			 -ENOENT);
	engine_watch_summary(rules.engine, &out);
	assert_int_equal(out.n, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(results_wait_and_arguments_do_not),
		TEST(everything_can_be_foreseen),
		TEST(what_no_call_makes_is_not_foreseen),
		TEST(a_rule_is_explained),
		TEST(long_conditions_are_laid_out_with_their_macros),
		TEST(a_rule_that_waits_is_decided_at_the_end),
		TEST(what_is_not_seen_is_said),
		TEST(a_rule_that_is_not_there_is_no_rule),
		TEST(good_rules_leave_no_doubt),
		TEST(rules_that_never_fire_are_found),
		TEST(rules_that_may_fire_are_left_alone),
		TEST(a_rule_that_another_hides_is_found),
		TEST(rules_that_cost_much_are_found),
		TEST(tests_of_one_rule_pass),
		TEST(a_failure_says_what_decided),
		TEST(without_a_rule_all_that_match_are_listed),
		TEST(what_is_wrong_with_a_file_is_said),
		TEST(each_event_of_the_rule_is_explained),
		TEST(a_match_that_is_hidden_is_told),
		TEST(only_enabled_rules_can_be_watched),
	};
	int failed = RUN_TESTS(tests);

	strbuf_done(&out);
	return failed;
}
