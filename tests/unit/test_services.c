/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/services.h: another configuration moves, ends or begins the web server and
 * metrics, or changes neither.
 */
#include "harness/test.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "harness/alerting.h"
#include "launcher/services.h"
#include "launcher/sets.h"
#include "launcher/setup.h"

#define SKIP_WITHOUT_LIBRARY \
	if (!dlopen("libmicrohttpd.so.12", RTLD_NOW | RTLD_LOCAL)) \
	skip()

struct scene {
	struct setup setup;
	struct alerting a;
	struct sink sink;
	struct sets sets;
	struct services *services;
	struct error err;
};

/* A port that is free, as long as the descriptor is open taken. */
static int any_port(int *ret_fd)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t n = sizeof(address);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, n), 0);
	assert_int_equal(listen(fd, 1), 0);
	getsockname(fd, (struct sockaddr *)&address, &n);
	if (ret_fd)
		*ret_fd = fd;
	else
		close(fd);
	return ntohs(address.sin_port);
}

static void scene_init(struct scene *s)
{
	struct config *c = &s->setup.config;

	memset(s, 0, sizeof(*s));
	s->setup.log.fd = -1;
	c->webserver_enabled = c->metrics_enabled = c->webserver_metrics = true;
	c->webserver_address = "127.0.0.1";
	c->webserver_port = any_port(NULL);
	c->webserver_health = "/healthz";
	c->webserver_certificate = c->metrics_file = "";
	c->metrics_interval_ms = 3600000;
	alerting_init(&s->a, OPENS("r", "opens"));
	sink_init(&s->sink, &s->a.set);
	sets_init(&s->sets, &s->sink);
	s->services = services_new(&(struct metrics_options){
		"notify", &s->sink, &s->sets, &s->setup.log });
}

static void scene_done(struct scene *s)
{
	services_stop(s->services);
	services_free(s->services);
	sets_done(&s->sets);
	sink_done(&s->sink);
	alerting_done(&s->a);
}

/* What a reload does with the configuration as it stands. */
static int scene_reload(struct scene *s)
{
	struct services_next next;
	int ret = services_prepare(s->services, &s->setup, &next, &s->err);

	if (ret == 0)
		services_use(s->services, &next);
	return ret;
}

/* The answer's status to a GET at a port; 0: nobody listens. */
static int status_at(int64_t port, const char *path)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	CLEANUP(closep) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CLEANUP(strbuf_done) struct strbuf request = STRBUF_INIT;
	char answer[32] = "";

	address.sin_port = htons((uint16_t)port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return 0;
	strbuf_addf(&request, "GET %s HTTP/1.0\r\n\r\n", path);
	assert_int_equal(write(fd, request.data, request.n), request.n);
	recv(fd, answer, sizeof(answer) - 1, MSG_WAITALL);
	return (int)strtol(answer + strlen("HTTP/1.1 "), NULL, 10);
}

static void the_web_server_moves_to_another_port(void **state)
{
	CLEANUP(scene_done) struct scene s;
	struct config *c = &s.setup.config;
	int64_t before;

	(void)state;
	scene_init(&s);
	SKIP_WITHOUT_LIBRARY;
	services_start(s.services, &s.setup);
	before = c->webserver_port;
	assert_int_equal(status_at(before, "/healthz"), 200);
	assert_int_equal(status_at(before, "/metrics"), 200);
	c->webserver_port = any_port(NULL);
	c->webserver_health = "/alive";
	assert_int_equal(scene_reload(&s), 0);
	assert_int_equal(status_at(before, "/healthz"), 0);
	assert_int_equal(status_at(c->webserver_port, "/alive"), 200);
	assert_int_equal(status_at(c->webserver_port, "/healthz"), 404);
}

static void it_ends_and_begins(void **state)
{
	CLEANUP(scene_done) struct scene s;
	struct config *c = &s.setup.config;

	(void)state;
	scene_init(&s);
	SKIP_WITHOUT_LIBRARY;
	c->webserver_enabled = false;
	services_start(s.services, &s.setup);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(status_at(c->webserver_port, "/healthz"),
				 i % 2 ? 200 : 0);
		c->webserver_enabled = !c->webserver_enabled;
		assert_int_equal(scene_reload(&s), 0);
	}
}

static void metrics_end_and_begin(void **state)
{
	CLEANUP(scene_done) struct scene s;
	struct config *c = &s.setup.config;

	(void)state;
	scene_init(&s);
	SKIP_WITHOUT_LIBRARY;
	services_start(s.services, &s.setup);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(status_at(c->webserver_port, "/metrics"),
				 i % 2 ? 404 : 200);
		c->metrics_enabled = !c->metrics_enabled;
		assert_int_equal(scene_reload(&s), 0);
	}
	c->webserver_metrics = false;
	assert_int_equal(scene_reload(&s), 0);
	assert_int_equal(status_at(c->webserver_port, "/metrics"), 404);
}

static void a_port_that_is_taken_changes_nothing(void **state)
{
	CLEANUP(scene_done) struct scene s;
	CLEANUP(closep) int taken = -1;
	struct config *c = &s.setup.config;
	int64_t before;

	(void)state;
	scene_init(&s);
	SKIP_WITHOUT_LIBRARY;
	services_start(s.services, &s.setup);
	before = c->webserver_port;
	c->webserver_port = any_port(&taken);
	c->metrics_enabled = false;
	assert_int_equal(scene_reload(&s), -EADDRINUSE);
	assert_contains(s.err.text, "webserver: cannot listen on 127.0.0.1:");
	assert_int_equal(status_at(before, "/healthz"), 200);
	assert_int_equal(status_at(before, "/metrics"), 200);
}

static void what_could_not_be_had_is_tried_again(void **state)
{
	CLEANUP(scene_done) struct scene s;
	int taken = -1;

	(void)state;
	scene_init(&s);
	SKIP_WITHOUT_LIBRARY;
	s.setup.config.webserver_port = any_port(&taken);
	services_start(s.services, &s.setup);
	assert_int_equal(scene_reload(&s), 0);
	close(taken);
	assert_int_equal(status_at(s.setup.config.webserver_port, "/healthz"),
			 0);
	assert_int_equal(scene_reload(&s), 0);
	assert_int_equal(status_at(s.setup.config.webserver_port, "/healthz"),
			 200);
}

static void what_is_got_ready_may_be_left(void **state)
{
	CLEANUP(scene_done) struct scene s;
	struct services_next next;
	int64_t before;

	(void)state;
	scene_init(&s);
	SKIP_WITHOUT_LIBRARY;
	services_start(s.services, &s.setup);
	before = s.setup.config.webserver_port;
	s.setup.config.webserver_port = any_port(NULL);
	assert_int_equal(
		services_prepare(s.services, &s.setup, &next, &s.err), 0);
	services_cancel(&next);
	assert_int_equal(status_at(s.setup.config.webserver_port, "/healthz"),
			 0);
	assert_int_equal(status_at(before, "/healthz"), 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_web_server_moves_to_another_port),
		cmocka_unit_test(it_ends_and_begins),
		cmocka_unit_test(metrics_end_and_begin),
		cmocka_unit_test(a_port_that_is_taken_changes_nothing),
		cmocka_unit_test(what_could_not_be_had_is_tried_again),
		cmocka_unit_test(what_is_got_ready_may_be_left),
	};

	return RUN_TESTS(tests);
}
