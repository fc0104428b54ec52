/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The call stack of a child of ours that has stopped itself, three known functions
 * deep.
 */
#include "harness/test.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "strbuf.h"
#include "tracer/stack.h"

/* What is done after each call keeps it from being the last thing done. */
static volatile int depth;

__attribute__((noinline)) static void innermost_of_test(void)
{
	raise(SIGSTOP);
	depth++;
}

__attribute__((noinline)) static void outer_of_test(int n)
{
	if (n)
		outer_of_test(n - 1);
	else
		innermost_of_test();
	depth++;
}

static pid_t stopped_child(int n)
{
	pid_t pid = fork();

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		outer_of_test(n);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void a_stack_names_its_functions_from_the_innermost_on(void **state)
{
	struct unwinder *u = unwinder_new();
	struct strbuf got = STRBUF_INIT;
	pid_t pid;

	(void)state;
	if (!u)
		skip();
	pid = stopped_child(1);
	assert_int_equal(unwinder_stack(u, pid, &got), 0);
	assert_non_null(strstr(got.data, " < innermost_of_test+0x"));
	assert_true(strstr(got.data, "outer_of_test+0x") >
		    strstr(got.data, "innermost_of_test+0x"));
	assert_non_null(strstr(got.data, " < main+0x"));
	end(pid);
	strbuf_done(&got);
	unwinder_free(u);
}

static void a_deep_stack_is_cut(void **state)
{
	struct unwinder *u = unwinder_new();
	struct strbuf got = STRBUF_INIT;
	pid_t pid;

	(void)state;
	if (!u)
		skip();
	pid = stopped_child(5000);
	assert_int_equal(unwinder_stack(u, pid, &got), 0);
	assert_string_equal(got.data + got.n - 6, " < ...");
	end(pid);
	strbuf_done(&got);
	unwinder_free(u);
}

static void who_is_not_stopped_has_no_stack(void **state)
{
	struct unwinder *u = unwinder_new();
	struct strbuf got = STRBUF_INIT;

	(void)state;
	if (!u)
		skip();
	assert_true(unwinder_stack(u, getppid(), &got) < 0);
	assert_int_equal(got.n, 0);
	strbuf_done(&got);
	unwinder_free(u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_stack_names_its_functions_from_the_innermost_on),
		cmocka_unit_test(a_deep_stack_is_cut),
		cmocka_unit_test(who_is_not_stopped_has_no_stack),
	};

	return RUN_TESTS(tests);
}
