/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live.h: the life of events, and calls that are neither files nor sockets.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include "harness/live_case.h"
#include "harness/test.h"
#include "tracer/handlers.h"
#include "tracer/live_event.h"
#include "tracer/timers.h"

/* Memory of the child: what a call's arguments lead to. */
static char passwd[] = "/etc/passwd";
static char relative[] = "../etc/./passwd";
static char sh[] = "/bin/sh";
static char data[] = "the quick brown fox jumps over the lazy dog, again and "
		     "again, until it is tired of it";
static struct iovec iov = { data, sizeof(data) };

static void a_closed_descriptor_is_looked_at_first(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_close, (uint64_t)c.told[0], 0,
				      0);
	const struct fd_info *info;
	struct event *ev = entry(&call);

	(void)state;
	assert_int_equal(live_confirm(live_case.live, &call), CONFIRM_CLEAN);
	/* As if it were closed: another number is not open. */
	call.args[0] = 999;
	ev = ended(&call, 0);
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_NAME, &info),
			 OUTCOME_VALUE);
	assert_span_text(info->name, "/etc/passwd");
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_KIND, &info),
			 OUTCOME_VALUE);
	is_number(ev, 1, c.told[0]);
	live_end(live_case.live, ev);
	child_end(&c);
}

static void a_copy_is_known_by_its_original(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_dup, (uint64_t)c.told[0], 0, 0);
	const struct fd_info *info;
	struct event *ev = entry(&call);

	(void)state;
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_NAME, &info),
			 OUTCOME_VALUE);
	assert_span_text(info->name, "/etc/passwd");
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_NUM, &info),
			 OUTCOME_UNKNOWN);
	ev = ended(&call, c.told[1]);
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_NUM, &info),
			 OUTCOME_VALUE);
	assert_int_equal(info->fd, c.told[1]);
	live_end(live_case.live, ev);
	child_end(&c);
}

static void written_data_waits_for_the_result(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_write, 1, at(data), sizeof(data));
	struct event *ev = entry(&call);

	(void)state;
	is_outcome(ev, 1, OUTCOME_UNKNOWN);
	is_number(ev, 3, sizeof(data));
	ev = ended(&call, 9);
	is_text(ev, 1, "the quick");
	live_end(live_case.live, ev);
	entry(&call);
	call.ended = false;
	ev = live_begin(live_case.live, &call, PHASE_UNCONFIRMED);
	assert_int_equal(event_param(ev, 1)->text.n, 80);
	live_end(live_case.live, ev);
	child_end(&c);
}

static void read_data_is_what_was_read(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_readv, 1, at(&iov), 1);
	struct event *ev = entry(&call);

	(void)state;
	is_outcome(ev, 2, OUTCOME_UNKNOWN);
	ev = ended(&call, 3);
	is_text(ev, 2, "the");
	is_number(ev, 1, 3);
	live_end(live_case.live, ev);
	call.ended = false;
	entry(&call);
	ev = ended(&call, -EAGAIN);
	is_outcome(ev, 2, OUTCOME_ABSENT);
	is_number(ev, 1, 0);
	live_end(live_case.live, ev);
	child_end(&c);
}

static void ids_are_not_known_while_they_change(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_setuid, 33, 0, 0);
	struct event *ev = entry(&call);
	const struct process *process;

	(void)state;
	is_number(ev, 1, 33);
	assert_int_equal(ev->resolver->process(ev, RESOLVE_THREAD,
					       PROCESS_USER, &process),
			 OUTCOME_UNKNOWN);
	assert_int_equal(ev->resolver->process(ev, 1, PROCESS_USER, &process),
			 OUTCOME_VALUE);
	ev = ended(&call, -EPERM);
	assert_int_equal(ev->resolver->process(ev, RESOLVE_THREAD,
					       PROCESS_USER, &process),
			 OUTCOME_VALUE);
	assert_int_equal(process->uid, geteuid());
	live_end(live_case.live, ev);
	child_end(&c);
}

static void numbers_have_the_width_of_their_type(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_kill, 0xdeadbeefffffffff, 9, 0);
	struct event *ev = entry(&call);

	(void)state;
	is_number(ev, 1, -1);
	is_number(ev, 2, 9);
	live_end(live_case.live, ev);
	call = child_call(&c, SYS_fchmod, 0x100000003, 0177777, 0);
	ev = entry(&call);
	is_number(ev, 1, 3);
	is_number(ev, 2, 07777);
	live_end(live_case.live, ev);
	child_end(&c);
}

static void two_paths_are_both_kept(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_rename, at(passwd), at(relative),
				      0);
	struct event *ev = entry(&call);

	(void)state;
	assert_int_equal(live_confirm(live_case.live, &call), CONFIRM_QUICK);
	call.args[0] = call.args[1] = 8;
	ev = ended(&call, 0);
	is_text(ev, 1, passwd);
	is_text(ev, 2, relative);
	live_end(live_case.live, ev);
	child_end(&c);
}

static void a_name_is_shown_as_text_or_number(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_prctl, PR_SET_NAME, at(sh), 0);
	struct event *ev = entry(&call);

	(void)state;
	is_number(ev, 1, PR_SET_NAME);
	is_text(ev, 2, sh);
	is_number(ev, 3, 0);
	live_end(live_case.live, ev);
	call = child_call(&c, SYS_prctl, PR_SET_DUMPABLE, 1, 0);
	ev = entry(&call);
	is_outcome(ev, 2, OUTCOME_ABSENT);
	is_number(ev, 3, 1);
	live_end(live_case.live, ev);
	child_end(&c);
}

static void a_clone_shows_its_caller(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_clone, CLONE_FILES | SIGCHLD, 0,
				      0);
	struct event *ev = entry(&call);

	(void)state;
	assert_int_equal(live_confirm(live_case.live, &call), CONFIRM_CLEAN);
	is_outcome(ev, 0, OUTCOME_UNKNOWN);
	is_number(ev, 3, c.pid);
	is_number(ev, 5, getpid());
	is_number(ev, 15, 1);
	is_text(ev, 13, "test_live");
	ev = ended(&call, -EAGAIN);
	is_outcome(ev, 1, OUTCOME_ABSENT);
	live_end(live_case.live, ev);
	child_end(&c);
}

static void calls_without_an_event_are_generic(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_getrandom, 0, 0, 0);
	struct event *ev = entry(&call);

	(void)state;
	assert_int_equal(ev->type, EVENT_GENERIC_X);
	assert_int_equal(ev->generic, GENERIC_getrandom);
	is_number(ev, 0, 318);
	is_number(ev, 1, SYS_getrandom);
	live_end(live_case.live, ev);
	call.nr = 100000;
	assert_null(live_begin(live_case.live, &call, PHASE_ENTRY));
	assert_int_equal(live_confirm(live_case.live, &call), CONFIRM_NEVER);
	child_end(&c);
}

static void events_are_numbered_as_they_end(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_kill, 1, 0, 0);
	struct event *ev = entry(&call);
	uint64_t first = ev->num;

	(void)state;
	live_end(live_case.live, ev);
	ev = entry(&call);
	assert_int_equal(ev->num, first + 1);
	ev = ended(&call, 0);
	assert_int_equal(ev->num, first + 1);
	live_end(live_case.live, ev);
	call.ended = false;
	ev = entry(&call);
	assert_int_equal(ev->num, first + 2);
	live_end(live_case.live, ev);
	child_end(&c);
}

static void a_lost_event_is_not_carried_on(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, passwd, O_RDONLY);
	struct event *ev = entry(&call);

	(void)state;
	is_text(ev, 2, passwd);
	call = openat_call(&c, relative, O_RDONLY);
	ev = entry(&call);
	is_text(ev, 2, relative);
	live_end(live_case.live, ev);
	live_end(live_case.live, NULL);
	child_end(&c);
}

static void leaders_are_found_by_session(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_kill, 1, 0, 0);
	struct event *ev = entry(&call);
	const struct process *process;

	(void)state;
	if (ev->resolver->leader(ev, LEADER_SESSION, PROCESS_IDS, &process) ==
	    OUTCOME_VALUE)
		assert_true(process->pid == getsid(0) || getsid(0) <= 0);
	live_end(live_case.live, ev);
	child_end(&c);
}

static struct itimerval once = { .it_value = { 1, 0 } };
static struct itimerval often = { { 0, 700 }, { 0, 700 } };

static void a_timer_that_rings_again_is_told_from_others(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_setitimer, 0, at(&often), 0);

	(void)state;
	assert_true(timers_are_set(live_case.live, &call));
	call.args[1] = at(&once);
	assert_false(timers_are_set(live_case.live, &call));
	call.args[1] = 0;
	assert_false(timers_are_set(live_case.live, &call));
	call.nr = SYS_getitimer;
	assert_false(timers_are_set(live_case.live, &call));
	child_end(&c);
}

/* i386: timer_settime64 has numbers of 64 bits, timer_settime of 32. */
static void the_times_of_a_32_bit_timer_may_be_64_bits_wide(void **state)
{
	static uint64_t times[] = { 0, 10000000, 0, 10000000 };
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, 409, 0, 0, at(times));

	(void)state;
	call.arch = SCMP_ARCH_X86;
	assert_true(timers_are_set(live_case.live, &call));
	call.nr = 260;
	assert_false(timers_are_set(live_case.live, &call));
	child_end(&c);
}

/* In place nobody forks the program, and rules ask who has started it. */
static void the_start_in_place_is_ours_and_its_parents_follow(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_execve, at(sh), 0, 0);
	const struct process *first, *second;
	struct event *ev;

	(void)state;
	call.starts = true;
	ev = entry(&call);
	assert_int_equal(ev->resolver->process(ev, 1, PROCESS_IDS, &first),
			 OUTCOME_VALUE);
	assert_int_equal(first->pid, getpid());
	assert_int_equal(ev->resolver->process(ev, 2, PROCESS_IDS, &second),
			 OUTCOME_VALUE);
	assert_int_equal(second->pid, getpid());
	live_end(live_case.live, ev);
	call.starts = false;
	ev = entry(&call);
	assert_int_equal(ev->resolver->process(ev, 1, PROCESS_IDS, &first),
			 OUTCOME_VALUE);
	assert_int_equal(first->pid, getpid());
	live_end(live_case.live, ev);
	child_end(&c);
}

/* As the kernel has it: handler, flags, where it returns to, mask. */
static uint64_t handled[4] = { 0x5000, 0 };
static uint64_t restarting[4] = { 0x5000, SA_RESTART };
static uint64_t ignored[4] = { 1, 0 };
static uint32_t handled_32[5] = { 0x5000, 0 };

static void check_handler(struct child *c, int sig, void *act, bool now, bool after)
{
	struct call call = child_call(c, SYS_rt_sigaction, (uint64_t)sig, at(act),
				      0);
	struct call next = child_call(c, SYS_openat, 0, 0, 0);

	handlers_forget(live_case.live, c->pid);
	assert_int_equal(handlers_note(live_case.live, &call), now);
	assert_false(handlers_endanger(live_case.live, &call));
	assert_int_equal(handlers_endanger(live_case.live, &next), after);
}

static void handlers_that_do_not_ask_for_restarts_are_remembered(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);

	(void)state;
	check_handler(&c, SIGUSR1, handled, true, true);
	check_handler(&c, SIGRTMIN, handled, true, true);
	check_handler(&c, SIGRTMIN + 3, handled, true, true);
	check_handler(&c, SIGRTMIN + 4, handled, false, false);
	check_handler(&c, SIGCHLD, handled, false, true);
	check_handler(&c, SIGUSR1, restarting, false, false);
	check_handler(&c, SIGUSR1, ignored, false, false);
	check_handler(&c, SIGUSR1, (void *)16, false, false);
	check_handler(&c, SIGTERM, handled, false, false);
	child_end(&c);
}

static void a_32_bit_handler_is_read_as_such(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, 174, SIGUSR1, at(handled_32), 0);

	(void)state;
	call.arch = SCMP_ARCH_X86;
	assert_true(handlers_note(live_case.live, &call));
	handled_32[1] = SA_RESTART;
	child_end(&c);
	c = child_start(in_usr_lib, NULL);
	call.tid = c.pid;
	assert_false(handlers_note(live_case.live, &call));
	child_end(&c);
}

static void who_is_forked_has_its_parents_handlers_until_an_exec(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct process_entry *us =
		processes_find(live_case.live->processes, getpid());
	struct call call = child_call(&c, SYS_openat, 0, 0, 0);

	(void)state;
	us->spoils = SPOILS;
	live_case.live->spoilt = true;
	assert_true(handlers_endanger(live_case.live, &call));
	processes_renew(live_case.live->processes,
			processes_find(live_case.live->processes, c.pid));
	assert_false(handlers_endanger(live_case.live, &call));
	child_end(&c);
}

static void who_stays_who_it_is_does_not_close(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_setuid, geteuid(), 0, 0);

	(void)state;
	live_case.live->closes = true;
	live_case.live->sees_all = false;
	assert_false(live_closes(live_case.live, &call));
	call.args[0] = geteuid() + 1;
	assert_true(live_closes(live_case.live, &call));
	call = child_call(&c, SYS_setresgid, getegid(), UINT32_MAX, getegid());
	assert_false(live_closes(live_case.live, &call));
	call.args[2] = getegid() + 1;
	assert_true(live_closes(live_case.live, &call));
	call = child_call(&c, SYS_capset, 0, 0, 0);
	assert_false(live_closes(live_case.live, &call));
	child_end(&c);
}

static char null[] = "/dev/null";

static void what_never_sleeps_is_no_signals_to_wake(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_mkdir, at(null), 0, 0);

	(void)state;
	assert_true(live_never_sleeps(live_case.live, &call));
	call = child_call(&c, SYS_accept, 0, 0, 0);
	assert_false(live_never_sleeps(live_case.live, &call));
	call = child_call(&c, SYS_setitimer, 0, 0, 0);
	assert_true(live_never_sleeps(live_case.live, &call));
	call = child_call(&c, SYS_pause, 0, 0, 0);
	assert_false(live_never_sleeps(live_case.live, &call));
	call = openat_call(&c, null, O_RDONLY);
	assert_true(live_never_sleeps(live_case.live, &call));
	call = openat_call(&c, passwd, O_RDONLY);
	assert_true(live_never_sleeps(live_case.live, &call));
	child_end(&c);
}

static void who_asks_to_be_traced_is_not_attached_to(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_ptrace, PTRACE_TRACEME, 0, 0);
	struct event *ev = entry(&call);
	struct call end = call;

	(void)state;
	assert_int_equal(live_confirm(live_case.live, &call), CONFIRM_NEVER);
	assert_true(live_suppose(ev, &end));
	assert_int_equal(end.result, 0);
	live_end(live_case.live, ev);
	call.args[0] = PTRACE_CONT;
	ev = entry(&call);
	assert_int_equal(live_confirm(live_case.live, &call), CONFIRM_QUICK);
	live_end(live_case.live, ev);
	child_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_closed_descriptor_is_looked_at_first),
		cmocka_unit_test(a_copy_is_known_by_its_original),
		cmocka_unit_test(written_data_waits_for_the_result),
		cmocka_unit_test(read_data_is_what_was_read),
		cmocka_unit_test(ids_are_not_known_while_they_change),
		cmocka_unit_test(numbers_have_the_width_of_their_type),
		cmocka_unit_test(two_paths_are_both_kept),
		cmocka_unit_test(a_name_is_shown_as_text_or_number),
		cmocka_unit_test(a_clone_shows_its_caller),
		cmocka_unit_test(calls_without_an_event_are_generic),
		cmocka_unit_test(events_are_numbered_as_they_end),
		cmocka_unit_test(a_lost_event_is_not_carried_on),
		cmocka_unit_test(leaders_are_found_by_session),
		cmocka_unit_test(a_timer_that_rings_again_is_told_from_others),
		cmocka_unit_test(
			the_times_of_a_32_bit_timer_may_be_64_bits_wide),
		cmocka_unit_test(
			handlers_that_do_not_ask_for_restarts_are_remembered),
		cmocka_unit_test(a_32_bit_handler_is_read_as_such),
		cmocka_unit_test(
			the_start_in_place_is_ours_and_its_parents_follow),
		cmocka_unit_test(
			who_is_forked_has_its_parents_handlers_until_an_exec),
		cmocka_unit_test(who_stays_who_it_is_does_not_close),
		cmocka_unit_test(what_never_sleeps_is_no_signals_to_wake),
		cmocka_unit_test(who_asks_to_be_traced_is_not_attached_to),
	};

	return cmocka_run_group_tests(tests, live_case_setup,
				      live_case_teardown);
}
