/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check.h: what is special about comparisons: fields that are compared in their
 * own way, constants that are warned about, types that only the event knows. The
 * plain cases are tests/engine/operators.test.
 */
#include "harness/test.h"

#include <errno.h>

#include "cleanup.h"
#include "strbuf.h"

#include "engine/check.h"
#include "harness/fake_engine.h"

#define SOCKET "connect fd.sip=10.1.1.1 fd.dip=10.2.2.2 fd.sport=5000 fd.dport=443"

static void holds(struct fake_engine *f, const char *condition,
		  const char *event)
{
	if (fake_engine_judge(f, condition, event) != TRUTH_TRUE)
		fail_msg("does not hold: %s", condition);
}

static void fails(struct fake_engine *f, const char *condition,
		  const char *event)
{
	if (fake_engine_judge(f, condition, event) != TRUTH_FALSE)
		fail_msg("is not false: %s", condition);
}

static void either_end_is_enough_for_equality(void **state)
{
	holds(*state, "fd.ip = 10.1.1.1", SOCKET);
	holds(*state, "fd.ip = 10.2.2.2", SOCKET);
	holds(*state, "fd.ip in (1.1.1.1, 10.2.2.2)", SOCKET);
	holds(*state, "fd.port > 4999", SOCKET);
	fails(*state, "fd.ip = 10.3.3.3", SOCKET);
}

static void both_ends_must_differ(void **state)
{
	fails(*state, "fd.ip != 10.1.1.1", SOCKET);
	fails(*state, "fd.port != 443", SOCKET);
	holds(*state, "fd.ip != 10.3.3.3", SOCKET);
	holds(*state, "fd.net != 11.0.0.0/8", SOCKET);
	fails(*state, "fd.net != 10.2.0.0/16", SOCKET);
}

static void only_the_first_network_counts(void **state)
{
	holds(*state, "fd.net in (10.0.0.0/8, 11.0.0.0/8)", SOCKET);
	fails(*state, "fd.net in (11.0.0.0/8, 10.0.0.0/8)", SOCKET);
	holds(*state, "fd.snet in (11.0.0.0/8, 10.0.0.0/8)", SOCKET);
}

static void a_modifier_sees_one_constant_there(void **state)
{
	holds(*state, "proc.aname = allof (sh, zsh)",
	      "open proc.comm=a parent.comm=sh");
	fails(*state, "proc.aname = anyof (zsh, sh)",
	      "open proc.comm=a parent.comm=sh");
	holds(*state, "proc.aname[1] = anyof (zsh, sh)",
	      "open proc.comm=a parent.comm=sh");
}

static void no_constants_hold_for_nothing(void **state)
{
	fails(*state, "proc.name in ()", "open proc.comm=a");
	fails(*state, "proc.name != allof ()", "open proc.comm=a");
	fails(*state, "proc.name = oneof ()", "open proc.comm=a");
	fails(*state, "proc.name pmatch ()", "open proc.comm=a");
}

static void exactly_one_is_not_two(void **state)
{
	holds(*state, "proc.name contains oneof (a, x)", "open proc.comm=abc");
	fails(*state, "proc.name contains oneof (a, b)", "open proc.comm=abc");
	fails(*state, "proc.name contains oneof (x, y)", "open proc.comm=abc");
}

static void hashing_changes_no_answer(void **state)
{
	static const char few[] = "(a, b, c)";
	static const char many[] = "(a, b, c, d, e, f, g, h, i, j)";
	struct strbuf b = STRBUF_INIT;
	static const char *const events[] = { "open proc.comm=c",
					      "open proc.comm=zz" };

	for (int i = 0; i < 2; i++) {
		for (int k = 0; k < 2; k++) {
			strbuf_reset(&b);
			strbuf_addf(&b, "proc.name in %s", i ? many : few);
			assert_int_equal(fake_engine_judge(*state, b.data,
							   events[k]),
					 k == 0);
			strbuf_reset(&b);
			strbuf_addf(&b, "proc.name != allof %s", i ? many : few);
			assert_int_equal(fake_engine_judge(*state, b.data,
							   events[k]),
					 k == 1);
		}
	}
	strbuf_done(&b);
}

static void a_type_that_does_not_fit_is_not_looked_into(void **state)
{
	/* "name" is a path in open and a text in others, never a number. */
	fails(*state, "evt.rawarg.name = x", "open arg.flags=1");
	fails(*state, "evt.rawarg.fd = 1", "open arg.fd=2");
}

struct warnings {
	struct strbuf text;
};

static void on_warning(void *ctx, const char *text, struct filter_pos pos)
{
	struct warnings *w = ctx;

	strbuf_addf(&w->text, "%u: %s\n", pos.offset, text);
}

static void warns(struct fake_engine *f, const char *condition,
		  const char *want)
{
	struct warnings w = { STRBUF_INIT };
	struct program *p;
	struct ast *root;

	assert_int_equal(filter_parse(&f->arena, span_of(condition), 1000,
				      &root, &f->err),
			 0);
	filter_compile(&f->env, root, on_warning, &w, &p, &f->err);
	assert_string_equal(w.text.data, want);
	strbuf_done(&w.text);
}

static void constants_that_name_fields_are_warned_about(void **state)
{
	warns(*state, "proc.name = proc.pname",
	      "12: 'proc.pname' may be a valid field misused as a const string "
	      "value\n");
	warns(*state, "proc.name in (x, \"proc.aname[1]\")",
	      "13: 'proc.aname[1]' may be a valid field misused as a const "
	      "string value\n");
	warns(*state, "proc.name = \"tolower(proc.pname)\"",
	      "12: 'tolower(proc.pname)' may be a valid field transformer "
	      "misused as a const string value\n");
	warns(*state, "proc.name = proc.nope", "");
	warns(*state, "proc.name = x", "");
	warns(*state, "proc.name = \"\"", "");
}

#define SIMPLER \
	"may be optimized with simpler operators such as '=', 'contains', " \
	"'startswith', 'endswith'\n"

static void expressions_that_need_not_be_regular_are_warned_about(void **state)
{
	warns(*state, "proc.name regex ^abc$",
	      "16: regex check with '^abc$' " SIMPLER);
	warns(*state, "proc.name regex .*a", "16: regex check with '.*a' " SIMPLER);
	warns(*state, "proc.name regex .*", "16: regex check with '.*' " SIMPLER);
	warns(*state, "proc.name regex \"a.*$\"", "");
	warns(*state, "proc.name regex ^.*a", "");
	warns(*state, "proc.name regex [ab]", "");
	warns(*state, "proc.name glob abc", "");
}

static void event_names_are_known(void **state)
{
	(void)state;
	assert_true(is_event_type_name(NULL, SPAN("openat")));
	assert_true(is_event_type_name(NULL, SPAN("getppid")));
	assert_true(is_event_type_name(NULL, SPAN("pread64")));
	assert_true(is_event_type_name(NULL, SPAN("syscall")));
	assert_true(is_event_type_name(NULL, SPAN("")));
	assert_false(is_event_type_name(NULL, SPAN("opena")));
	assert_false(is_event_type_name(NULL, SPAN("chown32")));
}

static void left_sides_are_fields_and_transformers(void **state)
{
	struct fake_engine *f = *state;

	assert_true(filter_is_lhs(&f->env, SPAN("proc.name")));
	assert_true(filter_is_lhs(&f->env, SPAN("proc.aname[2]")));
	assert_true(filter_is_lhs(&f->env, SPAN("tolower(proc.name)")));
	assert_false(filter_is_lhs(&f->env, SPAN("proc.nope")));
	assert_false(filter_is_lhs(&f->env, SPAN("tolower(proc.pid)")));
	assert_false(filter_is_lhs(&f->env, SPAN("proc.name ")));
	assert_false(filter_is_lhs(&f->env, SPAN("")));
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fake_engine_begin, fake_engine_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(either_end_is_enough_for_equality),
		TEST(both_ends_must_differ),
		TEST(only_the_first_network_counts),
		TEST(a_modifier_sees_one_constant_there),
		TEST(no_constants_hold_for_nothing),
		TEST(exactly_one_is_not_two),
		TEST(hashing_changes_no_answer),
		TEST(a_type_that_does_not_fit_is_not_looked_into),
		TEST(constants_that_name_fields_are_warned_about),
		TEST(expressions_that_need_not_be_regular_are_warned_about),
		TEST(event_names_are_known),
		TEST(left_sides_are_fields_and_transformers),
	};

	return RUN_TESTS(tests);
}
