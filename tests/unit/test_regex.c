/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regex.h: RE2's POSIX meaning, what it refuses and in which words, and an end in
 * time whatever the pattern.
 */
#include "harness/test.h"

#include <errno.h>

#include "arena.h"
#include "array.h"
#include "error.h"
#include "event.h"
#include "strbuf.h"

#include "engine/env.h"
#include "engine/regex.h"

static bool matches_span(const char *pattern, struct span text)
{
	struct arena arena = ARENA_INIT;
	struct event ev = { .arena = &arena };
	struct eval e = { .ev = &ev };
	struct error err = { "" };
	struct regex *regex;
	bool r;

	if (regex_new(&arena, span_of(pattern), &regex, &err) < 0)
		fail_msg("%s: %s", pattern, err.text);
	r = regex_matches(regex, text, &e);
	arena_done(&arena);
	return r;
}

static bool matches(const char *pattern, const char *text)
{
	return matches_span(pattern, span_of(text));
}

static void fails(const char *pattern, const char *why)
{
	struct arena arena = ARENA_INIT;
	struct regex *regex;
	struct error err;

	assert_int_equal(regex_new(&arena, span_of(pattern), &regex, &err),
			 -EINVAL);
	assert_string_equal(err.text, why);
	arena_done(&arena);
}

static void the_whole_text_must_match(void **state)
{
	(void)state;
	assert_true(matches("abc", "abc"));
	assert_false(matches("abc", "xabc"));
	assert_false(matches("abc", "abcx"));
	assert_true(matches("a|ab|abc", "abc"));
	assert_true(matches("", ""));
	assert_false(matches("", "x"));
	assert_true(matches("()", ""));
}

static void anchors_stand_at_lines(void **state)
{
	(void)state;
	assert_true(matches("^a$", "a"));
	assert_true(matches("a\n^b", "a\nb"));
	assert_true(matches("a$\nb", "a\nb"));
	assert_false(matches("a^b", "ab"));
	assert_false(matches("a.b", "a\nb"));
	assert_true(matches("a[^x]b", "a\nb"));
	assert_true(matches("^*a", "a"));
}

static void classes_are_posix(void **state)
{
	(void)state;
	assert_true(matches("[[:alpha:]_]+", "ab_Z"));
	assert_false(matches("[[:alpha:]]+", "a1"));
	assert_true(matches("[^[:digit:]]", "x"));
	assert_true(matches("[[:^digit:]]", "x"));
	assert_true(matches("[]a]+", "]a"));
	assert_true(matches("[a-]+", "a-"));
	assert_true(matches("[-a]+", "-a"));
	assert_true(matches("[\\x41-\\x43]+", "ABC"));
	assert_true(matches("[[:word:]]", "_"));
	assert_true(matches("[a[:]+", "a[:"));
}

static void escapes_stand_for_themselves_or_a_byte(void **state)
{
	(void)state;
	assert_true(matches("a\\.b", "a.b"));
	assert_false(matches("a\\.b", "axb"));
	assert_true(matches("\\x41\\x{42}\\103", "ABC"));
	assert_true(matches("\\n\\t\\v", "\n\t\v"));
	assert_true(matches("\\[\\{\\|", "[{|"));
}

static void repetition_counts_and_stacks(void **state)
{
	(void)state;
	assert_true(matches("a{2}", "aa"));
	assert_false(matches("a{2}", "aaa"));
	assert_true(matches("a{1,}b", "aaab"));
	assert_true(matches("a{0}", ""));
	assert_true(matches("a{,3}", "a{,3}"));
	assert_true(matches("a{", "a{"));
	assert_true(matches("a**", "aaa"));
	assert_true(matches("a*?b", "aab"));
	assert_true(matches("a++", "aa"));
	assert_true(matches("(ab)*+", "abab"));
	assert_true(matches("(a|b){2}{2}", "abba"));
}

static void code_points_are_one_character(void **state)
{
	(void)state;
	assert_true(matches("a.c", "a\xc3\xa4" "c"));
	assert_true(matches("[\xc3\xa4]", "\xc3\xa4"));
	assert_true(matches("\xc3\xa4+", "\xc3\xa4\xc3\xa4"));
}

static void bytes_that_are_no_text_are_replaced(void **state)
{
	(void)state;
	assert_true(matches("a.c", "a\xff" "c"));
	assert_true(matches("a\\x{fffd}c", "a\xff" "c"));
	assert_true(matches("..", "\xff\xfe"));
	/* A surrogate is none: each of its bytes is replaced. */
	assert_true(matches("...", "\xed\xa0\x80"));
	assert_true(matches("a.", "a\xc3"));
	assert_true(matches_span("a[^b]b", SPAN("a\0b")));
}

static void what_re2_refuses_is_refused_in_its_words(void **state)
{
	(void)state;
	fails("(a", "invalid regex pattern: missing ): (a");
	fails("a)", "invalid regex pattern: unexpected ): a)");
	fails("[a", "invalid regex pattern: missing ]: [a");
	fails("x[]", "invalid regex pattern: missing ]: []");
	fails("[z-a]", "invalid regex pattern: invalid character class range: "
		       "z-a");
	fails("[a-b-c]", "invalid regex pattern: invalid character class range: "
			 "-c");
	fails("[[:x:]]", "invalid regex pattern: invalid character class range: "
			 "[:x:]");
	fails("*a", "invalid regex pattern: no argument for repetition operator: "
		    "*");
	fails("a|+", "invalid regex pattern: no argument for repetition "
		     "operator: +");
	fails("(?:a)", "invalid regex pattern: no argument for repetition "
		       "operator: ?");
	fails("{2}", "invalid regex pattern: no argument for repetition "
		     "operator: {2}");
	fails("a{2,1}", "invalid regex pattern: invalid repetition size: {2,1}");
	fails("a{1001}",
	      "invalid regex pattern: invalid repetition size: {1001}");
	fails("(a{40}){40}",
	      "invalid regex pattern: invalid repetition size: {40}");
	fails("a\\", "invalid regex pattern: trailing \\");
	fails("\\d", "invalid regex pattern: invalid escape sequence: \\d");
	fails("\\1", "invalid regex pattern: invalid escape sequence: \\1");
	fails("\\xg", "invalid regex pattern: invalid escape sequence: \\x");
	fails("\xff", "invalid regex pattern: invalid UTF-8");
}

static void no_pattern_takes_for_ever(void **state)
{
	static const char *const patterns[] = {
		"(a*)*b",	"(a|a)*b",	   "(a+)+b",
		"(a|aa)+b",	"(.*)*(.*)*(.*)*b", "((a?){30}a{30})*b",
		"(a{1,10}){1,90}b", "(x+x+)+y|(a*)*b",
	};
	struct strbuf text = STRBUF_INIT;

	(void)state;
	for (int i = 0; i < 2000; i++)
		strbuf_addch(&text, 'a');
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		assert_false(matches_span(patterns[i], strbuf_span(&text)));
	strbuf_addch(&text, 'b');
	assert_true(matches_span("(a*)*b", strbuf_span(&text)));
	assert_true(matches_span("(a|aa)+b", strbuf_span(&text)));
	strbuf_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_text_must_match),
		cmocka_unit_test(anchors_stand_at_lines),
		cmocka_unit_test(classes_are_posix),
		cmocka_unit_test(escapes_stand_for_themselves_or_a_byte),
		cmocka_unit_test(repetition_counts_and_stacks),
		cmocka_unit_test(code_points_are_one_character),
		cmocka_unit_test(bytes_that_are_no_text_are_replaced),
		cmocka_unit_test(what_re2_refuses_is_refused_in_its_words),
		cmocka_unit_test(no_pattern_takes_for_ever),
	};

	return RUN_TESTS(tests);
}
