/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Diagnostics: see log.h. The descriptor is shared with the workload, which may
 * have made it non-blocking, closed its far end, or be writing to it as well.
 */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <paths.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "array.h"
#include "cleanup.h"
#include "strbuf.h"

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

/* --- Syslog ------------------------------------------------------------------ */

#define SYSLOG_FD_MIN 100

int log_open_syslog(void)
{
	const struct sockaddr_un address = { .sun_family = AF_UNIX,
					     .sun_path = _PATH_LOG };
	CLEANUP(closep) int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC |
							 SOCK_NONBLOCK, 0);
	int out;

	if (fd < 0 || connect(fd, (const struct sockaddr *)&address,
			      sizeof(address)) < 0)
		return 0;
	out = fcntl(fd, F_DUPFD_CLOEXEC, SYSLOG_FD_MIN);
	if (out < 0) /* a tight RLIMIT_NOFILE */
		out = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return out < 0 ? 0 : out;
}

/* As syslog(3) writes it. Falco's levels are syslog's. */
static void send_to_syslog(int fd, enum log_level level, struct span text)
{
	CLEANUP(strbuf_done) struct strbuf line = STRBUF_INIT;
	time_t now = time(NULL);
	char when[32];
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(when, sizeof(when), "%b %e %T", &tm);
	while (text.n && text.data[text.n - 1] == '\n')
		text.n--;
	strbuf_addf(&line, "<%d>%s falco-run[%d]: %.*s", LOG_USER | (int)level,
		    when, (int)getpid(), SPAN_FMT(text));
	if (send(fd, line.data, line.n, MSG_NOSIGNAL) < 0)
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
	if (log->syslog_fd)
		send_to_syslog(log->syslog_fd, level,
			       span_from(strbuf_span(&line), begin));
	if (line.data[line.n - 1] != '\n')
		strbuf_addch(&line, '\n');
	log_raw(log, line.data);
}

/* A pipe that poll(2) calls writable takes PIPE_BUF bytes without blocking. */
void log_raw(const struct log *log, const char *text)
{
	size_t n = strlen(text);

	while (log->fd >= 0 && n) {
		struct pollfd wait = { .fd = log->fd, .events = POLLOUT };
		size_t chunk = n < PIPE_BUF ? n : PIPE_BUF;

		if (poll(&wait, 1, PATIENCE_MS) != 1 ||
		    write_all(log->fd, text, chunk) < 0)
			break;
		text += chunk;
		n -= chunk;
	}
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
