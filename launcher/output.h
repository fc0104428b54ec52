/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where alerts go. Alerts are lines; each channel has a queue and a thread that
 * empties it, so the workload never waits for a channel, and no channel for another.
 * When a queue is full the alert goes to the spill file if there is one, else it is
 * dropped; both are counted. Knows nothing of rules.
 *
 * Everything but the threads' own work is called from one thread; output_push(),
 * output_reopen() and output_counts() from any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/engine.h"

#include "span.h"

struct error;
struct log;
struct output;
struct strbuf;

/* The http channel. Texts may be NULL. */
struct http_options {
	const char *url; /* NULL: none */
	const char *user_agent, *ca_cert, *ca_bundle, *ca_path, *client_cert,
		*client_key;
	bool json; /* what the lines are */
	const char *hint; /* behind "answered 400" */
	bool insecure, mtls, compress, keep_alive;
	unsigned max_timeouts; /* in a row, before a line is given up */
	int echo_fd;           /* gets what the server answers; -1: nobody */
};

/* Everything is borrowed for the life of the output. */
struct output_options {
	/* A descriptor that gets every line, not owned; -1 for none. Its reader may
	 * be gone or slow, others may write to it, it may be non-blocking. */
	int stream_fd;
	const char *file_name; /* appended to; NULL for none */
	bool file_keep_open;   /* else it is opened for each alert */
	bool syslog;
	const char *syslog_path; /* of its socket; NULL: the usual */
	const char *program;    /* for /bin/sh -c; NULL for none */
	bool program_keep_open; /* else it is started for each alert */
	int program_fd;         /* its standard output; -1: ours */
	struct http_options http;
	const char *spill_name; /* gets what finds a full queue; NULL for none */
	bool buffered;          /* lines that wait go out together */
	size_t capacity; /* alerts that may wait; 0: only their size counts */
	/* How long output_finish() waits without any progress, and a request of
	 * http takes at most. */
	unsigned patience_ms;
	const struct log *log; /* NULL: nothing is said */
	bool needs_all; /* a channel that cannot be set up is a mistake */
};

/* What became of the alerts, over all channels: an alert counts once for each. */
struct output_counts {
	uint64_t delivered;
	uint64_t spilled; /* left to the spill file */
	uint64_t dropped; /* never: the queue was full, or the end came */
	uint64_t failed;  /* given to a channel that refused it */
};

/*
 * No thread yet: lines wait. A channel that cannot be set up is said and left out;
 * returns -EINVAL with err when there is none at all, or when one is and all are
 * needed. The caller frees *ret with
 * output_free().
 */
int output_new(const struct output_options *options, struct output **ret,
	       struct error *err);

/* Starts the threads; signals must be blocked before. Returns -EAGAIN when one of
 * them cannot be had: its lines wait for the end then. */
int output_start(struct output *o);

/* Queues a line; the newline is added. Never blocks on a channel. */
void output_push(struct output *o, enum priority priority, struct span line);

/* Every channel lets go of what it has open (SIGUSR1). */
void output_reopen(struct output *o);

/* Waits until what is queued was delivered, channel by channel as long as there is
 * progress. Starts the threads when nobody did. They are gone afterwards. */
void output_finish(struct output *o);

/* The counts so far; final after output_finish(). From any thread. */
struct output_counts output_counts(struct output *o);

/* Appends what was lost, by channel: "http: 3 dropped, 2 refused; ...", and which
 * channels could not be set up. Nothing when nothing was. */
void output_lost_text(struct output *o, struct strbuf *out);

/* Stops the threads without waiting for channels, frees. NULL is fine. */
void output_free(struct output *o);
