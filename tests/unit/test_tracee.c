/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stop machine without a kernel: each state against each stop that means
 * something in it, whole stories as the kernel tells them, and that no pair of state
 * and stop is without an answer.
 */
#include "harness/test.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>

#include "tracer/regs.h"
#include "tracer/tracee.h"

#define TID 100
#define SP 0x7000

static const struct call openat_call = {
	.tid = TID, .nr = SYS_openat, .args = { 1, 2, 3, 4, 5, 6 }
};

static struct regs regs_of(int nr, int64_t result)
{
	return (struct regs){ .nr = nr, .args = { 1, 2, 3, 4, 5, 6 },
			      .result = result, .sp = SP,
			      .restarts = nr == SYS_restart_syscall };
}

static struct tracee following(enum tracee_state state)
{
	struct tracee t = { .tid = TID };

	tracee_follow(&t, &openat_call, state);
	return t;
}

static struct step feed(struct tracee *t, enum stop_kind kind, int value,
			const struct regs *regs)
{
	const struct stop stop = { TID, kind, value };

	return tracee_step(t, &stop, regs);
}

static void assert_goes(struct tracee *t, enum stop_kind kind,
			const struct regs *regs, enum tracee_state state)
{
	assert_int_equal(feed(t, kind, 0, regs).move, MOVE_SYSCALL);
	assert_int_equal(t->state, state);
}

static void assert_ends(struct tracee *t, enum stop_kind kind,
			const struct regs *regs, int64_t result)
{
	struct step s = feed(t, kind, 0, regs);

	assert_int_equal(s.move, MOVE_ENDED);
	assert_int_equal(s.result, result);
}

static void a_quick_call_ends_at_its_interrupt(void **state)
{
	struct regs regs = regs_of(SYS_openat, 7);
	struct tracee t = following(TRACEE_ENDING);

	(void)state;
	assert_ends(&t, STOP_EVENT, &regs, 7);
}

static void a_quick_call_may_fail(void **state)
{
	struct regs regs = regs_of(SYS_openat, -ENOENT);
	struct tracee t = following(TRACEE_ENDING);

	(void)state;
	assert_ends(&t, STOP_EVENT, &regs, -ENOENT);
}

static void a_quick_call_ends_in_a_group_stop_too(void **state)
{
	struct regs regs = regs_of(SYS_openat, 3);
	struct tracee t = following(TRACEE_ENDING);

	(void)state;
	assert_ends(&t, STOP_GROUP, &regs, 3);
}

static void a_quick_call_that_noticed_is_followed_through_its_restart(void **state)
{
	struct regs restart = regs_of(SYS_openat, -512);
	struct regs entry = regs_of(SYS_openat, -ENOSYS);
	struct regs end = regs_of(SYS_openat, 9);
	struct tracee t = following(TRACEE_ENDING);

	(void)state;
	assert_goes(&t, STOP_EVENT, &restart, TRACEE_RESTARTING);
	assert_goes(&t, STOP_SYSCALL, &entry, TRACEE_CALLING);
	assert_ends(&t, STOP_SYSCALL, &end, 9);
}

static void a_clean_call_is_restarted_and_ends_at_its_exit(void **state)
{
	struct regs aborted = regs_of(SYS_openat, -RESTART_ALWAYS);
	struct regs entry = regs_of(SYS_openat, -ENOSYS);
	struct regs end = regs_of(SYS_openat, 0);
	struct tracee t = following(TRACEE_ABORTED);

	(void)state;
	assert_goes(&t, STOP_EVENT, &aborted, TRACEE_RESTARTING);
	assert_goes(&t, STOP_SYSCALL, &entry, TRACEE_CALLING);
	assert_false(t.answered);
	assert_ends(&t, STOP_SYSCALL, &end, 0);
}

static void a_call_really_giving_enosys_has_ended(void **state)
{
	struct regs end = regs_of(SYS_openat, -ENOSYS);
	struct tracee t = following(TRACEE_CALLING);

	(void)state;
	assert_ends(&t, STOP_SYSCALL, &end, -ENOSYS);
}

static void a_group_stop_waits_and_goes_on_with_its_story(void **state)
{
	struct regs aborted = regs_of(SYS_openat, -RESTART_ALWAYS);
	struct regs entry = regs_of(SYS_openat, -ENOSYS);
	struct tracee t = following(TRACEE_ABORTED);

	(void)state;
	assert_int_equal(feed(&t, STOP_GROUP, SIGSTOP, &aborted).move,
			 MOVE_LISTEN);
	assert_goes(&t, STOP_EVENT, NULL, TRACEE_RESTARTING);
	assert_goes(&t, STOP_SYSCALL, &entry, TRACEE_CALLING);
}

static void a_stopped_sleeper_is_followed_through_restart_syscall(void **state)
{
	struct regs interrupted = regs_of(SYS_openat, -516);
	struct regs again = regs_of(SYS_restart_syscall, -ENOSYS);
	struct regs end = regs_of(SYS_restart_syscall, 0);
	struct tracee t = following(TRACEE_CALLING);

	(void)state;
	t.answered = true;
	assert_goes(&t, STOP_SYSCALL, &interrupted, TRACEE_INTERRUPTED);
	assert_int_equal(feed(&t, STOP_GROUP, SIGSTOP, NULL).move, MOVE_LISTEN);
	assert_goes(&t, STOP_EVENT, NULL, TRACEE_INTERRUPTED);
	assert_goes(&t, STOP_SYSCALL, &again, TRACEE_CALLING);
	assert_true(t.answered);
	assert_ends(&t, STOP_SYSCALL, &end, 0);
}

static void a_handler_before_the_call_means_the_call_comes_again(void **state)
{
	struct regs aborted = regs_of(SYS_openat, -RESTART_ALWAYS);
	struct regs handler = regs_of(SYS_write, -ENOSYS);
	struct tracee t = following(TRACEE_ABORTED);
	struct step s;

	(void)state;
	assert_goes(&t, STOP_EVENT, &aborted, TRACEE_RESTARTING);
	s = feed(&t, STOP_SIGNAL, SIGALRM, NULL);
	assert_int_equal(s.move, MOVE_SYSCALL);
	assert_int_equal(s.sig, SIGALRM);
	assert_int_equal(feed(&t, STOP_SYSCALL, 0, &handler).move, MOVE_AGAIN);
}

static void a_handlers_same_call_is_told_by_its_stack(void **state)
{
	struct regs aborted = regs_of(SYS_openat, -RESTART_ALWAYS);
	struct regs handler = regs_of(SYS_openat, -ENOSYS);
	struct tracee t = following(TRACEE_ABORTED);

	(void)state;
	handler.sp = SP - 0x400;
	feed(&t, STOP_EVENT, 0, &aborted);
	assert_int_equal(feed(&t, STOP_SYSCALL, 0, &handler).move, MOVE_AGAIN);
}

static void a_handler_in_a_call_that_was_running_ends_it_with_eintr(void **state)
{
	struct regs interrupted = regs_of(SYS_openat, -512);
	struct regs handler = regs_of(SYS_write, -ENOSYS);
	struct tracee t = following(TRACEE_CALLING);

	(void)state;
	t.answered = true;
	assert_goes(&t, STOP_SYSCALL, &interrupted, TRACEE_INTERRUPTED);
	feed(&t, STOP_SIGNAL, SIGALRM, NULL);
	assert_ends(&t, STOP_SYSCALL, &handler, -EINTR);
}

static void a_notification_that_a_signal_took_back_was_not_run(void **state)
{
	struct regs taken_back = regs_of(SYS_openat, -512);
	struct regs handler = regs_of(SYS_write, -ENOSYS);
	struct tracee t = following(TRACEE_CALLING);

	(void)state;
	assert_int_equal(feed(&t, STOP_SYSCALL, 0, &taken_back).move,
			 MOVE_RERUN);
	assert_int_equal(t.state, TRACEE_RESTARTING);
	assert_int_equal(feed(&t, STOP_SYSCALL, 0, &handler).move, MOVE_AGAIN);
}

static void real_signals_are_delivered_in_every_state(void **state)
{
	(void)state;
	for (int i = 0; i < TRACEE_STATE_COUNT; i++) {
		struct tracee t = following((enum tracee_state)i);

		assert_int_equal(feed(&t, STOP_SIGNAL, SIGTRAP, NULL).sig,
				 SIGTRAP);
	}
}

static void death_is_normal_in_every_state(void **state)
{
	(void)state;
	for (int i = 0; i < TRACEE_STATE_COUNT; i++) {
		struct tracee t = following((enum tracee_state)i);

		assert_int_equal(feed(&t, STOP_EXITED, 0, NULL).move,
				 MOVE_BURY);
		assert_int_equal(feed(&t, STOP_KILLED, SIGKILL, NULL).move,
				 MOVE_BURY);
	}
}

static void an_exec_has_succeeded_in_every_state_but_leaving(void **state)
{
	(void)state;
	for (int i = 0; i < TRACEE_STATE_COUNT; i++) {
		struct tracee t = following((enum tracee_state)i);

		assert_int_equal(feed(&t, STOP_EXEC, 0, NULL).move,
				 i == TRACEE_LEAVING ? MOVE_LEAVE :
						       MOVE_EXECED);
	}
}

static void who_leaves_leaves_at_any_stop_with_its_signal(void **state)
{
	struct tracee t = following(TRACEE_LEAVING);
	struct step s = feed(&t, STOP_SIGNAL, SIGUSR1, NULL);

	(void)state;
	assert_int_equal(s.move, MOVE_LEAVE);
	assert_int_equal(s.sig, SIGUSR1);
	assert_int_equal(feed(&t, STOP_EVENT, 0, NULL).move, MOVE_LEAVE);
	assert_int_equal(feed(&t, STOP_GROUP, SIGSTOP, NULL).move, MOVE_LEAVE);
}

static void a_free_thread_decides_at_its_filter(void **state)
{
	struct regs regs = regs_of(SYS_openat, -ENOSYS);
	struct tracee t = { .tid = TID };

	(void)state;
	assert_int_equal(feed(&t, STOP_SECCOMP, 0, &regs).move, MOVE_DECIDE);
	assert_int_equal(feed(&t, STOP_SECCOMP, 0, NULL).move, MOVE_CONT);
	assert_int_equal(feed(&t, STOP_CHILD, 0, NULL).move, MOVE_CONT);
	assert_int_equal(feed(&t, STOP_EVENT, 0, NULL).move, MOVE_CONT);
}

static void after_the_filter_the_next_stop_is_the_exit(void **state)
{
	struct regs end = regs_of(SYS_openat, -ENOSYS);
	struct tracee t = following(TRACEE_ENTERING);

	(void)state;
	assert_ends(&t, STOP_SYSCALL, &end, -ENOSYS);
}

static void after_the_filter_an_entry_stop_may_come_first(void **state)
{
	struct regs entry = regs_of(SYS_openat, -ENOSYS);
	struct regs end = regs_of(SYS_openat, 5);
	struct tracee t = following(TRACEE_ENTERING);

	(void)state;
	entry.at_entry = true;
	assert_goes(&t, STOP_SYSCALL, &entry, TRACEE_CALLING);
	assert_ends(&t, STOP_SYSCALL, &end, 5);
}

static void a_call_that_makes_a_child_is_followed_on(void **state)
{
	struct tracee t = following(TRACEE_ENTERING);

	(void)state;
	assert_goes(&t, STOP_CHILD, NULL, TRACEE_ENTERING);
}

static void every_pair_has_an_answer(void **state)
{
	struct regs regs = regs_of(SYS_openat, 1);

	(void)state;
	for (int i = 0; i < TRACEE_STATE_COUNT; i++) {
		for (int k = 0; k < STOP_KIND_COUNT; k++) {
			struct tracee a = following((enum tracee_state)i);
			struct tracee b = a;

			assert_in_range(feed(&a, (enum stop_kind)k, 0,
					     &regs).move,
					0, MOVE_COUNT - 1);
			assert_in_range(feed(&b, (enum stop_kind)k, 0,
					     NULL).move,
					0, MOVE_COUNT - 1);
		}
	}
}

static void the_table_finds_what_was_added(void **state)
{
	struct tracee_table table = { 0 };
	struct tracee *t;

	(void)state;
	for (pid_t tid = 1; tid < 2000; tid++) {
		t = tracee_add(&table, tid);
		assert_ptr_equal(t, tracee_find(&table, tid));
	}
	assert_int_equal(table.n, 1999);
	assert_null(tracee_find(&table, 2000));
	assert_ptr_equal(tracee_find(&table, 7), tracee_add(&table, 7));
	assert_int_equal(table.n, 1999);
	tracee_remove(&table, tracee_find(&table, 7 + TRACEE_BUCKETS));
	assert_null(tracee_find(&table, 7 + TRACEE_BUCKETS));
	assert_non_null(tracee_find(&table, 7));
	tracee_table_done(&table);
	assert_int_equal(table.n, 0);
}

static void an_exec_by_another_thread_takes_the_main_ones_place(void **state)
{
	struct tracee_table table = { 0 };
	struct tracee *t;

	(void)state;
	tracee_add(&table, 10)->state = TRACEE_CALLING;
	tracee_add(&table, 11)->state = TRACEE_ENDING;
	t = tracee_rename(&table, 11, 10);
	assert_int_equal(t->tid, 10);
	assert_int_equal(t->state, TRACEE_ENDING);
	assert_ptr_equal(t, tracee_find(&table, 10));
	assert_null(tracee_find(&table, 11));
	assert_int_equal(table.n, 1);
	assert_ptr_equal(t, tracee_rename(&table, 12, 10));
	tracee_table_done(&table);
}

static void a_birth_ends_the_story_of_its_caller(void **state)
{
	static const enum tracee_state states[] = {
		TRACEE_ENDING, TRACEE_ENTERING, TRACEE_CALLING
	};

	(void)state;
	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++) {
		struct tracee t = following(states[i]);

		assert_goes(&t, STOP_CHILD, NULL, states[i]);
		t.bears = true;
		assert_int_equal(feed(&t, STOP_CHILD, 0, NULL).move, MOVE_BORE);
		tracee_forget(&t);
		assert_false(t.bears);
	}
}

static void where_every_call_stops_entry_and_end_take_turns(void **state)
{
	struct regs regs = regs_of(SYS_openat, -ENOSYS);
	struct tracee t = { .tid = TID, .every = true };

	(void)state;
	assert_int_equal(feed(&t, STOP_SYSCALL, 0, &regs).move, MOVE_DECIDE);
	tracee_pass(&t);
	assert_goes(&t, STOP_CHILD, NULL, TRACEE_PASSING);
	assert_false(tracee_wants_regs(
		&t, &(struct stop){ TID, STOP_SYSCALL, 0 }));
	assert_goes(&t, STOP_SYSCALL, NULL, TRACEE_FREE);
	assert_goes(&t, STOP_EVENT, NULL, TRACEE_FREE);
	assert_goes(&t, STOP_SYSCALL, NULL, TRACEE_PASSING);
}

static void where_every_call_stops_a_handlers_call_is_decided_too(void **state)
{
	struct regs interrupted = regs_of(SYS_openat, -512);
	struct regs handler = regs_of(SYS_write, -ENOSYS);
	struct tracee t = following(TRACEE_CALLING);
	struct step s;

	(void)state;
	t.every = true;
	t.answered = true;
	assert_goes(&t, STOP_SYSCALL, &interrupted, TRACEE_INTERRUPTED);
	s = feed(&t, STOP_SYSCALL, 0, &handler);
	assert_int_equal(s.move, MOVE_ENDED);
	assert_true(s.entry);
}

static void where_every_call_stops_a_restart_runs_at_once(void **state)
{
	struct regs aborted = regs_of(SYS_openat, -RESTART_ALWAYS);
	struct regs entry = regs_of(SYS_openat, -ENOSYS);
	struct tracee t = following(TRACEE_CALLING);

	(void)state;
	t.every = true;
	t.answered = true;
	assert_goes(&t, STOP_SYSCALL, &aborted, TRACEE_RESTARTING);
	assert_goes(&t, STOP_SYSCALL, &entry, TRACEE_CALLING);
	assert_true(t.answered);
}

static void who_is_not_told_of_yet_stays_stopped(void **state)
{
	struct tracee t = { .tid = TID, .state = TRACEE_BORN };

	(void)state;
	assert_int_equal(feed(&t, STOP_EVENT, 0, NULL).move, MOVE_HOLD);
	assert_int_equal(feed(&t, STOP_GROUP, 0, NULL).move, MOVE_HOLD);
	assert_int_equal(feed(&t, STOP_KILLED, 9, NULL).move, MOVE_BURY);
}

static void a_clone_that_noticed_a_signal_was_not_run(void **state)
{
	struct regs noticed = regs_of(SYS_openat, -RESTART_ALWAYS);
	struct regs handler = regs_of(SYS_write, -ENOSYS);
	struct tracee t = following(TRACEE_CALLING);

	(void)state;
	t.answered = true;
	assert_goes(&t, STOP_SYSCALL, &noticed, TRACEE_RESTARTING);
	assert_int_equal(feed(&t, STOP_SYSCALL, 0, &handler).move, MOVE_AGAIN);
}

static void a_child_is_expected_while_a_birth_is_followed(void **state)
{
	struct tracee_table table = { .n = 0 };
	struct tracee *t = tracee_add(&table, TID);

	(void)state;
	assert_false(tracee_expects_child(&table));
	t->bears = true;
	assert_true(tracee_expects_child(&table));
	tracee_remove(&table, t);
	assert_false(tracee_expects_child(&table));
}

static void a_kept_threads_call_may_not_have_been_received(void **state)
{
	struct regs unseen = regs_of(SYS_openat, -RESTART_IF_ASKED);
	struct regs outside = regs_of(-1, -RESTART_IF_ASKED);
	struct regs done = regs_of(SYS_openat, 7);
	const struct stop alarm = { TID, STOP_SIGNAL, SIGALRM };
	struct tracee t = { .tid = TID, .kept = true };
	struct step s;

	(void)state;
	assert_true(tracee_wants_regs(&t, &alarm));
	s = feed(&t, STOP_SIGNAL, SIGALRM, &unseen);
	assert_int_equal(s.move, MOVE_SPARE);
	assert_int_equal(s.sig, SIGALRM);
	assert_int_equal(feed(&t, STOP_SIGNAL, SIGALRM, &done).move, MOVE_CONT);
	assert_int_equal(feed(&t, STOP_SIGNAL, SIGALRM, &outside).move,
			 MOVE_CONT);
	t.kept = false;
	assert_false(tracee_wants_regs(&t, &alarm));
}

static void a_child_of_a_call_that_is_not_followed_is_let_run(void **state)
{
	struct tracee t = { .tid = TID, .kept = true };

	(void)state;
	assert_int_equal(feed(&t, STOP_CHILD, 0, NULL).move, MOVE_RELEASE);
	t.kept = false;
	assert_int_equal(feed(&t, STOP_CHILD, 0, NULL).move, MOVE_CONT);
	t.state = TRACEE_LEAVING;
	assert_int_equal(feed(&t, STOP_CHILD, 0, NULL).move, MOVE_RELEASE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			where_every_call_stops_entry_and_end_take_turns),
		cmocka_unit_test(
			where_every_call_stops_a_handlers_call_is_decided_too),
		cmocka_unit_test(where_every_call_stops_a_restart_runs_at_once),
		cmocka_unit_test(a_quick_call_ends_at_its_interrupt),
		cmocka_unit_test(a_quick_call_may_fail),
		cmocka_unit_test(a_quick_call_ends_in_a_group_stop_too),
		cmocka_unit_test(
			a_quick_call_that_noticed_is_followed_through_its_restart),
		cmocka_unit_test(a_clean_call_is_restarted_and_ends_at_its_exit),
		cmocka_unit_test(a_call_really_giving_enosys_has_ended),
		cmocka_unit_test(a_group_stop_waits_and_goes_on_with_its_story),
		cmocka_unit_test(
			a_stopped_sleeper_is_followed_through_restart_syscall),
		cmocka_unit_test(
			a_handler_before_the_call_means_the_call_comes_again),
		cmocka_unit_test(a_handlers_same_call_is_told_by_its_stack),
		cmocka_unit_test(
			a_handler_in_a_call_that_was_running_ends_it_with_eintr),
		cmocka_unit_test(
			a_notification_that_a_signal_took_back_was_not_run),
		cmocka_unit_test(real_signals_are_delivered_in_every_state),
		cmocka_unit_test(death_is_normal_in_every_state),
		cmocka_unit_test(an_exec_has_succeeded_in_every_state_but_leaving),
		cmocka_unit_test(who_leaves_leaves_at_any_stop_with_its_signal),
		cmocka_unit_test(a_free_thread_decides_at_its_filter),
		cmocka_unit_test(after_the_filter_the_next_stop_is_the_exit),
		cmocka_unit_test(after_the_filter_an_entry_stop_may_come_first),
		cmocka_unit_test(a_call_that_makes_a_child_is_followed_on),
		cmocka_unit_test(a_birth_ends_the_story_of_its_caller),
		cmocka_unit_test(who_is_not_told_of_yet_stays_stopped),
		cmocka_unit_test(a_clone_that_noticed_a_signal_was_not_run),
		cmocka_unit_test(a_child_is_expected_while_a_birth_is_followed),
		cmocka_unit_test(a_kept_threads_call_may_not_have_been_received),
		cmocka_unit_test(
			a_child_of_a_call_that_is_not_followed_is_let_run),
		cmocka_unit_test(every_pair_has_an_answer),
		cmocka_unit_test(the_table_finds_what_was_added),
		cmocka_unit_test(
			an_exec_by_another_thread_takes_the_main_ones_place),
	};

	return RUN_TESTS(tests);
}
