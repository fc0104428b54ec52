/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The web server: see webserver.h. libmicrohttpd does the work on threads of its own;
 * whoever asks is a stranger, and may only read. Nothing is borrowed from the
 * configuration, which a reload replaces.
 */
#include "webserver.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "listener.h"
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
	void *daemon;            /* NULL: it does not serve */
	struct listener listener;
	struct metrics *metrics; /* NULL: none are served; not owned */
	int64_t port;
	unsigned threads;
	bool tls;
	int unread; /* 0, or why there is no certificate */
	/* Owned. */
	char *address, *health, *certificate_name, *certificate;
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
	if (!w->metrics || strcmp(url, "/metrics") != 0 ||
	    !metrics_prometheus(w->metrics, body))
		return NULL;
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

/* --- What is asked for --------------------------------------------------------- */

static unsigned threads_of(const struct config *c)
{
	long n = c->webserver_threads;

	if (n == 0)
		n = sysconf(_SC_NPROCESSORS_ONLN);
	if (n < 1)
		return 1;
	return n > CONNECTIONS ? CONNECTIONS : (unsigned)n;
}

static void read_certificate(struct webserver *w)
{
	size_t n;
	int ret = path_read(w->certificate_name, CERTIFICATE_MAX,
			    &w->certificate, &n);

	w->unread = ret < 0 ? ret : 0;
}

struct webserver *webserver_new(const struct setup *s, struct metrics *metrics)
{
	const struct config *c = &s->config;
	struct webserver *w;

	if (!c->webserver_enabled)
		return NULL;
	w = xcalloc(1, sizeof(*w));
	w->listener.fd = -1;
	w->metrics = c->webserver_metrics ? metrics : NULL;
	w->port = c->webserver_port;
	w->threads = threads_of(c);
	w->tls = c->webserver_tls;
	w->address = xstrdup(c->webserver_address);
	w->health = xstrdup(c->webserver_health);
	w->certificate_name = xstrdup(c->webserver_certificate);
	if (w->tls)
		read_certificate(w);
	return w;
}

static bool has_same_certificate(const struct webserver *a,
				 const struct webserver *b)
{
	if (a->tls != b->tls)
		return false;
	if (!a->tls)
		return true;

	return !strcmp(a->certificate_name, b->certificate_name) &&
	       a->unread == b->unread &&
	       (a->unread || !strcmp(a->certificate, b->certificate));
}

bool webserver_is_same(const struct webserver *a, const struct webserver *b)
{
	if (!a || !b)
		return a == b;

	return a->metrics == b->metrics && a->port == b->port &&
	       a->threads == b->threads && !strcmp(a->address, b->address) &&
	       !strcmp(a->health, b->health) && has_same_certificate(a, b);
}

bool webserver_serves(const struct webserver *w)
{
	return w && w->daemon;
}

/* --- Starting ----------------------------------------------------------------- */

/* A library that fails to start has closed its descriptor or not, depending on the
 * version and the reason; it may be somebody else's by now. */
static void close_left(int fd, int listener_fd)
{
	struct stat ours, left;

	if (fstat(fd, &left) == 0 && fstat(listener_fd, &ours) == 0 &&
	    left.st_dev == ours.st_dev && left.st_ino == ours.st_ino)
		close(fd);
}

/* The library closes the descriptor that it is given. A pool of one is none. */
static void start_daemon(struct webserver *w)
{
	const struct httpd *h = &w->httpd;
	int fd = fcntl(w->listener.fd, F_DUPFD_CLOEXEC, 0);
	unsigned flags = HTTPD_USE_INTERNAL_POLLING_THREAD | HTTPD_USE_ITC;
	unsigned pool = w->threads > 1 ? w->threads : 0;

	if (fd < 0)
		return;
	if (!w->tls)
		w->daemon = h->start_daemon(
			flags, 0, NULL, NULL, handle, w,
			HTTPD_OPTION_LISTEN_SOCKET, fd,
			HTTPD_OPTION_THREAD_POOL_SIZE, pool,
			HTTPD_OPTION_CONNECTION_LIMIT, CONNECTIONS,
			HTTPD_OPTION_CONNECTION_TIMEOUT, TIMEOUT_SECONDS,
			HTTPD_OPTION_END);
	else
		w->daemon = h->start_daemon(
			flags | HTTPD_USE_TLS, 0, NULL, NULL, handle, w,
			HTTPD_OPTION_LISTEN_SOCKET, fd,
			HTTPD_OPTION_THREAD_POOL_SIZE, pool,
			HTTPD_OPTION_CONNECTION_LIMIT, CONNECTIONS,
			HTTPD_OPTION_CONNECTION_TIMEOUT, TIMEOUT_SECONDS,
			HTTPD_OPTION_HTTPS_MEM_KEY, w->certificate,
			HTTPD_OPTION_HTTPS_MEM_CERT, w->certificate,
			HTTPD_OPTION_END);
	if (!w->daemon)
		close_left(fd, w->listener.fd);
}

static int cannot(const struct webserver *w, int code, const char *why,
		  struct error *err)
{
	return error_set(err, code, "cannot listen on %s:%lld: %s", w->address,
			 (long long)w->port, why);
}

static int open_listener(struct webserver *w, const struct webserver *old,
			 struct error *err)
{
	int ret;

	w->listener = (struct listener){ w->address, (uint16_t)w->port, -1 };
	ret = listener_open(&w->listener, old ? &old->listener : NULL);
	return ret < 0 ? cannot(w, ret, strerror(-ret), err) : 0;
}

int webserver_start(struct webserver *w, const struct webserver *old,
		    struct error *err)
{
	int ret = load_library(&w->httpd, err);

	if (ret == 0 && (w->port < 1 || w->port > UINT16_MAX))
		ret = error_set(err, -EINVAL, "%lld is not a port",
				(long long)w->port);
	if (ret == 0 && w->unread)
		ret = error_set(err, w->unread, "cannot read %s: %s",
				w->certificate_name, strerror(-w->unread));
	if (ret == 0)
		ret = open_listener(w, old, err);
	if (ret < 0)
		return ret;
	start_daemon(w);
	if (w->daemon)
		return 0;

	listener_close(&w->listener);
	return w->tls ? cannot(w, -EINVAL, "certificate or key refused", err) :
			cannot(w, -EAGAIN, "no thread", err);
}

void webserver_say(const struct webserver *w, const struct log *log)
{
	log_say(log, LOG_LEVEL_NOTICE,
		"health webserver with threadiness %u listening on %s:%lld%s: "
		"the program cannot have this port",
		w->threads, w->address, (long long)w->port,
		w->tls ? " with TLS" : "");
}

/* To stop alone would shut the socket down, which its heir may have as well. */
static void stop_daemon(struct webserver *w)
{
	int fd = w->httpd.quiesce_daemon(w->daemon);

	w->httpd.stop_daemon(w->daemon);
	if (fd >= 0)
		close(fd);
}

void webserver_free(struct webserver *w)
{
	if (!w)
		return;
	if (w->daemon)
		stop_daemon(w);
	listener_close(&w->listener);
	free(w->address);
	free(w->health);
	free(w->certificate_name);
	free(w->certificate);
	free(w);
}
