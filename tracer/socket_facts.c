/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The facts come from getsockopt(2) and kin on a copy of the descriptor, else from
 * the tables of /proc/pid/net, where only the addresses are.
 */
#include "socket_facts.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "array.h"
#include "cleanup.h"
#include "strbuf.h"

#include "procfs.h"

/* Where Linux has its ephemeral ports unless told otherwise. */
#define EPHEMERAL_FIRST 32768
/* A table of sockets is not read further than this. */
#define TABLE_MAX (1U << 20)
#define TCP_STATE_LISTEN 10
#define TCP_STATE_ESTABLISHED 1

static int borrow(const struct fd_owner *owner, int fd)
{
	CLEANUP(closep) int own = -1;
	int pidfd = owner->pidfd, got;

	if (pidfd < 0) {
		own = (int)syscall(SYS_pidfd_open, owner->tid, 0);
		pidfd = own;
	}
	if (pidfd < 0)
		return -errno;
	got = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);

	return got < 0 ? -errno : got;
}

static int option(int fd, int name)
{
	int value = 0;
	socklen_t size = sizeof(value);

	if (getsockopt(fd, SOL_SOCKET, name, &value, &size) < 0)
		return -1;
	return value;
}

static void read_queue(int fd, struct socket_facts *f)
{
	struct tcp_info info = { 0 };
	socklen_t size = sizeof(info);

	if (!f->listening || f->protocol != IPPROTO_TCP)
		return;
	/* Of a listening socket these two are its queue (tcp(7)). */
	if (!getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size)) {
		f->queue = info.tcpi_unacked;
		f->queue_max = info.tcpi_sacked;
	}
}

static int ask_socket(int fd, struct socket_facts *f)
{
	f->domain = option(fd, SO_DOMAIN);
	if (f->domain < 0)
		return -EBADF;
	f->type = option(fd, SO_TYPE);
	f->protocol = option(fd, SO_PROTOCOL);
	f->listening = option(fd, SO_ACCEPTCONN) == 1;
	f->no_wait = fcntl(fd, F_GETFL) & O_NONBLOCK;
	f->local_size = sizeof(f->local);
	f->local_known = !getsockname(fd, &f->local.any, &f->local_size);
	if (!f->local_known)
		f->local_size = 0;
	f->peer_size = sizeof(f->peer);
	f->has_peer = !getpeername(fd, &f->peer.any, &f->peer_size);
	if (!f->has_peer)
		f->peer_size = 0;
	f->local_size = f->local_size < sizeof(f->local) ? f->local_size :
							   sizeof(f->local);
	f->peer_size = f->peer_size < sizeof(f->peer) ? f->peer_size :
							sizeof(f->peer);
	read_queue(fd, f);
	return 0;
}

/* The tables of /proc/pid/net and what their sockets are. */
static const struct net_table {
	const char *name;
	int domain, type, protocol;
} net_tables[] = {
	{ "net/tcp", AF_INET, SOCK_STREAM, IPPROTO_TCP },
	{ "net/tcp6", AF_INET6, SOCK_STREAM, IPPROTO_TCP },
	{ "net/udp", AF_INET, SOCK_DGRAM, IPPROTO_UDP },
	{ "net/udp6", AF_INET6, SOCK_DGRAM, IPPROTO_UDP },
	{ "net/raw", AF_INET, SOCK_RAW, IPPROTO_RAW },
	{ "net/raw6", AF_INET6, SOCK_RAW, IPPROTO_RAW },
};

/* One line of such a table. */
struct net_line {
	union socket_name local, peer;
	unsigned state;
	unsigned long inode;
};

/* "0100007F:1F90", words of 32 bits in the machine's order. */
static void parse_end(const char *text, int domain, union socket_name *ret)
{
	size_t words = domain == AF_INET ? 1 : 4;
	uint32_t word[4] = { 0 };
	unsigned port = 0;

	for (size_t i = 0; i < words; i++) {
		char hex[9] = { 0 };

		memcpy(hex, text + i * 8, 8);
		word[i] = (uint32_t)strtoul(hex, NULL, 16);
	}
	port = (unsigned)strtoul(text + words * 8 + 1, NULL, 16);
	memset(ret, 0, sizeof(*ret));
	ret->any.sa_family = (sa_family_t)domain;
	if (domain == AF_INET) {
		ret->in.sin_port = htons((uint16_t)port);
		memcpy(&ret->in.sin_addr, word, 4);
	} else {
		ret->in6.sin6_port = htons((uint16_t)port);
		memcpy(&ret->in6.sin6_addr, word, 16);
	}
}

/* "sl: local remote st tx:rx tr:when retrnsmt uid timeout inode" */
static bool parse_line(const char *line, int domain, struct net_line *ret)
{
	size_t digits = domain == AF_INET ? 8 : 32;
	char local[48], peer[48];

	if (sscanf(line, " %*u: %47s %47s %x %*s %*s %*s %*s %*s %lu", local,
		   peer, &ret->state, &ret->inode) != 4)
		return false;
	if (strlen(local) < digits + 2 || strlen(peer) < digits + 2)
		return false;
	parse_end(local, domain, &ret->local);
	parse_end(peer, domain, &ret->peer);
	return true;
}

/* Calls fn for each line until it says true; was there one? */
static bool each_socket(const struct fd_owner *owner,
			const struct net_table *table,
			bool (*fn)(void *ctx, const struct net_line *line),
			void *ctx)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	char *line;

	if (procfs_read_table(owner->proc_fd, owner->tid, table->name, TABLE_MAX,
			&text) < 0)
		return false;
	line = strchr(text.data, '\n');
	while (line && line[1]) {
		struct net_line parsed;
		char *end = strchr(line + 1, '\n');

		if (end)
			*end = '\0';
		if (parse_line(line + 1, table->domain, &parsed) &&
		    fn(ctx, &parsed))
			return true;
		line = end;
	}
	return false;
}

struct inode_search {
	unsigned long inode;
	struct net_line found;
};

static bool is_inode(void *ctx, const struct net_line *line)
{
	struct inode_search *s = ctx;

	if (line->inode != s->inode)
		return false;
	s->found = *line;
	return true;
}

static void facts_from_line(const struct net_table *table,
			    const struct net_line *line,
			    struct socket_facts *f)
{
	f->domain = table->domain;
	f->type = table->type;
	f->protocol = table->protocol;
	f->local = line->local;
	f->peer = line->peer;
	f->local_size = f->peer_size = table->domain == AF_INET ?
					       sizeof(struct sockaddr_in) :
					       sizeof(struct sockaddr_in6);
	f->listening = table->type == SOCK_STREAM &&
		       line->state == TCP_STATE_LISTEN;
	f->has_peer = line->state == TCP_STATE_ESTABLISHED;
	f->local_known = true;
}

static int facts_from_tables(const struct fd_owner *owner, struct span link,
			     struct socket_facts *f)
{
	struct inode_search s = { 0 };

	if (sscanf(link.data, "socket:[%lu]", &s.inode) != 1)
		return -EBADF;
	for (size_t i = 0; i < ARRAY_SIZE(net_tables); i++) {
		if (each_socket(owner, &net_tables[i], is_inode, &s)) {
			facts_from_line(&net_tables[i], &s.found, f);
			return 0;
		}
	}
	return -EACCES;
}

int socket_facts_read(const struct fd_owner *owner, int fd, struct span link,
		      struct socket_facts *ret)
{
	CLEANUP(closep) int copy = borrow(owner, fd);

	memset(ret, 0, sizeof(*ret));
	if (copy >= 0)
		return ask_socket(copy, ret);
	if (copy == -ESRCH || copy == -EBADF)
		return copy;
	return facts_from_tables(owner, link, ret);
}

static uint16_t port_of(const union socket_name *name)
{
	return ntohs(name->any.sa_family == AF_INET6 ? name->in6.sin6_port :
						       name->in.sin_port);
}

static bool listens_on(void *ctx, const struct net_line *line)
{
	const uint16_t *port = ctx;

	return line->state == TCP_STATE_LISTEN && port_of(&line->local) == *port;
}

static bool has_listener(const struct fd_owner *owner, uint16_t port)
{
	return each_socket(owner, &net_tables[0], listens_on, &port) ||
	       each_socket(owner, &net_tables[1], listens_on, &port);
}

bool socket_port_is_picked(uint16_t port)
{
	return port >= EPHEMERAL_FIRST;
}

enum fd_role socket_role(const struct fd_owner *owner, int type, uint16_t local,
			 uint16_t peer)
{
	bool local_picked = socket_port_is_picked(local);
	bool peer_picked = socket_port_is_picked(peer);

	if (local_picked != peer_picked)
		return local_picked ? FD_ROLE_CLIENT : FD_ROLE_SERVER;
	if (type == SOCK_STREAM && has_listener(owner, local))
		return FD_ROLE_SERVER;
	return FD_ROLE_CLIENT;
}
