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

/* What a reload changes is atomic: other threads say something all the time. */
struct log {
	_Atomic int fd;               /* not owned; -1: say nothing */
	enum log_shape shape;
	_Atomic enum log_level level; /* the least urgent that is shown */
	bool iso_8601;                /* Falco's shape: time in ISO 8601 */
	/* The socket that gets the lines, too, as far as it takes them at once; NULL:
	 * none. Not owned. */
	_Atomic(const char *) syslog_path;
	_Atomic int syslog_fd; /* of syslog_open(), not owned; 0: none */
};

/* Takes over where `from` says things and how much, and its syslog_fd if `log` has
 * none. */
void log_follow(struct log *log, struct log *from);

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

/* The same, but gives up (-ETIMEDOUT) when nobody reads for two seconds; a descriptor
 * that poll(2) calls writable must take PIPE_BUF bytes. */
int write_patiently(int fd, const void *data, size_t n);
