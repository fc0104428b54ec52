/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match_text.h and path_trie.h: shell patterns as fnmatch(3) sees them, searches,
 * sets, and prefixes of paths.
 */
#include "harness/test.h"

#include <fnmatch.h>

#include "arena.h"
#include "array.h"
#include "strbuf.h"

#include "engine/match_text.h"
#include "engine/path_trie.h"

static bool glob_is(const char *pattern, const char *text)
{
	return glob_match(span_of(pattern), span_of(text), false);
}

static void patterns_mean_what_fnmatch_says(void **state)
{
	static const char *const patterns[] = {
		"", "*", "a*", "*a", "*a*b*", "?", "a?c", "[abc]", "[a-c]x",
		"[!a]", "[^a]", "[]a]", "[!]a]", "[a", "[a-", "\\*", "a\\",
		"[[:alpha:]]", "[[:digit:]x]", "[[:nope:]]", "*[0-9]", "/*/b",
		"**", "*?*", "[a\\]b]", "x[b-a]", "[a-]", "?*?",
	};
	static const char *const texts[] = {
		"", "a", "b", "c", "ab", "abc", "aXbY", "axc", "]", "*", "\\",
		"5", "x5", "/a/b", "//b", ".a", "[a", "-", "ax", "bx", "a]b",
		"x", "xb", "aab",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(texts); k++) {
			bool want = fnmatch(patterns[i], texts[k], 0) == 0;

			if (glob_is(patterns[i], texts[k]) != want)
				fail_msg("'%s' on '%s': want %d", patterns[i],
					 texts[k], want);
		}
	}
}

static void folding_ignores_ascii_case(void **state)
{
	(void)state;
	assert_true(glob_match(SPAN("A*[X-Z]"), SPAN("aBy"), true));
	assert_true(glob_match(SPAN("[[:upper:]]"), SPAN("a"), true));
	assert_false(glob_match(SPAN("A"), SPAN("a"), false));
}

static void many_stars_take_no_time(void **state)
{
	struct strbuf pattern = STRBUF_INIT, text = STRBUF_INIT;

	(void)state;
	for (int i = 0; i < 80; i++)
		strbuf_adds(&pattern, "*a");
	strbuf_adds(&pattern, "*b");
	for (int i = 0; i < 4000; i++)
		strbuf_addch(&text, 'a');
	assert_false(glob_match(strbuf_span(&pattern), strbuf_span(&text),
				false));
	strbuf_done(&pattern);
	strbuf_done(&text);
}

static void searches_find_and_do_not(void **state)
{
	(void)state;
	assert_true(text_contains(SPAN("hello"), SPAN("ell")));
	assert_true(text_contains(SPAN("hello"), SPAN("")));
	assert_true(text_contains(SPAN(""), SPAN("")));
	assert_false(text_contains(SPAN("hel"), SPAN("hello")));
	assert_true(text_contains(SPAN("a\0b"), SPAN("\0b")));
	assert_true(text_icontains(SPAN("HeLLo"), SPAN("ell")));
	assert_true(text_icontains(SPAN(""), SPAN("")));
	assert_false(text_icontains(SPAN("h"), SPAN("hh")));
	assert_false(text_icontains(SPAN("[["), SPAN("{{")));
}

static void the_order_is_that_of_strcmp(void **state)
{
	(void)state;
	assert_true(text_compare(SPAN("a"), SPAN("b")) < 0);
	assert_true(text_compare(SPAN("b"), SPAN("ab")) > 0);
	assert_true(text_compare(SPAN("a"), SPAN("ab")) < 0);
	assert_int_equal(text_compare(SPAN("ab"), SPAN("ab")), 0);
	assert_int_equal(text_compare(SPAN(""), SPAN("")), 0);
	assert_true(text_compare(SPAN("\xff"), SPAN("a")) > 0);
}

static void a_set_has_exactly_its_texts(void **state)
{
	struct arena arena = ARENA_INIT;
	struct span items[600];
	struct text_set *set;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(items); i++)
		items[i].data = arena_printf(&arena, &items[i].n, "item%zu",
					     i / 2);
	set = text_set_new(&arena, items, ARRAY_SIZE(items));
	for (size_t i = 0; i < ARRAY_SIZE(items); i++)
		assert_true(text_set_has(set, items[i]));
	assert_false(text_set_has(set, SPAN("item300")));
	assert_false(text_set_has(set, SPAN("item")));
	assert_false(text_set_has(set, SPAN("")));
	arena_done(&arena);
}

static void an_empty_text_may_be_in_a_set(void **state)
{
	struct arena arena = ARENA_INIT;
	struct span items[] = { { NULL, 0 } };

	(void)state;
	assert_true(text_set_has(text_set_new(&arena, items, 1), SPAN("")));
	assert_false(text_set_has(text_set_new(&arena, items, 0), SPAN("")));
	arena_done(&arena);
}

static bool prefix_is(const char *const *paths, size_t n, const char *path)
{
	struct arena arena = ARENA_INIT;
	struct span spans[16];
	bool has;

	for (size_t i = 0; i < n; i++)
		spans[i] = span_of(paths[i]);
	has = path_trie_has_prefix_of(path_trie_new(&arena, spans, n),
				      span_of(path));
	arena_done(&arena);
	return has;
}

static void prefixes_are_whole_components(void **state)
{
	static const char *const paths[] = { "/etc", "/var/lib/", "//usr//bin",
					     "/var/lib/deeper", "rel/x" };

	(void)state;
	assert_true(prefix_is(paths, 5, "/etc"));
	assert_true(prefix_is(paths, 5, "/etc/passwd"));
	assert_false(prefix_is(paths, 5, "/etcetera"));
	assert_false(prefix_is(paths, 5, "/var"));
	assert_true(prefix_is(paths, 5, "/var/lib/deeper/down"));
	assert_true(prefix_is(paths, 5, "/usr///bin/x"));
	assert_true(prefix_is(paths, 5, "rel/x/y"));
	assert_false(prefix_is(paths, 5, ""));
	assert_false(prefix_is(paths, 0, "/etc"));
}

static void the_root_is_a_prefix_of_all(void **state)
{
	static const char *const paths[] = { "/" };

	(void)state;
	assert_true(prefix_is(paths, 1, "/any/thing"));
	assert_true(prefix_is(paths, 1, ""));
}

static void components_may_be_patterns(void **state)
{
	static const char *const paths[] = { "/home/*/.ssh", "/home/root/x",
					     "/[a-c]?", "/home/b*/y" };

	(void)state;
	assert_true(prefix_is(paths, 4, "/home/me/.ssh/id"));
	assert_false(prefix_is(paths, 4, "/home/me/you/.ssh"));
	assert_true(prefix_is(paths, 4, "/home/root/x"));
	/* The literal component leads nowhere: the pattern is tried. */
	assert_true(prefix_is(paths, 4, "/home/root/.ssh"));
	assert_true(prefix_is(paths, 4, "/home/bob/y"));
	assert_true(prefix_is(paths, 4, "/bz/z"));
	assert_false(prefix_is(paths, 4, "/bzz"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_mean_what_fnmatch_says),
		cmocka_unit_test(folding_ignores_ascii_case),
		cmocka_unit_test(many_stars_take_no_time),
		cmocka_unit_test(searches_find_and_do_not),
		cmocka_unit_test(the_order_is_that_of_strcmp),
		cmocka_unit_test(a_set_has_exactly_its_texts),
		cmocka_unit_test(an_empty_text_may_be_in_a_set),
		cmocka_unit_test(prefixes_are_whole_components),
		cmocka_unit_test(the_root_is_a_prefix_of_all),
		cmocka_unit_test(components_may_be_patterns),
	};

	return RUN_TESTS(tests);
}
