/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/container_watch.h: what a service says of the container is there
 * when it has answered; nobody waits for one that does not.
 */
#include "harness/test.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "container.h"
#include "strbuf.h"

#include "launcher/container_watch.h"

#define ANSWER "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n"

/* Takes one request and gives the answer; NULL: takes it, and says nothing. */
struct server {
	int fd;
	const char *answer;
	pthread_t thread;
	char url[64];
};

static void *serve(void *ctx)
{
	struct server *s = ctx;
	CLEANUP(closep) int fd = accept(s->fd, NULL, NULL);
	char request[4096];

	if (fd < 0 || read(fd, request, sizeof(request)) <= 0 || !s->answer)
		return NULL;
	if (write(fd, s->answer, strlen(s->answer)) < 0)
		return NULL;
	shutdown(fd, SHUT_WR);
	return NULL;
}

static void server_start(struct server *s, const char *answer)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t n = sizeof(address);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->answer = answer;
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->fd, (struct sockaddr *)&address, n), 0);
	assert_int_equal(listen(s->fd, 1), 0);
	getsockname(s->fd, (struct sockaddr *)&address, &n);
	snprintf(s->url, sizeof(s->url), "http://127.0.0.1:%d/v4",
		 ntohs(address.sin_port));
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void server_done(struct server *s)
{
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->fd);
}

static bool has_curl(void)
{
	return dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL) ||
	       dlopen("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL);
}

static void until_over(const struct container_watch *w)
{
	for (int i = 0; i < 2000 && !container_watch_is_over(w); i++)
		nanosleep(&(struct timespec){ 0, 5000000 }, NULL);
	assert_true(container_watch_is_over(w));
}

/* What is known after the server has said `answer`. */
static void assert_name(const char *answer, const char *want)
{
	CLEANUP(server_done) struct server s;
	const struct container_info known = { .known = false };
	struct container_info info = { .name = "untouched" };
	struct container_watch *w;

	server_start(&s, answer);
	w = container_watch_start(&known, s.url, 5000);
	assert_non_null(w);
	until_over(w);
	container_watch_take(w, &info);
	assert_string_equal(info.name, want);
	container_watch_free(w);
}

static void without_a_service_nothing_starts(void **state)
{
	const struct container_info known = { .known = false };

	(void)state;
	assert_null(container_watch_start(&known, NULL, 100));
	assert_null(container_watch_start(&known, "", 100));
	container_watch_free(NULL);
}

static void an_answer_is_taken_over(void **state)
{
	(void)state;
	if (!has_curl())
		skip();
	assert_name(ANSWER "{\"DockerId\":\"cd189a933e58\",\"Name\":\"web\"}",
		    "web");
}

static void what_is_no_answer_changes_nothing(void **state)
{
	(void)state;
	if (!has_curl())
		skip();
	assert_name(ANSWER "<html>", "untouched");
	assert_name("no HTTP at all", "untouched");
}

static void a_service_that_is_silent_is_left_after_its_time(void **state)
{
	CLEANUP(server_done) struct server s;
	const struct container_info known = { .known = false };
	struct container_info info = { .name = "untouched" };
	struct container_watch *w;

	(void)state;
	if (!has_curl())
		skip();
	server_start(&s, NULL);
	w = container_watch_start(&known, s.url, 100);
	until_over(w);
	container_watch_take(w, &info);
	assert_string_equal(info.name, "untouched");
	container_watch_free(w);
}

static void giving_up_does_not_wait(void **state)
{
	CLEANUP(server_done) struct server s;
	const struct container_info known = { .known = false };
	struct container_watch *w;
	struct timespec from, to;

	(void)state;
	if (!has_curl())
		skip();
	server_start(&s, NULL);
	w = container_watch_start(&known, s.url, 1000);
	clock_gettime(CLOCK_MONOTONIC, &from);
	container_watch_free(w);
	clock_gettime(CLOCK_MONOTONIC, &to);
	assert_true((to.tv_sec - from.tv_sec) * 1000 +
			    (to.tv_nsec - from.tv_nsec) / 1000000 <
		    500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_service_nothing_starts),
		cmocka_unit_test(an_answer_is_taken_over),
		cmocka_unit_test(what_is_no_answer_changes_nothing),
		cmocka_unit_test(
			a_service_that_is_silent_is_left_after_its_time),
		cmocka_unit_test(giving_up_does_not_wait),
	};

	return RUN_TESTS(tests);
}
