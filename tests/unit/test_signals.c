/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/signals.h: what is blocked, and whose signals are taken.
 */
#include "harness/test.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launcher/signals.h"

/* How often the hook was called, and, at last, that it was. */
static atomic_int called;

static void call(void *ctx)
{
	assert_null(ctx);
	called++;
}

static void send_from_a_child(int number)
{
	pid_t us = getpid(), pid = fork();

	if (pid == 0) {
		kill(us, number);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* We play the front ourselves: what we send is taken, what a stranger sends is not. */
static void only_the_front_is_heard(void **state)
{
	const struct signal_hook hook = { SIGUSR1, call, NULL };
	struct signals *s = NULL;
	sigset_t before;

	(void)state;
	signals_block(&before);
	assert_int_equal(signals_take(getpid(), &hook, 1, &s), 0);
	send_from_a_child(SIGUSR1);
	usleep(50000);
	assert_int_equal(called, 0);
	kill(getpid(), SIGUSR1);
	for (unsigned i = 0; i < 400 && !called; i++)
		usleep(10000);
	assert_int_equal(called, 1);
	signals_free(s);
	signals_free(NULL);
	sigprocmask(SIG_SETMASK, &before, NULL);
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

static void dispositions_stay_and_faults_are_not_blocked(void **state)
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
	assert_true(sigismember(&now, SIGTSTP) && sigismember(&now, SIGTTOU));
	assert_false(sigismember(&now, SIGSEGV) || sigismember(&now, SIGBUS));
	signals_fill_front(&now);
	assert_true(sigismember(&now, SIGSEGV) && sigismember(&now, SIGCHLD));
	sigprocmask(SIG_SETMASK, &before, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_front_is_heard),
		cmocka_unit_test(a_waiting_wish_to_end_is_seen),
		cmocka_unit_test(dispositions_stay_and_faults_are_not_blocked),
	};

	return RUN_TESTS(tests);
}
