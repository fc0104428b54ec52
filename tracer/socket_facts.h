/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking a socket of another process what it is. The borrowed descriptor is closed
 * before the answer is given: it would keep a connection open that its owner
 * closes.
 */
#pragma once

#include "fds.h"

/*
 * Fills *ret. `link` is the text of the descriptor in /proc, "socket:[inode]".
 * Errors: -ESRCH the process is gone, -EBADF it is no such descriptor, -EACCES
 * neither pidfd_getfd(2) nor /proc/net tells.
 */
int socket_facts_read(const struct fd_owner *owner, int fd, struct span link,
		      struct socket_facts *ret);

/* Who opened the conversation of a socket of SOCK_STREAM or another type between
 * these ports: the kernel does not say. The lower port serves; of two alike, the one
 * that somebody listens on. */
enum fd_role socket_role(const struct fd_owner *owner, int type, uint16_t local,
			 uint16_t peer);

/* Is it a port that the kernel picks for whoever asks for none? */
bool socket_port_is_picked(uint16_t port);
