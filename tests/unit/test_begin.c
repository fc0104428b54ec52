/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is forked before there are rules: it waits, and goes when nobody wants it.
 */
#include "harness/test.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracer/begin.h"
#include "tracer/page.h"
#include "tracer/probe.h"
#include "tracer/spawn.h"

static char name[] = "true";
static char *const argv[] = { name, NULL };
static char *const envp[] = { NULL };

static int set_up(void *ctx)
{
	return *(int *)ctx;
}

static struct beginning *begin_with(enum tracer_engine engine, int *setup_result)
{
	static struct tracer_command command;

	command = (struct tracer_command){ .path = "/bin/true",
					   .argv = argv,
					   .envp = envp,
					   .child_setup = set_up,
					   .ctx = setup_result };
	return tracer_begin(engine, MONITOR_EXIT_CONTINUE, &command, NULL);
}

static struct beginning *begin(int *setup_result)
{
	return begin_with(TRACER_NOTIFY, setup_result);
}

static void assert_no_children(void)
{
	assert_int_equal(waitpid(-1, NULL, __WALL), -1);
	assert_int_equal(errno, ECHILD);
}

static void sigchld_is_heard_and_given_back(void **state)
{
	struct beginning *b;

	(void)state;
	signal(SIGCHLD, SIG_IGN);
	b = begin_bare(NULL);
	assert_ptr_equal(b->on_child.sa_handler, SIG_IGN);
	assert_ptr_equal(signal(SIGCHLD, SIG_DFL), SIG_DFL);
	assert_int_equal(atomic_load(&b->page->listener), -1);
	begin_free(b);
}

static void what_waits_is_ended_and_reaped(void **state)
{
	int ok = 0;
	struct beginning *b = begin(&ok);
	pid_t child = begin_child(b), keeper = b->keeper.pid;

	(void)state;
	assert_true(child > 0);
	assert_true(keeper > 0);
	assert_null(b->probing);
	assert_int_equal(waitpid(child, NULL, WNOHANG), 0);
	tracer_begin_cancel(b);
	assert_no_children();
}

static void the_child_starts_when_it_is_released(void **state)
{
	int ok = 0, status;
	struct beginning *b = begin(&ok);
	const struct spawn_orders orders = { .program = NULL };

	(void)state;
	spawn_release(b->page, begin_child(b), &orders);
	assert_int_equal(waitpid(b->child, &status, 0), b->child);
	assert_int_equal(status, 0);
	assert_int_equal(atomic_load(&b->page->stage), PAGE_EXEC);
	b->child = -1;
	begin_free(b);
}

static void what_fails_in_the_child_is_told(void **state)
{
	int bad = -EDOM, status;
	struct beginning *b = begin(&bad);
	const struct spawn_orders orders = { .wait_for_go = true };

	(void)state;
	spawn_release(b->page, begin_child(b), &orders);
	assert_int_equal(waitpid(b->child, &status, 0), b->child);
	assert_int_equal(atomic_load(&b->page->failure), EDOM);
	b->child = -1;
	begin_free(b);
}

/* It makes the child; whether it still came to that nobody can know. */
static void the_keeper_may_be_killed_at_once(void **state)
{
	int ok = 0;
	struct beginning *b;

	(void)state;
	for (int i = 0; i < 20; i++) {
		b = begin(&ok);
		usleep((useconds_t)(i * 100));
		assert_int_equal(kill(b->keeper.pid, SIGKILL), 0);
		assert_true(begin_child(b));
		begin_free(b);
		assert_no_children();
	}
}

/* Which is soon somebody else's. */
static void the_child_comes_though_the_keeper_was_taken(void **state)
{
	int ok = 0;
	struct beginning *b = begin(&ok);
	struct keeper keeper = b->keeper;

	(void)state;
	b->keeper = (struct keeper)KEEPER_NONE;
	assert_true(begin_child(b) > 0);
	b->keeper = keeper;
	begin_free(b);
	assert_no_children();
}

static void assert_engine(bool killed)
{
	int ok = 0;
	struct beginning *b = begin_with(TRACER_AUTO, &ok);
	struct tracer_probe all;

	tracer_probe(&all);
	if (killed)
		kill(b->keeper.pid, SIGKILL);
	assert_int_equal(probe_engine(b->probing, b->keeper.pid, false),
			 all.chosen);
	b->probing = NULL;
	begin_free(b);
	assert_no_children();
}

/* Where something is asked for that notify does not see, all is tried. */
static void who_is_to_be_attached_is(void **state)
{
	int ok = 0;
	struct beginning *b = begin_with(TRACER_AUTO, &ok);
	struct tracer_probe all;

	(void)state;
	tracer_probe(&all);
	if (all.seccomp_trace)
		skip();
	assert_int_equal(probe_engine(b->probing, b->keeper.pid, true),
			 TRACER_TRACE);
	b->probing = NULL;
	begin_free(b);
}

/* What it tries for us is tried again. */
static void the_engine_does_not_depend_on_the_keeper(void **state)
{
	(void)state;
	assert_engine(false);
	assert_engine(true);
}

/* The parent is a process of its own here. */
static void the_child_ends_with_its_parent(void **state)
{
	int ok = 0, ends[2];
	char byte;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (!pid) {
		begin(&ok);
		_exit(0);
	}
	close(ends[1]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	/* Child and keeper had the other end. */
	assert_int_equal(read(ends[0], &byte, 1), 0);
	close(ends[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sigchld_is_heard_and_given_back),
		cmocka_unit_test(what_waits_is_ended_and_reaped),
		cmocka_unit_test(the_child_starts_when_it_is_released),
		cmocka_unit_test(what_fails_in_the_child_is_told),
		cmocka_unit_test(the_keeper_may_be_killed_at_once),
		cmocka_unit_test(the_child_comes_though_the_keeper_was_taken),
		cmocka_unit_test(the_engine_does_not_depend_on_the_keeper),
		cmocka_unit_test(who_is_to_be_attached_is),
		cmocka_unit_test(the_child_ends_with_its_parent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
