/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The syslog channel, as Falco uses syslog(3): facility user, the rule's priority, no
 * newline. A daemon that has taken lines and is gone is waited for, since it restarts;
 * one that has never been there is not.
 */
#include "output_channel.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#include "alloc.h"
#include "error.h"

#include "output.h"
#include "syslog_line.h"

#define IDENT "falco-run"

/* How often a daemon that is gone or takes nothing is tried again, and how long one
 * that is gone is waited for. */
#define AGAIN_MS 20
#define RESTART_MS 10000

static const int levels[PRIORITY_COUNT] = {
	[PRIORITY_EMERGENCY] = LOG_EMERG,
	[PRIORITY_ALERT] = LOG_ALERT,
	[PRIORITY_CRITICAL] = LOG_CRIT,
	[PRIORITY_ERROR] = LOG_ERR,
	[PRIORITY_WARNING] = LOG_WARNING,
	[PRIORITY_NOTICE] = LOG_NOTICE,
	[PRIORITY_INFORMATIONAL] = LOG_INFO,
	[PRIORITY_DEBUG] = LOG_DEBUG,
};

struct syslog_channel {
	const char *path;
	int fd;
	bool is_there; /* it took the line before this one */
};

static int syslog_init(const struct output_options *options, void **ret_ctx,
		       struct error *err)
{
	struct syslog_channel c = { options->syslog_path, syslog_open(), false };
	struct syslog_channel *made;

	if (c.fd < 0)
		return error_set(err, c.fd, "no socket: %s", strerror(-c.fd));
	if (!c.path)
		c.path = SYSLOG_PATH;
	made = xcalloc(1, sizeof(*made));
	*made = c;
	*ret_ctx = made;
	return 0;
}

static bool is_gone(int code)
{
	return code == -ENOENT || code == -ECONNREFUSED;
}

/* A daemon of the old kind listens for streams: the C library knows how. */
static int send_by_library(int level, const struct message *message)
{
	openlog(IDENT, 0, LOG_USER);
	syslog(level, "%.*s", (int)(message->n - 1), message->text);
	closelog();
	return 0;
}

static int send_once(const struct syslog_channel *c,
		     const struct message *message)
{
	int level = LOG_USER | levels[message->priority];
	int ret = syslog_send(c->fd, c->path, level, IDENT,
			      span_make(message->text, message->n));

	return ret == -EPROTOTYPE ? send_by_library(level, message) : ret;
}

/* A full queue is waited for as long as stop_fd lets us. */
static int send_patiently(const struct syslog_channel *c,
			  const struct message *message, int stop_fd)
{
	struct pollfd stop = { .fd = stop_fd, .events = POLLIN };
	int left_ms = c->is_there ? RESTART_MS : 0;
	int ret = send_once(c, message);

	while (ret == -EAGAIN || ret == -ENOBUFS ||
	       (is_gone(ret) && left_ms > 0)) {
		if (poll(&stop, 1, AGAIN_MS) > 0)
			return -ECANCELED;
		if (is_gone(ret))
			left_ms -= AGAIN_MS;
		ret = send_once(c, message);
	}
	return ret;
}

static int syslog_deliver(void *ctx, const struct message *message, int stop_fd,
			  struct error *err)
{
	struct syslog_channel *c = ctx;
	int ret = send_patiently(c, message, stop_fd);

	if (ret == -ECANCELED)
		return ret;
	c->is_there = !is_gone(ret);
	if (is_gone(ret))
		return error_set(err, ret, "nobody listens at %s: no syslog "
				 "runs here", c->path);

	return ret < 0 ? error_set(err, ret, "%s: %s", c->path, strerror(-ret)) :
			 0;
}

static void syslog_done(void *ctx)
{
	struct syslog_channel *c = ctx;

	close(c->fd);
	free(c);
}

const struct output_channel syslog_channel = {
	.init = syslog_init,
	.deliver = syslog_deliver,
	.done = syslog_done,
};
