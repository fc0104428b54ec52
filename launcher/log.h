/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Diagnostics: what falco-run says about itself, as opposed to alerts. One line at a
 * time, to a descriptor of our own (a duplicate of the original stderr), in one
 * write. Two shapes: ours, "falco-run: operation: reason", and Falco's, a local
 * time in front, for Falco's own modes. Text that others wrote goes through
 * log_quote() first.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>

#include "span.h"

struct strbuf;

enum log_level {
	LOG_LEVEL_EMERGENCY,
	LOG_LEVEL_ALERT,
	LOG_LEVEL_CRITICAL,
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_COUNT
};

enum log_shape {
	LOG_SHAPE_OURS,
	LOG_SHAPE_FALCO,
};

struct log {
	int fd;                /* not owned; -1: say nothing */
	enum log_shape shape;
	enum log_level level;  /* the least urgent that is shown */
	bool iso_8601;         /* Falco's shape: time in ISO 8601 */
	int syslog_fd; /* of log_open_syslog(), not owned; 0: none */
};

/* A way to syslog that never waits: lines that it does not take at once are lost. A
 * descriptor out of the program's way, the caller's to close; 0: no syslog runs here. */
int log_open_syslog(void);

/* Says a line when the level asks for it; the newline is added. */
__attribute__((format(printf, 3, 4))) void
log_say(const struct log *log, enum log_level level, const char *fmt, ...);

/* Writes text as it is, whatever the level: reports, usage, a summary. Gives up when
 * nobody reads for two seconds: a diagnostic is not worth a hang. */
void log_raw(const struct log *log, const char *text);

/* One of Falco's level names. Returns 0 or -EINVAL. */
int log_level_parse(const char *text, enum log_level *ret);

/* Appends text in single quotes, control bytes and quotes escaped. */
void log_quote(struct strbuf *out, struct span text);

/* All n bytes, through short writes, EINTR and a descriptor that somebody else made
 * non-blocking. Returns 0 or a negative errno (-EPIPE: nobody reads). */
int write_all(int fd, const void *data, size_t n);
