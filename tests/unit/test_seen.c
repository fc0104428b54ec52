/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which engine sees which event, and which one is taken for a rule's sake.
 */
#include "harness/test.h"

#include "strbuf.h"
#include "tracer/tracer.h"

static void what_a_call_makes_every_engine_sees(void **state)
{
	(void)state;
	for (int engine = TRACER_NOTIFY; engine < TRACER_ENGINE_COUNT;
	     engine++) {
		assert_true(tracer_sees((enum tracer_engine)engine,
					EVENT_SYSCALL_OPENAT_2_X));
		assert_true(tracer_sees((enum tracer_engine)engine,
					EVENT_GENERIC_X));
		assert_true(tracer_sees((enum tracer_engine)engine,
					EVENT_PROCEXIT_1_E));
		assert_false(tracer_sees((enum tracer_engine)engine,
					 EVENT_SCHEDSWITCH_6_E));
	}
}

static void signals_are_seen_by_whoever_is_attached(void **state)
{
	(void)state;
	assert_false(tracer_sees(TRACER_NOTIFY, EVENT_SIGNALDELIVER_E));
	assert_true(tracer_sees(TRACER_TRACE, EVENT_SIGNALDELIVER_E));
	assert_true(tracer_sees(TRACER_PTRACE, EVENT_SIGNALDELIVER_E));
	assert_true(tracer_sees(TRACER_AUTO, EVENT_SIGNALDELIVER_E));
	assert_false(tracer_sees(TRACER_AUTO, EVENT_PLUGINEVENT_E));
}

static void what_is_not_seen_is_listed_by_name(void **state)
{
	struct interest wanted = { 0 };
	struct strbuf out = STRBUF_INIT;

	(void)state;
	interest_add(&wanted, EVENT_SIGNALDELIVER_E);
	interest_add(&wanted, EVENT_SYSCALL_CLOSE_X);
	interest_add(&wanted, EVENT_SCHEDSWITCH_6_E);
	tracer_unseen(TRACER_NOTIFY, &wanted, &out);
	assert_string_equal(out.data, "switch, signaldeliver");
	strbuf_cut(&out, 0);
	tracer_unseen(TRACER_TRACE, &wanted, &out);
	assert_string_equal(out.data, "switch");
	strbuf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_call_makes_every_engine_sees),
		cmocka_unit_test(signals_are_seen_by_whoever_is_attached),
		cmocka_unit_test(what_is_not_seen_is_listed_by_name),
	};

	return RUN_TESTS(tests);
}
