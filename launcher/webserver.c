/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The web server: see webserver.h. libmicrohttpd does the work on a thread of its own;
 * whoever asks is a stranger, and may only read.
 */
#include "webserver.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "metrics.h"
#include "paths.h"
#include "setup.h"
#include "support.h"

#define CONNECTIONS	64u
#define TIMEOUT_SECONDS 10u
#define CERTIFICATE_MAX (1u << 20)
#define STATUS_OK_HTTP	200
#define STATUS_NOT_FOUND 404
#define STATUS_BAD_METHOD 405

typedef int httpd_handler(void *ctx, void *connection, const char *url,
			  const char *method, const char *version,
			  const char *upload, size_t *nupload,
			  void **connection_ctx);

#define HTTPD_NUMBER(name, number) HTTPD_##name = number,
enum httpd_number {
#include "microhttpd.def"
};

struct httpd {
	void *library;
#define HTTPD_FUNCTION(type, name, parameters) type(*name) parameters;
#include "microhttpd.def"
};

struct webserver {
	struct httpd httpd;
	void *daemon;
	char *certificate; /* owned; NULL: no TLS */
	const char *health; /* borrowed from the configuration */
	struct metrics *metrics; /* NULL: none */
};

/* --- The library -------------------------------------------------------------- */

static int load_library(struct httpd *h, struct error *err)
{
	const struct {
		const char *name;
		void *to;
	} rows[] = {
#define HTTPD_FUNCTION(type, name, parameters) { "MHD_" #name, &h->name },
#include "microhttpd.def"
	};

	h->library = dlopen("libmicrohttpd.so.12", RTLD_NOW | RTLD_LOCAL);
	if (!h->library)
		return error_set(err, -ENOENT,
				 "the web server needs libmicrohttpd (Debian's "
				 "package libmicrohttpd12): %s",
				 dlerror());
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		void *function = dlsym(h->library, rows[i].name);

		if (!function)
			return error_set(err, -ENOSYS,
					 "this libmicrohttpd is too old: it has "
					 "no %s",
					 rows[i].name);
		memcpy(rows[i].to, &function, sizeof(function));
	}
	return 0;
}

/* --- Answers ------------------------------------------------------------------ */

static int answer(const struct httpd *h, void *connection, unsigned status,
		  const char *type, const struct strbuf *body)
{
	void *response = h->create_response_from_buffer(
		body->n, body->data, HTTPD_RESPMEM_MUST_COPY);
	int ret;

	if (type)
		h->add_response_header(response, "Content-Type", type);
	ret = h->queue_response(connection, status, response);
	h->destroy_response(response);
	return ret;
}

/* The type of what stands at a path, its content in body; NULL: nothing does. */
static const char *content(const struct webserver *w, const char *url,
			   struct strbuf *body)
{
	if (!strcmp(url, w->health)) {
		strbuf_adds(body, "{\"status\": \"ok\"}");
		return "application/json";
	}
	if (!strcmp(url, "/versions")) {
		support_version_json(body);
		return "application/json";
	}
	if (!w->metrics || strcmp(url, "/metrics") != 0)
		return NULL;
	metrics_prometheus(w->metrics, body);
	return "text/plain; version=0.0.4";
}

static int handle(void *ctx, void *connection, const char *url,
		  const char *method, const char *version, const char *upload,
		  size_t *nupload, void **connection_ctx)
{
	const struct webserver *w = ctx;
	CLEANUP(strbuf_done) struct strbuf body = STRBUF_INIT;
	const char *type;

	(void)version;
	(void)upload;
	(void)nupload;
	(void)connection_ctx;
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return answer(&w->httpd, connection, STATUS_BAD_METHOD, NULL,
			      &body);
	type = content(w, url, &body);

	return answer(&w->httpd, connection,
		      type ? STATUS_OK_HTTP : STATUS_NOT_FOUND, type, &body);
}

/* --- Starting ----------------------------------------------------------------- */

struct place {
	unsigned flags;
	union {
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} address;
};

static struct place place_of(const struct config *c)
{
	struct place place = { HTTPD_USE_INTERNAL_POLLING_THREAD, { { 0 } } };
	uint16_t port = htons((uint16_t)c->webserver_port);

	place.address.v4.sin_family = AF_INET;
	place.address.v4.sin_port = port;
	if (inet_pton(AF_INET, c->webserver_address,
		      &place.address.v4.sin_addr) == 1)
		return place;
	memset(&place.address, 0, sizeof(place.address));
	place.flags |= HTTPD_USE_IPV6;
	place.address.v6.sin6_family = AF_INET6;
	place.address.v6.sin6_port = port;
	inet_pton(AF_INET6, c->webserver_address, &place.address.v6.sin6_addr);
	return place;
}

static int read_certificate(struct webserver *w, const char *path,
			    struct error *err)
{
	size_t n;
	int ret = path_read(path, CERTIFICATE_MAX, &w->certificate, &n);

	return ret < 0 ? error_set(err, ret, "cannot read %s: %s", path,
				   strerror(-ret)) :
			 0;
}

static void start_daemon(struct webserver *w, const struct place *place,
			 uint16_t port)
{
	const struct httpd *h = &w->httpd;

	if (!w->certificate)
		w->daemon = h->start_daemon(
			place->flags, port, NULL, NULL, handle, w,
			HTTPD_OPTION_SOCK_ADDR, &place->address,
			HTTPD_OPTION_CONNECTION_LIMIT, CONNECTIONS,
			HTTPD_OPTION_CONNECTION_TIMEOUT, TIMEOUT_SECONDS,
			HTTPD_OPTION_END);
	else
		w->daemon = h->start_daemon(
			place->flags | HTTPD_USE_TLS, port, NULL, NULL, handle,
			w, HTTPD_OPTION_SOCK_ADDR, &place->address,
			HTTPD_OPTION_CONNECTION_LIMIT, CONNECTIONS,
			HTTPD_OPTION_CONNECTION_TIMEOUT, TIMEOUT_SECONDS,
			HTTPD_OPTION_HTTPS_MEM_KEY, w->certificate,
			HTTPD_OPTION_HTTPS_MEM_CERT, w->certificate,
			HTTPD_OPTION_END);
}

static int start(struct webserver *w, const struct config *c, struct error *err)
{
	struct place place;
	int ret = load_library(&w->httpd, err);

	if (ret == 0 && (c->webserver_port < 1 ||
			 c->webserver_port > UINT16_MAX))
		ret = error_set(err, -EINVAL, "%lld is not a port",
				(long long)c->webserver_port);
	if (ret == 0 && c->webserver_tls)
		ret = read_certificate(w, c->webserver_certificate, err);
	if (ret < 0)
		return ret;
	place = place_of(c);
	errno = 0;
	start_daemon(w, &place, (uint16_t)c->webserver_port);
	if (!w->daemon)
		return error_set(err, errno ? -errno : -EIO,
				 "cannot listen on %s:%lld: %s",
				 c->webserver_address,
				 (long long)c->webserver_port,
				 errno ? strerror(errno) :
					 "address or certificate refused");
	return 0;
}

int webserver_start(const struct setup *s, struct metrics *metrics,
		    struct webserver **ret, struct error *err)
{
	const struct config *c = &s->config;
	struct webserver *w = xcalloc(1, sizeof(*w));
	int got;

	w->health = c->webserver_health;
	w->metrics = c->webserver_metrics ? metrics : NULL;
	got = start(w, c, err);
	if (got < 0) {
		webserver_free(w);
		return got;
	}
	log_say(&s->log, LOG_LEVEL_NOTICE,
		"health webserver listening on %s:%lld%s: the program cannot "
		"have this port",
		c->webserver_address, (long long)c->webserver_port,
		c->webserver_tls ? " with TLS" : "");
	*ret = w;
	return 0;
}

void webserver_free(struct webserver *w)
{
	if (!w)
		return;
	if (w->daemon)
		w->httpd.stop_daemon(w->daemon);
	free(w->certificate);
	free(w);
}
