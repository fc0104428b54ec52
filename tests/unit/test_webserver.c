/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/webserver.h: the numbers of libmicrohttpd's interface are the
 * library's; what stands at which path; who may only read may only read; what
 * goes wrong is said.
 */
#include "harness/test.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "array.h"
#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "launcher/paths.h"
#include "launcher/setup.h"
#include "launcher/webserver.h"

#define SKIP_WITHOUT_LIBRARY \
	if (!dlopen("libmicrohttpd.so.12", RTLD_NOW | RTLD_LOCAL)) \
	skip()

/* --- Numbers
 * -------------------------------------------------------------------- */

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* "MHD_name = number" in the header, whatever the case; -1: it is not there. */
static long number_in(const char *header, const char *name)
{
	CLEANUP(strbuf_done) struct strbuf full = STRBUF_INIT;
	const char *at = header;

	strbuf_addf(&full, "MHD_%s", name);
	while ((at = strcasestr(at, full.data))) {
		const char *end = at + full.n;

		at = end;
		if (is_word(*end))
			continue;
		end += strspn(end, " \n\t");
		if (*end == '=')
			return strtol(end + 1, NULL, 0);
	}
	return -1;
}

/* A member of the enum without numbers: its place among the lines that begin as
 * it does; -1: it is not there. */
static long place_in(const char *header, const char *name)
{
	static const char family[] = "MHD_RESPMEM_";
	long place = 0;

	for (const char *at = header; at; at = strchr(at, '\n')) {
		at += strspn(at, "\n\t ");
		if (strncmp(at, family, strlen(family)) != 0)
			continue;
		if (!strncmp(at + strlen("MHD_"), name, strlen(name)) &&
		    !is_word(at[strlen("MHD_") + strlen(name)]))
			return place;
		place++;
	}
	return -1;
}

static long number_of(const char *header, const char *name)
{
	long number = number_in(header, name);

	return number < 0 ? place_in(header, name) : number;
}

static char *read_header(void)
{
	static const char *const places[] = { "/usr/include/microhttpd.h",
					      "build/tools/microhttpd.h" };
	char *text = NULL;
	size_t n;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (path_read(places[i], 4u << 20, &text, &n) == 0)
			return text;

	return NULL;
}

static void the_numbers_are_the_headers(void **state)
{
	static const struct {
		const char *name;
		int number;
	} rows[] = {
#define HTTPD_NUMBER(name, number) { #name, number },
#include "launcher/microhttpd.def"
	};
	CLEANUP(freep) char *header = read_header();

	(void)state;
	if (!header) {
		print_message(
			"# there is no microhttpd.h (libmicrohttpd-dev)\n");
		skip();
	}
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (number_of(header, rows[i].name) != rows[i].number)
			fail_msg("%s is %ld, not %d", rows[i].name,
				 number_of(header, rows[i].name),
				 rows[i].number);
}

/* --- A server
 * ------------------------------------------------------------------- */

struct scene {
	struct setup setup;
	struct webserver *server;
	struct error err;
	int family;
};

static int any_port(int family)
{
	CLEANUP(closep) int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_storage address = { .ss_family = (sa_family_t)family };
	socklen_t n = sizeof(address);

	bind(fd, (struct sockaddr *)&address, n);
	getsockname(fd, (struct sockaddr *)&address, &n);
	return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

static void scene_init(struct scene *s, int family)
{
	struct config *c = &s->setup.config;

	memset(s, 0, sizeof(*s));
	s->family = family;
	s->setup.log.fd = -1;
	c->webserver_enabled = true;
	c->webserver_threads = 1;
	c->webserver_certificate = "";
	c->webserver_health = "/health";
	c->webserver_address = family == AF_INET ? "127.0.0.1" : "::1";
	c->webserver_port = any_port(family);
}

/* Beside the server that there is, which goes if the new one serves. */
static int scene_start(struct scene *s)
{
	struct webserver *w = webserver_new(&s->setup, NULL);
	int ret = webserver_start(w, s->server, &s->err);

	assert_int_equal(webserver_serves(w), ret == 0);
	if (ret == 0) {
		webserver_free(s->server);
		s->server = w;
	} else {
		webserver_free(w);
	}
	return ret;
}

static void scene_done(struct scene *s)
{
	webserver_free(s->server);
}

static int connect_to(const struct scene *s)
{
	uint16_t port = htons((uint16_t)s->setup.config.webserver_port);
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = port };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = port };
	int fd = socket(s->family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int ret;

	v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	v6.sin6_addr = in6addr_loopback;
	ret = s->family == AF_INET
		      ? connect(fd, (struct sockaddr *)&v4, sizeof(v4))
		      : connect(fd, (struct sockaddr *)&v6, sizeof(v6));
	assert_int_equal(ret, 0);
	return fd;
}

/* The whole answer to a request's first line. */
static void ask(const struct scene *s, const char *line, struct strbuf *answer)
{
	CLEANUP(closep) int fd = connect_to(s);
	CLEANUP(strbuf_done) struct strbuf request = STRBUF_INIT;
	char block[4096];
	ssize_t n;

	strbuf_addf(&request,
		    "%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
		    "Content-Length: 0\r\n\r\n",
		    line);
	assert_int_equal(write(fd, request.data, request.n), request.n);
	strbuf_reset(answer);
	while ((n = read(fd, block, sizeof(block))) > 0)
		strbuf_add(answer, block, (size_t)n);
}

static void assert_answer(const struct scene *s, const char *line,
			  const char *head, const char *body)
{
	CLEANUP(strbuf_done) struct strbuf answer = STRBUF_INIT;
	const char *at;

	ask(s, line, &answer);
	assert_contains(answer.data, head);
	at = strstr(answer.data, "\r\n\r\n");
	assert_non_null(at);
	assert_string_equal(at + 4, body);
}

static void assert_serves(const struct scene *s)
{
	assert_answer(s, "GET /health", "HTTP/1.1 200 ",
		      "{\"status\": \"ok\"}");
}

static void each_path_has_its_answer(void **state)
{
	CLEANUP(scene_done) struct scene s;
	CLEANUP(strbuf_done) struct strbuf answer = STRBUF_INIT;

	(void)state;
	scene_init(&s, AF_INET);
	SKIP_WITHOUT_LIBRARY;
	assert_int_equal(scene_start(&s), 0);
	assert_serves(&s);
	assert_answer(&s, "HEAD /health", "application/json", "");
	assert_answer(&s, "GET /healthz", "HTTP/1.1 404 ", "");
	assert_answer(&s, "GET /", "HTTP/1.1 404 ", "");
	assert_answer(&s, "GET /../etc/passwd", "HTTP/1.1 404 ", "");
	assert_answer(&s, "GET /metrics", "HTTP/1.1 404 ", "");
	ask(&s, "GET /versions", &answer);
	assert_contains(answer.data, "\"engine_version_semver\":\"");
}

static void who_writes_is_refused(void **state)
{
	static const char *const methods[] = { "POST", "PUT", "DELETE", "X" };
	CLEANUP(scene_done) struct scene s;

	(void)state;
	scene_init(&s, AF_INET);
	SKIP_WITHOUT_LIBRARY;
	assert_int_equal(scene_start(&s), 0);
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		CLEANUP(strbuf_done) struct strbuf line = STRBUF_INIT;

		strbuf_addf(&line, "%s /health", methods[i]);
		assert_answer(&s, line.data, "HTTP/1.1 405 ", "");
	}
}

static void it_listens_on_ipv6(void **state)
{
	CLEANUP(scene_done) struct scene s;

	(void)state;
	scene_init(&s, AF_INET6);
	SKIP_WITHOUT_LIBRARY;
	if (scene_start(&s) < 0) {
		print_message("# no IPv6 here: %s\n", s.err.text);
		skip();
	}
	assert_serves(&s);
}

static void noise_does_not_end_it(void **state)
{
	CLEANUP(scene_done) struct scene s;

	(void)state;
	scene_init(&s, AF_INET);
	SKIP_WITHOUT_LIBRARY;
	assert_int_equal(scene_start(&s), 0);
	for (int i = 0; i < 80; i++) {
		static const char noise[] = "\x16\x03\xff GET\0\r\n";
		CLEANUP(closep) int fd = connect_to(&s);

		assert_int_equal(write(fd, noise, sizeof(noise)),
				 sizeof(noise));
	}
	assert_serves(&s);
}

static void a_port_that_is_taken_is_said(void **state)
{
	CLEANUP(scene_done) struct scene s, other;

	(void)state;
	scene_init(&s, AF_INET);
	scene_init(&other, AF_INET);
	SKIP_WITHOUT_LIBRARY;
	other.setup.config.webserver_port = s.setup.config.webserver_port;
	assert_int_equal(scene_start(&s), 0);
	assert_true(scene_start(&other) < 0);
	assert_null(other.server);
	assert_contains(other.err.text, "cannot listen on 127.0.0.1:");
}

static void a_number_that_is_no_port_is_said(void **state)
{
	static const int64_t numbers[] = { 0, -1, 65536, INT64_MAX };
	CLEANUP(scene_done) struct scene s;

	(void)state;
	scene_init(&s, AF_INET);
	SKIP_WITHOUT_LIBRARY;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		s.setup.config.webserver_port = numbers[i];
		assert_int_equal(scene_start(&s), -EINVAL);
		assert_contains(s.err.text, "is not a port");
	}
}

static void a_certificate_that_is_none_is_said(void **state)
{
	CLEANUP(scene_done) struct scene s;
	struct config *c = &s.setup.config;

	(void)state;
	scene_init(&s, AF_INET);
	SKIP_WITHOUT_LIBRARY;
	c->webserver_tls = true;
	c->webserver_certificate = "/nonexistent.pem";
	assert_int_equal(scene_start(&s), -ENOENT);
	assert_contains(s.err.text, "cannot read /nonexistent.pem");
	c->webserver_certificate = "/dev/null";
	for (int i = 0; i < 50; i++)
		assert_true(scene_start(&s) < 0);
	assert_contains(s.err.text, "certificate or key refused");
	c->webserver_tls = false;
	assert_int_equal(scene_start(&s), 0);
	assert_true(dup(0) < 50); /* nothing was left open */
}

static void another_takes_over_at_the_same_port(void **state)
{
	CLEANUP(scene_done) struct scene s;

	(void)state;
	scene_init(&s, AF_INET);
	SKIP_WITHOUT_LIBRARY;
	for (int i = 0; i < 20; i++) {
		s.setup.config.webserver_threads = 1 + i % 3;
		assert_int_equal(scene_start(&s), 0);
		assert_serves(&s);
	}
}

static void another_takes_over_at_an_overlapping_address(void **state)
{
	static const char *const addresses[] = { "0.0.0.0", "127.0.0.1",
						 "0.0.0.0", "127.0.0.1" };
	CLEANUP(scene_done) struct scene s, other;

	(void)state;
	scene_init(&s, AF_INET);
	scene_init(&other, AF_INET);
	SKIP_WITHOUT_LIBRARY;
	other.setup.config.webserver_port = s.setup.config.webserver_port;
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		s.setup.config.webserver_address = addresses[i];
		assert_int_equal(scene_start(&s), 0);
		assert_serves(&s);
		/* Nobody else gets in. */
		assert_true(scene_start(&other) < 0);
	}
}

static void what_cannot_start_leaves_the_other_alone(void **state)
{
	CLEANUP(scene_done) struct scene s;
	struct config *c = &s.setup.config;

	(void)state;
	scene_init(&s, AF_INET);
	SKIP_WITHOUT_LIBRARY;
	assert_int_equal(scene_start(&s), 0);
	c->webserver_tls = true;
	c->webserver_certificate = "/dev/null";
	assert_true(scene_start(&s) < 0);
	assert_serves(&s);
	c->webserver_tls = false;
	c->webserver_address = "192.0.2.1";
	assert_true(scene_start(&s) < 0);
	assert_serves(&s);
}

static void two_are_the_same_when_all_is(void **state)
{
	CLEANUP(scene_done) struct scene s;
	struct config *c = &s.setup.config;
	struct config before;
	struct webserver *first;

	(void)state;
	scene_init(&s, AF_INET);
	before = *c;
	first = webserver_new(&s.setup, NULL);
	for (int i = 0; i < 7; i++) {
		struct webserver *second;

		*c = before;
		c->webserver_port += i == 1;
		c->webserver_threads += i == 2;
		c->webserver_address = i == 3 ? "::1" : c->webserver_address;
		c->webserver_health = i == 4 ? "/h" : c->webserver_health;
		c->webserver_tls = i == 5;
		c->webserver_enabled = i != 6;
		second = webserver_new(&s.setup, NULL);
		assert_int_equal(webserver_is_same(first, second), i == 0);
		assert_int_equal(webserver_is_same(second, first), i == 0);
		webserver_free(second);
	}
	assert_true(webserver_is_same(NULL, NULL));
	webserver_free(first);
}

/* Threads of this process. */
static int count_threads(void)
{
	CLEANUP(freep) char *text = NULL;
	size_t n;

	assert_int_equal(path_read("/proc/self/status", 1 << 16, &text, &n), 0);
	return (int)strtol(strstr(text, "\nThreads:") + strlen("\nThreads:"),
			   NULL, 10);
}

static void it_has_as_many_threads_as_it_should(void **state)
{
	CLEANUP(scene_done) struct scene s;
	int before;

	(void)state;
	scene_init(&s, AF_INET);
	SKIP_WITHOUT_LIBRARY;
	s.setup.config.webserver_threads = 3;
	before = count_threads();
	assert_int_equal(scene_start(&s), 0);
	assert_int_equal(count_threads() - before, 3);
	s.setup.config.webserver_threads = 0;
	assert_int_equal(scene_start(&s), 0);
	assert_in_range(count_threads() - before, 1,
			(uintmax_t)sysconf(_SC_NPROCESSORS_ONLN));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_numbers_are_the_headers),
		cmocka_unit_test(each_path_has_its_answer),
		cmocka_unit_test(who_writes_is_refused),
		cmocka_unit_test(it_listens_on_ipv6),
		cmocka_unit_test(noise_does_not_end_it),
		cmocka_unit_test(a_port_that_is_taken_is_said),
		cmocka_unit_test(a_number_that_is_no_port_is_said),
		cmocka_unit_test(a_certificate_that_is_none_is_said),
		cmocka_unit_test(another_takes_over_at_the_same_port),
		cmocka_unit_test(another_takes_over_at_an_overlapping_address),
		cmocka_unit_test(what_cannot_start_leaves_the_other_alone),
		cmocka_unit_test(two_are_the_same_when_all_is),
		cmocka_unit_test(it_has_as_many_threads_as_it_should),
	};

	return RUN_TESTS(tests);
}
