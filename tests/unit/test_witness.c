/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/witness.h: a group's signal is told from one that was sent to us.
 */
#include "harness/test.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "strbuf.h"

#include "harness/child.h"
#include "launcher/witness.h"
#include "tracer/procfs.h"

static const struct span nowhere = SPAN_INIT("");

/* In a group of our own, or the test's caller would get what we send. */
static int alone(void **state)
{
	sigset_t set;

	(void)state;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGCONT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	alarm(20);
	return setpgid(0, 0) < 0 && getpgrp() != getpid() ? -1 : 0;
}

/* What a signalfd would say of the signal that is pending. */
static struct signalfd_siginfo take(int number)
{
	siginfo_t info = { 0 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	assert_int_equal(sigwaitinfo(&set, &info), number);

	return (struct signalfd_siginfo){
		.ssi_signo = (uint32_t)number,
		.ssi_code = info.si_code,
		.ssi_pid = (uint32_t)info.si_pid,
	};
}

/* By another process than ours. */
static void send_from_a_child(pid_t whom, int number)
{
	pid_t pid = fork();

	if (pid == 0) {
		kill(whom, number);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void what_the_group_gets_is_seen_once(void **state)
{
	struct witness w;
	struct signalfd_siginfo info;

	(void)state;
	assert_int_equal(witness_start(&nowhere, &w), 0);
	send_from_a_child(-getpgrp(), SIGUSR1);
	info = take(SIGUSR1);
	assert_true(witness_saw(&w, &info));
	assert_false(witness_saw(&w, &info));
	witness_end(&w);
}

/* pkill -f looks at the arguments, killall at the name. */
static void it_has_another_name(void **state)
{
	const struct span args = span_make(program_invocation_name,
					   strlen(program_invocation_name) + 1);
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	struct witness w;

	(void)state;
	assert_int_equal(witness_start(&args, &w), 0);
	do {
		strbuf_reset(&text);
		assert_true(procfs_read(proc_fd(), w.pid, "cmdline", 4096, &text) >= 0);
	} while (!memmem(text.data, text.n, "job-witness", 11));
	assert_null(memmem(text.data, text.n, "test_witness", 12));
	strbuf_reset(&text);
	procfs_read(proc_fd(), w.pid, "comm", 64, &text);
	assert_string_equal(text.data, "job-witness\n");
	witness_end(&w);
}

static void what_we_get_alone_is_not_the_groups(void **state)
{
	struct witness w;
	struct signalfd_siginfo info;

	(void)state;
	assert_int_equal(witness_start(&nowhere, &w), 0);
	send_from_a_child(getpid(), SIGUSR1);
	info = take(SIGUSR1);
	assert_false(witness_saw(&w, &info));
	witness_end(&w);
}

static void a_stopped_witness_is_woken_up(void **state)
{
	struct witness w;
	struct signalfd_siginfo info;

	(void)state;
	assert_int_equal(witness_start(&nowhere, &w), 0);
	kill(w.pid, SIGSTOP);
	send_from_a_child(getpid(), SIGCONT);
	info = take(SIGCONT);
	assert_false(witness_saw(&w, &info));
	witness_end(&w);
}

static void without_a_witness_the_terminals_signals_are_the_groups(void **state)
{
	struct witness w;
	struct signalfd_siginfo info = { .ssi_signo = SIGUSR1,
					 .ssi_code = SI_KERNEL };

	(void)state;
	assert_int_equal(witness_start(&nowhere, &w), 0);
	kill(w.pid, SIGKILL);
	assert_true(witness_saw(&w, &info));
	assert_int_equal(w.pid, -1);
	info.ssi_code = SI_USER;
	assert_false(witness_saw(&w, &info));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_group_gets_is_seen_once),
		cmocka_unit_test(it_has_another_name),
		cmocka_unit_test(what_we_get_alone_is_not_the_groups),
		cmocka_unit_test(a_stopped_witness_is_woken_up),
		cmocka_unit_test(
			without_a_witness_the_terminals_signals_are_the_groups),
	};

	return cmocka_run_group_tests(tests, alone, NULL);
}
