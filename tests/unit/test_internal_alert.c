/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/internal_alert.h: Falco's shape for what no rule says, on one line
 * whatever a message quotes, and never without a field in JSON.
 */
#include "harness/test.h"

#include <time.h>

#include "cleanup.h"
#include "json_node.h"
#include "strbuf.h"

#include "launcher/internal_alert.h"

#define TIME_NS UINT64_C(1534527348518937838)

static void assert_alert(struct json_object *fields, const char *message,
			 bool json, const char *want)
{
	CLEANUP(strbuf_done) struct strbuf out = STRBUF_INIT;
	const struct internal_alert alert = { PRIORITY_CRITICAL,
					      "Falco internal: x",
					      message,
					      "vm",
					      fields,
					      TIME_NS };

	internal_alert_text(&alert, json, true, &out);
	assert_string_equal(out.data, want);
}

static void fields_are_sorted_texts_are_quoted(void **state)
{
	CLEANUP(json_putp)
	struct json_object *fields = json_object_new_object();

	(void)state;
	json_add_text(fields, "b", "two words");
	json_add_number(fields, "a", 12.3);
	json_add(fields, "c", json_digits("1534527348518937838"));
	assert_alert(fields, "m", false,
		     "2018-08-17T17:35:48.518937838+0000: Critical m (a=12.3 "
		     "b=\"two words\" c=1534527348518937838)");
	assert_alert(
		fields, "m", true,
		"{\"hostname\":\"vm\",\"output\":\"m\",\"output_fields\":{"
		"\"a\":12.3,\"b\":\"two words\",\"c\":1534527348518937838},"
		"\"priority\":\"Critical\",\"rule\":\"Falco internal: x\","
		"\"source\":\"internal\",\"time\":\"2018-08-17T17:35:48."
		"518937838Z\"}");
}

static void without_fields_json_has_the_time(void **state)
{
	(void)state;
	assert_alert(NULL, "m", false,
		     "2018-08-17T17:35:48.518937838+0000: Critical m");
	assert_alert(
		NULL, "m", true,
		"{\"hostname\":\"vm\",\"output\":\"m\",\"output_fields\":{"
		"\"evt.time\":1534527348518937838},\"priority\":\"Critical\","
		"\"rule\":\"Falco internal: x\",\"source\":\"internal\","
		"\"time\":\"2018-08-17T17:35:48.518937838Z\"}");
}

static void what_a_message_quotes_stays_on_its_line(void **state)
{
	(void)state;
	assert_alert(NULL, "a\n  b\t\"c\"", false,
		     "2018-08-17T17:35:48.518937838+0000: Critical a\\n  b"
		     "\\u0009\"c\"");
}

static void what_is_not_utf8_is_replaced_in_json(void **state)
{
	CLEANUP(strbuf_done) struct strbuf out = STRBUF_INIT;
	const struct internal_alert alert = { PRIORITY_DEBUG, "r",  "\xff\n",
					      "vm",           NULL, TIME_NS };

	(void)state;
	internal_alert_text(&alert, true, false, &out);
	assert_contains(out.data, "\"output\":\"\xef\xbf\xbd\\n\"");
}

static void the_time_is_local_without_iso(void **state)
{
	CLEANUP(strbuf_done) struct strbuf out = STRBUF_INIT;
	const struct internal_alert alert = { PRIORITY_DEBUG, "r",  "m",
					      "vm",           NULL, TIME_NS };

	(void)state;
	setenv("TZ", "UTC-2", 1);
	tzset();
	internal_alert_text(&alert, false, false, &out);
	assert_string_equal(out.data, "19:35:48.518937838: Debug m");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_sorted_texts_are_quoted),
		cmocka_unit_test(without_fields_json_has_the_time),
		cmocka_unit_test(what_a_message_quotes_stays_on_its_line),
		cmocka_unit_test(what_is_not_utf8_is_replaced_in_json),
		cmocka_unit_test(the_time_is_local_without_iso),
	};

	return RUN_TESTS(tests);
}
