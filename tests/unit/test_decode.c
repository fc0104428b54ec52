/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode.h: calls on files, and hostile memory, at entry, at the end, and where the
 * end was not seen.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/live_case.h"
#include "harness/test.h"

#include "tracer/tracer.h"

/* Memory of the child: what a call's arguments lead to. */
static char passwd[] = "/etc/passwd";
static char relative[] = "../etc/./passwd";
static char missing[] = "/nonexistent/file";

/* --- Opening --------------------------------------------------------------- */

static void an_open_is_half_known_at_entry(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, relative, O_RDWR | O_CREAT);
	struct event *ev;

	(void)state;
	call.args[3] = 0100644;
	ev = entry(&call);
	assert_int_equal(ev->type, EVENT_SYSCALL_OPENAT_2_X);
	is_outcome(ev, 0, OUTCOME_UNKNOWN);
	is_number(ev, 1, -100);
	is_text(ev, 2, relative);
	is_number(ev, 3, 7);
	assert_true(event_param(ev, 3)->partial);
	is_number(ev, 4, 0644);
	is_outcome(ev, 5, OUTCOME_UNKNOWN);
	is_outcome(ev, 6, OUTCOME_UNKNOWN);
	live_end(live_case.live, ev);
	child_end(&c);
}

static void what_is_opened_has_its_lexical_name_from_the_start(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, relative, O_RDONLY);
	struct event *ev = entry(&call);
	const struct fd_info *info;

	(void)state;
	assert_int_equal(name_of(ev, &info), OUTCOME_VALUE);
	assert_span_text(info->name, "/usr/etc/passwd");
	assert_span_text(info->nameraw, relative);
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_KIND, &info),
			 OUTCOME_UNKNOWN);
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_NUM, &info),
			 OUTCOME_UNKNOWN);
	ev = ended(&call, -ENOENT);
	assert_int_equal(name_of(ev, &info), OUTCOME_VALUE);
	assert_span_text(info->name, "/usr/etc/passwd");
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_KIND, &info),
			 OUTCOME_ABSENT);
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_NUM, &info),
			 OUTCOME_VALUE);
	assert_int_equal(info->fd, -1);
	is_number(ev, 0, -ENOENT);
	is_number(ev, 5, 0);
	is_number(ev, 6, 0);
	live_end(live_case.live, ev);
	child_end(&c);
}

static void a_finished_open_is_known_in_full(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, passwd, O_RDONLY | O_CLOEXEC);
	struct event *ev = entry(&call);
	const struct fd_info *info;
	struct stat st;

	(void)state;
	ev = ended(&call, c.told[0]);
	is_number(ev, 0, c.told[0]);
	is_text(ev, 2, passwd);
	is_number(ev, 3, 0x1001);
	assert_int_equal(stat(passwd, &st), 0);
	is_number(ev, 6, (int64_t)st.st_ino);
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_KIND, &info),
			 OUTCOME_VALUE);
	assert_int_equal(info->kind, FD_KIND_FILE);
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_NUM, &info),
			 OUTCOME_VALUE);
	assert_int_equal(info->fd, c.told[0]);
	assert_true(info->name_changed);
	live_end(live_case.live, ev);
	child_end(&c);
}

static void an_open_that_was_not_followed_lacks_its_result(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, passwd, O_RDONLY);
	struct event *ev = entry(&call);
	const struct fd_info *info;

	(void)state;
	is_outcome(ev, 0, OUTCOME_UNKNOWN);
	ev = live_begin(live_case.live, &call, PHASE_UNCONFIRMED);
	is_outcome(ev, 0, OUTCOME_ABSENT);
	is_text(ev, 2, passwd);
	is_outcome(ev, 5, OUTCOME_ABSENT);
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_NUM, &info),
			 OUTCOME_ABSENT);
	live_end(live_case.live, ev);
	child_end(&c);
}

static void a_path_below_a_descriptor_is_joined(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, passwd + 5, O_RDONLY);
	const struct fd_info *info;
	struct span path;
	struct event *ev;

	(void)state;
	call.args[0] = (uint64_t)c.told[1];
	ev = entry(&call);
	name_of(ev, &info);
	assert_span_text(info->name, "/etc/passwd");
	live_end(live_case.live, ev);
	call.args[0] = 999;
	ev = entry(&call);
	name_of(ev, &info);
	assert_span_text(info->name, "<UNKNOWN>passwd");
	assert_int_equal(ev->resolver->path(ev, 999, SPAN("a/../b"), &path),
			 OUTCOME_VALUE);
	assert_span_text(path, "<UNKNOWN>/b");
	assert_int_equal(ev->resolver->path(ev, AT_FDCWD, SPAN("../b"), &path),
			 OUTCOME_VALUE);
	assert_span_text(path, "/usr/b");
	live_end(live_case.live, ev);
	child_end(&c);
}

static void a_created_file_is_told_from_an_old_one(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, missing, O_WRONLY | O_CREAT);
	struct event *ev = entry(&call);

	(void)state;
	assert_int_equal(live_confirm(live_case.live, &call), CONFIRM_QUICK);
	ev = ended(&call, c.told[0]);
	is_number(ev, 3, 2 | 4 | 0x4000);
	assert_false(event_param(ev, 3)->partial);
	live_end(live_case.live, ev);
	call = openat_call(&c, passwd, O_WRONLY | O_CREAT);
	entry(&call);
	assert_int_equal(live_confirm(live_case.live, &call), CONFIRM_QUICK);
	ev = ended(&call, c.told[0]);
	is_number(ev, 3, 2 | 4);
	live_end(live_case.live, ev);
	child_end(&c);
}

static struct open_how how = { .flags = O_RDWR | O_CREAT,
			       .mode = 0600,
			       .resolve = RESOLVE_BENEATH };

static void an_open_by_structure_is_read(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_openat2, (uint64_t)AT_FDCWD,
				      at(passwd), at(&how));
	struct event *ev = entry(&call);

	(void)state;
	is_number(ev, 3, 7);
	is_number(ev, 4, 0600);
	is_number(ev, 5, 1);
	live_end(live_case.live, ev);
	call.args[2] = 8;
	ev = entry(&call);
	is_outcome(ev, 3, OUTCOME_ABSENT);
	live_end(live_case.live, ev);
	child_end(&c);
}

static char fifo[64];

static void what_may_block_is_confirmed_clean(void **state)
{
	struct child c;
	struct call call;

	(void)state;
	snprintf(fifo, sizeof(fifo), "/tmp/test_decode.%d", getpid());
	assert_int_equal(mkfifo(fifo, 0600), 0);
	c = child_start(in_usr_lib, NULL);
	call = openat_call(&c, fifo, O_RDONLY);
	entry(&call);
	assert_int_equal(live_confirm(live_case.live, &call), CONFIRM_CLEAN);
	call = openat_call(&c, fifo, O_RDONLY | O_NONBLOCK);
	entry(&call);
	assert_int_equal(live_confirm(live_case.live, &call), CONFIRM_QUICK);
	call = openat_call(&c, fifo, O_PATH);
	entry(&call);
	assert_int_equal(live_confirm(live_case.live, &call), CONFIRM_QUICK);
	call = openat_call(&c, passwd, O_RDONLY);
	call.args[1] = 8;
	entry(&call);
	assert_int_equal(live_confirm(live_case.live, &call), CONFIRM_QUICK);
	unlink(fifo);
	child_end(&c);
}

static char devices[][16] = { "/dev/tty", "/proc/self/fd/0" };
static char memory[][16] = { "/dev/null", "/dev/urandom" };

static void devices_and_magic_links_are_confirmed_clean(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct call call = openat_call(&c, devices[i], O_RDONLY);

		entry(&call);
		assert_int_equal(live_confirm(live_case.live, &call), CONFIRM_CLEAN);
	}
	child_end(&c);
}

static void devices_of_memory_never_wait(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct call call = openat_call(&c, memory[i], O_RDONLY);

		entry(&call);
		assert_int_equal(live_confirm(live_case.live, &call), CONFIRM_QUICK);
	}
	child_end(&c);
}

/* --- Hostile memory -------------------------------------------------------- */

static void pointers_to_nowhere_are_absent(void **state)
{
	static const uint64_t nowhere[] = { 0, 1, UINT64_MAX, INT64_MAX - 1 };
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, passwd, O_RDONLY);
	const struct fd_info *info;
	struct event *ev;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		call.args[1] = nowhere[i];
		ev = entry(&call);
		is_outcome(ev, 2, OUTCOME_ABSENT);
		assert_int_equal(name_of(ev, &info), OUTCOME_ABSENT);
		live_end(live_case.live, ev);
	}
	assert_int_equal(live_case.stats.blind[BLIND_MEMORY], 0);
	child_end(&c);
}

static void a_path_without_end_is_absent(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, live_case.last_page + 4000, O_RDONLY);
	struct event *ev = entry(&call);

	(void)state;
	is_outcome(ev, 2, OUTCOME_ABSENT);
	live_end(live_case.live, ev);
	child_end(&c);
}

/* Nor can it be told whose memory it is: that it cannot be read shows when the call is
 * to be followed. */
static bool counts_a_refusal(void *arg)
{
	struct event *ev = entry(arg);
	bool failed = event_param(ev, 2)->outcome == OUTCOME_UNKNOWN;

	live_confirm(live_case.live, arg);
	failed = failed && event_param(ev, 2)->outcome == OUTCOME_FAILED &&
		 live_case.stats.blind[BLIND_MEMORY] == 1;
	/* Kept: it is not tried, and counted, again. */
	ev = ended(arg, -EACCES);
	return failed && event_param(ev, 2)->outcome == OUTCOME_FAILED &&
	       live_case.stats.blind[BLIND_MEMORY] == 1;
}

static bool counts_without_files(void *arg)
{
	return without_call(SYS_openat, EPERM, counts_a_refusal, arg);
}

static void memory_that_is_refused_is_failed_and_counted(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, passwd, O_RDONLY);

	(void)state;
	assert_true(without_call(SYS_process_vm_readv, EPERM,
				 counts_without_files, &call));
	child_end(&c);
}

static bool never_valid(void *ctx)
{
	(*(unsigned *)ctx)++;
	return false;
}

static bool always_valid(void *ctx)
{
	(*(unsigned *)ctx)++;
	return true;
}

static void bytes_that_may_be_anothers_are_not_believed(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, passwd, O_RDONLY);
	unsigned asked = 0;
	struct event *ev;

	(void)state;
	call.still_valid = never_valid;
	call.valid_ctx = &asked;
	ev = entry(&call);
	is_outcome(ev, 2, OUTCOME_ABSENT);
	live_end(live_case.live, ev);
	assert_int_equal(asked, 1);
	child_end(&c);
}

static void an_open_costs_one_read_and_one_check(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, passwd, O_RDONLY);
	const struct fd_info *info;
	unsigned asked = 0;
	struct event *ev;

	(void)state;
	call.still_valid = always_valid;
	call.valid_ctx = &asked;
	ev = entry(&call);
	is_text(ev, 2, passwd);
	name_of(ev, &info);
	is_number(ev, 3, 1);
	name_of(ev, &info);
	assert_int_equal(asked, 1);
	live_end(live_case.live, ev);
	child_end(&c);
}

static void a_gone_tracee_gives_absent_answers(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, passwd, O_RDONLY);
	const struct process *process;
	const struct fd_info *info;
	const struct user_info *user;
	const int64_t *fds;
	struct event *ev;
	size_t n;

	(void)state;
	child_end(&c);
	live_reap(live_case.live);
	ev = entry(&call);
	is_outcome(ev, 2, OUTCOME_ABSENT);
	assert_int_equal(ev->pid, call.tid);
	for (unsigned p = 0; p < PROCESS_PART_COUNT; p++)
		assert_int_equal(ev->resolver->process(
					 ev, RESOLVE_THREAD,
					 (enum process_part)p, &process),
				 OUTCOME_ABSENT);
	assert_int_equal(ev->resolver->fd(ev, 0, FD_PART_NAME, &info),
			 OUTCOME_ABSENT);
	assert_int_equal(ev->resolver->fds(ev, &fds, &n), OUTCOME_ABSENT);
	assert_int_equal(ev->resolver->user(ev, 0, &user), OUTCOME_ABSENT);
	assert_int_equal(ev->resolver->leader(ev, LEADER_SESSION,
					      PROCESS_COMM, &process),
			 OUTCOME_ABSENT);
	live_end(live_case.live, ev);
}

static void every_call_can_be_asked_everything(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	static const uint64_t args[][6] = {
		{ 0, 0, 0, 0, 0, 0 },
		{ 8, 8, 8, 8, 8, 8 },
		{ UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX,
		  UINT64_MAX },
		{ 3, 1, 2, 1, 4, 1 },
	};
	const struct fd_info *info;

	(void)state;
	for (int nr = 0; nr < 480; nr++) {
		for (size_t i = 0; i < 4 * 3; i++) {
			struct call call = child_call(&c, nr, 0, 0, 0);
			struct event *ev;

			memcpy(call.args, args[i % 4], sizeof(call.args));
			ev = live_begin(live_case.live, &call, PHASE_ENTRY);
			if (!ev)
				continue;
			for (unsigned p = 0; p < ev->nparams; p++)
				assert_int_not_equal(
					event_param(ev, p)->outcome,
					OUTCOME_PENDING);
			live_confirm(live_case.live, &call);
			call.ended = i / 4 > 0;
			call.result = i / 4 == 1 ? 7 : -EIO;
			ev = live_begin(live_case.live, &call,
					call.ended ? PHASE_EXIT :
						     PHASE_UNCONFIRMED);
			for (unsigned p = 0; p < ev->nparams; p++)
				assert_int_not_equal(
					event_param(ev, p)->outcome,
					OUTCOME_UNKNOWN);
			for (unsigned p = 0; p < FD_PART_COUNT; p++)
				assert_int_not_equal(
					ev->resolver->event_fd(
						ev, (enum fd_part)p, &info),
					OUTCOME_UNKNOWN);
			live_end(live_case.live, ev);
		}
	}
	child_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_open_is_half_known_at_entry),
		cmocka_unit_test(
			what_is_opened_has_its_lexical_name_from_the_start),
		cmocka_unit_test(a_finished_open_is_known_in_full),
		cmocka_unit_test(
			an_open_that_was_not_followed_lacks_its_result),
		cmocka_unit_test(a_path_below_a_descriptor_is_joined),
		cmocka_unit_test(a_created_file_is_told_from_an_old_one),
		cmocka_unit_test(an_open_by_structure_is_read),
		cmocka_unit_test(what_may_block_is_confirmed_clean),
		cmocka_unit_test(devices_and_magic_links_are_confirmed_clean),
		cmocka_unit_test(devices_of_memory_never_wait),
		cmocka_unit_test(pointers_to_nowhere_are_absent),
		cmocka_unit_test(a_path_without_end_is_absent),
		cmocka_unit_test(memory_that_is_refused_is_failed_and_counted),
		cmocka_unit_test(bytes_that_may_be_anothers_are_not_believed),
		cmocka_unit_test(an_open_costs_one_read_and_one_check),
		cmocka_unit_test(a_gone_tracee_gives_absent_answers),
		cmocka_unit_test(every_call_can_be_asked_everything),
	};

	return cmocka_run_group_tests(tests, live_case_setup,
				      live_case_teardown);
}
