/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The queues and their threads: see output.h. A channel with its queue and thread is
 * a lane. A line is held once and linked into each lane. All state is under one
 * lock, which nobody holds while waiting for a channel. A lane's thread that hangs in
 * a system call where stop_fd does not reach it is left behind with its memory: the
 * process is about to end.
 */
#include "output.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "alloc.h"
#include "array.h"
#include "cleanup.h"
#include "clock.h"
#include "error.h"
#include "strbuf.h"

#include "log.h"
#include "output_channel.h"

/* What may wait in a lane, whatever the capacity: the workload must not fill our
 * memory. */
#define QUEUE_BYTES_MAX (64u << 20)

/* How much goes out at once with buffered_outputs. */
#define JOIN_BYTES 4096

/* How long a thread that was told to stop is waited for. */
#define STOP_MS 1000

enum how { SINGLE, JOINED };

enum lane_id {
#define CHANNEL(symbol, name, when, how) LANE_##symbol,
#include "output_channels.def"
	LANE_SPILL,
	LANE_COUNT
};

struct line {
	struct line *next[LANE_COUNT]; /* in the lane's queue */
	unsigned refs;                 /* lanes that have it */
	bool spilled;
	enum priority priority;
	size_t n;
	char text[];
};

struct lane {
	struct output *o;
	enum lane_id id;
	const char *name;
	enum how how;
	const struct output_channel *channel; /* NULL: not in use */
	void *ctx;
	struct line *first, **last;
	size_t waiting, waiting_bytes;
	struct strbuf joined;
	bool is_missing; /* it could not be set up */
	unsigned in_hand; /* lines that are being delivered */
	struct timespec late; /* when that has taken too long */
	struct timespec deadline; /* for some progress, at the end */
	struct output_counts counts;
	int stop_fd; /* an eventfd: give up */
	pthread_t thread;
	bool started, ending, stopped, finished, abandoned;
	bool reopen;
	atomic_bool was_full; /* read without the lock */
	bool said_failed, said_full, said_late;
};

struct output {
	pthread_mutex_t lock;
	pthread_cond_t changed; /* a line came, a line went, or the end did */
	struct lane lanes[LANE_COUNT];
	size_t capacity;
	size_t pushed; /* lines */
	unsigned patience_ms;
	bool buffered;
	const struct log *log;
	const char *spill_name;
	pthread_t watchdog;
	pthread_cond_t watch_over;
	bool watching, watch_ends;
};

#define EACH_LANE(o, lane) \
	for (struct lane *lane = (o)->lanes; lane < (o)->lanes + LANE_COUNT; \
	     lane++) \
		if (lane->channel)

__attribute__((format(printf, 3, 4))) static void
say(const struct output *o, enum log_level level, const char *fmt, ...)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	va_list ap;

	if (!o->log)
		return;
	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	log_say(o->log, level, "%s", text.data);
}

/* --- Time ------------------------------------------------------------------ */

static bool is_past(const struct timespec *t)
{
	struct timespec now = clock_in_ms(0);

	return now.tv_sec > t->tv_sec ||
	       (now.tv_sec == t->tv_sec && now.tv_nsec >= t->tv_nsec);
}

/* --- Queues ---------------------------------------------------------------- */

static bool is_full(const struct lane *lane, size_t n)
{
	return (lane->id != LANE_SPILL &&
		lane->waiting >= lane->o->capacity) ||
	       n > QUEUE_BYTES_MAX - lane->waiting_bytes;
}

static void enqueue(struct lane *lane, struct line *line)
{
	line->next[lane->id] = NULL;
	line->refs++;
	*lane->last = line;
	lane->last = &line->next[lane->id];
	lane->waiting++;
	lane->waiting_bytes += line->n;
}

/* Takes the first line out; the reference is the caller's. */
static struct line *dequeue(struct lane *lane)
{
	struct line *line = lane->first;

	lane->first = line->next[lane->id];
	if (!lane->first)
		lane->last = &lane->first;
	lane->waiting--;
	lane->waiting_bytes -= line->n;
	return line;
}

static void drop_reference(struct line *line)
{
	if (--line->refs == 0)
		free(line);
}

/* What a lane does not take or cannot deliver any more. */
static void refuse(struct lane *lane, struct line *line)
{
	struct lane *spill = &lane->o->lanes[LANE_SPILL];

	if (lane != spill && spill->channel && !line->spilled &&
	    !is_full(spill, line->n)) {
		line->spilled = true;
		enqueue(spill, line);
	}
	if (lane != spill && line->spilled)
		lane->counts.spilled++;
	else
		lane->counts.dropped++;
}

static void offer(struct lane *lane, struct line *line)
{
	if (!is_full(lane, line->n)) {
		enqueue(lane, line);
		return;
	}
	lane->was_full = true;
	refuse(lane, line);
}

static void refuse_rest(struct lane *lane)
{
	while (lane->first) {
		struct line *line = dequeue(lane);

		refuse(lane, line);
		drop_reference(line);
	}
}

void output_push(struct output *o, enum priority priority, struct span text)
{
	struct line *line = xmalloc(sizeof(*line) + text.n + 1);

	*line = (struct line){ .refs = 1, .priority = priority };
	line->n = text.n + 1;
	memcpy(line->text, text.data, text.n);
	line->text[text.n] = '\n';
	pthread_mutex_lock(&o->lock);
	o->pushed++;
	EACH_LANE(o, lane)
		if (lane->id != LANE_SPILL)
			offer(lane, line);
	drop_reference(line);
	pthread_cond_broadcast(&o->changed);
	pthread_mutex_unlock(&o->lock);
}

/* --- Saying, once ------------------------------------------------------------ */

static bool is_first(bool *said)
{
	bool first = !*said;

	*said = true;
	return first;
}

/* Without the lock. */
static void say_failed(struct lane *lane, const struct error *err)
{
	if (is_first(&lane->said_failed))
		say(lane->o, LOG_LEVEL_ERROR,
		    "output %s: %s; further failures are only counted",
		    lane->name, err->text);
}

static void say_full(struct lane *lane)
{
	if (lane->was_full && is_first(&lane->said_full))
		say(lane->o, LOG_LEVEL_ERROR,
		    "Outputs queue out of memory. Drop event and continue on "
		    "... (output %s%s%s)",
		    lane->name, lane->o->spill_name ? "; alerts go to " : "",
		    lane->o->spill_name ? lane->o->spill_name : "");
}

static void say_late(struct lane *lane)
{
	say(lane->o, LOG_LEVEL_CRITICAL,
	    "\"%s\" output timeout, this output channel is blocked; the "
	    "others are not",
	    lane->name);
}

/* --- A lane's thread --------------------------------------------------------- */

static void take_joined(struct lane *lane)
{
	do {
		struct line *line = dequeue(lane);

		strbuf_add(&lane->joined, line->text, line->n);
		lane->in_hand++;
		drop_reference(line);
	} while (lane->first &&
		 lane->joined.n + lane->first->n <= JOIN_BYTES);
}

/* A line that was cut off by the end may still be spilled; joined ones are gone. */
static void settle(struct lane *lane, struct line *line, int ret)
{
	if (ret == 0) {
		lane->counts.delivered += lane->in_hand;
		lane->deadline = clock_in_ms(lane->o->patience_ms);
	} else if (ret != -ECANCELED) {
		lane->counts.failed += lane->in_hand;
	} else if (line) {
		refuse(lane, line);
	} else {
		lane->counts.dropped += lane->in_hand;
	}
	if (line)
		drop_reference(line);
	lane->in_hand = 0;
	strbuf_reset(&lane->joined);
}

/* With the lock, which is given up meanwhile. */
static void deliver_next(struct lane *lane)
{
	struct output *o = lane->o;
	bool joins = o->buffered && lane->how == JOINED;
	struct message message = { .priority = lane->first->priority };
	struct line *line = NULL;
	struct error err = { "" };
	int ret;

	if (joins) {
		take_joined(lane);
		message.text = lane->joined.data;
		message.n = lane->joined.n;
	} else {
		line = dequeue(lane);
		lane->in_hand = 1;
		message.text = line->text;
		message.n = line->n;
	}
	lane->late = clock_in_ms(o->patience_ms);
	pthread_mutex_unlock(&o->lock);
	ret = lane->channel->deliver(lane->ctx, &message, lane->stop_fd, &err);
	if (ret < 0 && ret != -ECANCELED)
		say_failed(lane, &err);
	say_full(lane);
	pthread_mutex_lock(&o->lock);
	settle(lane, line, ret);
	pthread_cond_broadcast(&o->changed);
}

/* With the lock, which is given up meanwhile. */
static void let_go(struct lane *lane)
{
	lane->reopen = false;
	pthread_mutex_unlock(&lane->o->lock);
	if (lane->channel->release)
		lane->channel->release(lane->ctx, lane->stop_fd);
	pthread_mutex_lock(&lane->o->lock);
}

static void *work(void *ctx)
{
	struct lane *lane = ctx;
	struct output *o = lane->o;

	pthread_mutex_lock(&o->lock);
	while (!lane->stopped && (lane->first || !lane->ending)) {
		if (lane->reopen)
			let_go(lane);
		else if (lane->first)
			deliver_next(lane);
		else
			pthread_cond_wait(&o->changed, &o->lock);
	}
	let_go(lane);
	lane->finished = true;
	pthread_cond_broadcast(&o->changed);
	pthread_mutex_unlock(&o->lock);
	return NULL;
}

static int start_lane(struct lane *lane)
{
	uint64_t ignored;

	if (lane->started)
		return 0;
	lane->ending = lane->stopped = lane->finished = false;
	while (read(lane->stop_fd, &ignored, sizeof(ignored)) > 0)
		continue;
	if (pthread_create(&lane->thread, NULL, work, lane) != 0)
		return -EAGAIN;

	lane->started = true;
	return 0;
}

/* --- The watchdog ------------------------------------------------------------ */

/* A lane whose delivery has become late and that nobody was told of. */
static struct lane *find_late(struct output *o)
{
	EACH_LANE(o, lane)
		if (lane->in_hand && !lane->said_late && is_past(&lane->late))
			return lane;

	return NULL;
}

static void say_all_late(struct output *o)
{
	struct lane *lane;

	while ((lane = find_late(o))) {
		lane->said_late = true;
		pthread_mutex_unlock(&o->lock);
		say_late(lane);
		pthread_mutex_lock(&o->lock);
	}
}

static void *watch(void *ctx)
{
	struct output *o = ctx;

	pthread_mutex_lock(&o->lock);
	while (!o->watch_ends) {
		struct timespec next = clock_in_ms(o->patience_ms / 4 + 50);

		pthread_cond_timedwait(&o->watch_over, &o->lock, &next);
		say_all_late(o);
	}
	pthread_mutex_unlock(&o->lock);
	return NULL;
}

/* Of a blocked stream nobody could be told: it is the log's. */
static void start_watchdog(struct output *o)
{
	size_t n = 0;

	EACH_LANE(o, lane)
		n += lane->id != LANE_stdout;
	if (n && !o->watching)
		o->watching = !pthread_create(&o->watchdog, NULL, watch, o);
}

static void stop_watchdog(struct output *o)
{
	if (!o->watching)
		return;
	pthread_mutex_lock(&o->lock);
	o->watch_ends = true;
	pthread_cond_broadcast(&o->watch_over);
	pthread_mutex_unlock(&o->lock);
	pthread_join(o->watchdog, NULL);
	o->watching = o->watch_ends = false;
}

int output_start(struct output *o)
{
	int ret = 0;

	EACH_LANE(o, lane)
		if (start_lane(lane) < 0)
			ret = -EAGAIN;
	start_watchdog(o);
	return ret;
}

void output_reopen(struct output *o)
{
	pthread_mutex_lock(&o->lock);
	EACH_LANE(o, lane)
		lane->reopen = true;
	pthread_cond_broadcast(&o->changed);
	pthread_mutex_unlock(&o->lock);
}

/* --- The end ----------------------------------------------------------------- */

/* With the lock. Tells the thread to give up, and goes on without it if it does
 * not. */
static void stop_lane(struct lane *lane)
{
	struct timespec deadline = clock_in_ms(STOP_MS);
	uint64_t one = 1;

	lane->stopped = true;
	if (write(lane->stop_fd, &one, sizeof(one)) < 0)
		lane->abandoned = true;
	pthread_cond_broadcast(&lane->o->changed);
	while (!lane->finished && !lane->abandoned)
		lane->abandoned = pthread_cond_timedwait(
			&lane->o->changed, &lane->o->lock, &deadline) != 0;
}

/* With the lock: until the thread is through, or there is no progress. */
static void await_lane(struct lane *lane)
{
	struct output *o = lane->o;

	while (!lane->finished && !is_past(&lane->deadline)) {
		struct timespec deadline = lane->deadline;

		pthread_cond_timedwait(&o->changed, &o->lock, &deadline);
	}
	if (!lane->finished)
		stop_lane(lane);
}

/* Ends the lane's thread, waiting for it or not; what is left is refused. */
static void end_lane(struct lane *lane, bool waiting)
{
	struct output *o = lane->o;

	pthread_mutex_lock(&o->lock);
	if (lane->started && waiting)
		await_lane(lane);
	else if (lane->started)
		stop_lane(lane);
	refuse_rest(lane);
	if (lane->abandoned) {
		lane->counts.dropped += lane->in_hand;
		lane->in_hand = 0;
		o->log = NULL; /* it may be gone when the thread wakes up */
	}
	pthread_mutex_unlock(&o->lock);
	if (lane->started && !lane->abandoned)
		pthread_join(lane->thread, NULL);
	lane->started = lane->abandoned;
	say_full(lane);
}

static void end_lane_soon(struct lane *lane)
{
	lane->ending = true;
	lane->deadline = clock_in_ms(lane->o->patience_ms);
}

static void say_no_more(struct output *o)
{
	pthread_mutex_lock(&o->lock);
	EACH_LANE(o, lane)
		if (lane->id != LANE_SPILL)
			end_lane_soon(lane);
	pthread_cond_broadcast(&o->changed);
	pthread_mutex_unlock(&o->lock);
}

static bool has_work(const struct lane *lane)
{
	return lane->channel && (lane->started || lane->first);
}

/* The spill file is the last: it gets what the others leave. */
void output_finish(struct output *o)
{
	struct lane *spill = &o->lanes[LANE_SPILL];

	EACH_LANE(o, lane)
		if (has_work(lane) && lane != spill)
			start_lane(lane);
	say_no_more(o);
	EACH_LANE(o, lane)
		if (has_work(lane) && lane != spill && !lane->abandoned)
			end_lane(lane, true);
	if (has_work(spill) && !spill->abandoned && start_lane(spill) == 0) {
		pthread_mutex_lock(&o->lock);
		end_lane_soon(spill);
		pthread_cond_broadcast(&o->changed);
		pthread_mutex_unlock(&o->lock);
		end_lane(spill, true);
	}
	stop_watchdog(o);
}

/* --- Counts ------------------------------------------------------------------ */

struct output_counts output_counts(struct output *o)
{
	struct output_counts sum = { 0 };

	pthread_mutex_lock(&o->lock);
	EACH_LANE(o, lane) {
		sum.delivered += lane->counts.delivered;
		sum.spilled += lane->counts.spilled;
		sum.dropped += lane->counts.dropped;
		sum.failed += lane->counts.failed;
	}
	pthread_mutex_unlock(&o->lock);
	return sum;
}

static void add_lost(const struct lane *lane, struct strbuf *out)
{
	const struct {
		uint64_t n;
		const char *what;
	} rows[] = {
		{ lane->counts.dropped, "dropped" },
		{ lane->counts.failed, "failed" },
		{ lane->counts.spilled, "left to the spill file" },
	};
	const char *before = ": ";

	if (!rows[0].n && !rows[1].n && !rows[2].n)
		return;
	strbuf_addf(out, "%s%s", out->n ? "; " : "", lane->name);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!rows[i].n)
			continue;
		strbuf_addf(out, "%s%llu %s", before,
			    (unsigned long long)rows[i].n, rows[i].what);
		before = ", ";
	}
}

void output_lost_text(struct output *o, struct strbuf *out)
{
	pthread_mutex_lock(&o->lock);
	EACH_LANE(o, lane)
		add_lost(lane, out);
	for (size_t i = 0; i < LANE_COUNT; i++)
		if (o->lanes[i].is_missing && o->pushed)
			strbuf_addf(out, "%s%s: all %zu, it could not be set up",
				    out->n ? "; " : "", o->lanes[i].name,
				    o->pushed);
	pthread_mutex_unlock(&o->lock);
}

/* --- Life -------------------------------------------------------------------- */

static void init_locks(struct output *o)
{
	pthread_condattr_t attr;

	pthread_mutex_init(&o->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&o->changed, &attr);
	pthread_cond_init(&o->watch_over, &attr);
	pthread_condattr_destroy(&attr);
}

/* What cannot be set up is said, and there is one channel less. */
static void add_lane(struct output *o, const struct lane *row,
		     const struct output_options *options)
{
	struct lane *lane = &o->lanes[row->id];
	struct error err = { "" };

	*lane = *row;
	lane->o = o;
	lane->last = &lane->first;
	lane->joined = (struct strbuf)STRBUF_INIT;
	if (lane->channel->init(options, &lane->ctx, &err) < 0) {
		lane->channel = NULL;
		lane->is_missing = true;
		say(o, LOG_LEVEL_ERROR, "Failed to init output: %s", err.text);
		return;
	}
	lane->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

static void add_lanes(struct output *output, const struct output_options *o)
{
	const struct {
		bool wanted;
		struct lane lane;
	} rows[] = {
#define CHANNEL(symbol, label, when, mode) \
	{ (when) != 0, \
	  { .id = LANE_##symbol, .name = label, .how = mode, \
	    .channel = &symbol##_channel } },
#include "output_channels.def"
		{ o->spill_name != NULL,
		  { .id = LANE_SPILL, .name = "spill file", .how = SINGLE,
		    .channel = &spill_channel } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].wanted)
			add_lane(output, &rows[i].lane, o);
}

static bool has_channel(struct output *o)
{
	EACH_LANE(o, lane)
		if (lane->id != LANE_SPILL)
			return true;

	return false;
}

static bool misses_channel(const struct output *o)
{
	for (size_t i = 0; i < LANE_COUNT; i++)
		if (o->lanes[i].is_missing)
			return true;

	return false;
}

static void output_freep(struct output **o)
{
	output_free(*o);
}

int output_new(const struct output_options *options, struct output **ret,
	       struct error *err)
{
	CLEANUP(output_freep) struct output *o = xcalloc(1, sizeof(*o));

	init_locks(o);
	o->capacity = options->capacity ? options->capacity : SIZE_MAX;
	o->patience_ms = options->patience_ms;
	o->buffered = options->buffered;
	o->log = options->log;
	o->spill_name = options->spill_name;
	add_lanes(o, options);
	if (!has_channel(o))
		return error_set(err, -EINVAL,
				 "No output configured, please make sure at "
				 "least one output is configured and enabled.");
	if (options->needs_all && misses_channel(o))
		return error_set(err, -EINVAL,
				 "an output cannot be set up, and "
				 "falco_run.require_outputs wants all of them");

	*ret = TAKE_PTR(o);
	return 0;
}

static void lane_done(struct lane *lane)
{
	lane->channel->done(lane->ctx);
	strbuf_done(&lane->joined);
	closep(&lane->stop_fd);
}

void output_free(struct output *o)
{
	bool abandoned = false;

	if (!o)
		return;
	say_no_more(o);
	EACH_LANE(o, lane) {
		if (!lane->abandoned)
			end_lane(lane, false);
		abandoned |= lane->abandoned;
	}
	stop_watchdog(o);
	if (abandoned)
		return;
	EACH_LANE(o, lane)
		lane_done(lane);
	pthread_cond_destroy(&o->watch_over);
	pthread_cond_destroy(&o->changed);
	pthread_mutex_destroy(&o->lock);
	free(o);
}
