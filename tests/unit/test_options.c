/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/options.h: the command line is read as Falco reads it, and what follows
 * "--" is left alone.
 */
#include "harness/test.h"

#include <errno.h>

#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "launcher/options.h"

#define WORDS(...) (char *const[]){ (char *)(uintptr_t)"falco-run", __VA_ARGS__ }
#define W(text) (char *)(uintptr_t)text

static void good(struct options *o, char *const *argv)
{
	struct error err = { "" };

	*o = (struct options)OPTIONS_INIT;
	if (options_parse(o, argv, &err) < 0)
		fail_msg("%s", err.text);
}

static void bad(char *const *argv, const char *message)
{
	CLEANUP(options_done) struct options o = OPTIONS_INIT;
	struct error err = { "" };

	assert_int_equal(options_parse(&o, argv, &err), -EINVAL);
	assert_string_equal(err.text, message);
}

static void the_command_is_what_follows_two_dashes(void **state)
{
	CLEANUP(options_done) struct options o;

	(void)state;
	good(&o, WORDS(W("-q"), W("--"), W("sh"), W("-c"), W("--"), NULL));
	assert_true(options_has(&o, OPT_QUIET));
	assert_string_equal(o.command[0], "sh");
	assert_string_equal(o.command[1], "-c");
	assert_string_equal(o.command[2], "--");
	assert_null(o.command[3]);
	assert_false(options_has(&o, OPT_CONFIG));
}

static void without_dashes_there_is_no_command(void **state)
{
	CLEANUP(options_done) struct options o;

	(void)state;
	good(&o, WORDS(W("ls"), W("-v"), W("more"), NULL));
	assert_null(o.command);
	assert_string_equal(o.stray, "ls");
	assert_true(options_has(&o, OPT_VERBOSE));
}

static void nothing_at_all_is_no_mistake(void **state)
{
	CLEANUP(options_done) struct options o;
	char *const none[] = { NULL };

	(void)state;
	good(&o, none);
	assert_null(o.command);
	assert_null(o.stray);
	assert_false(options_want_own_mode(&o));
}

static void an_empty_command_is_a_command_of_no_words(void **state)
{
	CLEANUP(options_done) struct options o;

	(void)state;
	good(&o, WORDS(W("--"), NULL));
	assert_non_null(o.command);
	assert_null(o.command[0]);
}

static void values_are_glued_or_next_or_behind_an_equals_sign(void **state)
{
	CLEANUP(options_done) struct options o;

	(void)state;
	good(&o, WORDS(W("-ca.yaml"), W("-r"), W("b.yaml"), W("--engine=trace"),
		       W("--fail-on"), W("info"), W("-c=x"), NULL));
	assert_int_equal(o.given[OPT_CONFIG].n, 2);
	assert_string_equal(o.given[OPT_CONFIG].items[0], "a.yaml");
	assert_string_equal(options_last(&o, OPT_CONFIG), "=x");
	assert_string_equal(options_last(&o, OPT_RULES), "b.yaml");
	assert_string_equal(options_last(&o, OPT_ENGINE), "trace");
	assert_string_equal(options_last(&o, OPT_FAIL_ON), "info");
}

static void letters_combine(void **state)
{
	CLEANUP(options_done) struct options o;

	(void)state;
	good(&o, WORDS(W("-vUqrx.yaml"), NULL));
	assert_true(options_has(&o, OPT_VERBOSE));
	assert_true(options_has(&o, OPT_UNBUFFERED));
	assert_true(options_has(&o, OPT_QUIET));
	assert_string_equal(options_last(&o, OPT_RULES), "x.yaml");
}

static void repeated_options_keep_their_order(void **state)
{
	CLEANUP(options_done) struct options o;

	(void)state;
	good(&o, WORDS(W("-o"), W("a=1"), W("--option"), W("b=2"),
		       W("--option=c=3"), NULL));
	assert_int_equal(o.given[OPT_SET].n, 3);
	assert_string_equal(o.given[OPT_SET].items[0], "a=1");
	assert_string_equal(o.given[OPT_SET].items[1], "b=2");
	assert_string_equal(o.given[OPT_SET].items[2], "c=3");
}

static void a_flag_may_be_denied(void **state)
{
	CLEANUP(options_done) struct options o;

	(void)state;
	good(&o, WORDS(W("--version=false"), W("--help=true"), NULL));
	assert_false(options_has(&o, OPT_VERSION));
	assert_true(options_has(&o, OPT_HELP));
	bad(WORDS(W("--list-events=all"), NULL),
	    "Argument ‘all’ failed to parse");
}

static void list_takes_a_source_only_behind_an_equals_sign(void **state)
{
	CLEANUP(options_done) struct options o;

	(void)state;
	good(&o, WORDS(W("--list"), W("syscall"), NULL));
	assert_string_equal(options_last(&o, OPT_LIST), "");
	assert_string_equal(o.stray, "syscall");
	options_done(&o);
	good(&o, WORDS(W("--list=syscall"), NULL));
	assert_string_equal(options_last(&o, OPT_LIST), "syscall");
}

static void unknown_options_are_named(void **state)
{
	(void)state;
	bad(WORDS(W("--nope"), NULL), "Option ‘nope’ does not exist");
	bad(WORDS(W("--vers"), NULL), "Option ‘vers’ does not exist");
	bad(WORDS(W("--nope=1"), NULL), "Option ‘nope’ does not exist");
	bad(WORDS(W("-Z"), NULL), "Option ‘Z’ does not exist");
	bad(WORDS(W("-version"), NULL), "Option ‘e’ does not exist");
}

static void missing_words_are_named(void **state)
{
	(void)state;
	bad(WORDS(W("-c"), NULL), "Option ‘c’ is missing an argument");
	bad(WORDS(W("--engine"), NULL),
	    "Option ‘engine’ is missing an argument");
}

static void two_dashes_are_never_a_value(void **state)
{
	(void)state;
	bad(WORDS(W("-c"), W("--"), W("true"), NULL),
	    "Option ‘c’ is missing an argument");
}

static void numbers_are_checked(void **state)
{
	CLEANUP(options_done) struct options o;

	(void)state;
	good(&o, WORDS(W("-M"), W("-1"), NULL));
	assert_string_equal(options_last(&o, OPT_SECONDS), "-1");
	bad(WORDS(W("-M"), W("abc"), NULL), "Argument ‘abc’ failed to parse");
	bad(WORDS(W("-M"), W("1x"), NULL), "Argument ‘1x’ failed to parse");
	bad(WORDS(W("-M"), W(""), NULL), "Argument ‘’ failed to parse");
}

static void own_modes_are_told_from_run_mode(void **state)
{
	CLEANUP(options_done) struct options o;

	(void)state;
	good(&o, WORDS(W("-c"), W("f"), W("-r"), W("g"), W("-v"), NULL));
	assert_false(options_want_own_mode(&o));
	options_done(&o);
	good(&o, WORDS(W("-V"), W("f"), W("--"), W("x"), NULL));
	assert_true(options_want_own_mode(&o));
}

static void help_has_a_line_for_every_option(void **state)
{
	static const char *const words[] = {
#define OPTION(symbol, letter, word, takes, use, argument, help) word,
#include "launcher/options.def"
	};
	CLEANUP(strbuf_done) struct strbuf out = STRBUF_INIT;

	(void)state;
	options_help(&out);
	for (size_t i = 0; i < OPT_COUNT; i++)
		assert_contains(out.data, words[i]);
	for (const char *line = out.data; line && *line;) {
		const char *end = strchr(line, '\n');

		assert_true(!end || end - line <= 100);
		line = end ? end + 1 : NULL;
	}
}

static void usage_says_how_to_give_a_command(void **state)
{
	CLEANUP(strbuf_done) struct strbuf out = STRBUF_INIT;

	(void)state;
	options_usage(&out);
	assert_contains(out.data, "-- command");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_command_is_what_follows_two_dashes),
		cmocka_unit_test(without_dashes_there_is_no_command),
		cmocka_unit_test(nothing_at_all_is_no_mistake),
		cmocka_unit_test(an_empty_command_is_a_command_of_no_words),
		cmocka_unit_test(
			values_are_glued_or_next_or_behind_an_equals_sign),
		cmocka_unit_test(letters_combine),
		cmocka_unit_test(repeated_options_keep_their_order),
		cmocka_unit_test(a_flag_may_be_denied),
		cmocka_unit_test(list_takes_a_source_only_behind_an_equals_sign),
		cmocka_unit_test(unknown_options_are_named),
		cmocka_unit_test(missing_words_are_named),
		cmocka_unit_test(two_dashes_are_never_a_value),
		cmocka_unit_test(numbers_are_checked),
		cmocka_unit_test(own_modes_are_told_from_run_mode),
		cmocka_unit_test(help_has_a_line_for_every_option),
		cmocka_unit_test(usage_says_how_to_give_a_command),
	};

	return RUN_TESTS(tests);
}
