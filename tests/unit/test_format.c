/* SPDX-License-Identifier: Apache-2.0 */
/*
 * format.h: output formats, what they refuse and what they print.
 */
#include <errno.h>

#include "harness/fake_state.h"
#include "harness/test.h"

#include "array.h"
#include "error.h"
#include "strbuf.h"

#include "engine/format.h"

static const struct span args[] = { { "-n", 2 }, { "x y", 3 } };
static const struct span env[] = { { "A B=1", 5 }, { "Q\"=2", 4 } };

/* A cat that closes a file. */
static int setup(void **state)
{
	static struct fake_state s;

	fake_state_init(&s, EVENT_SYSCALL_CLOSE_X);
	s.nprocesses = 2;
	s.processes[0].pid = 7;
	s.processes[0].comm = SPAN("cat");
	s.processes[0].exepath = SPAN("/usr/bin/Cat");
	s.processes[0].args = (struct span_list){ args, 2 };
	s.processes[0].env = (struct span_list){ env, 2 };
	s.processes[1].comm = SPAN("bash");
	s.processes[1].pid = 6;
	s.ev.time_ns = 1534527348518937838;
	*state = &s;
	return 0;
}

static int teardown(void **state)
{
	fake_state_done(*state);
	return 0;
}

static void shows(void **state, const char *format, const char *want)
{
	const char *got = fake_output(*state, format);

	assert_non_null(got);
	assert_string_equal(got, want);
}

static void assert_refused(void **state, const char *text, const char *why)
{
	struct fake_state *s = *state;
	struct format *f;
	struct error err;

	assert_int_equal(format_compile(&s->env, span_of(text), &f, &err),
			 -EINVAL);
	assert_string_equal(err.text, why);
}

/* --- Compiling ------------------------------------------------------------- */

static void text_stands_as_it_is(void **state)
{
	shows(state, "plain", "plain");
	shows(state, "a \"b\" \\ \n c", "a \"b\" \\ \n c");
	shows(state, "* starred", "* starred");
}

static void fields_are_replaced(void **state)
{
	shows(state, "%proc.name", "cat");
	shows(state, "<%proc.name>%proc.pid|%proc.name", "<cat>7|cat");
	shows(state, "%proc.aname[1] %proc.aname[9]", "bash <NA>");
}

static void the_longest_expression_wins(void **state)
{
	shows(state, "%proc.name.", "cat.");
	shows(state, "%proc.name.x", "cat.x");
	shows(state, "%proc.namex", "catx");
	shows(state, "%proc.name_s", "cat_s");
	shows(state, "%proc.name[1]", "cat[1]");
	shows(state, "%proc.aname[", "bash[");
	shows(state, "%proc.aname[x]", "bash[x]");
	shows(state, "%evt.type.", "close.");
	shows(state, "%evt.arg.resx", "<NA>x");
	shows(state, "(%proc.name)", "(cat)");
	shows(state, "%proc.name%proc.pid", "cat7");
	shows(state, "%proc.name,%proc.name=%proc.name", "cat,cat=cat");
}

static void arguments_may_be_quoted(void **state)
{
	shows(state, "%proc.env[A B]", "A B=1 Q\"=2[A B]");
	shows(state, "%proc.env[\"A B\"]", "1");
	shows(state, "%proc.env['Q\"']", "2");
	shows(state, "%proc.aname[\"1\"]", "bash");
}

static void widths_cut_and_fill(void **state)
{
	shows(state, "[%10proc.name]", "[cat       ]");
	shows(state, "[%2proc.name]", "[ca]");
	shows(state, "[%0proc.name]", "[cat]");
	shows(state, "[%5proc.aname[9]]", "[<NA> ]");
	assert_int_equal(strlen(fake_output(*state, "%99999999999proc.name")),
			 4096);
}

static void transformers_change_the_text(void **state)
{
	shows(state, "%toupper(proc.name)!", "CAT!");
	shows(state, "%tolower(basename(proc.exepath))", "cat");
	shows(state, "%concat(proc.name,\"-\",evt.type)", "cat-close");
	shows(state, "%join(\",\", (proc.name, proc.pid))", "cat,7");
	shows(state, "%len(proc.name)", "<NA>");
	shows(state, "[%6toupper(proc.name)]", "[CAT   ]");
	shows(state, "%toupper(fs.path.name)", "<NA>");
}

static void what_is_wrong_is_said(void **state)
{
	static const char unknown[] =
		"unknown filter: unexpected token after '";
	static const char *const bad[] = {
		"%proc.nope",	      "%proc",
		"%proc.",	      "% proc.name",
		"%[proc.name]",	      "%{proc.name}",
		"%nope.x",	      "%%",
		"%evt.arg",	      "%evt.arg.nosuch",
		"%evt.around",	      "%toupper(proc.pid)",
		"%toupper(proc.name", "%shout(proc.name)",
		"%static.site",	      "%container.id",
		"50%_x",
	};

	assert_refused(state, "", "empty formatting token");
	assert_refused(state, "100%",
		       "invalid formatting syntax: formatting cannot end with "
		       "a %");
	assert_refused(state, "%12",
		       "invalid formatting syntax: formatting cannot end with "
		       "a number");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_refused(state, bad[i], unknown);
}

static void hostile_formats_end(void **state)
{
	struct fake_state *s = *state;
	struct format *f;
	char long_text[20000];

	memset(long_text, 'a', sizeof(long_text));
	long_text[0] = '%';
	assert_int_equal(format_compile(&s->env, span_make(long_text, 20000),
					&f, NULL),
			 -EINVAL);
	memcpy(long_text, "%toupper(", 9);
	assert_int_equal(format_compile(&s->env, span_make(long_text, 20000),
					&f, NULL),
			 -EINVAL);
	assert_int_equal(format_compile(&s->env, span_make("%\0", 2), &f, NULL),
			 -EINVAL);
}

/* --- JSON ------------------------------------------------------------------ */

static void keys_are_the_fields_as_written(void **state)
{
	const char *got = fake_json(*state, "%proc.name %proc.aname[1] "
					    "%5proc.pid %proc.env[\"A B\"]");

	assert_string_equal(got, "{\"proc.aname[1]\":\"bash\","
				 "\"proc.env[\\\"A B\\\"]\":\"1\","
				 "\"proc.name\":\"cat\",\"proc.pid\":7}");
}

static void values_are_typed(void **state)
{
	const char *got = fake_json(*state, "%evt.rawtime %evt.time "
					    "%evt.is_io %fs.path.name %fd.num "
					    "%proc.args %proc.fdusage "
					    "%evt.rawtime.ns");

	assert_string_equal(got, "{\"evt.is_io\":false,"
				 "\"evt.rawtime\":1534527348518937838,"
				 "\"evt.rawtime.ns\":518937838,"
				 "\"evt.time\":1534527348518937838,"
				 "\"fd.num\":null,\"fs.path.name\":null,"
				 "\"proc.args\":\"-n x y\","
				 "\"proc.fdusage\":0.0}");
}

static void transformers_leave_their_fields(void **state)
{
	const char *got = fake_json(*state, "%toupper(proc.name) "
					    "%concat(proc.name,evt.type)");

	assert_string_equal(got, "{\"evt.type\":\"close\","
				 "\"proc.name\":\"cat\"}");
}

static void all_ancestors_are_one_text(void **state)
{
	assert_string_equal(fake_json(*state, "%proc.aname %proc.apid"),
			    "{\"proc.aname\":\"bash\",\"proc.apid\":7}");
}

static void a_field_twice_is_one_key(void **state)
{
	assert_string_equal(fake_json(*state, "%proc.name %proc.name"),
			    "{\"proc.name\":\"cat\"}");
}

/* --- Fields ---------------------------------------------------------------- */

static void add_field(void *ctx, struct span text)
{
	strbuf_addf(ctx, "%.*s;", SPAN_FMT(text));
}

static void fields_come_in_order(void **state)
{
	struct fake_state *s = *state;
	struct strbuf b = STRBUF_INIT;
	struct format *f;

	assert_int_equal(
		format_compile(&s->env,
			       SPAN("%proc.pid %toupper(proc.name) "
				    "%proc.env['a b'] %proc.pid"),
			       &f, NULL),
		0);
	format_fields(f, add_field, &b);
	assert_string_equal(b.data,
			    "proc.pid;toupper(proc.name);proc.name;"
			    "proc.env[\"a b\"];proc.pid;");
	strbuf_done(&b);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(text_stands_as_it_is),
		TEST(fields_are_replaced),
		TEST(the_longest_expression_wins),
		TEST(arguments_may_be_quoted),
		TEST(widths_cut_and_fill),
		TEST(transformers_change_the_text),
		TEST(what_is_wrong_is_said),
		TEST(hostile_formats_end),
		TEST(keys_are_the_fields_as_written),
		TEST(values_are_typed),
		TEST(transformers_leave_their_fields),
		TEST(all_ancestors_are_one_text),
		TEST(a_field_twice_is_one_key),
		TEST(fields_come_in_order),
	};

	return RUN_TESTS(tests);
}
