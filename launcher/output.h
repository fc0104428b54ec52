/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where alerts go. Alerts are lines that wait in a queue until one worker thread has
 * given them to every channel. The workload never waits for a channel: when the
 * queue is full, the alert is dropped and counted. Knows nothing of rules.
 *
 * Everything but the worker's own work is called from one thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "span.h"

struct error;
struct output;

struct output_options {
	/* A descriptor that gets every line, not owned; -1 for none. Its reader may
	 * be gone or slow, others may write to it, it may be non-blocking. */
	int stream_fd;
	const char *file_name; /* appended to; NULL for none */
	bool file_keep_open;   /* else it is opened for each alert */
	size_t capacity;       /* alerts that may wait; 0: only their size counts */
	/* How long output_finish() waits without any progress. */
	unsigned patience_ms;
};

/* What became of the alerts. */
struct output_counts {
	uint64_t delivered; /* given to every channel that works */
	uint64_t dropped;   /* never: the queue was full, or the end came */
	uint64_t failed;    /* given to a channel that refused it */
};

/* No thread yet: lines wait. Returns -errno with err when the file cannot be
 * opened. The caller frees *ret with output_free(). */
int output_new(const struct output_options *options, struct output **ret,
	       struct error *err);

/* Starts the worker; signals must be blocked before. Returns -EAGAIN. */
int output_start(struct output *o);

/* Queues a line; the newline is added. Never blocks on a channel. */
void output_push(struct output *o, struct span line);

/* Waits until what is queued was delivered, as long as there is progress. Starts
 * the worker when nobody did. The worker is gone afterwards. */
void output_finish(struct output *o);

/* The counts; right after output_finish(). */
struct output_counts output_counts(struct output *o);

/* Stops the worker without waiting for channels, frees. NULL is fine. */
void output_free(struct output *o);
