/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The alert queue and its worker: see output.h. The worker may wait for a reader as
 * long as the reader likes; nobody but output_finish() ever waits for the worker,
 * and that one gives up when nothing moves. The worker waits in poll(2), where a
 * descriptor tells it to give up too; should it hang in a write all the same, it is
 * left behind with its memory: the process is about to end.
 */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <time.h>

#include "alloc.h"
#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "log.h"

/* What may wait, whatever the capacity: the workload must not fill our memory. */
#define QUEUE_BYTES_MAX (64u << 20)

struct line {
	struct line *next;
	size_t n;
	char text[];
};

struct channel;

/* A kind of channel. deliver returns 0 or a negative errno; -ECANCELED when stop_fd
 * became readable before the reader did read. */
struct channel_kind {
	int (*deliver)(struct channel *channel, const struct line *line,
		       int stop_fd);
};

struct channel {
	const struct channel_kind *kind;
	int fd;
	bool owns_fd;
	const char *file_name;
	bool dead; /* its reader is gone: no more is tried */
};

#define CHANNELS_MAX 2

struct output {
	pthread_mutex_t lock;
	pthread_cond_t changed; /* a line came, a line went, or the end did */
	struct line *first, **last;
	struct line *current; /* the worker's */
	int stop_fd;          /* an eventfd: give up */
	size_t waiting, waiting_bytes;
	struct output_counts counts;
	bool started, ending, stopped, abandoned;
	pthread_t worker;
	size_t capacity;
	unsigned patience_ms;
	struct channel channels[CHANNELS_MAX];
	size_t nchannels;
};

/* --- Channels -------------------------------------------------------------- */

/* Until the descriptor takes PIPE_BUF bytes without blocking. */
static int wait_writable(int fd, int stop_fd)
{
	struct pollfd fds[] = {
		{ .fd = fd, .events = POLLOUT },
		{ .fd = stop_fd, .events = POLLIN },
	};

	while (poll(fds, 2, -1) < 0)
		if (errno != EINTR)
			return -errno;

	return fds[0].revents ? 0 : -ECANCELED;
}

/* Lines up to PIPE_BUF go in one piece, so that no other writer cuts them. */
static int write_line(int fd, const struct line *line, int stop_fd)
{
	for (size_t at = 0; at < line->n;) {
		size_t left = line->n - at;
		ssize_t got;
		int ret = wait_writable(fd, stop_fd);

		if (ret < 0)
			return ret;
		got = write(fd, line->text + at,
			    left < PIPE_BUF ? left : PIPE_BUF);
		if (got < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		at += got < 0 ? 0 : (size_t)got;
	}
	return 0;
}

static int deliver_stream(struct channel *channel, const struct line *line,
			  int stop_fd)
{
	return write_line(channel->fd, line, stop_fd);
}

static int open_file(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY,
		      0666);

	return fd < 0 ? -errno : fd;
}

static int deliver_file(struct channel *channel, const struct line *line,
			int stop_fd)
{
	CLEANUP(closep) int fd = open_file(channel->file_name);

	return fd < 0 ? fd : write_line(fd, line, stop_fd);
}

static const struct channel_kind stream_kind = { deliver_stream };
static const struct channel_kind file_kind = { deliver_file };

static struct channel *add_channel(struct output *o,
				   const struct channel_kind *kind, int fd)
{
	struct channel *channel = &o->channels[o->nchannels++];

	channel->kind = kind;
	channel->fd = fd;
	return channel;
}

static int add_file(struct output *o, const struct output_options *options,
		    struct error *err)
{
	struct channel *channel;
	int fd = open_file(options->file_name);

	if (fd < 0)
		return error_set(err, fd, "file_output: cannot open %s: %s",
				 options->file_name, strerror(-fd));
	if (options->file_keep_open) {
		add_channel(o, &stream_kind, fd)->owns_fd = true;
		return 0;
	}
	close(fd);
	channel = add_channel(o, &file_kind, -1);
	channel->file_name = options->file_name;
	return 0;
}

/* --- Life ------------------------------------------------------------------ */

static void init_locks(struct output *o)
{
	pthread_condattr_t attr;

	pthread_mutex_init(&o->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&o->changed, &attr);
	pthread_condattr_destroy(&attr);
}

static void output_freep(struct output **o)
{
	output_free(*o);
}

int output_new(const struct output_options *options, struct output **ret,
	       struct error *err)
{
	CLEANUP(output_freep) struct output *o = xcalloc(1, sizeof(*o));
	int got = 0;

	init_locks(o);
	o->last = &o->first;
	o->stop_fd = eventfd(0, EFD_CLOEXEC);
	o->capacity = options->capacity ? options->capacity : SIZE_MAX;
	o->patience_ms = options->patience_ms;
	if (options->file_name)
		got = add_file(o, options, err);
	if (got < 0)
		return got;
	if (options->stream_fd >= 0)
		add_channel(o, &stream_kind, options->stream_fd);

	*ret = TAKE_PTR(o);
	return 0;
}

static struct line *take_line(struct output *o)
{
	struct line *line = o->first;

	o->first = line->next;
	if (!o->first)
		o->last = &o->first;
	o->waiting--;
	o->waiting_bytes -= line->n;
	return line;
}

/* No more lines will come. */
static void end_work(struct output *o)
{
	pthread_mutex_lock(&o->lock);
	o->ending = true;
	pthread_cond_broadcast(&o->changed);
	pthread_mutex_unlock(&o->lock);
}

/* Tells the worker to give up, and goes on without it if it does not. */
static void stop_worker(struct output *o)
{
	uint64_t one = 1;
	struct timespec deadline;

	if (write(o->stop_fd, &one, sizeof(one)) < 0)
		o->abandoned = true;
	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec++;
	if (pthread_timedjoin_np(o->worker, NULL, &deadline) != 0)
		o->abandoned = true;
	o->started = false;
}

void output_free(struct output *o)
{
	if (!o)
		return;
	if (o->started) {
		end_work(o);
		stop_worker(o);
	}
	if (o->abandoned)
		return;
	while (o->first)
		free(take_line(o));
	closep(&o->stop_fd);
	for (size_t i = 0; i < o->nchannels; i++)
		if (o->channels[i].owns_fd)
			close(o->channels[i].fd);
	pthread_cond_destroy(&o->changed);
	pthread_mutex_destroy(&o->lock);
	free(o);
}

/* --- The worker ------------------------------------------------------------ */

/* To every channel. */
static bool deliver(struct output *o, const struct line *line)
{
	bool good = true;

	for (size_t i = 0; i < o->nchannels; i++) {
		struct channel *channel = &o->channels[i];
		int ret = -EPIPE;

		if (!channel->dead)
			ret = channel->kind->deliver(channel, line, o->stop_fd);
		channel->dead |= ret == -EPIPE || ret == -EBADF;
		good &= ret == 0;
	}
	return good;
}

static void deliver_one(struct output *o)
{
	bool good;

	o->current = take_line(o);
	pthread_mutex_unlock(&o->lock);
	good = deliver(o, o->current);
	pthread_mutex_lock(&o->lock);
	free(TAKE_PTR(o->current));
	if (good)
		o->counts.delivered++;
	else if (o->stopped)
		o->counts.dropped++;
	else
		o->counts.failed++;
	pthread_cond_broadcast(&o->changed);
}

static void *work(void *ctx)
{
	struct output *o = ctx;

	pthread_mutex_lock(&o->lock);
	while (!o->stopped && (o->first || !o->ending)) {
		if (o->first)
			deliver_one(o);
		else
			pthread_cond_wait(&o->changed, &o->lock);
	}
	pthread_mutex_unlock(&o->lock);
	return NULL;
}

int output_start(struct output *o)
{
	o->ending = false;
	if (pthread_create(&o->worker, NULL, work, o) != 0)
		return -EAGAIN;

	o->started = true;
	return 0;
}

/* --- The callers' side ------------------------------------------------------ */

static bool is_full(const struct output *o, size_t n)
{
	return o->waiting >= o->capacity ||
	       n > QUEUE_BYTES_MAX - o->waiting_bytes;
}

void output_push(struct output *o, struct span text)
{
	struct line *line = xmalloc(sizeof(*line) + text.n + 1);

	line->next = NULL;
	line->n = text.n + 1;
	memcpy(line->text, text.data, text.n);
	line->text[text.n] = '\n';
	pthread_mutex_lock(&o->lock);
	if (is_full(o, line->n)) {
		o->counts.dropped++;
		free(line);
	} else {
		*o->last = line;
		o->last = &line->next;
		o->waiting++;
		o->waiting_bytes += line->n;
		pthread_cond_broadcast(&o->changed);
	}
	pthread_mutex_unlock(&o->lock);
}

static struct timespec after(unsigned ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += (long)(ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

/* Waits for the next delivery; false when none came in time. */
static bool wait_for_progress(struct output *o)
{
	struct timespec deadline = after(o->patience_ms);
	uint64_t before = o->counts.delivered + o->counts.failed;

	while (before == o->counts.delivered + o->counts.failed)
		if (pthread_cond_timedwait(&o->changed, &o->lock, &deadline))
			return false;

	return true;
}

void output_finish(struct output *o)
{
	bool moves = true;

	if (!o->started && (!o->first || output_start(o) < 0))
		return;
	end_work(o);
	pthread_mutex_lock(&o->lock);
	while (moves && (o->first || o->current))
		moves = wait_for_progress(o);
	o->stopped = !moves;
	o->counts.dropped += o->waiting;
	pthread_mutex_unlock(&o->lock);
	stop_worker(o);
}

struct output_counts output_counts(struct output *o)
{
	struct output_counts counts;

	pthread_mutex_lock(&o->lock);
	counts = o->counts;
	pthread_mutex_unlock(&o->lock);
	return counts;
}
