/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers, against a child that we trace and whose calls we know: so the same test
 * holds on every architecture.
 */
#include "harness/test.h"

#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracer/regs.h"

/* A child, stopped at the entry of lseek(-1, 2, 3). */
static pid_t at_lseek(void)
{
	struct regs regs = { .nr = -1 };
	pid_t pid = fork();

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		syscall(SYS_lseek, -1, 2, 3);
		_exit(errno == EXDEV ? 7 : errno);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD);
	while (regs.nr != SYS_lseek) {
		assert_int_equal(ptrace(PTRACE_SYSCALL, pid, 0, 0), 0);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		assert_int_equal(regs_read(pid, 0, &regs), 0);
	}
	return pid;
}

static int status_of(pid_t pid)
{
	int status;

	assert_int_equal(ptrace(PTRACE_CONT, pid, 0, 0), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void an_entry_shows_number_and_arguments(void **state)
{
	pid_t pid = at_lseek();
	struct regs regs;

	(void)state;
	assert_int_equal(regs_read(pid, 0, &regs), 0);
	assert_int_equal(regs.nr, SYS_lseek);
	assert_int_equal((int)regs.args[0], -1);
	assert_int_equal(regs.args[1], 2);
	assert_int_equal(regs.args[2], 3);
	assert_true(regs.sp > 0);
	regs_ask_entry(pid, &regs);
	assert_true(regs.at_entry || regs.result != -ENOSYS);
	status_of(pid);
}

static void an_exit_shows_the_result(void **state)
{
	pid_t pid = at_lseek();
	struct regs regs;

	(void)state;
	ptrace(PTRACE_SYSCALL, pid, 0, 0);
	waitpid(pid, NULL, 0);
	assert_int_equal(regs_read(pid, 0, &regs), 0);
	assert_int_equal(regs.nr, SYS_lseek);
	assert_int_equal(regs.result, -EBADF);
	regs_ask_entry(pid, &regs);
	assert_false(regs.at_entry);
	assert_int_equal(status_of(pid), EBADF << 8);
}

static void a_skipped_call_gives_what_we_say(void **state)
{
	pid_t pid = at_lseek();

	(void)state;
	assert_int_equal(regs_skip(pid, regs_abis[0].arch, -EXDEV), 0);
	/* What is skipped at an entry stop has its result set at the exit: the
	 * kernel would put ENOSYS there; a seccomp stop keeps ours. */
	ptrace(PTRACE_SYSCALL, pid, 0, 0);
	waitpid(pid, NULL, 0);
	assert_int_equal(regs_skip(pid, regs_abis[0].arch, -EXDEV), 0);
	assert_int_equal(status_of(pid), 7 << 8);
}

static void who_is_gone_or_runs_is_esrch(void **state)
{
	pid_t pid = fork();
	struct regs regs;

	(void)state;
	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
	assert_int_equal(regs_read(pid, 0, &regs), -ESRCH);
	assert_int_equal(regs_skip(pid, 0, 0), -ESRCH);
}

static void restarts_are_the_five_that_no_program_sees(void **state)
{
	(void)state;
	for (int64_t r = -520; r < 1; r++)
		assert_int_equal(regs_is_restart(r), r >= -516 && r <= -512);
	assert_true(regs_is_restart(-RESTART_ALWAYS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_shows_number_and_arguments),
		cmocka_unit_test(an_exit_shows_the_result),
		cmocka_unit_test(a_skipped_call_gives_what_we_say),
		cmocka_unit_test(who_is_gone_or_runs_is_esrch),
		cmocka_unit_test(restarts_are_the_five_that_no_program_sees),
	};

	return RUN_TESTS(tests);
}
