/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tracer/wear.h: ids are taken for a moment, by one thread, and put back.
 */
#include "harness/test.h"

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracer/wear.h"

#define SOMEBODY 65534

/* A process that has changed its ids so; its end closes the pipe it told us by. */
static pid_t start_as(bool (*change)(void))
{
	int ends[2];
	char told;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		if (!change() || write(ends[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &told, 1), 1);
	close(ends[0]);
	return pid;
}

/* Root is given up. */
static bool as_somebody(void)
{
	return !setgid(SOMEBODY) && !setuid(SOMEBODY);
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
	pid = start_as(as_somebody);
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

/* Files are opened with other ids than the real ones, and with groups. */
static bool as_mixed(uid_t effective)
{
	const gid_t group = 4242;

	return !setgroups(1, &group) && !setresuid(SOMEBODY, effective, 0);
}

static bool as_mighty(void)
{
	return as_mixed(0);
}

static bool as_weak(void)
{
	return as_mixed(1);
}

static void what_opens_files_is_taken_with_its_groups(void **state)
{
	int proc_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	gid_t before[64], groups[64];
	int n = getgroups(64, before);
	struct worn worn, none;
	pid_t pid;

	(void)state;
	if (geteuid() != 0)
		skip();
	pid = start_as(as_weak);
	assert_true(wear_access(proc_fd, pid, &worn));
	assert_int_equal(setfsuid((uid_t)-1), 1);
	assert_int_equal(getgroups(64, groups), 1);
	assert_int_equal(groups[0], 4242);
	if (wear_files(proc_fd, pid, &none))
		wear_off(&none);
	assert_int_equal(setfsuid((uid_t)-1), 1);
	wear_off(&worn);
	assert_int_equal(setfsuid((uid_t)-1), 0);
	assert_int_equal(getgroups(64, groups), n);
	assert_memory_equal(groups, before, (size_t)n * sizeof(before[0]));
	end(pid);
	close(proc_fd);
}

static void who_passes_permissions_by_is_not_judged_by_them(void **state)
{
	int proc_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct worn worn;
	pid_t pid;

	(void)state;
	if (geteuid() != 0)
		skip();
	pid = start_as(as_mighty);
	assert_false(wear_access(proc_fd, pid, &worn));
	wear_off(&worn);
	assert_int_equal(setfsuid((uid_t)-1), 0);
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
		cmocka_unit_test(what_opens_files_is_taken_with_its_groups),
		cmocka_unit_test(who_passes_permissions_by_is_not_judged_by_them),
		cmocka_unit_test(there_is_no_use_in_our_own_ids),
	};

	return RUN_TESTS(tests);
}
