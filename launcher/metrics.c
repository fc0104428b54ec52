/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When metrics are taken, and for whom: see metrics.h. The thread does nothing but wait
 * for the next snapshot.
 */
#include "metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/engine.h"

#include "alloc.h"
#include "cleanup.h"
#include "clock.h"
#include "json_node.h"
#include "strbuf.h"

#include "log.h"
#include "metrics_plan.h"
#include "metrics_view.h"
#include "sets.h"
#include "sink.h"

#define RULE "Falco internal: metrics snapshot"

struct metrics {
	struct metrics_options o;
	uint64_t start_ns;
	struct readings before; /* of the last snapshot; the thread's */
	uint64_t before_ns;
	uint64_t sample;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool has_thread;
	bool stop, is_new; /* is_new: another rhythm; under the lock, as is */
	struct metrics_plan plan; /* what is wanted */
};

/* --- Readings ----------------------------------------------------------------- */

/* With the lock. */
static struct metrics_view view(struct metrics *m)
{
	struct metrics_view v = {
		.plan = &m->plan,
		.engine = m->o.engine,
		.counts = m->o.sink->counts,
		.sets = m->o.sets,
		.now = { .start_ns = m->start_ns },
		.before = &m->before,
		.now_ns = clock_ns(CLOCK_REALTIME),
		.before_ns = m->before_ns,
	};

	v.now.reload_ns = sets_since(m->o.sets);
	if (!v.now.reload_ns)
		v.now.reload_ns = m->start_ns;
	v.now.drops = sets_drops(m->o.sets);
	readings_count(&v.now, v.counts);
	readings_host(&v.now);
	return v;
}

/* --- Snapshots ---------------------------------------------------------------- */

/* A FIFO must not make anybody wait. */
static int append(const char *path, const struct strbuf *line)
{
	CLEANUP(closep) int fd = open(path, O_WRONLY | O_CREAT | O_APPEND |
						    O_NONBLOCK | O_CLOEXEC,
				      0644);

	return fd < 0 ? -errno : write_patiently(fd, line->data, line->n);
}

static void write_file(struct metrics *m, const char *path,
		       struct json_object *fields)
{
	CLEANUP(strbuf_done) struct strbuf line = STRBUF_INIT;
	int ret;

	if (!*path)
		return;
	strbuf_adds(&line, "{\"output_fields\":");
	engine_json_print(fields, &line);
	strbuf_addf(&line, ",\"sample\":%llu}\n",
		    (unsigned long long)m->sample);
	ret = append(path, &line);
	if (ret < 0)
		log_say(m->o.log, LOG_LEVEL_ERROR,
			"metrics.output_file %s: %s", path, strerror(-ret));
}

static void send_alert(struct metrics *m, struct json_object *fields)
{
	struct internal_alert alert = {
		.priority = PRIORITY_INFORMATIONAL,
		.rule = RULE,
		.message = "Falco metrics snapshot",
		.fields = fields,
	};

	sets_alert(m->o.sets, &alert);
}

/* With the lock, which is let go while somebody may be slow. */
static void snapshot(struct metrics *m)
{
	struct metrics_view v = view(m);
	CLEANUP(freep) char *path = xstrdup(m->plan.file);
	bool rule = m->plan.rule;
	struct json_object *fields;

	v.now.delivered_before = m->before.delivered;
	v.now.stops_before = m->before.stops;
	fields = metrics_fields(&v);
	m->before = v.now;
	m->before_ns = v.now_ns;
	pthread_mutex_unlock(&m->lock);
	if (rule)
		send_alert(m, fields);
	write_file(m, path, fields);
	json_object_put(fields);
	m->sample++;
	pthread_mutex_lock(&m->lock);
}

/* With the lock. Until there is another plan, or no more. */
static void follow(struct metrics *m)
{
	struct timespec next = clock_in_ms(m->plan.interval_ms);

	m->is_new = false;
	while (!m->stop && !m->is_new) {
		if (!metrics_plan_wants_snapshots(&m->plan)) {
			pthread_cond_wait(&m->changed, &m->lock);
		} else if (pthread_cond_timedwait(&m->changed, &m->lock,
						  &next) == ETIMEDOUT) {
			snapshot(m);
			next = clock_in_ms(m->plan.interval_ms);
		}
	}
}

static void *serve(void *ctx)
{
	struct metrics *m = ctx;

	pthread_mutex_lock(&m->lock);
	while (!m->stop)
		follow(m);
	pthread_mutex_unlock(&m->lock);
	return NULL;
}

/* --- From outside ------------------------------------------------------------- */

struct metrics *metrics_new(const struct metrics_options *options)
{
	struct metrics *m = xcalloc(1, sizeof(*m));
	pthread_condattr_t attributes;

	m->o = *options;
	m->start_ns = clock_ns(CLOCK_REALTIME);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&m->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_mutex_init(&m->lock, NULL);
	return m;
}

int metrics_prepare(struct metrics *m, const struct metrics_plan *plan)
{
	if (m->has_thread || !metrics_plan_wants_snapshots(plan))
		return 0;
	m->has_thread = pthread_create(&m->thread, NULL, serve, m) == 0;
	return m->has_thread ? 0 : -EAGAIN;
}

void metrics_use(struct metrics *m, struct metrics_plan *plan)
{
	pthread_mutex_lock(&m->lock);
	/* The thread may not have taken the last change yet. */
	m->is_new |= plan->interval_ms != m->plan.interval_ms ||
		     !metrics_plan_wants_snapshots(&m->plan);
	metrics_plan_done(&m->plan);
	m->plan = *plan;
	pthread_cond_broadcast(&m->changed);
	pthread_mutex_unlock(&m->lock);
	*plan = (struct metrics_plan){ .on = false };
}

bool metrics_prometheus(struct metrics *m, struct strbuf *out)
{
	struct metrics_view v;
	bool on;

	pthread_mutex_lock(&m->lock);
	on = m->plan.on;
	if (on) {
		v = view(m);
		metrics_text(&v, out);
	}
	pthread_mutex_unlock(&m->lock);
	return on;
}

void metrics_stop(struct metrics *m)
{
	pthread_mutex_lock(&m->lock);
	m->stop = true;
	pthread_cond_broadcast(&m->changed);
	pthread_mutex_unlock(&m->lock);
	if (!m->has_thread)
		return;
	pthread_join(m->thread, NULL);
	m->has_thread = false;
	pthread_mutex_lock(&m->lock);
	if (metrics_plan_wants_snapshots(&m->plan))
		snapshot(m);
	pthread_mutex_unlock(&m->lock);
}

void metrics_free(struct metrics *m)
{
	if (!m)
		return;
	metrics_plan_done(&m->plan);
	pthread_cond_destroy(&m->changed);
	pthread_mutex_destroy(&m->lock);
	free(m);
}
