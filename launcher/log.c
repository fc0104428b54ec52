/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Diagnostics: see log.h. The descriptor is shared with the workload, which may
 * have made it non-blocking, closed its far end, or be writing to it as well.
 */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdatomic.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "array.h"
#include "cleanup.h"
#include "strbuf.h"

#include "syslog_line.h"

/* How long a reader that does not read is waited for. */
#define PATIENCE_MS 2000

static const char *const level_names[LOG_LEVEL_COUNT] = {
	[LOG_LEVEL_EMERGENCY] = "emergency", [LOG_LEVEL_ALERT] = "alert",
	[LOG_LEVEL_CRITICAL] = "critical",   [LOG_LEVEL_ERROR] = "error",
	[LOG_LEVEL_WARNING] = "warning",     [LOG_LEVEL_NOTICE] = "notice",
	[LOG_LEVEL_INFO] = "info",           [LOG_LEVEL_DEBUG] = "debug",
};

int write_all(int fd, const void *data, size_t n)
{
	const char *p = data;

	while (n) {
		ssize_t got = write(fd, p, n);

		if (got >= 0) {
			p += got;
			n -= (size_t)got;
		} else if (errno == EAGAIN) {
			struct pollfd wait = { .fd = fd, .events = POLLOUT };

			poll(&wait, 1, -1);
		} else if (errno != EINTR) {
			return -errno;
		}
	}
	return 0;
}

int write_patiently(int fd, const void *data, size_t n)
{
	const char *p = data;

	while (n) {
		struct pollfd wait = { .fd = fd, .events = POLLOUT };
		size_t chunk = n < PIPE_BUF ? n : PIPE_BUF;
		int ret;

		if (poll(&wait, 1, PATIENCE_MS) != 1)
			return -ETIMEDOUT;
		ret = write_all(fd, p, chunk);
		if (ret < 0)
			return ret;
		p += chunk;
		n -= chunk;
	}
	return 0;
}

static void add_time(struct strbuf *line, bool iso_8601)
{
	time_t now = time(NULL);
	struct tm tm;
	char text[64];

	if (iso_8601)
		gmtime_r(&now, &tm);
	else
		localtime_r(&now, &tm);
	if (strftime(text, sizeof(text),
		     iso_8601 ? "%FT%T%z: " : "%a %b %e %H:%M:%S %Y: ", &tm))
		strbuf_adds(line, text);
}

void log_follow(struct log *log, struct log *from)
{
	if (!log->syslog_fd)
		log->syslog_fd = atomic_exchange(&from->syslog_fd, 0);
	log->syslog_path = from->syslog_path;
	log->level = from->level;
	log->fd = from->fd;
}

/* Falco's levels are syslog's. */
static void send_to_syslog(const struct log *log, enum log_level level,
			   struct span text)
{
	const char *path = log->syslog_path;
	char from[32];

	if (!path || !log->syslog_fd)
		return;
	snprintf(from, sizeof(from), "falco-run[%d]", (int)getpid());
	if (syslog_send(log->syslog_fd, path, LOG_USER | (int)level, from,
			text) < 0)
		return; /* nobody to tell */
}

void log_say(const struct log *log, enum log_level level, const char *fmt, ...)
{
	CLEANUP(strbuf_done) struct strbuf line = STRBUF_INIT;
	size_t begin;
	va_list ap;

	if (level > log->level)
		return;
	if (log->shape == LOG_SHAPE_FALCO)
		add_time(&line, log->iso_8601);
	else
		strbuf_adds(&line, "falco-run: ");
	begin = line.n;
	va_start(ap, fmt);
	strbuf_vaddf(&line, fmt, ap);
	va_end(ap);
	send_to_syslog(log, level, span_from(strbuf_span(&line), begin));
	if (line.data[line.n - 1] != '\n')
		strbuf_addch(&line, '\n');
	log_raw(log, line.data);
}

void log_raw(const struct log *log, const char *text)
{
	if (log->fd >= 0)
		write_patiently(log->fd, text, strlen(text));
}

int log_level_parse(const char *text, enum log_level *ret)
{
	for (size_t i = 0; i < LOG_LEVEL_COUNT; i++)
		if (strcasecmp(text, level_names[i]) == 0) {
			*ret = (enum log_level)i;
			return 0;
		}

	return -EINVAL;
}

void log_quote(struct strbuf *out, struct span text)
{
	strbuf_addch(out, '\'');
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (c < 0x20 || c == 0x7f)
			strbuf_addf(out, "\\x%02x", c);
		else if (c == '\'' || c == '\\')
			strbuf_addf(out, "\\%c", c);
		else
			strbuf_addch(out, (char)c);
	}
	strbuf_addch(out, '\'');
}
