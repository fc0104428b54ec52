/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lexer.h: each token alone, what stops it, and where reading stands afterwards.
 */
#include "harness/test.h"

#include <errno.h>

#include "arena.h"

#include "engine/lexer.h"

struct scene {
	struct arena arena;
	struct filter_error err;
	struct lexer lex;
};

static int begin(void **state)
{
	*state = calloc(1, sizeof(struct scene));
	return *state ? 0 : -1;
}

static int end(void **state)
{
	struct scene *s = *state;

	arena_done(&s->arena);
	free(s);
	return 0;
}

static struct lexer *read_text(struct scene *s, struct span text)
{
	lexer_init(&s->lex, &s->arena, text, &s->err);
	return &s->lex;
}

static void lines_are_counted_for_cr_and_lf(void **state)
{
	struct lexer *l = read_text(*state, SPAN("\r\n \t\b\nx"));

	assert_true(lexer_blank(l));
	assert_int_equal(l->pos.offset, 6);
	assert_int_equal(l->pos.line, 4);
	assert_int_equal(l->pos.column, 1);
	assert_false(lexer_blank(l));
}

static void a_form_feed_is_no_blank(void **state)
{
	struct lexer *l = read_text(*state, SPAN("\fx"));

	assert_false(lexer_blank(l));
}

static void a_word_is_a_mere_prefix(void **state)
{
	struct lexer *l = read_text(*state, SPAN("orange"));

	assert_false(lexer_word(l, "and"));
	assert_true(lexer_word(l, "or"));
	assert_span_text(l->token, "or");
	assert_int_equal(l->pos.offset, 2);
}

static void an_identifier_begins_with_a_letter(void **state)
{
	struct lexer *l = read_text(*state, SPAN("a_1.b"));

	assert_true(lexer_identifier(l));
	assert_span_text(l->token, "a_1");
	l = read_text(*state, SPAN("_a"));
	assert_false(lexer_identifier(l));
	l = read_text(*state, SPAN("1a"));
	assert_false(lexer_identifier(l));
}

static void a_field_has_a_dot_and_a_name_behind_each(void **state)
{
	struct lexer *l = read_text(*state, SPAN("evt.arg.path.0"));

	assert_true(lexer_field_name(l));
	assert_span_text(l->token, "evt.arg.path");
	l = read_text(*state, SPAN("proc"));
	assert_false(lexer_field_name(l));
	assert_int_equal(l->pos.offset, 0);
	l = read_text(*state, SPAN("proc."));
	assert_false(lexer_field_name(l));
}

static void bare_texts_stop_where_they_must(void **state)
{
	struct lexer *l = read_text(*state, SPAN("a-b/c;[x]\b=d"));

	assert_true(lexer_bare_string(l));
	assert_span_text(l->token, "a-b/c;[x]\b");
	l = read_text(*state, SPAN("1=(,]"));
	assert_true(lexer_field_arg(l));
	assert_span_text(l->token, "1=(,");
	l = read_text(*state, SPAN("\"x\""));
	assert_false(lexer_field_arg(l));
	assert_false(lexer_bare_string(l));
}

static void a_bare_text_may_hold_a_nul(void **state)
{
	struct lexer *l = read_text(*state, SPAN("a\0b c"));

	assert_true(lexer_bare_string(l));
	assert_int_equal(l->token.n, 3);
}

static void number_is(struct scene *s, struct span text, const char *want)
{
	struct lexer *l = read_text(s, text);

	assert_int_equal(lexer_number(l), *want != '\0');
	if (*want)
		assert_span_text(l->token, want);
	else
		assert_int_equal(l->pos.offset, 0);
}

static void numbers_want_a_sign_in_their_exponent(void **state)
{
	number_is(*state, SPAN("12"), "12");
	number_is(*state, SPAN("+1.5x"), "+1.5");
	number_is(*state, SPAN("1."), "1.");
	number_is(*state, SPAN("1e3"), "1");
	number_is(*state, SPAN("1e+3"), "1e+3");
	number_is(*state, SPAN("1E-"), "1");
	number_is(*state, SPAN("-x"), "");
	number_is(*state, SPAN(".5"), "");
	number_is(*state, SPAN(""), "");
}

static void a_hex_number_needs_a_digit(void **state)
{
	struct lexer *l = read_text(*state, SPAN("0X1fG"));

	assert_true(lexer_hex_number(l));
	assert_span_text(l->token, "0X1f");
	l = read_text(*state, SPAN("0xZ"));
	assert_false(lexer_hex_number(l));
}

static void quoted_is(struct scene *s, struct span text, const char *want)
{
	struct lexer *l = read_text(s, text);

	assert_int_equal(lexer_quoted_string(l), 1);
	assert_span_text(l->token, want);
	assert_true(lexer_at_end(l));
}

static void quotes_hide_everything_but_escapes(void **state)
{
	quoted_is(*state, SPAN("\"a b\""), "a b");
	quoted_is(*state, SPAN("''"), "");
	quoted_is(*state, SPAN("'a\"b'"), "a\"b");
	quoted_is(*state, SPAN("\"a\\\"b\""), "a\"b");
	quoted_is(*state, SPAN("\"\\b\\f\\n\\r\\t\\/\""), "\b\f\n\r\t/");
	quoted_is(*state, SPAN("\"\\x414\""), "A4");
}

static void an_escaped_blank_is_a_backslash(void **state)
{
	quoted_is(*state, SPAN("\"a\\ b\""), "a\\b");
}

static void a_quote_behind_any_backslash_does_not_end(void **state)
{
	struct lexer *l = read_text(*state, SPAN("\"\\\\\""));

	assert_int_equal(lexer_quoted_string(l), 0);
	assert_int_equal(l->pos.offset, 0);
	quoted_is(*state, SPAN("\"a\\\\\"b\""), "a\\\"b");
}

static void escape_fails(struct scene *s, struct span text, const char *why)
{
	struct lexer *l = read_text(s, text);

	assert_int_equal(lexer_quoted_string(l), -EINVAL);
	assert_string_equal(s->err.text, why);
	assert_int_equal(s->err.pos.offset, text.n);
}

static void bad_escapes_say_which(void **state)
{
	escape_fails(*state, SPAN("\"\\q\""),
		     "unsupported string escape sequence: \\q");
	escape_fails(*state, SPAN("\"\\x4\""),
		     "truncated hex char escape sequence");
	escape_fails(*state, SPAN("\"\\xzz\""),
		     "invalid hex char escape sequence: zz");
	escape_fails(*state, SPAN("\"\\'\""),
		     "invalid \\' escape in \"-quoted string");
	escape_fails(*state, SPAN("'\\\"'"),
		     "invalid \\\" escape in '-quoted string");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lines_are_counted_for_cr_and_lf),
		TEST(a_form_feed_is_no_blank),
		TEST(a_word_is_a_mere_prefix),
		TEST(an_identifier_begins_with_a_letter),
		TEST(a_field_has_a_dot_and_a_name_behind_each),
		TEST(bare_texts_stop_where_they_must),
		TEST(a_bare_text_may_hold_a_nul),
		TEST(numbers_want_a_sign_in_their_exponent),
		TEST(a_hex_number_needs_a_digit),
		TEST(quotes_hide_everything_but_escapes),
		TEST(an_escaped_blank_is_a_backslash),
		TEST(a_quote_behind_any_backslash_does_not_end),
		TEST(bad_escapes_say_which),
	};

	return RUN_TESTS(tests);
}
