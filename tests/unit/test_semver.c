/* SPDX-License-Identifier: Apache-2.0 */
/*
 * semver.h: what counts as a version, and which version serves which.
 */
#include <errno.h>

#include "harness/test.h"

#include "cleanup.h"
#include "strbuf.h"

#include "engine/semver.h"

static struct semver version(const char *text)
{
	struct semver v;

	assert_int_equal(semver_parse(span_of(text), &v), 0);
	return v;
}

static void three_numbers_are_a_version(void **state)
{
	struct semver v = version("1.22.333");

	(void)state;
	assert_int_equal(v.major, 1);
	assert_int_equal(v.minor, 22);
	assert_int_equal(v.patch, 333);
}

static void what_follows_the_third_number_is_ignored(void **state)
{
	(void)state;
	assert_int_equal(semver_compare(version("0.63.0-rc1"),
					version("0.63.0")),
			 0);
	assert_int_equal(semver_compare(version("0.63.0.7"),
					version("0.63.0+x")),
			 0);
}

static void anything_else_is_no_version(void **state)
{
	static const char *const bad[] = { "",	    "1",     "1.2",
					   "1.2.",  ".1.2",  "a.b.c",
					   "1..2",  " 1.2.3", "-1.2.3",
					   "1.2.x", "4294967296.0.0" };
	struct semver v = { 7, 7, 7 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(semver_parse(span_of(bad[i]), &v), -EINVAL);
	assert_int_equal(v.major, 7);
}

static void versions_have_an_order(void **state)
{
	(void)state;
	assert_true(semver_compare(version("1.2.3"), version("1.2.4")) < 0);
	assert_true(semver_compare(version("1.10.0"), version("1.9.9")) > 0);
	assert_true(semver_compare(version("2.0.0"), version("1.99.99")) > 0);
	assert_int_equal(semver_compare(version("1.2.3"), version("1.2.3")), 0);
}

static void a_version_serves_its_own_major_and_nothing_newer(void **state)
{
	(void)state;
	assert_true(semver_satisfies(version("0.7.1"), version("0.7.1")));
	assert_true(semver_satisfies(version("0.7.1"), version("0.4.9")));
	assert_false(semver_satisfies(version("0.7.1"), version("0.7.2")));
	assert_false(semver_satisfies(version("0.7.1"), version("1.0.0")));
	assert_false(semver_satisfies(version("1.7.1"), version("0.7.1")));
}

static void a_version_prints_as_it_is_read(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	(void)state;
	semver_print(version("10.0.42"), &b);
	assert_string_equal(b.data, "10.0.42");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_numbers_are_a_version),
		cmocka_unit_test(what_follows_the_third_number_is_ignored),
		cmocka_unit_test(anything_else_is_no_version),
		cmocka_unit_test(versions_have_an_order),
		cmocka_unit_test(
			a_version_serves_its_own_major_and_nothing_newer),
		cmocka_unit_test(a_version_prints_as_it_is_read),
	};

	return RUN_TESTS(tests);
}
