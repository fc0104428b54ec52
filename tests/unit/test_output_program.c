/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/output_program.c and output_file.c by their vtables: what a program reads,
 * how it may die, what a file's name may stand for.
 */
#include "harness/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "launcher/output.h"
#include "launcher/output_channel.h"
#include "launcher/paths.h"

/* A channel in a folder of its own. */
struct channel {
	const struct output_channel *kind;
	struct output_options options;
	char folder[32], file[64], command[256];
	struct error err;
	void *ctx;
	int stop_fd;
};

static void begin(struct channel *c, const struct output_channel *kind)
{
	*c = (struct channel){ .kind = kind, .folder = "/tmp/outputs.XXXXXX" };
	assert_non_null(mkdtemp(c->folder));
	snprintf(c->file, sizeof(c->file), "%s/file", c->folder);
	c->options.stream_fd = c->options.program_fd = -1;
	c->options.file_name = c->file;
	c->options.program = c->command;
	c->stop_fd = eventfd(0, EFD_CLOEXEC);
}

static void channel_done(struct channel *c)
{
	if (c->ctx) {
		if (c->kind->release)
			c->kind->release(c->ctx, c->stop_fd);
		c->kind->done(c->ctx);
	}
	unlink(c->file);
	rmdir(c->folder);
	close(c->stop_fd);
}

static int deliver(struct channel *c, const char *line)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	struct message message = { .priority = PRIORITY_DEBUG };

	strbuf_addf(&text, "%s\n", line);
	message.text = text.data;
	message.n = text.n;
	if (!c->ctx && c->kind->init(&c->options, &c->ctx, &c->err) < 0)
		fail_msg("%s", c->err.text);
	return c->kind->deliver(c->ctx, &message, c->stop_fd, &c->err);
}

static void command(struct channel *c, const char *fmt)
{
	begin(c, &program_channel);
	snprintf(c->command, sizeof(c->command), "%s >>%s", fmt, c->file);
}

static void assert_file(const struct channel *c, const char *want)
{
	CLEANUP(freep) char *text = NULL;
	size_t n;

	assert_int_equal(path_read(c->file, 1 << 20, &text, &n), 0);
	assert_string_equal(text, want);
}

/* --- Programs ------------------------------------------------------------------ */

static void a_program_gets_a_line_and_the_end(void **state)
{
	CLEANUP(channel_done) struct channel c;

	(void)state;
	command(&c, "cat; echo end");
	snprintf(c.command, sizeof(c.command), "{ cat; echo end; } >>%s",
		 c.file);
	assert_int_equal(deliver(&c, "one"), 0);
	assert_int_equal(deliver(&c, "two"), 0);
	assert_file(&c, "one\nend\ntwo\nend\n");
}

static void a_program_that_is_kept_gets_all_lines(void **state)
{
	CLEANUP(channel_done) struct channel c;

	(void)state;
	command(&c, "cat");
	snprintf(c.command, sizeof(c.command), "{ cat; echo end; } >>%s",
		 c.file);
	c.options.program_keep_open = true;
	assert_int_equal(deliver(&c, "one"), 0);
	assert_int_equal(deliver(&c, "two"), 0);
	program_channel.release(c.ctx, c.stop_fd);
	assert_file(&c, "one\ntwo\nend\n");
}

static void a_status_that_is_not_zero_is_a_failure(void **state)
{
	CLEANUP(channel_done) struct channel c;

	(void)state;
	command(&c, "cat");
	snprintf(c.command, sizeof(c.command), "cat >/dev/null; exit 3");
	assert_int_equal(deliver(&c, "one"), -ECHILD);
	assert_string_equal(c.err.text, "the program ended with status 3");
}

static void a_program_that_is_killed_is_a_failure(void **state)
{
	CLEANUP(channel_done) struct channel c;

	(void)state;
	command(&c, "cat");
	snprintf(c.command, sizeof(c.command), "read x; kill -9 $$");
	assert_int_equal(deliver(&c, "one"), -ECHILD);
	assert_string_equal(c.err.text, "the program was killed by signal 9");
}

/* The line is longer than a pipe. */
static void a_program_that_does_not_read_is_a_failure(void **state)
{
	CLEANUP(channel_done) struct channel c;
	CLEANUP(freep) char *line = xcalloc(1, 200001);

	(void)state;
	command(&c, "true");
	memset(line, 'x', 200000);
	assert_int_equal(deliver(&c, line), -EPIPE);
	assert_string_equal(c.err.text, "the program ended without reading");
}

static void a_program_that_died_is_started_again(void **state)
{
	CLEANUP(channel_done) struct channel c;

	(void)state;
	command(&c, "head -n 1");
	c.options.program_keep_open = true;
	assert_int_equal(deliver(&c, "one"), 0);
	usleep(200000);
	deliver(&c, "two");
	program_channel.release(c.ctx, c.stop_fd);
	assert_file(&c, "one\ntwo\n");
}

static void a_program_that_does_not_end_is_ended(void **state)
{
	CLEANUP(channel_done) struct channel c;

	(void)state;
	command(&c, "sleep 1000");
	assert_int_equal(eventfd_write(c.stop_fd, 1), 0);
	alarm(20);
	assert_int_equal(deliver(&c, "one"), -ECANCELED);
	alarm(0);
	assert_int_equal(wait(NULL) > 0, 1);
}

static void somebody_else_may_reap_it(void **state)
{
	CLEANUP(channel_done) struct channel c;

	(void)state;
	signal(SIGCHLD, SIG_IGN);
	command(&c, "cat; exit 1");
	assert_int_equal(deliver(&c, "one"), 0);
	signal(SIGCHLD, SIG_DFL);
}

/* --- Files --------------------------------------------------------------------- */

static void a_fifo_without_a_reader_is_tried_again(void **state)
{
	CLEANUP(channel_done) struct channel c;
	char text[16] = "";
	int fd;

	(void)state;
	begin(&c, &file_channel);
	c.options.file_keep_open = true;
	assert_int_equal(mkfifo(c.file, 0600), 0);
	alarm(20);
	assert_int_equal(deliver(&c, "lost"), -ENXIO);
	assert_contains(c.err.text, "nobody reads this FIFO");
	fd = open(c.file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_int_equal(deliver(&c, "read"), 0);
	assert_int_equal(read(fd, text, sizeof(text)), 5);
	assert_string_equal(text, "read\n");
	close(fd);
	assert_int_equal(deliver(&c, "lost"), -EPIPE);
	alarm(0);
}

static void a_full_device_is_a_failure(void **state)
{
	CLEANUP(channel_done) struct channel c;

	(void)state;
	begin(&c, &file_channel);
	c.options.file_name = "/dev/full";
	assert_int_equal(deliver(&c, "x"), -ENOSPC);
	assert_contains(c.err.text, "cannot write to /dev/full: ");
}

static void a_file_in_no_folder_cannot_be_opened(void **state)
{
	CLEANUP(channel_done) struct channel c;

	(void)state;
	begin(&c, &file_channel);
	c.options.file_name = "/nonexistent/x";
	assert_int_equal(file_channel.init(&c.options, &c.ctx, &c.err),
			 -ENOENT);
	assert_contains(c.err.text,
			"failed to open output file /nonexistent/x");
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
		cmocka_unit_test(a_program_gets_a_line_and_the_end),
		cmocka_unit_test(a_program_that_is_kept_gets_all_lines),
		cmocka_unit_test(a_status_that_is_not_zero_is_a_failure),
		cmocka_unit_test(a_program_that_is_killed_is_a_failure),
		cmocka_unit_test(a_program_that_does_not_read_is_a_failure),
		cmocka_unit_test(a_program_that_died_is_started_again),
		cmocka_unit_test(a_program_that_does_not_end_is_ended),
		cmocka_unit_test(somebody_else_may_reap_it),
		cmocka_unit_test(a_fifo_without_a_reader_is_tried_again),
		cmocka_unit_test(a_full_device_is_a_failure),
		cmocka_unit_test(a_file_in_no_folder_cannot_be_opened),
	};

	return cmocka_run_group_tests(tests, ignore_sigpipe, NULL);
}
