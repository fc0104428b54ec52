/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines for syslog: see syslog_line.h. The socket is not connected: its path is looked
 * up for each line, so there is nothing that a restart could break.
 */
#include "syslog_line.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "strbuf.h"

#define FD_MIN 100

int syslog_open(void)
{
	CLEANUP(closep) int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC |
							 SOCK_NONBLOCK, 0);
	int out;

	if (fd < 0)
		return -errno;
	out = fcntl(fd, F_DUPFD_CLOEXEC, FD_MIN);
	if (out < 0) /* a tight RLIMIT_NOFILE */
		out = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return out < 0 ? -errno : out;
}

int syslog_send(int fd, const char *path, int level, const char *from,
		struct span text)
{
	CLEANUP(strbuf_done) struct strbuf line = STRBUF_INIT;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	time_t now = time(NULL);
	char when[32];
	struct tm tm;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	localtime_r(&now, &tm);
	strftime(when, sizeof(when), "%b %e %T", &tm);
	while (text.n && text.data[text.n - 1] == '\n')
		text.n--;
	strbuf_addf(&line, "<%d>%s %s: %.*s", level, when, from,
		    SPAN_FMT(text));
	return sendto(fd, line.data, line.n, MSG_NOSIGNAL,
		      (const struct sockaddr *)&address, sizeof(address)) < 0 ?
		       -errno :
		       0;
}
