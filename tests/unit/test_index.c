/* SPDX-License-Identifier: Apache-2.0 */
/*
 * index.h: each event finds the enabled rules that want it, in their order.
 */
#include "harness/test.h"

#include "array.h"

#include "engine/index.h"
#include "engine/rule.h"

static struct rule rules[4];
static struct index index_;

static int setup(void **state)
{
	(void)state;
	memset(rules, 0, sizeof(rules));
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		rules[i].enabled = true;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	index_done(&index_);
	return 0;
}

static const struct index_bucket *bucket(enum event_type type)
{
	const struct event ev = { .type = type };

	return index_bucket(&index_, &ev);
}

static const struct index_bucket *generic_bucket(uint16_t call)
{
	const struct event ev = { .type = EVENT_GENERIC_X, .generic = call };

	return index_bucket(&index_, &ev);
}

static void an_empty_index_has_no_rules(void **state)
{
	(void)state;
	assert_int_equal(bucket(EVENT_SYSCALL_OPEN_X)->n, 0);
	index_build(&index_, NULL, 0);
	assert_int_equal(bucket(EVENT_SYSCALL_OPEN_X)->n, 0);
	assert_int_equal(generic_bucket(0)->n, 0);
}

static void rules_stand_in_their_order(void **state)
{
	(void)state;
	interest_add(&rules[3].events, EVENT_SYSCALL_OPEN_X);
	interest_add(&rules[1].events, EVENT_SYSCALL_OPEN_X);
	interest_add(&rules[1].events, EVENT_SYSCALL_CLOSE_X);
	index_build(&index_, rules, ARRAY_SIZE(rules));
	assert_int_equal(bucket(EVENT_SYSCALL_OPEN_X)->n, 2);
	assert_ptr_equal(bucket(EVENT_SYSCALL_OPEN_X)->rules[0], &rules[1]);
	assert_ptr_equal(bucket(EVENT_SYSCALL_OPEN_X)->rules[1], &rules[3]);
	assert_int_equal(bucket(EVENT_SYSCALL_CLOSE_X)->n, 1);
	assert_int_equal(bucket(EVENT_SYSCALL_READ_X)->n, 0);
}

static void disabled_rules_are_not_in_it(void **state)
{
	(void)state;
	interest_add(&rules[0].events, EVENT_SYSCALL_OPEN_X);
	interest_add(&rules[1].events, EVENT_SYSCALL_OPEN_X);
	rules[0].enabled = false;
	index_build(&index_, rules, ARRAY_SIZE(rules));
	assert_int_equal(bucket(EVENT_SYSCALL_OPEN_X)->n, 1);
	assert_ptr_equal(bucket(EVENT_SYSCALL_OPEN_X)->rules[0], &rules[1]);
}

static void calls_without_an_event_are_kept_apart(void **state)
{
	(void)state;
	interest_add_generic(&rules[0].events, GENERIC_capget);
	interest_add_generic(&rules[1].events, GENERIC_adjtimex);
	interest_add(&rules[0].events, EVENT_GENERIC_X);
	interest_add(&rules[1].events, EVENT_GENERIC_X);
	index_build(&index_, rules, ARRAY_SIZE(rules));
	assert_int_equal(generic_bucket(GENERIC_capget)->n, 1);
	assert_ptr_equal(generic_bucket(GENERIC_capget)->rules[0], &rules[0]);
	assert_int_equal(generic_bucket(GENERIC_adjtimex)->n, 1);
	assert_ptr_equal(generic_bucket(GENERIC_adjtimex)->rules[0], &rules[1]);
}

static void an_unheard_of_event_has_a_bucket_all_the_same(void **state)
{
	(void)state;
	index_build(&index_, rules, ARRAY_SIZE(rules));
	assert_int_equal(bucket(EVENT_TYPE_COUNT)->n, 0);
	assert_int_equal(generic_bucket(GENERIC_COUNT)->n, 0);
	assert_int_equal(generic_bucket(UINT16_MAX)->n, 0);
}

static void an_index_can_be_built_again(void **state)
{
	(void)state;
	interest_add(&rules[0].events, EVENT_SYSCALL_OPEN_X);
	index_build(&index_, rules, ARRAY_SIZE(rules));
	rules[0].enabled = false;
	index_build(&index_, rules, ARRAY_SIZE(rules));
	assert_int_equal(bucket(EVENT_SYSCALL_OPEN_X)->n, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_empty_index_has_no_rules),
		TEST(rules_stand_in_their_order),
		TEST(disabled_rules_are_not_in_it),
		TEST(calls_without_an_event_are_kept_apart),
		TEST(an_unheard_of_event_has_a_bucket_all_the_same),
		TEST(an_index_can_be_built_again),
	};

	return RUN_TESTS(tests);
}
