/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rule of --events: what a person wrote stays one scalar of it.
 */
#include "harness/test.h"

#include "launcher/events.h"

#include "strbuf.h"

static void assert_rule(const char *filter, const char *format,
			const char *condition, const char *output)
{
	struct strbuf got = STRBUF_INIT, want = STRBUF_INIT;

	strbuf_addf(&want,
		    "- rule: events\n  desc: --events\n  priority: EMERGENCY\n"
		    "  condition: \"%s\"\n  output: \"%s\"\n",
		    condition, output);
	events_rule(filter, format, &got);
	assert_string_equal(got.data, want.data);
	strbuf_done(&got);
	strbuf_done(&want);
}

static void without_words_it_is_every_event_in_sysdigs_form(void **state)
{
	(void)state;
	assert_rule(NULL, NULL, "evt.num >= 0", EVENTS_FORMAT);
	assert_rule("", NULL, "evt.num >= 0", EVENTS_FORMAT);
}

static void what_could_end_a_scalar_is_escaped(void **state)
{
	(void)state;
	assert_rule("a=\"b\\\"\n- rule: x\x7f", "%evt.num\t\"",
		    "a=\\\"b\\\\\\\"\\x0a- rule: x\\x7f",
		    "%evt.num\\x09\\\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			without_words_it_is_every_event_in_sysdigs_form),
		cmocka_unit_test(what_could_end_a_scalar_is_escaped),
	};

	return RUN_TESTS(tests);
}
