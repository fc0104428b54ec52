/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a descriptor of another process is: its kind and name from /proc/pid/fd, and
 * of a socket its two ends, asked of the socket itself through pidfd_getfd(2), or
 * of /proc/net where that is refused. Nothing is remembered past the event: the
 * descriptor is another one as soon as the thread runs on.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/un.h>

#include "fd_info.h"
#include "span.h"
#include "value.h"

#include "target.h"

struct arena;
struct tracer_stats;

/* Whose descriptors are asked about. All borrowed. */
struct fd_owner {
	int proc_fd;
	pid_t tid;
	int pidfd;        /* of the process or thread; -1: opened when needed */
	struct span root; /* see processes_root() */
	struct arena *arena;
	struct tracer_stats *stats;
};

union socket_name {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_un un;
	unsigned char bytes[sizeof(struct sockaddr_un) + 1];
};

/* A socket as the kernel has it. */
struct socket_facts {
	int domain, type, protocol;
	bool listening;
	bool has_peer;
	bool no_wait;     /* O_NONBLOCK, where that is known */
	bool local_known; /* false: only the two ends are, from /proc/net */
	union socket_name local, peer;
	socklen_t local_size, peer_size;
	/* Of a listening TCP socket: connections that wait, and how many may. */
	uint32_t queue, queue_max;
};

/* One descriptor, found out as far as somebody asked. */
struct fd_look {
	struct fd_info info;
	uint8_t outcome[FD_PART_COUNT]; /* enum outcome */
	bool link_read, is_socket;
	enum outcome link_outcome;
	struct span link; /* the text of /proc/pid/fd/N */
	enum outcome file_outcome; /* PENDING: not asked */
	struct target_file file;
	enum outcome facts_outcome; /* PENDING: not asked */
	struct socket_facts facts;
	/* What the event knows better than the socket: who began, and the peer
	 * that an address names. Set before the first question. */
	enum fd_role role_hint;
	bool peer_given;
	struct sock_addr peer_hint;
};

/* Nothing is known of it but its number. */
void fd_look_start(struct fd_look *l, int64_t fd);

/* Fills the members of a part in l->info. Answers are kept in the look. */
enum outcome fd_look_part(const struct fd_owner *owner, struct fd_look *l,
			  enum fd_part part);

/* The text of its link, and what that leads to: VALUE when l->link, l->file count. */
enum outcome fd_look_link(const struct fd_owner *owner, struct fd_look *l);
enum outcome fd_look_file(const struct fd_owner *owner, struct fd_look *l);

/* The socket's facts: VALUE when it is one, else ABSENT or FAILED. */
enum outcome fd_look_socket(const struct fd_owner *owner, struct fd_look *l);

/*
 * Sets role, client and server from the two ends, the local end first. Ports are
 * in host order. IPv4 in IPv6 becomes IPv4, as Falco has it.
 */
void fd_info_ends(struct fd_info *info, enum fd_role role,
		  const struct sock_addr *local, const struct sock_addr *peer);

/* A kernel's socket address as the schema's; unix paths go to the arena. False:
 * a family that has no address here, or too short for its family. */
bool socket_name_read(const union socket_name *name, socklen_t size,
		      struct arena *a, struct sock_addr *ret);

/* Device numbers as the schema has them: the kernel's new_encode_dev(). */
uint32_t fd_dev_encode(dev_t dev);
