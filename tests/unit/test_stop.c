/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wait statuses, every one of them: what each kind is, and that nothing is left
 * without a kind.
 */
#include "harness/test.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "tracer/stop.h"

#define TID 4711

static int event_status(int event, int sig)
{
	return event << 16 | sig << 8 | 0x7f;
}

static void assert_stop(int status, enum stop_kind kind, int value)
{
	struct stop s = stop_classify(TID, status);

	assert_int_equal(s.tid, TID);
	assert_int_equal(s.kind, kind);
	assert_int_equal(s.value, value);
}

static void an_exit_gives_its_status(void **state)
{
	(void)state;
	for (int code = 0; code < 256; code++)
		assert_stop(code << 8, STOP_EXITED, code);
}

static void a_death_gives_its_signal_with_or_without_a_core(void **state)
{
	(void)state;
	for (int sig = 1; sig < 65; sig++) {
		assert_stop(sig, STOP_KILLED, sig);
		assert_stop(sig | 0x80, STOP_KILLED, sig);
	}
}

static void a_real_signal_is_kept(void **state)
{
	(void)state;
	for (int sig = 1; sig < 65; sig++)
		assert_stop(event_status(0, sig), STOP_SIGNAL, sig);
}

static void a_real_sigtrap_is_no_system_call(void **state)
{
	(void)state;
	assert_stop(event_status(0, SIGTRAP), STOP_SIGNAL, SIGTRAP);
	assert_stop(event_status(0, SIGTRAP | 0x80), STOP_SYSCALL, 0);
}

static void a_real_sigstop_is_a_signal_before_it_is_a_group_stop(void **state)
{
	static const int stopping[] = { SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU };

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		assert_stop(event_status(0, stopping[i]), STOP_SIGNAL,
			    stopping[i]);
		assert_stop(event_status(PTRACE_EVENT_STOP, stopping[i]),
			    STOP_GROUP, stopping[i]);
	}
}

static void an_interrupt_is_an_event(void **state)
{
	(void)state;
	assert_stop(event_status(PTRACE_EVENT_STOP, SIGTRAP), STOP_EVENT, 0);
}

static void each_event_has_its_kind(void **state)
{
	static const struct {
		int event;
		enum stop_kind kind;
	} rows[] = {
		{ PTRACE_EVENT_FORK, STOP_CHILD },
		{ PTRACE_EVENT_VFORK, STOP_CHILD },
		{ PTRACE_EVENT_CLONE, STOP_CHILD },
		{ PTRACE_EVENT_EXEC, STOP_EXEC },
		{ PTRACE_EVENT_VFORK_DONE, STOP_OTHER },
		{ PTRACE_EVENT_EXIT, STOP_OTHER },
		{ PTRACE_EVENT_SECCOMP, STOP_SECCOMP },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_stop(event_status(rows[i].event, SIGTRAP), rows[i].kind,
			    0);
}

static void an_unknown_event_is_only_resumed(void **state)
{
	(void)state;
	for (int event = PTRACE_EVENT_SECCOMP + 1; event < 300; event++) {
		if (event != PTRACE_EVENT_STOP)
			assert_stop(event_status(event, SIGTRAP), STOP_OTHER,
				    0);
	}
}

static void being_continued_is_only_resumed(void **state)
{
	(void)state;
	assert_stop(0xffff, STOP_OTHER, 0);
}

static void every_status_has_a_kind(void **state)
{
	(void)state;
	for (int status = 0; status < 1 << 20; status++) {
		struct stop s = stop_classify(TID, status);

		assert_in_range(s.kind, 0, STOP_KIND_COUNT - 1);
		assert_in_range(s.value, 0, 255);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_exit_gives_its_status),
		cmocka_unit_test(a_death_gives_its_signal_with_or_without_a_core),
		cmocka_unit_test(a_real_signal_is_kept),
		cmocka_unit_test(a_real_sigtrap_is_no_system_call),
		cmocka_unit_test(
			a_real_sigstop_is_a_signal_before_it_is_a_group_stop),
		cmocka_unit_test(an_interrupt_is_an_event),
		cmocka_unit_test(each_event_has_its_kind),
		cmocka_unit_test(an_unknown_event_is_only_resumed),
		cmocka_unit_test(being_continued_is_only_resumed),
		cmocka_unit_test(every_status_has_a_kind),
	};

	return RUN_TESTS(tests);
}
