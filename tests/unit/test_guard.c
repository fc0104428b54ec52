/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tracer/guard.h: who is meant by a call, and what the program in front of the filter
 * asks about. The program is run here, by an interpreter of the few instructions that
 * it is made of.
 */
#include "harness/test.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracer/call.h"
#include "tracer/guard.h"
#include "tracer/regs.h"

#define REST SECCOMP_RET_LOG

static struct guard guard_of(pid_t monitor)
{
	struct guard g;

	guard_init(&g, open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC), 0);
	g.monitor = monitor;
	return g;
}

static uint32_t step(const struct sock_filter *i, uint32_t a, size_t *pc,
		     const struct seccomp_data *data)
{
	switch (i->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		assert_in_range(i->k, 0, sizeof(*data) - sizeof(a));
		memcpy(&a, (const char *)data + i->k, sizeof(a));
		break;
	case BPF_JMP | BPF_JEQ | BPF_K:
		*pc += a == i->k ? i->jt : i->jf;
		break;
	case BPF_JMP | BPF_JA:
		*pc += i->k;
		break;
	default:
		fail_msg("instruction %#x", i->code);
	}
	return a;
}

static uint32_t run(const struct guard *g, const struct seccomp_data *data)
{
	struct sock_filter end = { BPF_RET | BPF_K, 0, 0, REST };
	const struct sock_fprog rest = { 1, &end };
	struct sock_fprog program;
	uint32_t a = 0, answer = 0;
	size_t pc = 0;

	assert_int_equal(guard_program(g, SECCOMP_RET_USER_NOTIF, &rest,
				       &program), 0);
	while (program.filter[pc].code != (BPF_RET | BPF_K)) {
		a = step(&program.filter[pc], a, &pc, data);
		pc++;
		assert_true(pc < program.len);
	}
	answer = program.filter[pc].k;
	free(program.filter);
	return answer;
}

/* What the filter does with a native call of these arguments. */
static uint32_t filter(int nr, uint64_t arg0, uint64_t arg1)
{
	struct guard g = guard_of(4711);
	const struct seccomp_data data = { .nr = nr,
					   .arch = regs_abis[0].audit,
					   .args = { arg0, arg1 } };
	uint32_t answer = run(&g, &data);

	close(g.proc_fd);
	return answer;
}

static void arguments_raise_the_question(void **state)
{
	(void)state;
	assert_int_equal(filter(SYS_kill, 1, SIGKILL), SECCOMP_RET_USER_NOTIF);
	assert_int_equal(filter(SYS_kill, 1, SIGTERM), REST);
	assert_int_equal(filter(SYS_kill, 4711, SIGTERM),
			 SECCOMP_RET_USER_NOTIF);
	assert_int_equal(filter(SYS_ptrace, PTRACE_SEIZE, 1),
			 SECCOMP_RET_USER_NOTIF);
	assert_int_equal(filter(SYS_ptrace, PTRACE_PEEKDATA, 1), REST);
	assert_int_equal(filter(SYS_prlimit64, 0, 0), REST);
	assert_int_equal(filter(SYS_prlimit64, 1, 0), SECCOMP_RET_USER_NOTIF);
	assert_int_equal(filter(SYS_pidfd_getfd, 0, 0), SECCOMP_RET_USER_NOTIF);
}

/* pid_t and int are 32 bits wide, whatever else is in the register. */
static void upper_halves_hide_nothing(void **state)
{
	const uint64_t high = UINT64_C(0xdeadbeef) << 32;

	(void)state;
	assert_int_equal(filter(SYS_kill, high | 4711, 0),
			 SECCOMP_RET_USER_NOTIF);
	assert_int_equal(filter(SYS_kill, 1, high | SIGKILL),
			 SECCOMP_RET_USER_NOTIF);
	assert_int_equal(filter(SYS_prlimit64, high, 0), REST);
}

static void other_calls_fall_through(void **state)
{
	(void)state;
	for (int nr = 0; nr < 460; nr++) {
		uint32_t answer = filter(nr, 0, 0);

		if (nr != SYS_pidfd_getfd && nr != SYS_process_vm_writev &&
		    nr != SYS_ptrace)
			assert_int_equal(answer, REST);
	}
}

static void other_architectures_have_numbers_of_their_own(void **state)
{
	struct guard g = guard_of(4711);

	(void)state;
	for (size_t i = 0; regs_abis[i].arch; i++) {
		struct seccomp_data data = {
			.nr = seccomp_syscall_resolve_name_arch(
				regs_abis[i].arch, "kill"),
			.arch = regs_abis[i].audit,
			.args = { 1, SIGKILL },
		};

		assert_int_equal(run(&g, &data), SECCOMP_RET_USER_NOTIF);
	}
	close(g.proc_fd);
}

static pid_t start_child(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		for (;;)
			pause();
	}
	return pid;
}

static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* A kill(2) by a child of ours. */
static struct call kill_by(pid_t caller, int64_t whom, int number)
{
	return (struct call){ .tid = caller, .arch = regs_abis[0].arch,
			      .nr = SYS_kill,
			      .args = { (uint64_t)whom, (uint64_t)number } };
}

static void who_attaches_is_told_from_who_traces(void **state)
{
	struct guard g = guard_of(getpid());
	struct call call = { .arch = regs_abis[0].arch, .nr = SYS_ptrace,
			     .args = { PTRACE_SEIZE } };

	(void)state;
	assert_true(guard_attaches(&g, &call));
	call.args[0] = PTRACE_CONT;
	assert_false(guard_attaches(&g, &call));
	call.args[0] = PTRACE_TRACEME;
	call.args[1] = (uint64_t)getpid();
	assert_false(guard_attaches(&g, &call));
	assert_true(guard_asks(&g, &call));
	assert_int_equal(guard_judge(&g, &call), GUARD_PASS);
	call.args[0] = PTRACE_ATTACH;
	assert_false(guard_asks(&g, &call));
	call.nr = SYS_getpid;
	assert_false(guard_attaches(&g, &call));
	close(g.proc_fd);
}

static void the_monitor_is_refused_and_others_are_not(void **state)
{
	struct guard g = guard_of(getpid());
	pid_t pid = start_child();
	struct call call = kill_by(pid, getpid(), SIGKILL);

	(void)state;
	assert_int_equal(guard_judge(&g, &call), GUARD_REFUSE);
	call = kill_by(pid, getppid(), SIGKILL);
	assert_int_equal(guard_judge(&g, &call), GUARD_PASS);
	g.front = getppid();
	assert_int_equal(guard_judge(&g, &call), GUARD_REFUSE);
	call.nr = SYS_getpid;
	assert_int_equal(guard_judge(&g, &call), GUARD_PASS);
	end_child(pid);
	close(g.proc_fd);
}

static void everybody_and_our_group_are_done_by_us(void **state)
{
	struct guard g = guard_of(getpid());
	pid_t pid = start_child();
	struct call call = kill_by(pid, -1, SIGKILL);

	(void)state;
	assert_int_equal(guard_judge(&g, &call), GUARD_DO);
	call = kill_by(pid, 0, SIGKILL);
	assert_int_equal(guard_judge(&g, &call), GUARD_REFUSE);
	/* With a monitor in a group of its own, and a front in the caller's. */
	setpgid(pid, 0);
	g.front = pid;
	assert_int_equal(guard_judge(&g, &call), GUARD_DO);
	call = kill_by(pid, 0, SIGSTOP);
	assert_int_equal(guard_judge(&g, &call), GUARD_PASS);
	end_child(pid);
	close(g.proc_fd);
}

static void a_group_is_sent_to_but_for_us_and_the_caller_last(void **state)
{
	struct guard g = guard_of(getpid());
	pid_t caller = start_child(), other = start_child();
	struct call call = kill_by(caller, 0, SIGKILL);
	int status;

	(void)state;
	g.front = start_child();
	setpgid(g.front, 0);
	setpgid(caller, g.front);
	setpgid(other, g.front);
	assert_int_equal(guard_send(&g, &call), 0);
	assert_int_equal(waitpid(other, &status, 0), other);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(waitpid(caller, &status, WNOHANG), 0);
	guard_send_last(&g, &call);
	assert_int_equal(waitpid(caller, &status, 0), caller);
	assert_int_equal(waitpid(g.front, &status, WNOHANG), 0);
	end_child(g.front);
	close(g.proc_fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments_raise_the_question),
		cmocka_unit_test(upper_halves_hide_nothing),
		cmocka_unit_test(other_calls_fall_through),
		cmocka_unit_test(other_architectures_have_numbers_of_their_own),
		cmocka_unit_test(who_attaches_is_told_from_who_traces),
		cmocka_unit_test(the_monitor_is_refused_and_others_are_not),
		cmocka_unit_test(everybody_and_our_group_are_done_by_us),
		cmocka_unit_test(
			a_group_is_sent_to_but_for_us_and_the_caller_last),
	};

	return RUN_TESTS(tests);
}
