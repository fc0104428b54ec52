/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A syslog for tests: see fake_syslog.h.
 */
#include "harness/test.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "harness/fake_syslog.h"

void fake_syslog_init(struct fake_syslog *s)
{
	*s = (struct fake_syslog){ .folder = "/tmp/syslog.XXXXXX", .fd = -1 };
	assert_non_null(mkdtemp(s->folder));
	snprintf(s->path, sizeof(s->path), "%s/log", s->folder);
}

void fake_syslog_start(struct fake_syslog *s)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	unlink(s->path);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", s->path);
	s->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->fd, (struct sockaddr *)&address,
			      sizeof(address)),
			 0);
}

void fake_syslog_stop(struct fake_syslog *s, bool leaves_socket)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	if (!leaves_socket)
		unlink(s->path);
}

const char *fake_syslog_line(struct fake_syslog *s)
{
	struct pollfd wait = { .fd = s->fd, .events = POLLIN };
	ssize_t n = 0;

	if (poll(&wait, 1, 1000) > 0)
		n = recv(s->fd, s->got, sizeof(s->got) - 1, 0);
	s->got[n > 0 ? n : 0] = '\0';
	return s->got;
}

void fake_syslog_done(struct fake_syslog *s)
{
	fake_syslog_stop(s, false);
	rmdir(s->folder);
}
