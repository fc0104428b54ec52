/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hot reload: configuration and rules are read again on a thread of their own, at a
 * signal or, while the configuration wants it, when their files change. What is wrong
 * with them is said, and everything stays as it was; what is right is used as a whole:
 * the log, metrics and the web server at once, rules, alerts' shape and outputs from the
 * next event on. The engine, the sandbox and which signals are ours stay as they were
 * started. Rules that would need events which are not intercepted are refused by name,
 * and the rest is used.
 */
#pragma once

#include <stdbool.h>

#include "interest.h"

struct error;
struct log;
struct reload;
struct services;
struct sets;
struct setup;
struct sink;

/* Borrowed until reload_free(). */
struct reload_options {
	const struct setup *first; /* what the run was started with */
	struct log *log;           /* the run's, which follows */
	/* From setup_init() to an engine that is ready. */
	int (*prepare)(struct setup *s, struct error *err);
	struct sink *sink;
	struct sets *sets;
	struct services *services; /* used from the thread alone until it is over */
	struct interest intercepted;
	int stream_fd; /* as for setup_outputs() */
};

/* Starts the thread; signals must be blocked before. Returns -EAGAIN or another errno
 * of what it could not have. The caller frees *ret with reload_free(). */
int reload_start(const struct reload_options *options, struct reload **ret);

/* From any thread: now, please. */
void reload_ask(struct reload *r);

/* Ends the thread, and with it the change of sets; what was offered is in use, the
 * outputs of sets that were handed back are finished. The tracer's thread must be done
 * with the sink. */
void reload_stop(struct reload *r);

/* After reload_stop(); the sink's set is gone, too. NULL is fine. */
void reload_free(struct reload *r);
