/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listening: see listener.h.
 */
#include "listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cleanup.h"

#define BACKLOG 128

/* Any sockaddr, and its size. */
struct place {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} address;
	socklen_t n;
};

static struct place place_of(const struct listener *l)
{
	struct place place = { .n = sizeof(struct sockaddr_in) };
	uint16_t port = htons(l->port);

	place.address.v4.sin_family = AF_INET;
	place.address.v4.sin_port = port;
	if (inet_pton(AF_INET, l->address, &place.address.v4.sin_addr) == 1)
		return place;
	memset(&place, 0, sizeof(place));
	place.n = sizeof(struct sockaddr_in6);
	place.address.v6.sin6_family = AF_INET6;
	place.address.v6.sin6_port = port;
	inet_pton(AF_INET6, l->address, &place.address.v6.sin6_addr);
	return place;
}

static void set_flag(int fd, int level, int name, int value)
{
	setsockopt(fd, level, name, &value, sizeof(value));
}

static int listen_at(int fd, const struct place *place)
{
	return bind(fd, &place->address.any, place->n) < 0 ||
			       listen(fd, BACKLOG) < 0 ?
		       -errno :
		       0;
}

/* The kernel lets sockets of one user share a port while both say so; it looks at
 * bind(2) and again at listen(2). Nobody else gets in afterwards. */
static int listen_beside(int fd, const struct place *place, int old_fd)
{
	int ret;

	set_flag(old_fd, SOL_SOCKET, SO_REUSEPORT, 1);
	set_flag(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	ret = listen_at(fd, place);
	set_flag(fd, SOL_SOCKET, SO_REUSEPORT, 0);
	set_flag(old_fd, SOL_SOCKET, SO_REUSEPORT, 0);
	return ret;
}

static int open_new(struct listener *l, int old_fd)
{
	struct place place = place_of(l);
	CLEANUP(closep) int fd = socket(place.address.any.sa_family,
					SOCK_STREAM | SOCK_CLOEXEC |
						SOCK_NONBLOCK,
					0);
	int ret;

	if (fd < 0)
		return -errno;
	set_flag(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (place.address.any.sa_family == AF_INET6)
		set_flag(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	ret = old_fd < 0 ? listen_at(fd, &place) :
			   listen_beside(fd, &place, old_fd);
	if (ret == 0)
		l->fd = TAKE_FD(fd);
	return ret;
}

int listener_open(struct listener *l, const struct listener *old)
{
	if (!old || old->fd < 0 || old->port != l->port)
		return open_new(l, -1);
	if (strcmp(old->address, l->address) != 0)
		return open_new(l, old->fd);

	l->fd = fcntl(old->fd, F_DUPFD_CLOEXEC, 0);
	return l->fd < 0 ? -errno : 0;
}

void listener_close(struct listener *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}
