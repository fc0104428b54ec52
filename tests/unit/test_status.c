/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/status.h: each end of a program has its number.
 */
#include "harness/test.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "launcher/status.h"

static void an_exit_keeps_its_status(void **state)
{
	(void)state;
	assert_int_equal(status_of_wait(W_EXITCODE(0, 0)), 0);
	assert_int_equal(status_of_wait(W_EXITCODE(7, 0)), 7);
	assert_int_equal(status_of_wait(W_EXITCODE(255, 0)), 255);
}

static void a_death_by_signal_is_128_and_its_number(void **state)
{
	(void)state;
	assert_int_equal(status_of_wait(W_EXITCODE(0, SIGTERM)), 143);
	assert_int_equal(status_of_wait(W_EXITCODE(0, SIGKILL)), 137);
	assert_int_equal(status_of_wait(W_EXITCODE(0, SIGSEGV) | WCOREFLAG),
			 139);
}

static void a_stop_is_no_end(void **state)
{
	(void)state;
	assert_int_equal(status_of_wait(W_STOPCODE(SIGSTOP)), STATUS_FAILURE);
}

static void what_is_not_there_is_127(void **state)
{
	(void)state;
	assert_int_equal(status_of_exec(-ENOENT), 127);
	assert_int_equal(status_of_exec(-ENOTDIR), 127);
}

static void what_cannot_be_executed_is_126(void **state)
{
	(void)state;
	assert_int_equal(status_of_exec(-EACCES), 126);
	assert_int_equal(status_of_exec(-ENOEXEC), 126);
	assert_int_equal(status_of_exec(-E2BIG), 126);
}

static void every_other_failure_is_ours(void **state)
{
	(void)state;
	assert_int_equal(status_of_exec(-EPERM), 125);
	assert_int_equal(status_of_exec(-ENOSYS), 125);
	assert_false(status_is_exec_error(-EPERM));
	assert_false(status_is_exec_error(-ENOMEM));
	assert_true(status_is_exec_error(-ENOENT));
	assert_true(status_is_exec_error(-EACCES));
}

static void alerts_count_only_when_the_program_succeeded(void **state)
{
	(void)state;
	assert_int_equal(status_with_alerts(0, true), 3);
	assert_int_equal(status_with_alerts(0, false), 0);
	assert_int_equal(status_with_alerts(4, true), 4);
	assert_int_equal(status_with_alerts(143, true), 143);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_exit_keeps_its_status),
		cmocka_unit_test(a_death_by_signal_is_128_and_its_number),
		cmocka_unit_test(a_stop_is_no_end),
		cmocka_unit_test(what_is_not_there_is_127),
		cmocka_unit_test(what_cannot_be_executed_is_126),
		cmocka_unit_test(every_other_failure_is_ours),
		cmocka_unit_test(alerts_count_only_when_the_program_succeeded),
	};

	return RUN_TESTS(tests);
}
