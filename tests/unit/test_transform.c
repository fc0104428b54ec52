/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transform.h: what each transformer takes, gives, and makes of values.
 */
#include "harness/test.h"

#include <errno.h>

#include "arena.h"
#include "array.h"
#include "error.h"
#include "strbuf.h"

#include "engine/transform.h"

static struct value text_value(const char *text)
{
	return (struct value){ .type = VALUE_CHARBUF,
			       .outcome = OUTCOME_VALUE,
			       .text = span_of(text) };
}

/* The value of one argument as text, "-" for none. */
static const char *one(struct arena *arena, enum transform t, const char *text)
{
	struct value in = text_value(text), out;
	const struct value *args[] = { &in };

	if (transform_apply(t, arena, args, 1, (struct span){ NULL, 0 }, &out) !=
	    OUTCOME_VALUE)
		return "-";
	return arena_strndup(arena, out.text.data, out.text.n);
}

static void case_changes_in_ascii_only(void **state)
{
	struct arena arena = ARENA_INIT;

	(void)state;
	assert_string_equal(one(&arena, TRANSFORM_TOLOWER, "AbZ[\xc4"),
			    "abz[\xc4");
	assert_string_equal(one(&arena, TRANSFORM_TOUPPER, "aBz{\xe4"),
			    "ABZ{\xe4");
	assert_string_equal(one(&arena, TRANSFORM_TOLOWER, ""), "");
	arena_done(&arena);
}

static void a_base_name_is_behind_the_last_slash(void **state)
{
	struct arena arena = ARENA_INIT;

	(void)state;
	assert_string_equal(one(&arena, TRANSFORM_BASENAME, "/a/b"), "b");
	assert_string_equal(one(&arena, TRANSFORM_BASENAME, "b"), "b");
	assert_string_equal(one(&arena, TRANSFORM_BASENAME, "/a/"), "");
	assert_string_equal(one(&arena, TRANSFORM_BASENAME, ""), "");
	arena_done(&arena);
}

static void base64_may_lack_its_padding(void **state)
{
	struct arena arena = ARENA_INIT;

	(void)state;
	assert_string_equal(one(&arena, TRANSFORM_B64, "aGk="), "hi");
	assert_string_equal(one(&arena, TRANSFORM_B64, "aGk"), "hi");
	assert_string_equal(one(&arena, TRANSFORM_B64, "YQ=="), "a");
	assert_string_equal(one(&arena, TRANSFORM_B64, "YWJj"), "abc");
	assert_string_equal(one(&arena, TRANSFORM_B64, ""), "");
	assert_string_equal(one(&arena, TRANSFORM_B64, "YQ="), "-");
	assert_string_equal(one(&arena, TRANSFORM_B64, "a"), "-");
	assert_string_equal(one(&arena, TRANSFORM_B64, "a b="), "-");
	arena_done(&arena);
}

static void length_counts_bytes_or_elements(void **state)
{
	struct arena arena = ARENA_INIT;
	struct span texts[] = { SPAN("a"), SPAN("bcd") };
	struct value in = text_value("four"), out;
	const struct value *args[] = { &in };

	(void)state;
	transform_apply(TRANSFORM_LEN, &arena, args, 1, SPAN(""), &out);
	assert_int_equal(out.u, 4);
	assert_int_equal(out.type, VALUE_UINT64);
	value_set_texts(&arena, texts, 2, &in);
	transform_apply(TRANSFORM_LEN, &arena, args, 1, SPAN(""), &out);
	assert_int_equal(out.u, 2);
	arena_done(&arena);
}

static void lists_are_mapped_one_by_one(void **state)
{
	struct arena arena = ARENA_INIT;
	struct span texts[] = { SPAN("A"), SPAN("/x/B") };
	struct value in, out;
	const struct value *args[] = { &in };

	(void)state;
	value_set_texts(&arena, texts, 2, &in);
	assert_int_equal(transform_apply(TRANSFORM_TOLOWER, &arena, args, 1,
					 SPAN(""), &out),
			 OUTCOME_VALUE);
	assert_true(out.is_list);
	assert_span_text(out.list->items[1].text, "/x/b");
	/* One bad element, and there is no list. */
	assert_int_equal(transform_apply(TRANSFORM_B64, &arena, args, 1,
					 SPAN(""), &out),
			 OUTCOME_ABSENT);
	arena_done(&arena);
}

static void joining_puts_the_separator_between(void **state)
{
	struct arena arena = ARENA_INIT;
	struct span texts[] = { SPAN("a"), SPAN(""), SPAN("c") };
	struct value by = text_value(", "), list, out;
	const struct value *args[] = { &by, &list };

	(void)state;
	value_set_texts(&arena, texts, 3, &list);
	transform_apply(TRANSFORM_JOIN, &arena, args, 2, SPAN(""), &out);
	assert_span_text(out.text, "a, , c");
	value_set_texts(&arena, texts, 0, &list);
	transform_apply(TRANSFORM_JOIN, &arena, args, 2, SPAN(""), &out);
	assert_span_text(out.text, "");
	arena_done(&arena);
}

static void concatenating_puts_nothing_between(void **state)
{
	struct arena arena = ARENA_INIT;
	struct value a = text_value("a"), b = text_value("b"), out;
	const struct value *args[] = { &a, &b, &a };

	(void)state;
	transform_apply(TRANSFORM_CONCAT, &arena, args, 3, SPAN(""), &out);
	assert_span_text(out.text, "aba");
	arena_done(&arena);
}

/* getopt() over blank-separated arguments; the result's texts joined by blanks. */
static const char *options(struct arena *arena, const char *line,
			   const char *known, const char *wanted)
{
	struct strbuf b = STRBUF_INIT;
	struct span texts[32];
	char *copy = arena_strdup(arena, line), *save = NULL, *word;
	struct value list, opts = text_value(known), out;
	const struct value *args[] = { &list, &opts };
	struct span option = { wanted, wanted ? 1 : 0 };
	const char *result;
	size_t n = 0;

	for (word = strtok_r(copy, " ", &save); word;
	     word = strtok_r(NULL, " ", &save))
		texts[n++] = span_of(word);
	value_set_texts(arena, texts, n, &list);
	if (transform_apply(TRANSFORM_GETOPT, arena, args, 2, option, &out) !=
	    OUTCOME_VALUE)
		return "absent";
	if (!out.is_list)
		return arena_strndup(arena, out.text.data, out.text.n);
	for (size_t i = 0; i < out.list->n; i++)
		strbuf_addf(&b, "%s%.*s", i ? " " : "",
			    SPAN_FMT(out.list->items[i].text));
	result = arena_strdup(arena, b.data);
	strbuf_done(&b);
	return result;
}

static void options_are_found_as_by_getopt(void **state)
{
	struct arena a = ARENA_INIT;

	(void)state;
	assert_string_equal(options(&a, "-a -b", "ab", NULL), "a b");
	assert_string_equal(options(&a, "-ab", "ab", NULL), "a b");
	assert_string_equal(options(&a, "-avalue", "a:", NULL), "a value");
	assert_string_equal(options(&a, "-a value -b", "a:b", NULL),
			    "a value b");
	assert_string_equal(options(&a, "-a", "a:", NULL), "a ");
	assert_string_equal(options(&a, "-x -a", "a", NULL), "? a");
	assert_string_equal(options(&a, "--long -a", "a", NULL), "a");
	assert_string_equal(options(&a, "-a -- -b", "ab", NULL), "a");
	assert_string_equal(options(&a, "-a file -b", "ab", NULL), "a");
	assert_string_equal(options(&a, "-a - -b", "ab", NULL), "a");
	assert_string_equal(options(&a, "", "ab", NULL), "");
	assert_string_equal(options(&a, "-: -a", ":a", NULL), "? a");
	arena_done(&a);
}

static void one_option_can_be_asked_for(void **state)
{
	struct arena a = ARENA_INIT;

	(void)state;
	assert_string_equal(options(&a, "-a 1 -a 2", "a:", "a"), "2");
	assert_string_equal(options(&a, "-b", "ab", "b"), "b");
	assert_string_equal(options(&a, "-a", "a:", "a"), "");
	assert_string_equal(options(&a, "-b", "ab", "a"), "absent");
	assert_string_equal(options(&a, "-z", "ab", "z"), "absent");
	arena_done(&a);
}

static void types_are_checked_before(void **state)
{
	struct transform_type text = { VALUE_CHARBUF, false };
	struct transform_type texts = { VALUE_CHARBUF, true };
	struct transform_type bytes = { VALUE_BYTEBUF, false };
	struct transform_type number = { VALUE_INT64, false }, got;

	(void)state;
	assert_true(transform_type(TRANSFORM_TOLOWER, &texts, &got));
	assert_true(got.is_list);
	assert_false(transform_type(TRANSFORM_TOLOWER, &bytes, &got));
	assert_true(transform_type(TRANSFORM_B64, &bytes, &got));
	assert_false(transform_type(TRANSFORM_LEN, &number, &got));
	assert_true(transform_type(TRANSFORM_LEN, &texts, &got));
	assert_false(got.is_list);
	assert_true(transform_type(TRANSFORM_VAL, &number, &got));
	assert_true(transform_type(TRANSFORM_BASENAME, &text, &got));
}

static void many_fails(enum transform t, const struct transform_type *args,
		       size_t n, const char *option, const char *why)
{
	struct span s = { option, option ? strlen(option) : 0 };
	struct transform_type got;
	struct error err;

	assert_int_equal(transform_types(t, args, n, s, &got, &err), -EINVAL);
	assert_string_equal(err.text, why);
}

static void several_arguments_are_checked_in_falcos_words(void **state)
{
	struct transform_type text = { VALUE_CHARBUF, false };
	struct transform_type texts = { VALUE_CHARBUF, true };
	struct transform_type number = { VALUE_INT64, false };
	struct transform_type tt[] = { text, texts, text };
	struct transform_type lt[] = { texts, text };
	struct transform_type nt[] = { number, text };

	(void)state;
	many_fails(TRANSFORM_JOIN, tt, 3, NULL,
		   "join() requires exactly 2 arguments: separator and list");
	many_fails(TRANSFORM_JOIN, lt, 2, NULL,
		   "join() first argument (separator) must be a single value, "
		   "not a list");
	many_fails(TRANSFORM_JOIN, tt, 2, "a",
		   "transformer 'join' does not support field arguments");
	many_fails(TRANSFORM_CONCAT, nt, 2, NULL,
		   "concat() arguments must be strings");
	many_fails(TRANSFORM_GETOPT, tt, 2, NULL,
		   "getopt() first argument must be a list");
	many_fails(TRANSFORM_GETOPT, lt, 2, "ab",
		   "getopt() field argument must be a single option character");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(case_changes_in_ascii_only),
		cmocka_unit_test(a_base_name_is_behind_the_last_slash),
		cmocka_unit_test(base64_may_lack_its_padding),
		cmocka_unit_test(length_counts_bytes_or_elements),
		cmocka_unit_test(lists_are_mapped_one_by_one),
		cmocka_unit_test(joining_puts_the_separator_between),
		cmocka_unit_test(concatenating_puts_nothing_between),
		cmocka_unit_test(options_are_found_as_by_getopt),
		cmocka_unit_test(one_option_can_be_asked_for),
		cmocka_unit_test(types_are_checked_before),
		cmocka_unit_test(several_arguments_are_checked_in_falcos_words),
	};

	return RUN_TESTS(tests);
}
