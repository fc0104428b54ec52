/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/output_http.c: the numbers of libcurl's interface are the library's; a
 * request has the body and the heads that were asked for; failures are told apart.
 * The server is a thread that reads one request and answers what the test says.
 */
#include "harness/test.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "launcher/output.h"
#include "launcher/output_channel.h"

/* struct curl_easyoption, curl 7.73. */
struct easy_option {
	const char *name;
	int id;
};

static bool has_curl(void)
{
	void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);

	return library || dlopen("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL);
}

static void the_numbers_of_options_are_the_librarys(void **state)
{
	static const struct {
		const char *name;
		int number;
	} rows[] = {
#define CURL_OPTION(name, number) { #name, number },
#include "launcher/curl.def"
	};
	void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
	const struct easy_option *(*by_name)(const char *) = NULL;

	(void)state;
	if (library)
		by_name = dlsym(library, "curl_easy_option_by_name");
	if (!by_name)
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct easy_option *option = by_name(rows[i].name);

		if (!option || option->id != rows[i].number)
			fail_msg("%s is not %d", rows[i].name, rows[i].number);
	}
}

/* --- A server ------------------------------------------------------------------ */

struct server {
	int fd, port;
	const char *answer; /* NULL: none, it hangs until the end */
	pthread_t thread;
	struct strbuf request;
	int hang_fd;
};

static void read_request(struct server *s, int fd)
{
	char block[4096];
	ssize_t n;

	while (!strstr(s->request.data, "the body") &&
	       (n = read(fd, block, sizeof(block))) > 0)
		strbuf_add(&s->request, block, (size_t)n);
}

static void *serve(void *ctx)
{
	struct server *s = ctx;

	for (;;) {
		CLEANUP(closep) int fd = accept(s->fd, NULL, NULL);
		struct pollfd hang = { s->hang_fd, POLLIN, 0 };

		if (fd < 0)
			return NULL;
		strbuf_reset(&s->request);
		read_request(s, fd);
		if (!s->answer)
			poll(&hang, 1, -1);
		else if (write(fd, s->answer, strlen(s->answer)) < 0)
			return NULL;
	}
}

static void server_start(struct server *s, const char *answer)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t n = sizeof(address);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	*s = (struct server){ .answer = answer, .request = STRBUF_INIT };
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	s->hang_fd = eventfd(0, EFD_CLOEXEC);
	assert_int_equal(bind(s->fd, (void *)&address, sizeof(address)), 0);
	assert_int_equal(listen(s->fd, 5), 0);
	assert_int_equal(getsockname(s->fd, (void *)&address, &n), 0);
	s->port = ntohs(address.sin_port);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void server_done(struct server *s)
{
	eventfd_write(s->hang_fd, 1);
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->fd);
	close(s->hang_fd);
	strbuf_done(&s->request);
}

/* --- A delivery ---------------------------------------------------------------- */

struct delivery {
	struct server server;
	struct output_options options;
	char url[64];
	struct error err;
	void *ctx;
	int stop_fd;
};

static void begin(struct delivery *d, const char *answer)
{
	server_start(&d->server, answer);
	snprintf(d->url, sizeof(d->url), "http://127.0.0.1:%d/path",
		 d->server.port);
	d->stop_fd = eventfd(0, EFD_CLOEXEC);
	d->err.text[0] = '\0';
	d->options = (struct output_options){
		.stream_fd = -1,
		.patience_ms = 300,
		.http = { .url = d->url,
			  .user_agent = "an/agent",
			  .max_timeouts = 2,
			  .echo_fd = -1 },
	};
}

static int deliver(struct delivery *d)
{
	static const struct message message = { "the body\n", 9,
						PRIORITY_ERROR };

	if (!d->ctx && http_channel.init(&d->options, &d->ctx, &d->err) < 0)
		fail_msg("%s", d->err.text);
	return http_channel.deliver(d->ctx, &message, d->stop_fd, &d->err);
}

static void delivery_done(struct delivery *d)
{
	if (d->ctx) {
		http_channel.release(d->ctx, d->stop_fd);
		http_channel.done(d->ctx);
	}
	server_done(&d->server);
	close(d->stop_fd);
}

#define FINE "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"

static void a_line_is_the_body_of_a_post(void **state)
{
	CLEANUP(delivery_done) struct delivery d = { .ctx = NULL };
	const char *request;

	(void)state;
	if (!has_curl())
		skip();
	begin(&d, FINE);
	assert_int_equal(deliver(&d), 0);
	request = d.server.request.data;
	assert_contains(request, "POST /path HTTP/1.1\r\n");
	assert_contains(request, "User-Agent: an/agent\r\n");
	assert_contains(request, "Content-Type: text/plain\r\n");
	assert_contains(request, "Content-Length: 8\r\n");
	assert_contains(request, "\r\n\r\nthe body");
	assert_null(strstr(request, "Expect:"));
	assert_null(strstr(request, "Accept-Encoding:"));
}

static void json_says_so_and_compression_is_asked_for(void **state)
{
	CLEANUP(delivery_done) struct delivery d = { .ctx = NULL };

	(void)state;
	if (!has_curl())
		skip();
	begin(&d, FINE);
	d.options.http.json = true;
	d.options.http.compress = true;
	assert_int_equal(deliver(&d), 0);
	assert_contains(d.server.request.data,
			"Content-Type: application/json\r\n");
	assert_contains(d.server.request.data, "Accept-Encoding: ");
}

static void the_answer_is_echoed_when_asked(void **state)
{
	CLEANUP(delivery_done) struct delivery d = { .ctx = NULL };
	char answer[8] = "";
	int fds[2];

	(void)state;
	if (!has_curl())
		skip();
	begin(&d, FINE);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	d.options.http.echo_fd = fds[1];
	assert_int_equal(deliver(&d), 0);
	assert_int_equal(read(fds[0], answer, sizeof(answer)), 2);
	assert_string_equal(answer, "ok");
	close(fds[0]);
	close(fds[1]);
}

static void an_answer_of_500_is_a_failure(void **state)
{
	CLEANUP(delivery_done) struct delivery d = { .ctx = NULL };

	(void)state;
	if (!has_curl())
		skip();
	begin(&d, "HTTP/1.1 500 No\r\nContent-Length: 0\r\n"
		  "Connection: close\r\n\r\n");
	assert_int_equal(deliver(&d), -EPROTO);
	assert_contains(d.err.text, "the server answered 500");
	/* And it goes on. */
	assert_int_equal(deliver(&d), -EPROTO);
}

static void a_server_that_hangs_is_left_after_its_time(void **state)
{
	CLEANUP(delivery_done) struct delivery d = { .ctx = NULL };

	(void)state;
	if (!has_curl())
		skip();
	begin(&d, NULL);
	assert_int_equal(deliver(&d), -ETIMEDOUT);
	assert_contains(d.err.text, d.url);
}

static void a_request_is_interrupted_by_the_end(void **state)
{
	CLEANUP(delivery_done) struct delivery d = { .ctx = NULL };

	(void)state;
	if (!has_curl())
		skip();
	begin(&d, NULL);
	d.options.patience_ms = 60000;
	eventfd_write(d.stop_fd, 1);
	alarm(20);
	assert_int_equal(deliver(&d), -ECANCELED);
	alarm(0);
}

static void nobody_there_is_a_failure(void **state)
{
	CLEANUP(delivery_done) struct delivery d = { .ctx = NULL };

	(void)state;
	if (!has_curl())
		skip();
	begin(&d, FINE);
	snprintf(d.url, sizeof(d.url), "http://127.0.0.1:1/");
	assert_int_equal(deliver(&d), -EIO);
	assert_contains(d.err.text, "http://127.0.0.1:1/: ");
}

static void other_protocols_are_refused(void **state)
{
	CLEANUP(delivery_done) struct delivery d = { .ctx = NULL };

	(void)state;
	if (!has_curl())
		skip();
	begin(&d, FINE);
	snprintf(d.url, sizeof(d.url), "file:///etc/passwd");
	assert_int_equal(deliver(&d), -EIO);
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
		cmocka_unit_test(the_numbers_of_options_are_the_librarys),
		cmocka_unit_test(a_line_is_the_body_of_a_post),
		cmocka_unit_test(json_says_so_and_compression_is_asked_for),
		cmocka_unit_test(the_answer_is_echoed_when_asked),
		cmocka_unit_test(an_answer_of_500_is_a_failure),
		cmocka_unit_test(a_server_that_hangs_is_left_after_its_time),
		cmocka_unit_test(a_request_is_interrupted_by_the_end),
		cmocka_unit_test(nobody_there_is_a_failure),
		cmocka_unit_test(other_protocols_are_refused),
	};

	return cmocka_run_group_tests(tests, ignore_sigpipe, NULL);
}
