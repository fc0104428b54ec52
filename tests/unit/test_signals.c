/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/signals.h: what somebody sends to us reaches the child, once.
 */
#include "harness/test.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launcher/signals.h"

/* A child that dies of any signal. */
static pid_t start_child(const sigset_t *mask)
{
	pid_t pid = fork();

	if (pid == 0) {
		sigprocmask(SIG_SETMASK, mask, NULL);
		for (;;)
			pause();
	}
	return pid;
}

static void a_signal_to_us_ends_the_child(int number)
{
	struct signals *s = NULL;
	sigset_t before;
	int status = 0;
	pid_t pid;

	signals_block(&before);
	pid = start_child(&before);
	assert_int_equal(signals_forward(pid, NULL, &s), 0);
	alarm(20);
	kill(getpid(), number);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	alarm(0);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), number);
	signals_free(s);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

static void signals_reach_the_child(void **state)
{
	(void)state;
	a_signal_to_us_ends_the_child(SIGTERM);
	a_signal_to_us_ends_the_child(SIGHUP);
	a_signal_to_us_ends_the_child(SIGUSR1);
	a_signal_to_us_ends_the_child(SIGRTMIN + 3);
}

static void a_child_that_is_gone_is_no_mistake(void **state)
{
	struct signals *s = NULL;
	sigset_t before;
	pid_t pid;

	(void)state;
	signals_block(&before);
	pid = start_child(&before);
	assert_int_equal(signals_forward(pid, NULL, &s), 0);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	kill(getpid(), SIGUSR1);
	usleep(10000);
	signals_free(s);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

static void nobody_to_forward_to_is_an_errno(void **state)
{
	struct signals *s = NULL;

	(void)state;
	assert_int_equal(signals_forward(-1, NULL, &s), -EINVAL);
	assert_null(s);
	signals_free(NULL);
}

static void a_waiting_wish_to_end_is_seen(void **state)
{
	const struct timespec none = { 0, 0 };
	sigset_t before, set;

	(void)state;
	signals_block(&before);
	assert_int_equal(signals_pending_end(), 0);
	kill(getpid(), SIGUSR2);
	assert_int_equal(signals_pending_end(), 0);
	kill(getpid(), SIGINT);
	assert_int_equal(signals_pending_end(), SIGINT);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGUSR2);
	while (sigtimedwait(&set, NULL, &none) > 0)
		;
	assert_int_equal(signals_pending_end(), 0);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

static void dispositions_stay_and_job_control_is_not_blocked(void **state)
{
	struct sigaction first[32], action;
	sigset_t before, now;

	(void)state;
	for (int number = 1; number < 32; number++)
		sigaction(number, NULL, &first[number]);
	signals_block(&before);
	sigprocmask(SIG_SETMASK, NULL, &now);
	for (int number = 1; number < 32; number++) {
		sigaction(number, NULL, &action);
		assert_true(action.sa_handler == first[number].sa_handler);
	}
	assert_true(sigismember(&now, SIGCHLD) && sigismember(&now, SIGPIPE));
	assert_false(sigismember(&now, SIGTSTP) || sigismember(&now, SIGTTIN) ||
		     sigismember(&now, SIGTTOU));
	sigprocmask(SIG_SETMASK, &before, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signals_reach_the_child),
		cmocka_unit_test(a_child_that_is_gone_is_no_mistake),
		cmocka_unit_test(nobody_to_forward_to_is_an_errno),
		cmocka_unit_test(a_waiting_wish_to_end_is_seen),
		cmocka_unit_test(
			dispositions_stay_and_job_control_is_not_blocked),
	};

	return RUN_TESTS(tests);
}
