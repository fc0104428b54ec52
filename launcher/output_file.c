/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file channel: appends to a file that somebody may move, fill up or replace by
 * a FIFO. Never blocks in open(2): a FIFO without a reader is an error now and
 * tried again with the next line. What an error cut off is closed with a newline, so
 * that no later line is joined to it. The spill file is one of these too.
 */
#include "output_channel.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "alloc.h"
#include "cleanup.h"
#include "error.h"

#include "output.h"

struct file {
	const char *name;
	int fd;
	bool keep_open;
	bool torn; /* the last line has no end */
};

static int open_file(struct file *f, struct error *err)
{
	int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY |
		    O_NONBLOCK;
	int code;

	if (f->fd >= 0)
		return 0;
	f->fd = open(f->name, flags, 0666);
	if (f->fd >= 0)
		return 0;
	code = -errno;

	return error_set(err, code, "failed to open output file %s: %s",
			 f->name,
			 code == -ENXIO ? "nobody reads this FIFO" :
					  strerror(-code));
}

static void file_release(void *ctx, int stop_fd)
{
	struct file *f = ctx;

	(void)stop_fd;
	closep(&f->fd);
	f->fd = -1;
}

static void file_done(void *ctx)
{
	file_release(ctx, -1);
	free(ctx);
}

static void file_freep(struct file **f)
{
	if (*f)
		file_done(*f);
}

/* A FIFO may find its reader later. */
static int make_file(const char *name, bool keep_open, void **ret_ctx,
		     struct error *err)
{
	CLEANUP(file_freep) struct file *f = xcalloc(1, sizeof(*f));
	int ret;

	f->name = name;
	f->keep_open = keep_open;
	f->fd = -1;
	ret = open_file(f, err);
	if (ret < 0 && ret != -ENXIO)
		return ret;
	if (!keep_open)
		file_release(f, -1);

	*ret_ctx = TAKE_PTR(f);
	return 0;
}

static int file_init(const struct output_options *options, void **ret_ctx,
		     struct error *err)
{
	return make_file(options->file_name, options->file_keep_open, ret_ctx,
			 err);
}

static int spill_init(const struct output_options *options, void **ret_ctx,
		      struct error *err)
{
	return make_file(options->spill_name, true, ret_ctx, err);
}

static int write_file(struct file *f, const struct message *message,
		      int stop_fd)
{
	static const struct message newline = { .text = "\n", .n = 1 };
	size_t at = 0;
	int ret = 0;

	if (f->torn)
		ret = channel_write(f->fd, &newline, &at, stop_fd);
	if (ret < 0)
		return ret;
	at = 0;
	ret = channel_write(f->fd, message, &at, stop_fd);
	f->torn = at > 0 && at < message->n;
	return ret;
}

static int file_deliver(void *ctx, const struct message *message, int stop_fd,
			struct error *err)
{
	struct file *f = ctx;
	int ret = open_file(f, err);

	if (ret < 0)
		return ret;
	ret = write_file(f, message, stop_fd);
	if (ret < 0 || !f->keep_open)
		file_release(f, stop_fd);
	if (ret < 0)
		return error_set(err, ret, "cannot write to %s: %s", f->name,
				 strerror(-ret));
	return 0;
}

const struct output_channel file_channel = {
	.init = file_init,
	.deliver = file_deliver,
	.release = file_release,
	.done = file_done,
};

const struct output_channel spill_channel = {
	.init = spill_init,
	.deliver = file_deliver,
	.release = file_release,
	.done = file_done,
};
