/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines for syslog, as syslog(3) writes them, to a socket that may go and come again: a
 * daemon that restarts replaces it. Unlike syslog(3) it never waits, and tells what
 * became of a line.
 */
#pragma once

#include "span.h"

/* Where the daemon listens, as syslog(3) knows it. */
#define SYSLOG_PATH "/dev/log"

/* A descriptor to send from, out of the program's way; the caller's to close. Returns
 * it, or a negative errno. The daemon need not be there. */
int syslog_open(void);

/*
 * Sends text to the socket at path, with syslog(3)'s number for facility and level;
 * `from` is who says it. Newlines at the end are left out. From any thread. Returns 0,
 * -ENOENT or -ECONNREFUSED (there is no daemon at the moment), -EAGAIN (it takes
 * nothing), -EPROTOTYPE (it wants a stream), or another errno of sendto(2).
 */
int syslog_send(int fd, const char *path, int level, const char *from,
		struct span text);
