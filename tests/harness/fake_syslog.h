/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A socket that listens as syslog's does, in a folder of its own.
 */
#pragma once

#include <stdbool.h>

struct fake_syslog {
	char folder[32], path[64];
	int fd; /* -1: it is down */
	char got[512];
};

/* Nobody listens yet. */
void fake_syslog_init(struct fake_syslog *s);

/* As a daemon that starts: removes what lies there, listens. */
void fake_syslog_start(struct fake_syslog *s);

/* As one that ends; its socket may stay behind, as rsyslog's does. */
void fake_syslog_stop(struct fake_syslog *s, bool leaves_socket);

/* The next line, waited for; "" when none came for a second. */
const char *fake_syslog_line(struct fake_syslog *s);

void fake_syslog_done(struct fake_syslog *s);
