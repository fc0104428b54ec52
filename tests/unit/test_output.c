/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/output.h: every alert arrives, or is counted; nobody waits for a reader.
 */
#include "harness/test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "launcher/log.h"
#include "launcher/output.h"
#include "launcher/paths.h"

static void output_freep(struct output **o)
{
	output_free(*o);
}

static struct output *make(const struct output_options *options)
{
	struct output *o = NULL;
	struct error err = { "" };

	if (output_new(options, &o, &err) < 0)
		fail_msg("%s", err.text);
	return o;
}

static void push(struct output *o, const char *text)
{
	output_push(o, PRIORITY_WARNING, span_of(text));
}

/* A file with a name of its own; gone at the end. */
struct scratch {
	char name[64];
	int fd;
};

static void scratch_open(struct scratch *s)
{
	snprintf(s->name, sizeof(s->name), "/tmp/test_output.XXXXXX");
	s->fd = mkostemp(s->name, O_CLOEXEC);
	assert_true(s->fd >= 0);
}

static void scratch_done(struct scratch *s)
{
	unlink(s->name);
	close(s->fd);
}

static void assert_holds(const char *name, const char *want)
{
	CLEANUP(freep) char *text = NULL;
	size_t n;

	assert_int_equal(path_read(name, 1 << 20, &text, &n), 0);
	assert_string_equal(text, want);
}

static void lines_arrive_in_order(void **state)
{
	CLEANUP(scratch_done) struct scratch s;
	CLEANUP(output_freep) struct output *o = NULL;

	(void)state;
	scratch_open(&s);
	o = make(&(struct output_options){ .stream_fd = s.fd,
					   .patience_ms = 1000 });
	push(o, "before the thread");
	assert_int_equal(output_start(o), 0);
	push(o, "one");
	push(o, "");
	push(o, "two");
	output_finish(o);
	assert_holds(s.name, "before the thread\none\n\ntwo\n");
	assert_int_equal(output_counts(o).delivered, 4);
	assert_int_equal(output_counts(o).dropped, 0);
}

static void the_end_starts_the_worker_when_nobody_did(void **state)
{
	CLEANUP(scratch_done) struct scratch s;
	CLEANUP(output_freep) struct output *o = NULL;

	(void)state;
	scratch_open(&s);
	o = make(&(struct output_options){ .stream_fd = s.fd,
					   .patience_ms = 1000 });
	output_finish(o);
	push(o, "late");
	output_finish(o);
	assert_holds(s.name, "late\n");
}

static void a_file_is_appended_to(bool keep_open)
{
	CLEANUP(scratch_done) struct scratch s;
	CLEANUP(output_freep) struct output *o = NULL;

	scratch_open(&s);
	assert_int_equal(write(s.fd, "there\n", 6), 6);
	o = make(&(struct output_options){ .stream_fd = -1,
					   .file_name = s.name,
					   .file_keep_open = keep_open,
					   .patience_ms = 1000 });
	push(o, "one");
	push(o, "two");
	output_finish(o);
	assert_holds(s.name, "there\none\ntwo\n");
}

static void a_file_is_appended_to_open_or_not(void **state)
{
	(void)state;
	a_file_is_appended_to(true);
	a_file_is_appended_to(false);
}

static void a_file_may_be_moved_away_between_alerts(void **state)
{
	CLEANUP(scratch_done) struct scratch s;
	CLEANUP(output_freep) struct output *o = NULL;
	char moved[80];

	(void)state;
	scratch_open(&s);
	snprintf(moved, sizeof(moved), "%s.1", s.name);
	o = make(&(struct output_options){ .stream_fd = -1,
					   .file_name = s.name,
					   .patience_ms = 1000 });
	push(o, "one");
	output_finish(o);
	assert_int_equal(rename(s.name, moved), 0);
	push(o, "two");
	output_finish(o);
	assert_holds(moved, "one\n");
	assert_holds(s.name, "two\n");
	unlink(moved);
}

static void no_channel_at_all_is_a_mistake(void **state)
{
	struct output_options options = { .stream_fd = -1,
					  .file_name = "/nonexistent/x" };
	struct output *o = NULL;
	struct error err = { "" };

	(void)state;
	assert_int_equal(output_new(&options, &o, &err), -EINVAL);
	assert_contains(err.text, "No output configured");
	assert_null(o);
}

static void a_channel_that_cannot_be_set_up_is_said_and_left_out(void **state)
{
	CLEANUP(scratch_done) struct scratch said = { .fd = -1 };
	CLEANUP(scratch_done) struct scratch s = { .fd = -1 };
	CLEANUP(output_freep) struct output *o = NULL;
	CLEANUP(freep) char *text = NULL;
	struct log log = { .level = LOG_LEVEL_INFO };
	size_t n;

	(void)state;
	scratch_open(&said);
	scratch_open(&s);
	log.fd = said.fd;
	o = make(&(struct output_options){ .stream_fd = s.fd,
					   .file_name = "/nonexistent/x",
					   .log = &log,
					   .patience_ms = 1000 });
	push(o, "one");
	output_finish(o);
	assert_holds(s.name, "one\n");
	assert_int_equal(path_read(said.name, 1 << 20, &text, &n), 0);
	assert_contains(text, "Failed to init output: failed to open output "
			      "file /nonexistent/x");
}

static void what_a_channel_that_is_not_there_missed_is_counted(void **state)
{
	CLEANUP(scratch_done) struct scratch s = { .fd = -1 };
	CLEANUP(output_freep) struct output *o = NULL;
	CLEANUP(strbuf_done) struct strbuf lost = STRBUF_INIT;

	(void)state;
	scratch_open(&s);
	o = make(&(struct output_options){ .stream_fd = s.fd,
					   .file_name = "/nonexistent/x",
					   .patience_ms = 1000 });
	output_lost_text(o, &lost);
	assert_string_equal(lost.data, "");
	push(o, "one");
	push(o, "two");
	output_finish(o);
	output_lost_text(o, &lost);
	assert_string_equal(lost.data, "file: all 2, it could not be set up");
}

static void where_all_channels_are_needed_one_that_is_missing_is_a_mistake(
	void **state)
{
	CLEANUP(scratch_done) struct scratch s = { .fd = -1 };
	struct output_options options = { .file_name = "/nonexistent/x",
					  .needs_all = true };
	struct output *o = NULL;
	struct error err = { "" };

	(void)state;
	scratch_open(&s);
	options.stream_fd = s.fd;
	assert_int_equal(output_new(&options, &o, &err), -EINVAL);
	assert_contains(err.text, "falco_run.require_outputs");
	options.file_name = NULL;
	assert_int_equal(output_new(&options, &o, &err), 0);
	output_free(o);
}

static void both_channels_get_every_line(void **state)
{
	CLEANUP(scratch_done) struct scratch a = { .fd = -1 };
	CLEANUP(scratch_done) struct scratch b = { .fd = -1 };
	CLEANUP(output_freep) struct output *o = NULL;

	(void)state;
	scratch_open(&a);
	scratch_open(&b);
	o = make(&(struct output_options){ .stream_fd = a.fd,
					   .file_name = b.name,
					   .patience_ms = 1000 });
	push(o, "x");
	output_finish(o);
	assert_holds(a.name, "x\n");
	assert_holds(b.name, "x\n");
}

static void a_full_queue_drops_and_counts(void **state)
{
	CLEANUP(scratch_done) struct scratch s;
	CLEANUP(output_freep) struct output *o = NULL;

	(void)state;
	scratch_open(&s);
	o = make(&(struct output_options){ .stream_fd = s.fd,
					   .capacity = 2,
					   .patience_ms = 1000 });
	push(o, "one");
	push(o, "two");
	push(o, "three");
	assert_int_equal(output_counts(o).dropped, 1);
	output_finish(o);
	assert_holds(s.name, "one\ntwo\n");
	assert_int_equal(output_counts(o).delivered, 2);
}

static void what_a_full_queue_refuses_goes_to_the_spill_file(void **state)
{
	CLEANUP(scratch_done) struct scratch a = { .fd = -1 };
	CLEANUP(scratch_done) struct scratch b = { .fd = -1 };
	CLEANUP(scratch_done) struct scratch spill = { .fd = -1 };
	CLEANUP(output_freep) struct output *o = NULL;
	CLEANUP(strbuf_done) struct strbuf lost = STRBUF_INIT;

	(void)state;
	scratch_open(&a);
	scratch_open(&b);
	scratch_open(&spill);
	o = make(&(struct output_options){ .stream_fd = a.fd,
					   .file_name = b.name,
					   .spill_name = spill.name,
					   .capacity = 1,
					   .patience_ms = 1000 });
	push(o, "one");
	push(o, "two");
	push(o, "three");
	output_finish(o);
	assert_holds(a.name, "one\n");
	assert_holds(b.name, "one\n");
	assert_holds(spill.name, "two\nthree\n");
	assert_int_equal(output_counts(o).spilled, 4);
	assert_int_equal(output_counts(o).dropped, 0);
	output_lost_text(o, &lost);
	assert_string_equal(lost.data,
			    "file: 2 left to the spill file; "
			    "stdout: 2 left to the spill file");
}

static void what_a_blocked_channel_leaves_is_spilled(void **state)
{
	CLEANUP(scratch_done) struct scratch spill = { .fd = -1 };
	CLEANUP(output_freep) struct output *o = NULL;
	char line[1000];
	int fds[2];

	(void)state;
	memset(line, 'x', sizeof(line));
	scratch_open(&spill);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	o = make(&(struct output_options){ .stream_fd = fds[1],
					   .spill_name = spill.name,
					   .patience_ms = 200 });
	assert_int_equal(output_start(o), 0);
	for (int i = 0; i < 100; i++)
		output_push(o, PRIORITY_WARNING,
			    span_make(line, sizeof(line)));
	output_finish(o);
	assert_true(output_counts(o).spilled > 0);
	assert_int_equal(output_counts(o).dropped, 0);
	/* What was spilled was delivered there. */
	assert_int_equal(output_counts(o).delivered, 100);
	close(fds[0]);
	close(fds[1]);
}

static void a_blocked_channel_does_not_delay_another(void **state)
{
	CLEANUP(scratch_done) struct scratch s = { .fd = -1 };
	CLEANUP(output_freep) struct output *o = NULL;
	int fds[2];

	(void)state;
	scratch_open(&s);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	fcntl(fds[1], F_SETFL, O_NONBLOCK);
	while (write(fds[1], "x", 1) == 1)
		continue;
	o = make(&(struct output_options){ .stream_fd = fds[1],
					   .file_name = s.name,
					   .patience_ms = 200 });
	push(o, "one");
	push(o, "two");
	output_finish(o);
	assert_holds(s.name, "one\ntwo\n");
	assert_int_equal(output_counts(o).delivered, 2);
	assert_int_equal(output_counts(o).dropped, 2);
	close(fds[0]);
	close(fds[1]);
}

static void buffered_lines_are_the_same_lines(void **state)
{
	CLEANUP(scratch_done) struct scratch s = { .fd = -1 };
	CLEANUP(output_freep) struct output *o = NULL;
	CLEANUP(strbuf_done) struct strbuf want = STRBUF_INIT;

	(void)state;
	scratch_open(&s);
	o = make(&(struct output_options){ .stream_fd = s.fd,
					   .buffered = true,
					   .patience_ms = 1000 });
	for (int i = 0; i < 1000; i++) {
		CLEANUP(strbuf_done) struct strbuf line = STRBUF_INIT;

		strbuf_addf(&line, "line %d", i);
		push(o, line.data);
		strbuf_addf(&want, "%s\n", line.data);
	}
	output_finish(o);
	assert_holds(s.name, want.data);
	assert_int_equal(output_counts(o).delivered, 1000);
}

static void a_reopen_makes_the_file_anew(void **state)
{
	CLEANUP(scratch_done) struct scratch s = { .fd = -1 };
	CLEANUP(output_freep) struct output *o = NULL;
	char moved[80];

	(void)state;
	scratch_open(&s);
	snprintf(moved, sizeof(moved), "%s.1", s.name);
	o = make(&(struct output_options){ .stream_fd = -1,
					   .file_name = s.name,
					   .file_keep_open = true,
					   .patience_ms = 1000 });
	assert_int_equal(output_start(o), 0);
	push(o, "one");
	for (int i = 0; i < 1000 && !output_counts(o).delivered; i++)
		usleep(1000);
	assert_int_equal(rename(s.name, moved), 0);
	output_reopen(o);
	push(o, "two");
	output_finish(o);
	assert_holds(moved, "one\n");
	assert_holds(s.name, "two\n");
	unlink(moved);
}

static void a_reader_that_is_gone_costs_nothing_else(void **state)
{
	CLEANUP(scratch_done) struct scratch s;
	CLEANUP(output_freep) struct output *o = NULL;
	int fds[2];

	(void)state;
	scratch_open(&s);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	close(fds[0]);
	o = make(&(struct output_options){ .stream_fd = fds[1],
					   .file_name = s.name,
					   .patience_ms = 1000 });
	push(o, "one");
	push(o, "two");
	output_finish(o);
	assert_holds(s.name, "one\ntwo\n");
	assert_int_equal(output_counts(o).failed, 2);
	close(fds[1]);
}

static void nobody_waits_for_a_reader_that_does_not_read(void **state)
{
	CLEANUP(output_freep) struct output *o = NULL;
	char line[1000];
	int fds[2];

	(void)state;
	memset(line, 'x', sizeof(line));
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	o = make(&(struct output_options){ .stream_fd = fds[1],
					   .patience_ms = 200 });
	assert_int_equal(output_start(o), 0);
	alarm(20);
	for (int i = 0; i < 1000; i++)
		output_push(o, PRIORITY_WARNING,
			    span_make(line, sizeof(line)));
	output_finish(o);
	alarm(0);
	assert_true(output_counts(o).dropped > 0);
	assert_int_equal(output_counts(o).dropped + output_counts(o).delivered,
			 1000);
	close(fds[0]);
	close(fds[1]);
}

/* Reads slowly, for ever. */
static void *read_slowly(void *ctx)
{
	const int *fd = ctx;
	char block[512];

	while (read(*fd, block, sizeof(block)) > 0)
		usleep(1000);
	return NULL;
}

static void a_slow_reader_of_a_non_blocking_pipe_gets_all(void **state)
{
	CLEANUP(output_freep) struct output *o = NULL;
	pthread_t reader;
	char line[1000];
	int fds[2];

	(void)state;
	memset(line, 'x', sizeof(line));
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	fcntl(fds[1], F_SETFL, O_NONBLOCK);
	pthread_create(&reader, NULL, read_slowly, &fds[0]);
	o = make(&(struct output_options){ .stream_fd = fds[1],
					   .patience_ms = 5000 });
	for (int i = 0; i < 100; i++)
		output_push(o, PRIORITY_WARNING,
			    span_make(line, sizeof(line)));
	output_finish(o);
	assert_int_equal(output_counts(o).delivered, 100);
	close(fds[1]);
	pthread_join(reader, NULL);
	close(fds[0]);
}

static void what_is_left_is_freed(void **state)
{
	CLEANUP(output_freep) struct output *o = NULL;
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	o = make(&(struct output_options){ .stream_fd = fds[1] });
	push(o, "never sent");
	assert_int_equal(output_start(o), 0);
	push(o, "perhaps sent");
	output_free(TAKE_PTR(o));
	output_free(NULL);
	close(fds[0]);
	close(fds[1]);
}

static int ignore_sigpipe(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_arrive_in_order),
		cmocka_unit_test(the_end_starts_the_worker_when_nobody_did),
		cmocka_unit_test(a_file_is_appended_to_open_or_not),
		cmocka_unit_test(a_file_may_be_moved_away_between_alerts),
		cmocka_unit_test(no_channel_at_all_is_a_mistake),
		cmocka_unit_test(
			a_channel_that_cannot_be_set_up_is_said_and_left_out),
		cmocka_unit_test(what_a_channel_that_is_not_there_missed_is_counted),
		cmocka_unit_test(where_all_channels_are_needed_one_that_is_missing_is_a_mistake),
		cmocka_unit_test(both_channels_get_every_line),
		cmocka_unit_test(a_full_queue_drops_and_counts),
		cmocka_unit_test(
			what_a_full_queue_refuses_goes_to_the_spill_file),
		cmocka_unit_test(what_a_blocked_channel_leaves_is_spilled),
		cmocka_unit_test(a_blocked_channel_does_not_delay_another),
		cmocka_unit_test(buffered_lines_are_the_same_lines),
		cmocka_unit_test(a_reopen_makes_the_file_anew),
		cmocka_unit_test(a_reader_that_is_gone_costs_nothing_else),
		cmocka_unit_test(nobody_waits_for_a_reader_that_does_not_read),
		cmocka_unit_test(a_slow_reader_of_a_non_blocking_pipe_gets_all),
		cmocka_unit_test(what_is_left_is_freed),
	};

	return cmocka_run_group_tests(tests, ignore_sigpipe, NULL);
}
