/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Getting past a call as /proc shows it, with real processes that wait, go on, stop and
 * exec.
 */
#include "harness/test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracer/passing.h"

struct waiter {
	pid_t pid;
	int go[2];
	int proc_fd;
	struct passing passing;
};

/* A child that waits in read(2), and then does what it is asked to. */
static void start(struct waiter *w, void (*then)(void))
{
	char c;

	assert_int_equal(pipe(w->go), 0);
	w->proc_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	w->pid = fork();
	if (!w->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (read(w->go[0], &c, 1) == 1)
			then();
		_exit(0);
	}
	usleep(50000);
	passing_start(&w->passing, w->proc_fd, w->pid, w->pid);
}

static void finish(struct waiter *w)
{
	kill(w->pid, SIGKILL);
	waitpid(w->pid, NULL, 0);
	close(w->go[0]);
	close(w->go[1]);
	close(w->proc_fd);
}

static void let_go(struct waiter *w)
{
	assert_int_equal(write(w->go[1], "x", 1), 1);
}

/* Others may keep the child from running for longer than one wait lasts. */
static bool comes_past(struct waiter *w)
{
	for (int i = 0; i < 100; i++) {
		if (passing_wait(&w->passing, NULL, NULL) == PASSED)
			return true;
	}
	return false;
}

static void wait_elsewhere(void)
{
	pause();
}

static void exec_sleep(void)
{
	execl("/bin/sleep", "sleep", "60", NULL);
}

static void stop_here(void)
{
	raise(SIGSTOP);
}

static void exit_now(void)
{
	_exit(0);
}

static void count(void *ctx)
{
	++*(unsigned *)ctx;
}

static void who_is_in_the_call_is_not_past(void **state)
{
	unsigned looks = 0;
	struct waiter w;

	(void)state;
	start(&w, wait_elsewhere);
	assert_int_equal(passing_wait(&w.passing, count, &looks),
			 PASSED_NOT_YET);
	assert_true(looks > 1);
	assert_int_equal(passing_image(&w.passing), IMAGE_SAME);
	finish(&w);
}

static void who_waits_elsewhere_stops_or_has_ended_is_past(void **state)
{
	static void (*const ways[])(void) = { wait_elsewhere, stop_here,
					      exit_now };
	siginfo_t ended;
	struct waiter w;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		start(&w, ways[i]);
		let_go(&w);
		assert_true(comes_past(&w));
		assert_int_equal(passing_image(&w.passing), IMAGE_SAME);
		finish(&w);
	}
	start(&w, ways[2]);
	let_go(&w);
	assert_true(comes_past(&w));
	waitid(P_PID, (id_t)w.pid, &ended, WEXITED | WNOWAIT);
	assert_int_equal(passing_image(&w.passing), IMAGE_NOT_KNOWN);
	finish(&w);
	assert_int_equal(passing_image(&w.passing), IMAGE_NOT_KNOWN);
}

static void another_image_is_known(void **state)
{
	struct waiter w;
	bool is_new = false;

	(void)state;
	start(&w, exec_sleep);
	let_go(&w);
	for (int i = 0; i < 100 && !is_new; i++) {
		passing_wait(&w.passing, NULL, NULL);
		is_new = passing_image(&w.passing) == IMAGE_NEW;
	}
	assert_true(is_new);
	finish(&w);
}

static void nobody_is_waited_for_where_there_is_no_proc(void **state)
{
	struct passing p;
	int nowhere = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	passing_start(&p, nowhere, getpid(), getpid());
	assert_int_equal(passing_wait(&p, NULL, NULL), PASSED_NOT_KNOWN);
	close(nowhere);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_in_the_call_is_not_past),
		cmocka_unit_test(who_waits_elsewhere_stops_or_has_ended_is_past),
		cmocka_unit_test(another_image_is_known),
		cmocka_unit_test(nobody_is_waited_for_where_there_is_no_proc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
