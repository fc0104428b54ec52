/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The processes of a workload, with real ones: children, grandchildren, orphans, and
 * those that must be left alone.
 */
#include "harness/test.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracer/tree.h"

/* A process with `depth` generations below it; all wait to be killed. Returns when
 * the youngest is there. */
static pid_t family(int depth)
{
	int there[2];
	char c;
	pid_t pid;

	assert_int_equal(pipe(there), 0);
	pid = fork();
	if (!pid) {
		while (depth-- && !fork())
			continue;
		if (depth < 0)
			_exit(write(there[1], "x", 1) == 1 ? pause() : 1);
		pause();
		_exit(0);
	}
	assert_int_equal(read(there[0], &c, 1), 1);
	close(there[0]);
	close(there[1]);
	return pid;
}

static void reap_all(void)
{
	while (waitpid(-1, NULL, 0) > 0)
		continue;
}

static void all_generations_are_counted(void **state)
{
	struct tree tree = { family(3), 0 };

	(void)state;
	assert_int_equal(tree_signal(&tree, 0), 4);
	tree_kill(&tree);
	assert_int_equal(tree_signal(&tree, 0), 0);
	reap_all();
}

static void nobody_is_lost_with_the_parent_that_dies_first(void **state)
{
	pid_t root = family(40);
	struct tree tree = { root, 0 };

	(void)state;
	tree_kill(&tree);
	/* We are the reaper: whoever were left would be our child, and alive. */
	for (int i = 0; i < 41; i++)
		assert_true(waitpid(-1, NULL, 0) > 0);
	assert_int_equal(waitpid(-1, NULL, 0), -1);
}

static void a_stranger_is_left_alone(void **state)
{
	pid_t stranger = family(1);
	struct tree tree = { family(1), getpid() };
	struct tree other = { stranger, 0 };

	(void)state;
	tree_kill(&tree);
	assert_int_equal(tree_signal(&other, 0), 2);
	tree_kill(&other);
	reap_all();
}

static void who_is_gone_is_no_tree(void **state)
{
	pid_t pid = fork();
	struct tree tree = { pid, getpid() };

	(void)state;
	if (!pid)
		_exit(0);
	reap_all();
	assert_int_equal(tree_signal(&tree, SIGKILL), 0);
	tree_kill(&tree);
}

static void a_name_like_a_status_line_deceives_nobody(void **state)
{
	pid_t pid = fork();
	struct tree tree = { pid, 0 };

	(void)state;
	if (!pid) {
		prctl(PR_SET_NAME, "a) R 1 (b", 0, 0, 0);
		pause();
	}
	usleep(20000);
	assert_int_equal(tree_signal(&tree, 0), 1);
	tree_kill(&tree);
	reap_all();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_generations_are_counted),
		cmocka_unit_test(nobody_is_lost_with_the_parent_that_dies_first),
		cmocka_unit_test(a_stranger_is_left_alone),
		cmocka_unit_test(who_is_gone_is_no_tree),
		cmocka_unit_test(a_name_like_a_status_line_deceives_nobody),
	};

	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	return RUN_TESTS(tests);
}
