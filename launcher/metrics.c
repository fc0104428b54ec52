/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Snapshots of metrics, as fields and for Prometheus: see metrics.h. The thread does
 * nothing but wait for the next one.
 */
#include "metrics.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "alloc.h"
#include "cleanup.h"
#include "clock.h"
#include "strbuf.h"

#include "counts.h"
#include "metrics_facts.h"
#include "metrics_read.h"
#include "sets.h"
#include "setup.h"
#include "sink.h"
#include "support.h"

#define RULE "Falco internal: metrics snapshot"

struct metrics {
	const struct setup *setup;
	const char *engine;
	struct sink *sink;
	struct sets *sets;
	uint64_t start_ns;
	struct readings before; /* of the last snapshot; the thread's */
	uint64_t before_ns;
	uint64_t sample;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool stop, has_thread;
	struct metrics_files files; /* under the lock */
	uint64_t files_of;          /* reload_ns when they were read */
};

/* --- One number a row --------------------------------------------------------- */

enum group {
	GROUP_BASE,
	GROUP_RESOURCES,
	GROUP_STATE,
	GROUP_EVENTS,
	GROUP_COUNT
};

static const struct metric {
	enum group group;
	const char *field, *prometheus, *type;
	uint64_t scale; /* 0: kilobytes */
	size_t offset;
} metrics[] = {
#define METRIC(group, field, prometheus, type, scale, member) \
	{ GROUP_##group, field,	 prometheus, \
	  type,		 scale,	 offsetof(struct readings, member) },
#include "metrics.def"
};

static uint64_t value_of(const struct metric *row, const struct readings *r)
{
	uint64_t value;

	memcpy(&value, (const char *)r + row->offset, sizeof(value));
	return value;
}

static bool is_on(const struct metrics *m, enum group group)
{
	const struct config *c = &m->setup->config;

	switch (group) {
	case GROUP_RESOURCES:
		return c->metrics_resources;
	case GROUP_STATE:
		return c->metrics_state;
	case GROUP_EVENTS:
		return c->metrics_events;
	case GROUP_BASE:
	case GROUP_COUNT:
	default:
		return true;
	}
}

static struct readings take(const struct metrics *m)
{
	struct readings r = { .start_ns = m->start_ns };

	r.reload_ns = sets_since(m->sets);
	r.reload_ns = r.reload_ns ? r.reload_ns : r.start_ns;
	r.drops = sets_drops(m->sets);
	readings_count(&r, m->sink->counts);
	readings_host(&r);
	return r;
}

/* --- Fields ------------------------------------------------------------------- */

static void add_number(const struct metrics *m, cJSON *fields, const char *name,
		       double value)
{
	if (value != 0 || m->setup->config.metrics_empty)
		cJSON_AddNumberToObject(fields, name, value);
}

static void add_row(const struct metrics *m, cJSON *fields,
		    const struct metric *row, const struct readings *r)
{
	bool in_mb = m->setup->config.metrics_in_mb;
	double value = (double)value_of(row, r);
	char name[64];

	snprintf(name, sizeof(name), "%s%s", row->field,
		 row->scale ? "" : in_mb ? "_mb" : "_kb");
	if (!row->scale && in_mb)
		value = (double)(uint64_t)(value / 1024 * 10 + 0.5) / 10;
	add_number(m, fields, name, value);
}

/* What may not stand in a field's name becomes a _. */
static void add_name(struct strbuf *out, const char *name)
{
	for (; *name; name++)
		strbuf_addch(out, isalnum((unsigned char)*name) ? *name : '_');
}

/* A rule's name as part of a field's. */
static void add_rule_field(void *ctx, const char *name, const char *labels,
			   uint64_t matches)
{
	CLEANUP(strbuf_done) struct strbuf field = STRBUF_INIT;
	cJSON *fields = ctx;

	(void)labels;
	strbuf_adds(&field, "falco.rules.");
	add_name(&field, name);
	if (!matches)
		return;
	cJSON_DeleteItemFromObject(fields, field.data);
	cJSON_AddNumberToObject(fields, field.data, (double)matches);
}

static double rate(uint64_t now, uint64_t before, uint64_t ns)
{
	return ns ? (double)(now - before) / ((double)ns / 1e9) : 0;
}

static void add_names(const struct metrics *m, cJSON *fields)
{
	struct utsname system = { .release = "" };

	uname(&system);
	cJSON_AddStringToObject(fields, "evt.hostname", m->setup->hostname);
	cJSON_AddStringToObject(fields, "evt.source", "syscall");
	cJSON_AddStringToObject(fields, "falco.version", support_version_text());
	cJSON_AddStringToObject(fields, "falco.kernel_release", system.release);
	if (m->setup->config.metrics_events)
		cJSON_AddStringToObject(fields, "scap.engine_name", m->engine);
}

static void add_interface(void *ctx, const char *interface,
			  const char *protocol, const char *addresses)
{
	CLEANUP(strbuf_done) struct strbuf name = STRBUF_INIT;

	strbuf_addf(&name, "falco.host_netinfo.interfaces.%s.protocols.%s."
			   "addresses", interface, protocol);
	cJSON_AddStringToObject(ctx, name.data, addresses);
}

/* With the lock. The files are read at the start, and again after each reload. */
static const struct metrics_files *files_of(struct metrics *m,
					    const struct readings *r)
{
	if (m->files_of != r->reload_ns)
		metrics_files_read(&m->files, m->setup);
	m->files_of = r->reload_ns;
	return &m->files;
}

static void add_files(struct metrics *m, cJSON *fields,
		      const struct readings *r)
{
	const struct metrics_files *f;

	pthread_mutex_lock(&m->lock);
	f = files_of(m, r);
	for (size_t i = 0; i < f->files.n; i++) {
		const struct metrics_file *file = &f->files.items[i];
		CLEANUP(strbuf_done) struct strbuf name = STRBUF_INIT;

		strbuf_addf(&name, "falco.sha256_%s_file.", file->kind);
		add_name(&name, file->name);
		cJSON_DeleteItemFromObject(fields, name.data);
		cJSON_AddStringToObject(fields, name.data, file->hash);
	}
	pthread_mutex_unlock(&m->lock);
}

/* Numbers of 19 digits are no doubles: they are written as they are. */
static void add_times(cJSON *fields, const struct readings *r, uint64_t now)
{
	const struct {
		const char *name;
		uint64_t value;
	} rows[] = {
		{ "evt.time", now },
		{ "falco.start_ts", r->start_ns },
		{ "falco.reload_ts", r->reload_ns },
		{ "falco.host_boot_ts", r->boot_ns },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[24];

		snprintf(text, sizeof(text), "%llu",
			 (unsigned long long)rows[i].value);
		cJSON_DeleteItemFromObject(fields, rows[i].name);
		cJSON_AddRawToObject(fields, rows[i].name, text);
	}
}

static void add_rates(const struct metrics *m, cJSON *fields,
		      const struct readings *r, uint64_t ns)
{
	add_number(m, fields, "falco.evts_rate_sec",
		   rate(r->delivered, m->before.delivered, ns));
	if (m->setup->config.metrics_events)
		add_number(m, fields, "scap.evts_rate_sec",
			   rate(r->stops, m->before.stops, ns));
}

static cJSON *make_fields(struct metrics *m, const struct readings *r,
			  uint64_t now)
{
	const struct config *c = &m->setup->config;
	cJSON *fields = cJSON_CreateObject();

	add_names(m, fields);
	add_files(m, fields, r);
	metrics_interfaces(add_interface, fields);
	for (size_t i = 0; i < ARRAY_SIZE(metrics); i++)
		if (is_on(m, metrics[i].group))
			add_row(m, fields, &metrics[i], r);
	add_times(fields, r, now);
	if (c->metrics_rules) {
		add_number(m, fields, "falco.rules.matches_total",
			   (double)counter_get(&m->sink->counts->matches));
		sets_each_rule(m->sets, add_rule_field, fields);
	}
	if (c->metrics_resources) {
		add_number(m, fields, "falco.cpu_usage_perc", r->cpu_percent);
		add_number(m, fields, "falco.host_cpu_usage_perc",
			   r->host_cpu_percent);
	}
	if (m->before_ns)
		add_rates(m, fields, r, now - m->before_ns);
	return fields;
}

/* --- Snapshots ---------------------------------------------------------------- */

static void write_file(const struct metrics *m, const cJSON *fields)
{
	const char *path = m->setup->config.metrics_file;
	CLEANUP(closep) int fd = -1;
	CLEANUP(strbuf_done) struct strbuf line = STRBUF_INIT;

	if (!*path)
		return;
	strbuf_adds(&line, "{\"output_fields\":");
	engine_json_print(fields, &line);
	strbuf_addf(&line, ",\"sample\":%llu}\n",
		    (unsigned long long)m->sample);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0 || write_all(fd, line.data, line.n) < 0)
		log_say(&m->setup->log, LOG_LEVEL_ERROR,
			"metrics.output_file %s: %s", path, strerror(errno));
}

static void snapshot(struct metrics *m)
{
	uint64_t now = clock_ns(CLOCK_REALTIME);
	struct readings r = take(m);
	cJSON *fields;

	r.delivered_before = m->before.delivered;
	r.stops_before = m->before.stops;
	fields = make_fields(m, &r, now);
	if (m->setup->config.metrics_rule) {
		struct internal_alert alert = {
			.priority = PRIORITY_INFORMATIONAL,
			.rule = RULE,
			.message = "Falco metrics snapshot",
			.fields = fields,
		};

		sets_alert(m->sets, &alert);
	}
	write_file(m, fields);
	cJSON_Delete(fields);
	m->sample++;
	m->before = r;
	m->before_ns = now;
}

static void *serve(void *ctx)
{
	struct metrics *m = ctx;
	uint64_t interval_ms = (uint64_t)m->setup->config.metrics_interval_ms;
	struct timespec next = clock_in_ms(interval_ms);

	pthread_mutex_lock(&m->lock);
	while (!m->stop) {
		if (pthread_cond_timedwait(&m->changed, &m->lock, &next) !=
		    ETIMEDOUT)
			continue;
		pthread_mutex_unlock(&m->lock);
		snapshot(m);
		next = clock_in_ms(interval_ms);
		pthread_mutex_lock(&m->lock);
	}
	pthread_mutex_unlock(&m->lock);
	return NULL;
}

static void init_clock(struct metrics *m)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&m->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_mutex_init(&m->lock, NULL);
}

int metrics_start(const struct setup *s, const char *engine, struct sink *sink,
		  struct sets *sets, struct metrics **ret)
{
	struct metrics *m = xcalloc(1, sizeof(*m));

	m->setup = s;
	m->engine = engine;
	m->sink = sink;
	m->sets = sets;
	m->start_ns = clock_ns(CLOCK_REALTIME);
	init_clock(m);
	/* Now, when they have just been loaded. */
	metrics_files_read(&m->files, s);
	m->files_of = m->start_ns;
	*ret = m;
	if (!s->config.metrics_rule && !*s->config.metrics_file)
		return 0;
	m->has_thread = pthread_create(&m->thread, NULL, serve, m) == 0;
	return m->has_thread ? 0 : -EAGAIN;
}

void metrics_stop(struct metrics *m)
{
	if (!m->has_thread)
		return;
	pthread_mutex_lock(&m->lock);
	m->stop = true;
	pthread_cond_broadcast(&m->changed);
	pthread_mutex_unlock(&m->lock);
	pthread_join(m->thread, NULL);
	m->has_thread = false;
	snapshot(m);
}

void metrics_free(struct metrics *m)
{
	if (!m)
		return;
	metrics_files_done(&m->files);
	pthread_cond_destroy(&m->changed);
	pthread_mutex_destroy(&m->lock);
	free(m);
}

/* --- Prometheus --------------------------------------------------------------- */

#define HELP_FALCO "https://falco.org/docs/metrics/"

static void add_head(struct strbuf *out, const char *name, const char *type,
		     const char *help)
{
	strbuf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void add_info(struct strbuf *out, const char *name, const char *label,
		     const char *value)
{
	add_head(out, name, "gauge", HELP_FALCO);
	strbuf_addf(out, "%s{%s=\"", name, label);
	label_value(out, value);
	strbuf_adds(out, "\"} 1\n");
}

static void add_engine(struct strbuf *out, const char *engine)
{
	static const char name[] = "falcosecurity_scap_engine_name_info";

	add_head(out, name, "gauge", HELP_FALCO);
	strbuf_addf(out, "%s{engine_name=\"%s\",evt_source=\"syscall\"} 1\n",
		    name, engine);
}

/* With the lock. */
static void add_file_info(struct strbuf *out, const struct metrics_files *f,
			  const char *kind)
{
	CLEANUP(strbuf_done) struct strbuf name = STRBUF_INIT;
	bool has_head = false;

	strbuf_addf(&name, "falcosecurity_falco_sha256_%s_files_info", kind);
	for (size_t i = 0; i < f->files.n; i++) {
		const struct metrics_file *file = &f->files.items[i];

		if (strcmp(file->kind, kind) != 0)
			continue;
		if (!has_head)
			add_head(out, name.data, "gauge", HELP_FALCO);
		has_head = true;
		strbuf_addf(out, "%s{file_name=\"", name.data);
		label_value(out, file->name);
		strbuf_addf(out, "\",sha256=\"%s\"} 1\n", file->hash);
	}
}

static void add_files_info(struct metrics *m, const struct readings *r,
			   struct strbuf *out)
{
	const struct metrics_files *f;

	pthread_mutex_lock(&m->lock);
	f = files_of(m, r);
	add_file_info(out, f, "rules");
	add_file_info(out, f, "config");
	pthread_mutex_unlock(&m->lock);
}

static void add_sample(struct strbuf *out, const struct metric *row,
		       uint64_t value)
{
	add_head(out, row->prometheus, row->type,
		 strncmp(row->prometheus, "falco_run_", strlen("falco_run_")) ?
			 HELP_FALCO :
			 row->field);
	if (row->scale > 1)
		strbuf_addf(out, "%s %.9f\n", row->prometheus,
			    (double)value / (double)row->scale);
	else
		strbuf_addf(out, "%s %llu\n", row->prometheus,
			    (unsigned long long)(row->scale ? value :
							      value * 1024));
}

static void add_rule_sample(void *ctx, const char *name, const char *labels,
			    uint64_t matches)
{
	(void)name;
	if (matches)
		strbuf_addf(ctx,
			    "falcosecurity_falco_rules_matches_total{%s} %llu\n",
			    labels, (unsigned long long)matches);
}

static void add_ratio(struct strbuf *out, const char *name, double percent)
{
	add_head(out, name, "gauge", HELP_FALCO);
	strbuf_addf(out, "%s %.6f\n", name, percent / 100);
}

#define DECIDED "falco_run_events_total"
#define WAITS	"falco_run_call_wait_seconds"

static void add_decided(struct strbuf *out, const struct counts *c, size_t kind)
{
	const struct event_count *event = &c->events[kind];
	const struct {
		const char *where;
		uint64_t n;
	} rows[] = {
		{ "entry", counter_get(&event->passed) },
		{ "end", counter_get(&event->confirmed) },
		{ "without_end", counter_get(&event->unconfirmed) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].n)
			strbuf_addf(out,
				    DECIDED "{event=\"%s\",code=\"%zu\","
					    "decided=\"%s\"} %llu\n",
				    event_kind_name(kind), kind, rows[i].where,
				    (unsigned long long)rows[i].n);
}

static void add_waits(struct strbuf *out, const struct counts *c, size_t kind)
{
	const struct event_count *event = &c->events[kind];
	const char *name = event_kind_name(kind);
	uint64_t sum = 0;

	for (size_t i = 0; i <= WAIT_BOUNDS; i++)
		sum += counter_get(&event->waits[i]);
	if (!sum)
		return;
	sum = 0;
	for (size_t i = 0; i < WAIT_BOUNDS; i++) {
		sum += counter_get(&event->waits[i]);
		strbuf_addf(out,
			    WAITS "_bucket{event=\"%s\",code=\"%zu\","
				  "le=\"%g\"} %llu\n",
			    name, kind, (double)wait_bounds[i] / 1e9,
			    (unsigned long long)sum);
	}
	sum += counter_get(&event->waits[WAIT_BOUNDS]);
	strbuf_addf(out,
		    WAITS "_bucket{event=\"%s\",code=\"%zu\",le=\"+Inf\"} %llu\n"
		    WAITS "_sum{event=\"%s\",code=\"%zu\"} %.9f\n"
		    WAITS "_count{event=\"%s\",code=\"%zu\"} %llu\n",
		    name, kind, (unsigned long long)sum, name, kind,
		    (double)counter_get(&event->wait_ns) / 1e9, name, kind,
		    (unsigned long long)sum);
}

static void add_events(struct strbuf *out, const struct counts *c)
{
	add_head(out, DECIDED, "counter",
		 "Events by the place where they were decided.");
	for (size_t i = 0; i < EVENT_KINDS; i++)
		add_decided(out, c, i);
	add_head(out, WAITS, "histogram",
		 "How long a call waited for each decision about it.");
	for (size_t i = 0; i < EVENT_KINDS; i++)
		add_waits(out, c, i);
}

void metrics_prometheus(struct metrics *m, struct strbuf *out)
{
	const struct config *c = &m->setup->config;
	struct readings r = take(m);
	struct utsname system = { .release = "" };

	uname(&system);
	add_info(out, "falcosecurity_falco_version_info", "version",
		 support_version_text());
	add_info(out, "falcosecurity_falco_kernel_release_info",
		 "kernel_release", system.release);
	add_info(out, "falcosecurity_evt_hostname_info", "hostname",
		 m->setup->hostname);
	add_files_info(m, &r, out);
	if (c->metrics_events)
		add_engine(out, m->engine);
	for (size_t i = 0; i < ARRAY_SIZE(metrics); i++)
		if (metrics[i].prometheus && is_on(m, metrics[i].group))
			add_sample(out, &metrics[i], value_of(&metrics[i], &r));
	if (c->metrics_resources) {
		add_ratio(out, "falcosecurity_falco_cpu_usage_ratio",
			  r.cpu_percent);
		add_ratio(out, "falcosecurity_falco_host_cpu_usage_ratio",
			  r.host_cpu_percent);
	}
	if (c->metrics_events)
		add_events(out, m->sink->counts);
	if (!c->metrics_rules)
		return;
	add_head(out, "falcosecurity_falco_rules_matches_total", "counter",
		 HELP_FALCO);
	sets_each_rule(m->sets, add_rule_sample, out);
}
