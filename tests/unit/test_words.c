/* SPDX-License-Identifier: Apache-2.0 */
/*
 * span.h, error.h and interest.h: the small words of the vocabulary; and the shape
 * of the event tables that everything expands.
 */
#include <errno.h>

#include "harness/test.h"

#include "error.h"
#include "event.h"
#include "interest.h"

static void spans_compare_by_bytes(void **state)
{
	(void)state;
	assert_true(span_eq(SPAN(""), span_of(NULL)));
	assert_true(span_eq(span_make("a\0b", 3), span_make("a\0b", 3)));
	assert_false(span_eq(span_make("a\0b", 3), span_make("a\0c", 3)));
	assert_false(span_eq(SPAN("a"), SPAN("ab")));
	assert_true(span_is(SPAN("/etc"), "/etc"));
}

static void prefixes_and_suffixes(void **state)
{
	(void)state;
	assert_true(span_starts_with(SPAN("/etc/shadow"), SPAN("/etc")));
	assert_true(span_starts_with(SPAN("x"), SPAN("")));
	assert_false(span_starts_with(SPAN("/et"), SPAN("/etc")));
	assert_true(span_ends_with(SPAN("/etc/shadow"), SPAN("shadow")));
	assert_false(span_ends_with(SPAN("w"), SPAN("shadow")));
	assert_span_text(span_from(SPAN("abc"), 1), "bc");
	assert_span_text(span_from(SPAN("abc"), 9), "");
}

static void an_error_is_returned_in_one_statement(void **state)
{
	struct error err;

	(void)state;
	assert_int_equal(error_set(&err, -EINVAL, "no %s", "field"), -EINVAL);
	assert_string_equal(err.text, "no field");
	error_wrap(&err, "%s:%d", "f.yaml", 3);
	assert_string_equal(err.text, "f.yaml:3: no field");
	assert_int_equal(error_set(NULL, -ENOENT, "nobody asks"), -ENOENT);
	error_wrap(NULL, "nobody asks");
}

static void an_error_that_is_too_long_is_cut(void **state)
{
	static char text[2 * ERROR_TEXT_SIZE];
	struct error err;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	error_set(&err, -EINVAL, "%s", text);
	assert_int_equal(strlen(err.text), ERROR_TEXT_SIZE - 1);
	error_wrap(&err, "before");
	assert_int_equal(strlen(err.text), ERROR_TEXT_SIZE - 1);
	assert_memory_equal(err.text, "before: x", 9);
	error_wrap(&err, "%s", text);
	assert_int_equal(strlen(err.text), ERROR_TEXT_SIZE - 1);
}

static void interest_is_a_set(void **state)
{
	static struct interest wanted;

	(void)state;
	for (unsigned i = 0; i < EVENT_TYPE_COUNT; i++)
		assert_false(interest_has(&wanted, i));
	interest_add(&wanted, EVENT_SYSCALL_OPENAT_2_X);
	interest_add(&wanted, EVENT_TYPE_COUNT - 1);
	interest_add_generic(&wanted, GENERIC_COUNT - 1);
	assert_true(interest_has(&wanted, EVENT_SYSCALL_OPENAT_2_X));
	assert_true(interest_has(&wanted, EVENT_TYPE_COUNT - 1));
	assert_false(interest_has(&wanted, EVENT_SYSCALL_OPEN_X));
	assert_true(interest_has_generic(&wanted, GENERIC_COUNT - 1));
	assert_false(interest_has_generic(&wanted, 0));
}

/* Codes are in capture files: these are Falco's for ever. */
static void event_codes_are_falcos(void **state)
{
	(void)state;
	assert_int_equal(EVENT_GENERIC_X, 1);
	assert_int_equal(EVENT_SYSCALL_OPEN_X, 3);
	assert_int_equal(EVENT_SOCKET_CONNECT_X, 23);
	assert_int_equal(EVENT_SYSCALL_EXECVE_19_X, 293);
	assert_int_equal(EVENT_SYSCALL_OPENAT_2_X, 307);
	assert_int_equal(EVENT_SYSCALL_PROCESS_VM_WRITEV_X, 423);
}

static void no_event_has_more_parameters_than_fit(void **state)
{
	static const struct {
		unsigned code, params;
	} rows[] = {
#define EVENT(code, symbol, name, category, class, flags, ...) \
	{ code, sizeof((const char[]){ 0, ##__VA_ARGS__ }) - 1 },
#define P(name, type, format) 1
#define PF(name, type, format, flag_set) 1
#define PD(name, type, format, index) 1
#include "events.def"
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_true(rows[i].code < EVENT_TYPE_COUNT);
		assert_true(rows[i].params <= EVENT_PARAMS_MAX);
		assert_true(i == 0 || rows[i].code > rows[i - 1].code);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spans_compare_by_bytes),
		cmocka_unit_test(prefixes_and_suffixes),
		cmocka_unit_test(an_error_is_returned_in_one_statement),
		cmocka_unit_test(an_error_that_is_too_long_is_cut),
		cmocka_unit_test(interest_is_a_set),
		cmocka_unit_test(event_codes_are_falcos),
		cmocka_unit_test(no_event_has_more_parameters_than_fit),
	};

	return RUN_TESTS(tests);
}
