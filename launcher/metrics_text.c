/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Metrics in Prometheus' text format, version 0.0.4: see metrics_view.h.
 */
#include "metrics_view.h"

#include <string.h>
#include <sys/utsname.h>

#include "array.h"
#include "cleanup.h"
#include "strbuf.h"

#include "counts.h"
#include "metrics_plan.h"
#include "sets.h"
#include "support.h"

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

static void add_infos(const struct metrics_view *v, struct strbuf *out)
{
	struct utsname system = { .release = "" };

	uname(&system);
	add_info(out, "falcosecurity_falco_version_info", "version",
		 support_version_text());
	add_info(out, "falcosecurity_falco_kernel_release_info",
		 "kernel_release", system.release);
	add_info(out, "falcosecurity_evt_hostname_info", "hostname",
		 v->plan->hostname);
	add_file_info(out, &v->plan->files, "rules");
	add_file_info(out, &v->plan->files, "config");
	if (v->plan->events)
		add_engine(out, v->engine);
}

void metrics_text(const struct metrics_view *v, struct strbuf *out)
{
	const struct metrics_plan *plan = v->plan;
	const struct metric *row;

	add_infos(v, out);
	for (size_t i = 0; (row = metric_at(i)); i++)
		if (row->prometheus && metric_is_on(row, plan))
			add_sample(out, row, metric_value(row, &v->now));
	if (plan->resources) {
		add_ratio(out, "falcosecurity_falco_cpu_usage_ratio",
			  v->now.cpu_percent);
		add_ratio(out, "falcosecurity_falco_host_cpu_usage_ratio",
			  v->now.host_cpu_percent);
	}
	if (plan->events)
		add_events(out, v->counts);
	if (!plan->rules)
		return;
	add_head(out, "falcosecurity_falco_rules_matches_total", "counter",
		 HELP_FALCO);
	sets_each_rule(v->sets, add_rule_sample, out);
}
