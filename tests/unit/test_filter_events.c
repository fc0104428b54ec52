/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filter_events(): the events a condition can be true for, and the algebra behind.
 */
#include "harness/test.h"

#include <errno.h>

#include "arena.h"
#include "cleanup.h"

#include "engine/event_set.h"
#include "engine/filter.h"

static int find(const char *condition, struct interest *ret,
		struct filter_error *err)
{
	struct arena arena = ARENA_INIT;
	struct ast *root;
	int r = filter_parse(&arena, span_of(condition), 1000, &root, err);

	if (r == 0)
		r = filter_events(NULL, root, ret, err);
	arena_done(&arena);
	return r;
}

static struct interest events_of(const char *condition)
{
	struct filter_error err;
	struct interest set;

	if (find(condition, &set, &err) < 0)
		fail_msg("%s: %s", condition, err.text);
	return set;
}

static void is_all(const char *condition)
{
	struct interest s = events_of(condition);

	if (!event_set_is_all(&s))
		fail_msg("not all events: %s", condition);
}

static void is_none(const char *condition)
{
	struct interest s = events_of(condition);

	if (!event_set_is_none(&s))
		fail_msg("not no events: %s", condition);
}

static void is_same(const char *a, const char *b)
{
	struct interest x = events_of(a), y = events_of(b);

	if (memcmp(&x, &y, sizeof(x)) != 0)
		fail_msg("different events: %s and %s", a, b);
}

static void a_name_is_all_codes_that_bear_it(void **state)
{
	struct interest s = events_of("evt.type = execve");

	(void)state;
	assert_true(interest_has(&s, EVENT_SYSCALL_EXECVE_8_X));
	assert_true(interest_has(&s, EVENT_SYSCALL_EXECVE_8_E));
	assert_false(interest_has(&s, EVENT_SYSCALL_OPEN_X));
	assert_false(interest_has(&s, EVENT_GENERIC_X));
}

static void a_call_without_an_event_does_not_drag_in_others(void **state)
{
	struct interest s = events_of("evt.type = getppid");

	(void)state;
	assert_true(interest_has(&s, EVENT_GENERIC_X));
	assert_true(interest_has_generic(&s, GENERIC_getppid));
	assert_false(interest_has_generic(&s, GENERIC_getpgrp));
	s = events_of("not evt.type = getppid");
	assert_true(interest_has(&s, EVENT_GENERIC_X));
	assert_false(interest_has_generic(&s, GENERIC_getppid));
	assert_true(interest_has_generic(&s, GENERIC_getpgrp));
}

static void names_that_nothing_bears_are_no_events(void **state)
{
	(void)state;
	is_none("evt.type = syscall");
	is_none("evt.type in (pread64, \"\")");
	is_none("syscall.type = nosuch");
	is_all("evt.type != pread64");
}

static void sets_follow_the_connectives(void **state)
{
	(void)state;
	is_same("evt.type in (open, close)", "evt.type=open or evt.type==close");
	is_same("evt.type != open", "not evt.type = open");
	is_same("evt.type in (open, close) and evt.type != open",
		"evt.type = close");
	is_same("not (evt.type = open or evt.type = close)",
		"not evt.type in (close, open)");
	is_none("evt.type = open and evt.type = close");
	is_all("evt.type = open or evt.type != open");
}

static void other_checks_may_hold_for_any_event(void **state)
{
	(void)state;
	is_all("proc.name = a");
	is_all("not proc.name = a");
	is_all("evt.type startswith open");
	is_all("not evt.type contains open");
	is_all("evt.type = oneof (open, close)");
	is_all("some_macro");
	is_same("evt.type = open and not proc.name = a", "evt.type = open");
	is_all("not (evt.type = open and proc.name = a)");
	is_same("not (evt.type = open or proc.name = a)", "evt.type != open");
}

static void existence_is_a_matter_of_course(void **state)
{
	(void)state;
	is_all("evt.type exists");
	is_none("not syscall.type exists");
	is_all("not proc.name exists");
}

static void event_numbers_begin_with_one(void **state)
{
	(void)state;
	is_none("evt.num = 0");
	is_none("evt.num < 1");
	is_none("evt.num <= 0");
	is_none("not evt.num >= 1");
	is_all("evt.num > 0");
	is_all("evt.num != 0");
	is_all("not evt.num = 0");
	is_all("evt.num = 1");
	is_all("evt.num > 1");
	is_same("evt.type = open and evt.num >= 0", "evt.type = open");
}

static void transformers_and_right_sides_end_falco(void **state)
{
	struct filter_error err;
	struct interest set;

	(void)state;
	assert_int_equal(find("tolower(evt.type) = x", &set, &err), -ENOTSUP);
	assert_contains(err.text, "checks with transformers");
	assert_int_equal(find("evt.type = val(evt.type)", &set, &err), -ENOTSUP);
	assert_contains(err.text, "checks with transformers");
	assert_int_equal(find("evt.type = val(proc.name)", &set, &err),
			 -ENOTSUP);
	assert_contains(err.text, "right-hand field comparisons");
	assert_int_equal(find("proc.name = val(evt.type)", &set, &err), 0);
	assert_int_equal(find("len(syscall.type) > 1", &set, &err), 0);
}

static void listed_is(const char *a, const char *b)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct interest listed, same;
	struct filter_error err;
	struct ast *root;

	assert_int_equal(filter_parse(&arena, span_of(a), 100, &root, &err), 0);
	listed = filter_listed_events(root);
	assert_int_equal(find(b, &same, &err), 0);
	assert_memory_equal(&listed, &same, sizeof(same));
}

static void accept4_once_made_events_called_accept(void **state)
{
	(void)state;
	listed_is("evt.type = accept", "evt.type in (accept, accept4)");
	listed_is("syscall.type in (accept4)", "evt.type in (accept, accept4)");
	listed_is("not evt.type != accept4", "evt.type in (accept, accept4)");
	listed_is("evt.type != accept", "evt.type != accept");
	listed_is("not evt.type = accept4", "evt.type != accept4");
}

static void complement_and_union_are_all(void **state)
{
	struct interest a = event_set_named(NULL, SPAN("open"));
	struct interest b = event_set_not(&a);
	struct interest all = event_set_or(&a, &b);
	struct interest none = event_set_and(&a, &b);
	struct interest back = event_set_not(&b);

	(void)state;
	assert_true(event_set_is_all(&all));
	assert_true(event_set_is_none(&none));
	assert_memory_equal(&a, &back, sizeof(a));
}

static void a_set_is_walked_and_counted(void **state)
{
	struct interest none = event_set_none(), all = event_set_all();
	struct interest open = event_set_named(NULL, SPAN("open"));
	unsigned n = 0;

	(void)state;
	assert_int_equal(event_set_count(&none), 0);
	assert_int_equal(event_set_count(&all), EVENT_TYPE_COUNT);
	assert_int_equal(event_set_next(&none, 0), EVENT_TYPE_COUNT);
	assert_int_equal(event_set_next(&open, 0), EVENT_SYSCALL_OPEN_E);
	assert_int_equal(event_set_next(&open, EVENT_SYSCALL_OPEN_X),
			 EVENT_SYSCALL_OPEN_X);
	assert_int_equal(event_set_next(&open, EVENT_TYPE_COUNT),
			 EVENT_TYPE_COUNT);
	assert_int_equal(event_set_next_generic(&open, 0), GENERIC_COUNT);
	for (unsigned i = event_set_next_generic(&all, 0); i < GENERIC_COUNT;
	     i = event_set_next_generic(&all, i + 1))
		n++;
	assert_int_equal(n, GENERIC_COUNT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_all_codes_that_bear_it),
		cmocka_unit_test(a_call_without_an_event_does_not_drag_in_others),
		cmocka_unit_test(names_that_nothing_bears_are_no_events),
		cmocka_unit_test(sets_follow_the_connectives),
		cmocka_unit_test(other_checks_may_hold_for_any_event),
		cmocka_unit_test(existence_is_a_matter_of_course),
		cmocka_unit_test(event_numbers_begin_with_one),
		cmocka_unit_test(transformers_and_right_sides_end_falco),
		cmocka_unit_test(accept4_once_made_events_called_accept),
		cmocka_unit_test(complement_and_union_are_all),
		cmocka_unit_test(a_set_is_walked_and_counted),
	};

	return RUN_TESTS(tests);
}
