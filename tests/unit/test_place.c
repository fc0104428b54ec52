/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tracer/place.h: who parts in place becomes the program by the monitor's plan, or
 * learns how the monitor has ended; and its wait(2) does not know of it.
 */
#include "harness/test.h"

#include <errno.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"
#include "tracer/place.h"
#include "tracer/spawn.h"
#include "tracer/tracer.h"

/* What plays the monitor; it ends with its result. */
typedef int play(struct tracer_place *p);

/* The wait status of a process that has parted and becomes `path`; should that fail, it
 * ends with the errno, or, without a monitor, with 100 + its status. */
static int become(play *monitor, const char *path)
{
	char *const argv[] = { (char[]){ "sh" }, (char[]){ "-c" },
			       (char[]){ "exit 7" }, NULL };
	const struct tracer_command command = { .path = path, .argv = argv,
						.envp = argv + 3 };
	struct tracer_place *place;
	struct error err;
	int status = 0, ret;
	pid_t pid = fork();

	if (pid) {
		assert_int_equal(waitpid(pid, &status, 0), pid);
		return status;
	}
	alarm(20);
	if (tracer_place_new(&place, &err) < 0)
		_exit(99);
	if (!tracer_place_part(place))
		_exit(monitor(place));
	if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD)
		_exit(98);
	ret = tracer_place_become(place, &command, &status);
	_exit(ret == -ECHILD ? 100 + WEXITSTATUS(status) : -ret);
}

static int offer(struct tracer_place *p)
{
	const struct spawn_orders orders = { .flags = 0 };

	if (place_take(p) != getppid())
		return 1;
	spawn_release(place_page(p), getppid(), &orders);
	poll(&(struct pollfd){ place_fd(p), POLLIN, 0 }, 1, -1);
	return 0;
}

static int give_up(struct tracer_place *p)
{
	(void)p;
	return 25;
}

static void the_program_has_the_pid_that_parted(void **state)
{
	int status = become(offer, "/bin/sh");

	(void)state;
	assert_int_equal(status, 7 << 8);
}

static void what_cannot_be_run_is_the_caller_s_to_say(void **state)
{
	(void)state;
	assert_int_equal(become(offer, "/nonexistent"), ENOENT << 8);
	assert_int_equal(become(offer, "/etc/passwd"), EACCES << 8);
}

static void a_monitor_that_fails_before_gives_its_status(void **state)
{
	(void)state;
	assert_int_equal(become(give_up, "/bin/sh"), 125 << 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_program_has_the_pid_that_parted),
		cmocka_unit_test(what_cannot_be_run_is_the_caller_s_to_say),
		cmocka_unit_test(a_monitor_that_fails_before_gives_its_status),
	};

	return RUN_TESTS(tests);
}
