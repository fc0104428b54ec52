/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/log.h: one line, in one of two shapes, and never a hang.
 */
#include "harness/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "cleanup.h"
#include "strbuf.h"

#include "harness/fake_syslog.h"
#include "launcher/log.h"
#include "launcher/syslog_line.h"

/* A log into a pipe. */
struct log_pipe {
	int fds[2];
	struct log log;
	char text[8192];
};

static void open_pipe(struct log_pipe *p)
{
	*p = (struct log_pipe){ .log = { .level = LOG_LEVEL_INFO } };
	assert_int_equal(pipe2(p->fds, O_CLOEXEC), 0);
	p->log.fd = p->fds[1];
}

static void close_pipe(struct log_pipe *p)
{
	close(p->fds[0]);
	if (p->fds[1] >= 0)
		close(p->fds[1]);
}

static const char *read_pipe(struct log_pipe *p)
{
	ssize_t n;

	fcntl(p->fds[0], F_SETFL, O_NONBLOCK);
	n = read(p->fds[0], p->text, sizeof(p->text) - 1);
	p->text[n < 0 ? 0 : n] = '\0';
	return p->text;
}

static void a_line_names_the_program(void **state)
{
	CLEANUP(close_pipe) struct log_pipe p;

	(void)state;
	open_pipe(&p);
	log_say(&p.log, LOG_LEVEL_ERROR, "open %s: %d", "x", 5);
	assert_string_equal(read_pipe(&p), "falco-run: open x: 5\n");
}

static void a_newline_is_not_doubled(void **state)
{
	CLEANUP(close_pipe) struct log_pipe p;

	(void)state;
	open_pipe(&p);
	log_say(&p.log, LOG_LEVEL_ERROR, "a\nb\n");
	assert_string_equal(read_pipe(&p), "falco-run: a\nb\n");
}

static void what_is_less_urgent_is_not_said(void **state)
{
	CLEANUP(close_pipe) struct log_pipe p;

	(void)state;
	open_pipe(&p);
	p.log.level = LOG_LEVEL_ERROR;
	log_say(&p.log, LOG_LEVEL_WARNING, "no");
	log_say(&p.log, LOG_LEVEL_CRITICAL, "yes");
	assert_string_equal(read_pipe(&p), "falco-run: yes\n");
}

static void falcos_shape_begins_with_the_time(void **state)
{
	CLEANUP(close_pipe) struct log_pipe p;
	const char *text;

	(void)state;
	open_pipe(&p);
	p.log.shape = LOG_SHAPE_FALCO;
	log_say(&p.log, LOG_LEVEL_INFO, "hello");
	text = read_pipe(&p);
	assert_int_equal(strlen(text),
			 strlen("Tue Nov 24 00:00:00 2026: ") + 6);
	assert_string_equal(text + strlen(text) - 8, ": hello\n");
	p.log.iso_8601 = true;
	log_say(&p.log, LOG_LEVEL_INFO, "hello");
	text = read_pipe(&p);
	assert_contains(text, "+0000: hello\n");
	assert_int_equal(text[10], 'T');
}

static void a_log_without_descriptor_says_nothing(void **state)
{
	struct log log = { .fd = -1, .level = LOG_LEVEL_DEBUG };

	(void)state;
	log_say(&log, LOG_LEVEL_EMERGENCY, "nobody hears");
	log_raw(&log, "nobody hears");
}

static void levels_are_read_in_any_case(void **state)
{
	enum log_level level = LOG_LEVEL_DEBUG;

	(void)state;
	assert_int_equal(log_level_parse("Emergency", &level), 0);
	assert_int_equal(level, LOG_LEVEL_EMERGENCY);
	assert_int_equal(log_level_parse("info", &level), 0);
	assert_int_equal(level, LOG_LEVEL_INFO);
	assert_int_equal(log_level_parse("warn", &level), -EINVAL);
	assert_int_equal(log_level_parse("", &level), -EINVAL);
	assert_int_equal(level, LOG_LEVEL_INFO);
}

static void quoted_text_cannot_leave_its_line(void **state)
{
	CLEANUP(strbuf_done) struct strbuf out = STRBUF_INIT;

	(void)state;
	log_quote(&out, SPAN("a'b\\c\nd\033[0m\177é"));
	assert_string_equal(out.data, "'a\\'b\\\\c\\x0ad\\x1b[0m\\x7fé'");
}

static void a_reader_that_is_gone_is_an_errno(void **state)
{
	CLEANUP(close_pipe) struct log_pipe p;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	open_pipe(&p);
	close(p.fds[0]);
	p.fds[0] = -1;
	assert_int_equal(write_all(p.fds[1], "x", 1), -EPIPE);
	log_raw(&p.log, "nobody reads");
}

static void fill(int fd)
{
	char block[4096] = { 'x' };

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (write(fd, block, sizeof(block)) > 0)
		;
}

static void a_full_pipe_does_not_hang_a_diagnostic(void **state)
{
	CLEANUP(close_pipe) struct log_pipe p;

	(void)state;
	open_pipe(&p);
	fill(p.fds[1]);
	alarm(20);
	log_say(&p.log, LOG_LEVEL_ERROR, "nobody reads");
	alarm(0);
}

static void what_is_said_goes_to_syslog_too(void **state)
{
	CLEANUP(fake_syslog_done) struct fake_syslog s;
	struct log log = { .fd = -1, .level = LOG_LEVEL_INFO };

	(void)state;
	fake_syslog_init(&s);
	fake_syslog_start(&s);
	log.syslog_fd = syslog_open();
	log.syslog_path = s.path;
	log_say(&log, LOG_LEVEL_DEBUG, "not this");
	log_say(&log, LOG_LEVEL_WARNING, "that %d\n", 7);
	assert_memory_equal(fake_syslog_line(&s), "<12>", 4);
	assert_contains(s.got, " falco-run[");
	assert_string_equal(strrchr(s.got, ']'), "]: that 7");
	fake_syslog_stop(&s, true);
	log_say(&log, LOG_LEVEL_WARNING, "nobody is there");
	fake_syslog_start(&s);
	log_say(&log, LOG_LEVEL_WARNING, "after it");
	assert_contains(fake_syslog_line(&s), "]: after it");
	close(log.syslog_fd);
}

static void a_syslog_that_takes_nothing_is_not_waited_for(void **state)
{
	CLEANUP(fake_syslog_done) struct fake_syslog s;
	struct log log = { .fd = -1, .level = LOG_LEVEL_INFO };

	(void)state;
	fake_syslog_init(&s);
	fake_syslog_start(&s);
	log.syslog_fd = syslog_open();
	log.syslog_path = s.path;
	for (int i = 0; i < 5000; i++)
		log_say(&log, LOG_LEVEL_WARNING, "line %d", i);
	close(log.syslog_fd);
}

static void a_log_follows_another(void **state)
{
	CLEANUP(close_pipe) struct log_pipe p;
	struct log from = { .fd = -1,
			    .level = LOG_LEVEL_DEBUG,
			    .syslog_path = "/nonexistent",
			    .syslog_fd = 999 };

	(void)state;
	open_pipe(&p);
	log_follow(&p.log, &from);
	log_say(&p.log, LOG_LEVEL_ERROR, "to nobody");
	assert_int_equal(p.log.syslog_fd, 999);
	assert_int_equal(from.syslog_fd, 0);
	from.fd = p.fds[1];
	from.syslog_path = NULL;
	log_follow(&p.log, &from);
	log_say(&p.log, LOG_LEVEL_DEBUG, "more");
	assert_string_equal(read_pipe(&p), "falco-run: more\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_names_the_program),
		cmocka_unit_test(a_newline_is_not_doubled),
		cmocka_unit_test(what_is_less_urgent_is_not_said),
		cmocka_unit_test(falcos_shape_begins_with_the_time),
		cmocka_unit_test(a_log_without_descriptor_says_nothing),
		cmocka_unit_test(levels_are_read_in_any_case),
		cmocka_unit_test(quoted_text_cannot_leave_its_line),
		cmocka_unit_test(a_reader_that_is_gone_is_an_errno),
		cmocka_unit_test(a_full_pipe_does_not_hang_a_diagnostic),
		cmocka_unit_test(what_is_said_goes_to_syslog_too),
		cmocka_unit_test(a_syslog_that_takes_nothing_is_not_waited_for),
		cmocka_unit_test(a_log_follows_another),
	};

	return RUN_TESTS(tests);
}
