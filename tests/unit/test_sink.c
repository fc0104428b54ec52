/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/sink.h: an event is judged by exactly one set; what is counted is
 * right.
 */
#include "harness/test.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include "cleanup.h"

#include "harness/alerting.h"

static void sink_and_set(struct sink *s, struct alerting *a, const char *rules)
{
	alerting_init(a, rules);
	sink_init(s, &a->set);
}

static void an_alert_goes_to_the_sets_output(void **state)
{
	CLEANUP(alerting_done) struct alerting a;
	CLEANUP(sink_done) struct sink s;

	(void)state;
	sink_and_set(&s, &a, OPENS("r", "first"));
	alerting_event(&s, "openat fd.name=/x/1");
	alerting_event(&s, "openat fd.name=/y");
	alerting_event(&s, "openat fd.name=/x/2");
	alerting_assert(&a, "first /x/1\nfirst /x/2\n");
	assert_int_equal(counter_get(&s.counts->matches), 2);
	assert_int_equal(counter_get(&s.counts->delivered), 3);
	assert_int_equal(counter_get(&s.counts->by_priority[PRIORITY_ERROR]),
			 2);
	assert_false(s.failed);
}

static void at_entry_nothing_is_said(void **state)
{
	CLEANUP(alerting_done) struct alerting a;
	CLEANUP(sink_done) struct sink s;

	(void)state;
	sink_and_set(&s, &a, OPENS("r", "first"));
	assert_int_equal(alerting_event(&s, "openat@entry fd.name=/x"),
			 VERDICT_CONFIRM);
	assert_int_equal(alerting_event(&s, "openat@entry fd.name=?"),
			 VERDICT_CONFIRM);
	assert_int_equal(alerting_event(&s, "openat@entry fd.name=/y"),
			 VERDICT_CONTINUE);
	alerting_assert(&a, "");
	assert_int_equal(counter_get(&s.counts->delivered), 0);
}

static void a_set_that_is_offered_judges_the_next_event(void **state)
{
	CLEANUP(alerting_done) struct alerting a, b;
	CLEANUP(sink_done) struct sink s;

	(void)state;
	sink_and_set(&s, &a, OPENS("r", "first"));
	alerting_init(&b, OPENS("r", "second"));
	alerting_event(&s, "openat fd.name=/x/1");
	assert_null(sink_offer(&s, &b.set));
	assert_ptr_equal(sink_current(&s), &a.set);
	alerting_event(&s, "openat fd.name=/x/2");
	assert_ptr_equal(sink_current(&s), &b.set);
	alerting_assert(&a, "first /x/1\n");
	alerting_assert(&b, "second /x/2\n");
}

static void what_was_in_use_is_handed_back_once(void **state)
{
	CLEANUP(alerting_done) struct alerting a, b, c;
	CLEANUP(sink_done) struct sink s;
	CLEANUP(closep) int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	struct sink_set *retired;
	uint64_t told = 0;

	(void)state;
	sink_and_set(&s, &a, OPENS("r", "a"));
	alerting_init(&b, OPENS("r", "b"));
	alerting_init(&c, OPENS("r", "c"));
	s.retired_fd = fd;
	assert_null(sink_retired(&s));
	sink_offer(&s, &b.set);
	alerting_event(&s, "openat fd.name=/y");
	sink_offer(&s, &c.set);
	alerting_event(&s, "openat fd.name=/y");
	assert_int_equal(read(fd, &told, sizeof(told)), sizeof(told));
	assert_int_equal(told, 2);
	retired = sink_retired(&s);
	assert_ptr_equal(retired, &b.set);
	assert_ptr_equal(retired->next, &a.set);
	assert_null(retired->next->next);
	assert_null(sink_retired(&s));
}

static void what_was_not_taken_comes_back_to_who_offers(void **state)
{
	CLEANUP(alerting_done) struct alerting a, b;
	CLEANUP(sink_done) struct sink s;

	(void)state;
	sink_and_set(&s, &a, OPENS("r", "a"));
	alerting_init(&b, OPENS("r", "b"));
	sink_offer(&s, &b.set);
	assert_ptr_equal(sink_offer(&s, NULL), &b.set);
	alerting_event(&s, "openat fd.name=/x");
	alerting_assert(&a, "a /x\n");
}

static void fail_on_counts_its_priority_and_what_is_more_urgent(void **state)
{
	CLEANUP(alerting_done) struct alerting a;
	CLEANUP(sink_done) struct sink s;

	(void)state;
	sink_and_set(&s, &a, OPENS("r", "a"));
	a.set.has_fail_on = true;
	a.set.fail_on = PRIORITY_CRITICAL;
	alerting_event(&s, "openat fd.name=/x");
	assert_false(s.failed);
	a.set.fail_on = PRIORITY_ERROR;
	alerting_event(&s, "openat fd.name=/x");
	assert_true(s.failed);
}

static void the_summary_is_falcos(void **state)
{
	CLEANUP(alerting_done) struct alerting a;
	CLEANUP(sink_done) struct sink s;
	CLEANUP(strbuf_done) struct strbuf out = STRBUF_INIT;

	(void)state;
	sink_and_set(&s, &a, OPENS("r", "a"));
	sink_summary(&s, &out);
	assert_string_equal(out.data, "Events detected: 0\n"
				      "Rule counts by severity:\n");
	strbuf_reset(&out);
	alerting_event(&s, "openat fd.name=/x");
	sink_summary(&s, &out);
	assert_string_equal(out.data, "Events detected: 1\n"
				      "Rule counts by severity:\n"
				      "   ERROR: 1\n");
}

static void waits_are_counted_by_kind_and_length(void **state)
{
	CLEANUP(alerting_done) struct alerting a;
	CLEANUP(sink_done) struct sink s;
	size_t kind = event_kind(EVENT_SYSCALL_OPENAT_2_X, 0);
	const struct event_count *count;

	(void)state;
	sink_and_set(&s, &a, OPENS("r", "a"));
	count = &s.counts->events[kind];
	sink_held(&s, EVENT_SYSCALL_OPENAT_2_X, 0, 2000);
	sink_held(&s, EVENT_SYSCALL_OPENAT_2_X, 0, 2001);
	sink_held(&s, EVENT_SYSCALL_OPENAT_2_X, 0, UINT64_C(5000000000));
	assert_int_equal(counter_get(&count->waits[0]), 1);
	assert_int_equal(counter_get(&count->waits[1]), 1);
	assert_int_equal(counter_get(&count->waits[WAIT_BOUNDS]), 1);
	assert_int_equal(counter_get(&count->wait_ns), UINT64_C(5000004001));
	assert_string_equal(event_kind_name(kind), "openat");
	assert_string_equal(event_kind_name(event_kind(EVENT_GENERIC_X, 0)),
			    event_kind_name(EVENT_TYPE_COUNT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_alert_goes_to_the_sets_output),
		cmocka_unit_test(at_entry_nothing_is_said),
		cmocka_unit_test(a_set_that_is_offered_judges_the_next_event),
		cmocka_unit_test(what_was_in_use_is_handed_back_once),
		cmocka_unit_test(what_was_not_taken_comes_back_to_who_offers),
		cmocka_unit_test(
			fail_on_counts_its_priority_and_what_is_more_urgent),
		cmocka_unit_test(the_summary_is_falcos),
		cmocka_unit_test(waits_are_counted_by_kind_and_length),
	};

	return RUN_TESTS(tests);
}
