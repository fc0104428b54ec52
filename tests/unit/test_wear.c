/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tracer/wear.h: ids are taken for a moment, by one thread, and put back.
 */
#include "harness/test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracer/wear.h"

#define SOMEBODY 65534

/* A process that has given root up; its end closes the pipe it told us by. */
static pid_t start_somebody(void)
{
	int ends[2];
	char told;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		if (setgid(SOMEBODY) < 0 || setuid(SOMEBODY) < 0 ||
		    write(ends[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &told, 1), 1);
	close(ends[0]);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void ids_are_taken_and_put_back(void **state)
{
	int proc_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct worn worn;
	pid_t pid;
	int number = 0;

	(void)state;
	if (geteuid() != 0)
		skip();
	pid = start_somebody();
	prctl(PR_SET_PDEATHSIG, SIGUSR2, 0, 0, 0);
	assert_true(wear_files(proc_fd, pid, &worn));
	assert_int_equal(setfsuid((uid_t)-1), SOMEBODY);
	assert_int_equal(getuid(), 0);
	wear_off(&worn);
	assert_int_equal(setfsuid((uid_t)-1), 0);
	assert_int_equal(setfsgid((gid_t)-1), getegid());
	assert_true(wear_real(proc_fd, pid, &worn));
	assert_int_equal(getuid(), SOMEBODY);
	assert_int_equal(geteuid(), 0);
	wear_off(&worn);
	assert_int_equal(getuid(), 0);
	prctl(PR_GET_PDEATHSIG, &number, 0, 0, 0);
	assert_int_equal(number, SIGUSR2);
	prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
	end(pid);
	close(proc_fd);
}

static void there_is_no_use_in_our_own_ids(void **state)
{
	int proc_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct worn worn;

	(void)state;
	assert_false(wear_files(proc_fd, getpid(), &worn));
	assert_false(wear_real(proc_fd, getpid(), &worn));
	close(proc_fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_taken_and_put_back),
		cmocka_unit_test(there_is_no_use_in_our_own_ids),
	};

	return RUN_TESTS(tests);
}
