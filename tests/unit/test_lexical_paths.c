/* SPDX-License-Identifier: Apache-2.0 */
/*
 * paths.h: Falco's lexical rule, case by case.
 */
#include "harness/test.h"

#include "arena.h"
#include "cleanup.h"

#include "tracer/paths.h"

static void join(const char *base, const char *path, const char *want)
{
	CLEANUP(arena_done) struct arena a = ARENA_INIT;
	struct span got = paths_join(&a, span_of(base), span_of(path));

	assert_span_text(got, want);
	assert_int_equal(strlen(got.data), got.n);
}

static void an_absolute_path_drops_the_base(void **state)
{
	(void)state;
	join("/home/me/", "/etc/passwd", "/etc/passwd");
	join("/home/me/", "/", "/");
	join("/home/me/", "//", "/");
	join("/home/me/", "", "");
}

static void a_relative_path_is_put_behind_the_base(void **state)
{
	(void)state;
	join("/home/me/", "x", "/home/me/x");
	join("/", "x", "/x");
	join("/", "a/b", "/a/b");
	join("/home/me/", "a/b/c", "/home/me/a/b/c");
}

static void dots_and_slashes_are_tidied(void **state)
{
	(void)state;
	join("/home/me/", "./x", "/home/me/x");
	join("/home/me/", ".", "/home/me");
	join("/home/me/", "x/.", "/home/me/x");
	join("/home/me/", "a//b///c", "/home/me/a/b/c");
	join("/home/me/", "a/b/", "/home/me/a/b");
	join("/", "./.", "/");
	join("", "/etc/./passwd/", "/etc/passwd");
	join("/home/me/", "...", "/home/me/...");
	join("/home/me/", ".x/..y", "/home/me/.x/..y");
}

static void two_dots_take_back_a_component(void **state)
{
	(void)state;
	join("/home/me/", "..", "/home");
	join("/home/me/", "../you", "/home/you");
	join("/home/me/", "a/../b", "/home/me/b");
	join("/home/me/", "../../../../etc", "/etc");
	join("/", "..", "/");
	join("", "/../../etc/shadow", "/etc/shadow");
	join("", "/a/b/../../c", "/c");
	join("/usr/lib/", "../etc/./passwd", "/usr/etc/passwd");
}

static void an_unknown_base_stands_as_it_is(void **state)
{
	(void)state;
	join("<UNKNOWN>", "rel", "<UNKNOWN>rel");
	join("<UNKNOWN>", "a/b", "<UNKNOWN>a/b");
	join("<UNKNOWN>", "/abs", "/abs");
}

static void too_long_is_said_so(void **state)
{
	char path[PATHS_MAX + 10];

	(void)state;
	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[PATHS_MAX] = '\0';
	join("/", path, "/DIR_TOO_LONG/FILENAME_TOO_LONG");
	path[PATHS_MAX - 1] = '\0';
	join("/", path, path);
	path[0] = 'b';
	join("/", path, "/DIR_TOO_LONG/FILENAME_TOO_LONG");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_absolute_path_drops_the_base),
		cmocka_unit_test(a_relative_path_is_put_behind_the_base),
		cmocka_unit_test(dots_and_slashes_are_tidied),
		cmocka_unit_test(two_dots_take_back_a_component),
		cmocka_unit_test(an_unknown_base_stands_as_it_is),
		cmocka_unit_test(too_long_is_said_so),
	};

	return RUN_TESTS(tests);
}
