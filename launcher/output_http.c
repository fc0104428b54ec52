/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The http channel: each line is the body of a POST. libcurl does the work. The peer
 * may hang, reset or refuse: a request has a time limit, the end of the run interrupts
 * it at once, and after max_timeouts in a row each line gets one attempt until the
 * peer is back.
 */
#include "output_channel.h"

#include <errno.h>
#include <poll.h>

#include "alloc.h"
#include "array.h"
#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "curl.h"
#include "output.h"

#define HTTP_AND_HTTPS 3L
#define CODE_TIMED_OUT 28
#define INFO_RESPONSE_CODE 0x200002
#define ERROR_SIZE 256 /* CURL_ERROR_SIZE */
#define ECHO_MAX 65536
#define POLL_MS 1000

#define STATUS_BAD_REQUEST 400

struct http {
	struct curl curl;
	struct http_options options;
	unsigned timeout_ms;
	unsigned timeouts; /* in a row */
	void *easy, *multi, *headers;
	struct strbuf answer;
	char why[ERROR_SIZE];
};

/* --- A connection ------------------------------------------------------------ */

static size_t take_answer(char *data, size_t size, size_t n, void *ctx)
{
	struct http *h = ctx;
	size_t room = ECHO_MAX - h->answer.n;

	if (h->options.echo_fd >= 0)
		strbuf_add(&h->answer, data, n * size < room ? n * size : room);
	return n * size;
}

static void set_text(struct http *h, enum curl_option option, const char *text)
{
	if (text && *text)
		h->curl.easy_setopt(h->easy, (int)option, text);
}

static void set_number(struct http *h, enum curl_option option, long number)
{
	h->curl.easy_setopt(h->easy, (int)option, number);
}

static void set_tls(struct http *h)
{
	const struct http_options *o = &h->options;

	if (o->insecure) {
		set_number(h, OPTION_SSL_VERIFYPEER, 0);
		set_number(h, OPTION_SSL_VERIFYHOST, 0);
	}
	set_text(h, OPTION_CAPATH, o->ca_path);
	set_text(h, OPTION_CAINFO, o->ca_bundle);
	set_text(h, OPTION_CAINFO, o->ca_cert);
	if (o->mtls) {
		set_text(h, OPTION_SSLCERT, o->client_cert);
		set_text(h, OPTION_SSLKEY, o->client_key);
	}
}

static void set_request(struct http *h)
{
	const struct http_options *o = &h->options;

	set_text(h, OPTION_URL, o->url);
	set_text(h, OPTION_USERAGENT, o->user_agent);
	set_number(h, OPTION_POST, 1);
	set_number(h, OPTION_NOSIGNAL, 1);
	set_number(h, OPTION_PROTOCOLS, HTTP_AND_HTTPS);
	set_number(h, OPTION_TCP_KEEPALIVE, o->keep_alive);
	set_number(h, OPTION_TIMEOUT_MS, (long)h->timeout_ms);
	set_number(h, OPTION_CONNECTTIMEOUT_MS, (long)h->timeout_ms);
	/* An empty list of encodings stands for all that libcurl knows. */
	if (o->compress)
		h->curl.easy_setopt(h->easy, OPTION_ACCEPT_ENCODING, "");
	h->curl.easy_setopt(h->easy, OPTION_HTTPHEADER, h->headers);
	h->curl.easy_setopt(h->easy, OPTION_ERRORBUFFER, h->why);
	h->curl.easy_setopt(h->easy, OPTION_WRITEFUNCTION, take_answer);
	h->curl.easy_setopt(h->easy, OPTION_WRITEDATA, h);
}

/* "Expect:" keeps libcurl from waiting a second for leave to send a long body. */
static int be_ready(struct http *h, struct error *err)
{
	if (h->easy)
		return 0;
	h->easy = h->curl.easy_init();
	h->multi = h->curl.multi_init();
	h->headers = h->curl.slist_append(
		NULL, h->options.json ? "Content-Type: application/json" :
					"Content-Type: text/plain");
	h->headers = h->curl.slist_append(h->headers, "Expect:");
	if (!h->easy || !h->multi)
		return error_set(err, -ENOMEM, "libcurl gives no handle");
	set_request(h);
	set_tls(h);
	return 0;
}

static void http_release(void *ctx, int stop_fd)
{
	struct http *h = ctx;

	(void)stop_fd;
	if (h->easy)
		h->curl.easy_cleanup(TAKE_PTR(h->easy));
	if (h->multi)
		h->curl.multi_cleanup(TAKE_PTR(h->multi));
	if (h->headers)
		h->curl.slist_free_all(TAKE_PTR(h->headers));
}

/* --- A request ---------------------------------------------------------------- */

/* libcurl's code, or -ECANCELED. */
static int transfer(struct http *h, int stop_fd)
{
	int running = 1;

	for (;;) {
		struct curl_extra_fd stop = { stop_fd, POLLIN, 0 };
		const struct curl_message *message;
		int left;

		h->curl.multi_perform(h->multi, &running);
		message = h->curl.multi_info_read(h->multi, &left);
		if (message)
			return message->data.result;
		h->curl.multi_poll(h->multi, &stop, 1, POLL_MS, NULL);
		if (stop.revents)
			return -ECANCELED;
	}
}

static int judge_answer(struct http *h, int code, struct error *err)
{
	long status = 0;

	if (code == -ECANCELED)
		return code;
	if (code)
		return error_set(err,
				 code == CODE_TIMED_OUT ? -ETIMEDOUT : -EIO,
				 "%s: %s", h->options.url,
				 h->why[0] ? h->why :
					     h->curl.easy_strerror(code));
	h->curl.easy_getinfo(h->easy, INFO_RESPONSE_CODE, &status);
	if (status >= 400)
		return error_set(err, -EPROTO, "%s: the server answered %ld%s",
				 h->options.url, status,
				 status == STATUS_BAD_REQUEST && h->options.hint ?
					 h->options.hint :
					 "");
	return 0;
}

static int post(struct http *h, const struct message *message, int stop_fd,
		struct error *err)
{
	int code;

	h->why[0] = '\0';
	strbuf_reset(&h->answer);
	/* The newline belongs to streams. */
	set_number(h, OPTION_POSTFIELDSIZE, (long)(message->n - 1));
	h->curl.easy_setopt(h->easy, OPTION_POSTFIELDS, message->text);
	h->curl.multi_add_handle(h->multi, h->easy);
	code = transfer(h, stop_fd);
	h->curl.multi_remove_handle(h->multi, h->easy);
	return judge_answer(h, code, err);
}

static void echo(struct http *h, int stop_fd)
{
	struct message answer = { .text = h->answer.data, .n = h->answer.n };
	size_t at = 0;

	if (h->options.echo_fd >= 0)
		channel_write(h->options.echo_fd, &answer, &at, stop_fd);
}

/* --- The channel -------------------------------------------------------------- */

static void http_done(void *ctx)
{
	struct http *h = ctx;

	http_release(h, -1);
	strbuf_done(&h->answer);
	/* The library stays: threads of its own may be looking up a name. */
	free(h);
}

static void http_freep(struct http **h)
{
	if (*h)
		http_done(*h);
}

static int http_init(const struct output_options *options, void **ret_ctx,
		     struct error *err)
{
	CLEANUP(http_freep) struct http *h = xcalloc(1, sizeof(*h));
	int ret;

	h->options = options->http;
	h->timeout_ms = options->patience_ms;
	h->answer = (struct strbuf)STRBUF_INIT;
	ret = curl_load(&h->curl, "http_output", err);
	if (ret < 0)
		return ret;

	*ret_ctx = TAKE_PTR(h);
	return 0;
}

static int http_deliver(void *ctx, const struct message *message, int stop_fd,
			struct error *err)
{
	struct http *h = ctx;
	int ret = be_ready(h, err);

	if (ret < 0)
		return ret;
	do
		ret = post(h, message, stop_fd, err);
	while (ret == -ETIMEDOUT && ++h->timeouts < h->options.max_timeouts);
	if (ret != -ETIMEDOUT && ret != -ECANCELED)
		h->timeouts = 0;
	if (ret == 0 || ret == -EPROTO)
		echo(h, stop_fd);

	return ret;
}

const struct output_channel http_channel = {
	.init = http_init,
	.deliver = http_deliver,
	.release = http_release,
	.done = http_done,
};
