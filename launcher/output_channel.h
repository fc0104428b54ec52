/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the queue (output.c) and a channel know of each other. A channel gives text
 * to somebody who may be slow, dead or hostile; it runs on a thread of its own and
 * may wait as long as it likes, provided that it waits for stop_fd as well. It says
 * nothing itself: it returns what went wrong, and the queue says it once.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "engine/engine.h"

struct error;
struct output_options;

/* Lines for a channel; borrowed during deliver. */
struct message {
	const char *text; /* ends with a newline */
	size_t n;         /* newline included */
	enum priority priority; /* of the first line */
};

struct output_channel {
	/* Finds out what can be wrong before the start; makes no process and no
	 * thread. *ret_ctx is freed by done. Returns a negative errno with err. */
	int (*init)(const struct output_options *options, void **ret_ctx,
		    struct error *err);
	/* Gives the message away. Returns 0, -ECANCELED when stop_fd became
	 * readable before that, or another negative errno with err. */
	int (*deliver)(void *ctx, const struct message *message, int stop_fd,
		       struct error *err);
	/* Lets go of what is open: at a reopen and at the end. Another deliver
	 * opens it again. May be NULL. */
	void (*release)(void *ctx, int stop_fd);
	/* Frees what init made; nothing that waits. */
	void (*done)(void *ctx);
};

#define CHANNEL(symbol, name, when, how) \
	extern const struct output_channel symbol##_channel;
#include "output_channels.def"

/* Not a row: it gets what the queues of the rows have no room for. */
extern const struct output_channel spill_channel;

/* Waits until fd is ready for `events` (poll(2)) or in error. Returns 0, or
 * -ECANCELED when stop_fd became readable before. */
int channel_wait(int fd, short events, int stop_fd);

/* Writes text to a descriptor that may be a pipe, non-blocking, or shared: lines up
 * to PIPE_BUF go in one piece. *at counts what was written, in all cases. Returns as
 * deliver, -EPIPE when the reader is gone; never raises SIGPIPE where that is
 * blocked. */
int channel_write(int fd, const struct message *message, size_t *at,
		  int stop_fd);
