/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/base_syscalls.h: calls by name are added to what rules ask for, or left out.
 */
#include "harness/test.h"

#include <errno.h>
#include <unistd.h>

#include "array.h"
#include "cleanup.h"
#include "error.h"

#include "launcher/base_syscalls.h"
#include "launcher/setup.h"

static void headroom_names_events(void **state)
{
	static const struct span good[] = { { "socket", 6 },
					    { "sched_yield", 11 } };
	static const struct span all[] = { { "all", 3 } };
	static const struct span bad[] = { { "nope", 4 } };
	struct interest interest = { 0 };
	struct error err = { "" };

	(void)state;
	assert_int_equal(reload_headroom(&(struct span_list){ good, 2 },
					 &interest, &err),
			 0);
	assert_true(interest_has(&interest, EVENT_SOCKET_SOCKET_X));
	assert_false(interest_has(&interest, EVENT_SYSCALL_OPENAT_2_X));
	assert_int_equal(
		reload_headroom(&(struct span_list){ bad, 1 }, &interest, &err),
		-EINVAL);
	assert_string_equal(err.text, "falco_run.reload_headroom: no event is "
				      "called 'nope'");
	assert_int_equal(
		reload_headroom(&(struct span_list){ all, 1 }, &interest, &err),
		0);
	assert_true(interest_has(&interest, EVENT_SYSCALL_OPENAT_2_X));
}

/* Applies names to what asks for openat and socket; what is said is in `said`. */
static struct interest applied(const struct span *names, size_t n, char *said,
			       size_t size)
{
	struct interest interest = { 0 };
	struct setup s = { .log = { .level = LOG_LEVEL_INFO } };
	ssize_t got;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	s.log.fd = fds[1];
	s.config.custom_set = (struct span_list){ names, n };
	interest_add(&interest, EVENT_SYSCALL_OPENAT_2_X);
	interest_add(&interest, EVENT_SOCKET_SOCKET_X);
	base_syscalls_apply(&s, &interest);
	close(fds[1]);
	got = read(fds[0], said, size - 1);
	said[got > 0 ? got : 0] = '\0';
	close(fds[0]);
	return interest;
}

static void names_are_added(void **state)
{
	static const struct span names[] = { { "connect", 7 },
					     { "sched_yield", 11 } };
	char said[512];
	struct interest got = applied(names, ARRAY_SIZE(names), said,
				      sizeof(said));

	(void)state;
	assert_true(interest_has(&got, EVENT_SOCKET_CONNECT_X));
	assert_true(interest_has(&got, EVENT_SYSCALL_OPENAT_2_X));
	assert_string_equal(said, "");
}

static void names_are_left_out_and_it_is_said_what_rules_miss(void **state)
{
	static const struct span names[] = { { "!openat", 7 },
					     { "!close", 6 },
					     { "connect", 7 },
					     { "!connect", 8 } };
	char said[512];
	struct interest got = applied(names, ARRAY_SIZE(names), said,
				      sizeof(said));

	(void)state;
	assert_false(interest_has(&got, EVENT_SYSCALL_OPENAT_2_X));
	assert_false(interest_has(&got, EVENT_SOCKET_CONNECT_X));
	assert_true(interest_has(&got, EVENT_SOCKET_SOCKET_X));
	assert_string_equal(said,
			    "falco-run: base_syscalls.custom_set leaves out "
			    "what rules ask for: openat\n");
}

static void names_of_nothing_are_said(void **state)
{
	static const struct span names[] = { { "nope", 4 },
					     { "!no", 3 },
					     { "!", 1 },
					     { "", 0 } };
	char said[512];

	(void)state;
	applied(names, ARRAY_SIZE(names), said, sizeof(said));
	assert_contains(said, "Invalid (positive) syscall names");
	assert_contains(said, "Invalid (negative) syscall names");
	assert_contains(said, ": , no\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headroom_names_events),
		cmocka_unit_test(names_are_added),
		cmocka_unit_test(
			names_are_left_out_and_it_is_said_what_rules_miss),
		cmocka_unit_test(names_of_nothing_are_said),
	};

	return RUN_TESTS(tests);
}
