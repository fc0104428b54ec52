/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/front.h: whatever becomes of monitor and program, the front ends with the
 * right status, and what is sent to it goes where it is meant to.
 */
#include "harness/test.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"
#include "launcher/front.h"
#include "launcher/log.h"
#include "launcher/signals.h"

/* What plays the monitor; its result is the monitor's exit status. */
typedef int play(struct front *f, const sigset_t *mask);

/* The status that our caller would see of a front whose monitor is played. */
static int status_with(play *monitor)
{
	const struct log log = { .fd = -1 };
	struct front front = FRONT_INIT;
	struct error err = { "" };
	sigset_t before, kept;
	int status = 0;
	pid_t pid = fork();

	if (pid != 0) {
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		return WEXITSTATUS(status);
	}
	alarm(20);
	setpgid(0, 0);
	signals_block(&before);
	if (front_part(&front, false, &err) < 0)
		_exit(99);
	if (!front.monitor)
		_exit(monitor(&front, &before));
	sigemptyset(&kept);
	sigaddset(&kept, SIGUSR1);
	status = front_serve(&front, &kept, &log);
	front_done(&front);
	_exit(status);
}

/* A program that sleeps, in the front's group. */
static pid_t start(const struct front *f, const sigset_t *mask)
{
	pid_t pid = fork();

	if (pid == 0) {
		setpgid(0, f->group);
		sigprocmask(SIG_SETMASK, mask, NULL);
		for (;;)
			pause();
	}
	front_tell(f, FRONT_STARTED, pid);
	return pid;
}

static int end_at_once(struct front *f, const sigset_t *mask)
{
	(void)f;
	(void)mask;
	return 7;
}

static void the_status_is_the_monitors(void **state)
{
	(void)state;
	assert_int_equal(status_with(end_at_once), 7);
}

/* 1 when the program has died of the signal that the front was sent. */
static int forwards(struct front *f, const sigset_t *mask)
{
	pid_t program = start(f, mask);
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		kill(f->pid, SIGTRAP);
		_exit(0);
	}
	waitpid(program, &status, 0);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGTRAP;
}

static void what_is_sent_to_the_front_reaches_the_program(void **state)
{
	(void)state;
	assert_int_equal(status_with(forwards), 1);
}

/* SIGUSR1, which is kept, comes to the monitor, and comes from the front. */
static int is_handed(struct front *f, const sigset_t *mask)
{
	siginfo_t info = { 0 };
	pid_t program = start(f, mask);
	sigset_t set;
	pid_t pid = fork();

	if (pid == 0) {
		kill(f->pid, SIGUSR1);
		_exit(0);
	}
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigwaitinfo(&set, &info);
	kill(program, SIGKILL);
	return info.si_pid == f->pid;
}

static void what_is_kept_comes_to_the_monitor_alone(void **state)
{
	(void)state;
	assert_int_equal(status_with(is_handed), 1);
}

static int die_before_the_program(struct front *f, const sigset_t *mask)
{
	pid_t program = start(f, mask);
	pid_t pid = fork();

	if (pid == 0) {
		usleep(200000);
		kill(program, SIGUSR2);
		_exit(0);
	}
	return raise(SIGKILL);
}

static void without_a_monitor_the_program_is_waited_for(void **state)
{
	(void)state;
	assert_int_equal(status_with(die_before_the_program), 128 + SIGUSR2);
}

static int die_at_once(struct front *f, const sigset_t *mask)
{
	(void)f;
	(void)mask;
	return raise(SIGKILL);
}

static void a_monitor_that_dies_before_the_program_is_a_failure(void **state)
{
	(void)state;
	assert_int_equal(status_with(die_at_once), 125);
}

static int die_late(struct front *f, const sigset_t *mask)
{
	(void)mask;
	front_tell(f, FRONT_STARTED, getpid());
	front_tell(f, FRONT_ENDED, 5 << 8);
	return raise(SIGTERM) + raise(SIGKILL);
}

static void a_monitor_that_stays_for_the_rest_may_be_told_to_go(void **state)
{
	(void)state;
	assert_int_equal(status_with(die_late), 128 + SIGKILL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_status_is_the_monitors),
		cmocka_unit_test(what_is_sent_to_the_front_reaches_the_program),
		cmocka_unit_test(what_is_kept_comes_to_the_monitor_alone),
		cmocka_unit_test(without_a_monitor_the_program_is_waited_for),
		cmocka_unit_test(
			a_monitor_that_dies_before_the_program_is_a_failure),
		cmocka_unit_test(
			a_monitor_that_stays_for_the_rest_may_be_told_to_go),
	};

	return RUN_TESTS(tests);
}
