/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text to a descriptor that somebody reads, or does not: what the channels share,
 * and the channel of a stream that we have from the start. Trusts poll(2): what it
 * calls writable takes PIPE_BUF bytes without blocking (pipe(7)).
 */
#include "output_channel.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "error.h"

#include "output.h"

int channel_wait(int fd, short events, int stop_fd)
{
	struct pollfd fds[] = {
		{ .fd = fd, .events = events },
		{ .fd = stop_fd, .events = POLLIN },
	};

	while (poll(fds, 2, -1) < 0)
		if (errno != EINTR)
			return -errno;

	return fds[0].revents ? 0 : -ECANCELED;
}

int channel_write(int fd, const struct message *message, size_t *at,
		  int stop_fd)
{
	while (*at < message->n) {
		size_t left = message->n - *at;
		ssize_t got;
		int ret = channel_wait(fd, POLLOUT, stop_fd);

		if (ret < 0)
			return ret;
		got = write(fd, message->text + *at,
			    left < PIPE_BUF ? left : PIPE_BUF);
		if (got < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		*at += got < 0 ? 0 : (size_t)got;
	}
	return 0;
}

/* --- The channel ------------------------------------------------------------ */

/* There is nothing to keep but a number: it is the context. */
static int stream_init(const struct output_options *options, void **ret_ctx,
		       struct error *err)
{
	(void)err;
	*ret_ctx = (void *)(intptr_t)options->stream_fd;
	return 0;
}

static int stream_deliver(void *ctx, const struct message *message, int stop_fd,
			  struct error *err)
{
	size_t at = 0;
	int ret = channel_write((int)(intptr_t)ctx, message, &at, stop_fd);

	return ret < 0 ? error_set(err, ret, "%s", strerror(-ret)) : 0;
}

static void stream_done(void *ctx)
{
	(void)ctx;
}

const struct output_channel stdout_channel = {
	.init = stream_init,
	.deliver = stream_deliver,
	.done = stream_done,
};
