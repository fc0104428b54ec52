/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs: what is folded away, what is remembered, and that any condition over
 * three truths comes out as Kleene's logic has it.
 */
#include "harness/test.h"

#include <errno.h>

#include "cleanup.h"
#include "strbuf.h"

#include "engine/program.h"
#include "harness/fake_engine.h"

static void dumps_as(struct fake_engine *f, const char *condition,
		     const char *want)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	program_dump(fake_engine_program(f, condition), &b);
	assert_string_equal(b.data, want);
}

static void a_check_is_one_instruction(void **state)
{
	dumps_as(*state, "proc.name = cat", "0\tcheck proc.name = 1\n");
	dumps_as(*state, "proc.name exists", "0\tcheck proc.name exists\n");
	dumps_as(*state, "not proc.name in (a, b)",
		 "0\tcheck proc.name in 2, not\n");
}

static void an_and_jumps_to_its_end(void **state)
{
	dumps_as(*state, "proc.name = a and proc.pid = 1",
		 "0\trecall -> 6\n"
		 "1\tbegin and\n"
		 "2\t  check proc.name = 1, and -> 4\n"
		 "3\t  check proc.pid = 1, and -> 4\n"
		 "4\tend\n"
		 "5\tkeep\n");
}

static void types_of_events_become_one_set_in_front(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	program_dump(fake_engine_program(*state,
					 "proc.name = a and (evt.type = getppid "
					 "or evt.type=getpgrp) and evt.num > 0"),
		     &b);
	assert_contains(b.data, "2\t  events 4, and -> 4\n3\t  check");
}

static void what_never_holds_is_no_program(void **state)
{
	dumps_as(*state, "evt.num = 0 and proc.name = a", "0\tevents 0\n");
	dumps_as(*state, "evt.num < 1", "0\tevents 0\n");
	dumps_as(*state, "evt.num <= 0", "0\tevents 0\n");
	dumps_as(*state, "proc.name = a and not (evt.num >= 1 or proc.pid = 1)",
		 "0\tevents 0\n");
	dumps_as(*state, "evt.num = 0 or proc.name = a",
		 "0\tcheck proc.name = 1\n");
	dumps_as(*state, "evt.num = 1", "0\tcheck evt.num = 1\n");
}

static void what_waits_for_the_end_is_asked_last(void **state)
{
	dumps_as(*state, "evt.res = 1 and proc.name = a",
		 "0\trecall -> 6\n"
		 "1\tbegin and\n"
		 "2\t  check proc.name = 1, and -> 4\n"
		 "3\t  check evt.res = 1, and -> 4\n"
		 "4\tend\n"
		 "5\tkeep\n");
	/* An "and" can be decided by one operand, an "or" by all only. */
	dumps_as(*state, "(fd.num = 1 and proc.pid = 1) and (fd.num = 2 or proc.pid = 2) and "
			 "proc.pid = 3",
		 "0\trecall -> 17\n"
		 "1\tbegin and\n"
		 "2\t  recall -> 8, and -> 15\n"
		 "3\t  begin and\n"
		 "4\t    check proc.pid = 1, and -> 6\n"
		 "5\t    check fd.num = 1, and -> 6\n"
		 "6\t  end\n"
		 "7\t  keep, and -> 15\n"
		 "8\t  check proc.pid = 1, and -> 15\n"
		 "9\t  recall -> 15, and -> 15\n"
		 "10\t  begin or\n"
		 "11\t    check proc.pid = 1, or -> 13\n"
		 "12\t    check fd.num = 1, or -> 13\n"
		 "13\t  end\n"
		 "14\t  keep, and -> 15\n"
		 "15\tend\n"
		 "16\tkeep\n");
}

static void trimmed_it_does_not_remember_what_nobody_asks_for(void **state)
{
	struct fake_engine *f = *state;
	const char *text = "not (proc.name = a and (proc.pid = 1 or fd.name glob x))";
	struct program *p = fake_engine_program(f, text);

	fake_engine_program(f, "proc.pid = 2 and fd.name glob x");
	program_trim(p);
	program_trim(p);
	dumps_as(f, text,
		 "0\tbegin and\n"
		 "1\t  check proc.name = 1, and -> 8\n"
		 "2\t  begin or\n"
		 "3\t    check proc.pid = 1, or -> 7\n"
		 "4\t    recall slot 0 -> 7, or -> 7\n"
		 "5\t    check fd.name glob 1\n"
		 "6\t    keep, or -> 7\n"
		 "7\t  end, and -> 8\n"
		 "8\tend, not\n");
}

static void two_users_share_what_they_have_in_common(void **state)
{
	struct fake_engine *f = *state;

	fake_engine_program(f, "proc.name = a or (proc.pid = 1 and proc.name=b)");
	assert_int_equal(filter_truth_slots(&f->env), 0);
	fake_engine_program(f, "proc.name = c or (proc.pid = 1 and proc.name=b)");
	assert_int_equal(filter_truth_slots(&f->env), 1);
	fake_engine_program(f, "proc.name = d or (proc.pid = 1 and proc.name=b)");
	assert_int_equal(filter_truth_slots(&f->env), 1);
}

static void a_remembered_truth_is_taken(void **state)
{
	struct fake_engine *f = *state;
	struct program *p = fake_engine_program(f, "fd.name glob *x");
	struct program *q = fake_engine_program(f, "fd.name glob *x");
	struct fake_event *ev = xcalloc(1, sizeof(*ev));
	uint8_t truths[1] = { TRUTH_TRUE + 1 };
	struct eval e = { .env = &f->env,
			  .ev = &ev->ev,
			  .truths = truths,
			  .ntruths = 1 };

	/* No field is asked for: there is no room for one. */
	assert_int_equal(filter_truth_slots(&f->env), 1);
	assert_int_equal(program_run(p, &e), TRUTH_TRUE);
	truths[0] = TRUTH_UNKNOWN + 1;
	assert_int_equal(program_run(q, &e), TRUTH_UNKNOWN);
	free(ev);
}

static void a_truth_is_kept_for_the_other_user(void **state)
{
	struct fake_engine *f = *state;
	struct program *p = fake_engine_program(f, "fd.name glob *x");

	fake_engine_program(f, "fd.name glob *x");
	assert_int_equal(fake_engine_run(f, p, "open fd.name=/x"), TRUTH_TRUE);
	assert_int_equal(fake_engine_run(f, p, "open fd.name=/y"), TRUTH_FALSE);
	assert_int_equal(fake_engine_run(f, p, "open"), TRUTH_FALSE);
}

static void what_counts_its_askers_is_neither_shared_nor_moved(void **state)
{
	struct fake_engine *f = *state;

	fake_engine_program(f, "util.cnt > 3 and evt.type = open");
	dumps_as(f, "util.cnt > 3 and evt.type = open",
		 "0\tbegin and\n"
		 "1\t  check util.cnt > 1, and -> 3\n"
		 "2\t  events 2, and -> 3\n"
		 "3\tend\n");
	assert_int_equal(filter_truth_slots(&f->env), 0);
}

static void a_slot_past_the_evaluations_room_does_no_harm(void **state)
{
	struct fake_engine *f = *state;
	struct program *p = fake_engine_program(f, "evt.type=open and "
						   "not (evt.type = open and "
						   "proc.name glob x)");
	struct fake_event *ev = xcalloc(1, sizeof(*ev));
	struct eval e = { .env = &f->env, .ev = &ev->ev };

	fake_engine_program(f, "proc.name glob x");
	assert_true(fake_event_init(ev, SPAN("close")));
	assert_int_equal(program_run(p, &e), TRUTH_FALSE);
	fake_event_done(ev);
	free(ev);
}

/* --- Kleene's logic, by trying ----------------------------------------------------- */

/* A random condition over three fields, and its truth for given truths of these. */
struct maker {
	uint64_t state;
	struct strbuf text;
	enum truth truths[3];
};

static unsigned pick(struct maker *m, unsigned n)
{
	m->state = m->state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (unsigned)(m->state >> 33) % n;
}

static enum truth make(struct maker *m, unsigned depth);

static enum truth make_leaf(struct maker *m)
{
	static const char *const checks[] = { "proc.name = y", "proc.pname = y",
					      "proc.exepath = y" };
	unsigned i = pick(m, 3);

	strbuf_adds(&m->text, checks[i]);
	return m->truths[i];
}

static enum truth make_chain(struct maker *m, unsigned depth)
{
	bool is_and = pick(m, 2);
	enum truth end = is_and ? TRUTH_FALSE : TRUTH_TRUE;
	enum truth t = is_and ? TRUTH_TRUE : TRUTH_FALSE;

	strbuf_addch(&m->text, '(');
	for (unsigned i = 0, n = 2 + pick(m, 2); i < n; i++) {
		enum truth one;

		if (i)
			strbuf_adds(&m->text, is_and ? " and " : " or ");
		one = make(m, depth - 1);
		if (one == end || t == end)
			t = end;
		else if (one == TRUTH_UNKNOWN)
			t = TRUTH_UNKNOWN;
	}
	strbuf_addch(&m->text, ')');
	return t;
}

static enum truth make(struct maker *m, unsigned depth)
{
	enum truth t;

	if (depth == 0 || pick(m, 4) == 0)
		return make_leaf(m);
	if (pick(m, 3))
		return make_chain(m, depth);
	strbuf_adds(&m->text, "not ");
	t = make(m, depth - 1);
	return t == TRUTH_UNKNOWN ? t : t == TRUTH_TRUE ? TRUTH_FALSE : TRUTH_TRUE;
}

/* Compiled twice it shares all; trimmed, what it shares with nobody is gone. */
static enum truth judge(struct fake_engine *f, unsigned turn, const char *condition,
			const char *event)
{
	struct program *p = fake_engine_program(f, condition);

	if (turn % 3 == 1)
		fake_engine_program(f, condition);
	if (turn % 3)
		program_trim(p);
	return fake_engine_run(f, p, event);
}

static void any_condition_follows_kleene(void **state)
{
	static const char values[] = "ny?";
	struct maker m = { .state = 42, .text = STRBUF_INIT };
	char event[100];

	for (int i = 0; i < 3000; i++) {
		enum truth want;

		for (int k = 0; k < 3; k++)
			m.truths[k] = pick(&m, 3);
		strbuf_reset(&m.text);
		want = make(&m, 4);
		snprintf(event, sizeof(event),
			 "open@entry proc.comm=%c parent.comm=%c proc.exepath=%c",
			 values[m.truths[0]], values[m.truths[1]],
			 values[m.truths[2]]);
		if (judge(*state, (unsigned)i, m.text.data, event) != want)
			fail_msg("%s on %s: want %d", m.text.data, event, want);
	}
	strbuf_done(&m.text);
}

static struct ast *on_macro(void *ctx, struct span name, struct filter_pos pos)
{
	(void)name;
	(void)pos;
	return ctx;
}

/* The condition with its macros replaced by itself, so many times over. */
static int compile_nested(struct fake_engine *f, const char *text, int times)
{
	struct program *p;
	struct ast *root, *once;

	assert_int_equal(filter_parse(&f->arena, span_of(text), 100, &once,
				      &f->err),
			 0);
	assert_int_equal(filter_parse(&f->arena, SPAN("proc.pid=1"), 100, &root,
				      &f->err),
			 0);
	for (int i = 0; i < times; i++)
		root = filter_replace_macros(&f->arena, once, on_macro, root);
	return filter_compile(&f->env, root, NULL, NULL, &p, &f->err);
}

static void macros_may_nest_but_not_without_end(void **state)
{
	struct fake_engine *f = *state;

	assert_int_equal(compile_nested(f, "proc.pid=2 and m", 500), 0);
	assert_int_equal(compile_nested(f, "proc.pid=2 and m", 2000), -EINVAL);
	assert_string_equal(f->err.text,
			    "filter error: condition nested too deeply");
}

static void macros_that_double_each_other_are_stopped(void **state)
{
	struct fake_engine *f = *state;

	assert_int_equal(compile_nested(f, "m and m", 5), 0);
	assert_int_equal(compile_nested(f, "m and m", 60), -EINVAL);
	assert_string_equal(f->err.text, "filter error: condition too large");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fake_engine_begin, fake_engine_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_check_is_one_instruction),
		TEST(an_and_jumps_to_its_end),
		TEST(types_of_events_become_one_set_in_front),
		TEST(what_never_holds_is_no_program),
		TEST(what_waits_for_the_end_is_asked_last),
		TEST(trimmed_it_does_not_remember_what_nobody_asks_for),
		TEST(two_users_share_what_they_have_in_common),
		TEST(a_remembered_truth_is_taken),
		TEST(a_truth_is_kept_for_the_other_user),
		TEST(what_counts_its_askers_is_neither_shared_nor_moved),
		TEST(a_slot_past_the_evaluations_room_does_no_harm),
		TEST(any_condition_follows_kleene),
		TEST(macros_may_nest_but_not_without_end),
		TEST(macros_that_double_each_other_are_stopped),
	};

	return RUN_TESTS(tests);
}
