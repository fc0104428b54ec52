/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/syslog_line.h and launcher/output_syslog.c: lines as syslog(3) writes them,
 * and a daemon that goes and comes again loses none.
 */
#include "harness/test.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"

#include "harness/fake_syslog.h"
#include "launcher/output.h"
#include "launcher/output_channel.h"
#include "launcher/syslog_line.h"

static int send_line(int fd, const struct fake_syslog *s, const char *text)
{
	return syslog_send(fd, s->path, LOG_USER | LOG_WARNING, "x[1]",
			   span_of(text));
}

static void a_line_is_as_syslog_writes_it(void **state)
{
	CLEANUP(fake_syslog_done) struct fake_syslog s;
	CLEANUP(closep) int fd = syslog_open();
	char month[4], clock[9];
	int day;

	(void)state;
	fake_syslog_init(&s);
	fake_syslog_start(&s);
	assert_int_equal(send_line(fd, &s, "two\nlines\n\n"), 0);
	assert_int_equal(sscanf(fake_syslog_line(&s), "<12>%3s %d %8[0-9:] x",
				month, &day, clock),
			 3);
	assert_string_equal(strstr(s.got, " x[1]: "), " x[1]: two\nlines");
}

static void a_socket_that_is_replaced_is_found(void **state)
{
	CLEANUP(fake_syslog_done) struct fake_syslog s;
	CLEANUP(closep) int fd = syslog_open();

	(void)state;
	fake_syslog_init(&s);
	assert_int_equal(send_line(fd, &s, "a"), -ENOENT);
	fake_syslog_start(&s);
	assert_int_equal(send_line(fd, &s, "b"), 0);
	fake_syslog_stop(&s, true);
	assert_int_equal(send_line(fd, &s, "c"), -ECONNREFUSED);
	fake_syslog_start(&s);
	assert_int_equal(send_line(fd, &s, "d"), 0);
	assert_string_equal(strstr(fake_syslog_line(&s), ": "), ": d");
}

static void who_takes_nothing_is_not_waited_for(void **state)
{
	CLEANUP(fake_syslog_done) struct fake_syslog s;
	CLEANUP(closep) int fd = syslog_open();
	int ret = 0;

	(void)state;
	fake_syslog_init(&s);
	fake_syslog_start(&s);
	for (int i = 0; i < 100000 && ret == 0; i++)
		ret = send_line(fd, &s, "a line");
	assert_int_equal(ret, -EAGAIN);
}

/* --- The channel --------------------------------------------------------------- */

struct channel {
	struct fake_syslog daemon;
	void *ctx;
	int stop_fd;
	struct error err;
	atomic_int ret; /* 1: under way */
};

static void channel_init(struct channel *c)
{
	struct output_options options = { .syslog_path = c->daemon.path };

	fake_syslog_init(&c->daemon);
	c->stop_fd = eventfd(0, EFD_CLOEXEC);
	assert_int_equal(syslog_channel.init(&options, &c->ctx, &c->err), 0);
}

static void channel_done(struct channel *c)
{
	syslog_channel.done(c->ctx);
	close(c->stop_fd);
	fake_syslog_done(&c->daemon);
}

static int deliver(struct channel *c, const char *line)
{
	struct message message = { line, strlen(line), PRIORITY_ERROR };

	return syslog_channel.deliver(c->ctx, &message, c->stop_fd, &c->err);
}

static void *deliver_one(void *ctx)
{
	struct channel *c = ctx;

	atomic_store(&c->ret, deliver(c, "while away\n"));
	return NULL;
}

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ 0, ms * 1000000 }, NULL);
}

static void an_alert_has_its_priority(void **state)
{
	CLEANUP(channel_done) struct channel c = { .ctx = NULL };

	(void)state;
	channel_init(&c);
	fake_syslog_start(&c.daemon);
	assert_int_equal(deliver(&c, "an alert\n"), 0);
	assert_memory_equal(fake_syslog_line(&c.daemon), "<11>", 4);
	assert_string_equal(strstr(c.daemon.got, " falco-run: "),
			    " falco-run: an alert");
}

static void a_daemon_that_was_never_there_is_not_waited_for(void **state)
{
	CLEANUP(channel_done) struct channel c = { .ctx = NULL };

	(void)state;
	channel_init(&c);
	assert_int_equal(deliver(&c, "a\n"), -ENOENT);
	assert_contains(c.err.text, "no syslog runs here");
}

static void what_comes_while_it_restarts_is_delivered(void **state)
{
	CLEANUP(channel_done) struct channel c = { .ctx = NULL };

	(void)state;
	channel_init(&c);
	for (int i = 0; i < 2; i++) {
		pthread_t thread;

		fake_syslog_start(&c.daemon);
		assert_int_equal(deliver(&c, "before\n"), 0);
		fake_syslog_line(&c.daemon);
		fake_syslog_stop(&c.daemon, i);
		atomic_store(&c.ret, 1);
		assert_int_equal(
			pthread_create(&thread, NULL, deliver_one, &c), 0);
		pause_ms(100);
		assert_int_equal(atomic_load(&c.ret), 1);
		fake_syslog_start(&c.daemon);
		assert_contains(fake_syslog_line(&c.daemon), ": while away");
		pthread_join(thread, NULL);
		assert_int_equal(atomic_load(&c.ret), 0);
		fake_syslog_stop(&c.daemon, false);
	}
}

static void the_end_ends_the_wait(void **state)
{
	CLEANUP(channel_done) struct channel c = { .ctx = NULL };
	const uint64_t one = 1;
	pthread_t thread;

	(void)state;
	channel_init(&c);
	fake_syslog_start(&c.daemon);
	assert_int_equal(deliver(&c, "before\n"), 0);
	fake_syslog_stop(&c.daemon, true);
	atomic_store(&c.ret, 1);
	assert_int_equal(pthread_create(&thread, NULL, deliver_one, &c), 0);
	pause_ms(60);
	assert_int_equal(write(c.stop_fd, &one, sizeof(one)), sizeof(one));
	pthread_join(thread, NULL);
	assert_int_equal(atomic_load(&c.ret), -ECANCELED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_as_syslog_writes_it),
		cmocka_unit_test(a_socket_that_is_replaced_is_found),
		cmocka_unit_test(who_takes_nothing_is_not_waited_for),
		cmocka_unit_test(an_alert_has_its_priority),
		cmocka_unit_test(
			a_daemon_that_was_never_there_is_not_waited_for),
		cmocka_unit_test(what_comes_while_it_restarts_is_delivered),
		cmocka_unit_test(the_end_ends_the_wait),
	};

	return RUN_TESTS(tests);
}
