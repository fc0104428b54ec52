/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A socket that listens at an address and a port. Another may listen there already, or
 * at an overlapping address of the same port, if it is our own: a service moves without
 * a moment at which nobody listens, and without giving up the old place before the new
 * one is sure.
 */
#pragma once

#include <stdint.h>

struct listener {
	const char *address; /* IPv4 or IPv6, as text; not owned */
	uint16_t port;
	int fd; /* owned; -1: none */
};

/*
 * Opens l->fd. `old` is ours and listens, or NULL. An IPv6 address takes what comes by
 * IPv4, too, where it includes that. Returns 0 or the errno of what was refused
 * (-EADDRINUSE, -EACCES, -EADDRNOTAVAIL, ...).
 */
int listener_open(struct listener *l, const struct listener *old);

/* Closes what is open. */
void listener_close(struct listener *l);
