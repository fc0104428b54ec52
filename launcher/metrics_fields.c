/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Metrics as fields, as Falco's internal alert and its file have them: see
 * metrics_view.h. Zeros are left out unless they are wanted.
 */
#include "metrics_view.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "array.h"
#include "cleanup.h"
#include "json_node.h"
#include "strbuf.h"

#include "counts.h"
#include "metrics_plan.h"
#include "sets.h"
#include "support.h"

/* --- One number a row --------------------------------------------------------- */

static const struct metric metrics[] = {
#define METRIC(group, field, prometheus, type, scale, member) \
	{ METRIC_##group, field,	 prometheus, \
	  type,		  scale,	 offsetof(struct readings, member) },
#include "metrics.def"
};

const struct metric *metric_at(size_t i)
{
	return i < ARRAY_SIZE(metrics) ? &metrics[i] : NULL;
}

uint64_t metric_value(const struct metric *row, const struct readings *r)
{
	uint64_t value;

	memcpy(&value, (const char *)r + row->offset, sizeof(value));
	return value;
}

bool metric_is_on(const struct metric *row, const struct metrics_plan *plan)
{
	switch (row->group) {
	case METRIC_RESOURCES:
		return plan->resources;
	case METRIC_STATE:
		return plan->state;
	case METRIC_EVENTS:
		return plan->events;
	case METRIC_BASE:
	default:
		return true;
	}
}

/* --- Fields ------------------------------------------------------------------- */

static void add_number(const struct metrics_view *v, struct json_object *fields,
		       const char *name, double value)
{
	if (value != 0 || v->plan->empty)
		json_add_number(fields, name, value);
}

static void add_row(const struct metrics_view *v, struct json_object *fields,
		    const struct metric *row, const struct readings *r)
{
	bool in_mb = v->plan->in_mb;
	double value = (double)metric_value(row, r);
	char name[64];

	snprintf(name, sizeof(name), "%s%s", row->field,
		 row->scale ? "" : in_mb ? "_mb" : "_kb");
	if (!row->scale && in_mb)
		value = (double)(uint64_t)(value / 1024 * 10 + 0.5) / 10;
	add_number(v, fields, name, value);
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
	struct json_object *fields = ctx;

	(void)labels;
	strbuf_adds(&field, "falco.rules.");
	add_name(&field, name);
	if (!matches)
		return;
	json_add_number(fields, field.data, (double)matches);
}

static double rate(uint64_t now, uint64_t before, uint64_t ns)
{
	return ns ? (double)(now - before) / ((double)ns / 1e9) : 0;
}

static void add_names(const struct metrics_view *v, struct json_object *fields)
{
	struct utsname system = { .release = "" };

	uname(&system);
	json_add_text(fields, "evt.hostname", v->plan->hostname);
	json_add_text(fields, "evt.source", "syscall");
	json_add_text(fields, "falco.version", support_version_text());
	json_add_text(fields, "falco.kernel_release", system.release);
	if (v->plan->events)
		json_add_text(fields, "scap.engine_name", v->engine);
}

static void add_interface(void *ctx, const char *interface,
			  const char *protocol, const char *addresses)
{
	CLEANUP(strbuf_done) struct strbuf name = STRBUF_INIT;

	strbuf_addf(&name, "falco.host_netinfo.interfaces.%s.protocols.%s."
			   "addresses", interface, protocol);
	json_add_text(ctx, name.data, addresses);
}

static void add_files(const struct metrics_view *v, struct json_object *fields)
{
	const struct metrics_files *f = &v->plan->files;

	for (size_t i = 0; i < f->files.n; i++) {
		const struct metrics_file *file = &f->files.items[i];
		CLEANUP(strbuf_done) struct strbuf name = STRBUF_INIT;

		strbuf_addf(&name, "falco.sha256_%s_file.", file->kind);
		add_name(&name, file->name);
		json_add_text(fields, name.data, file->hash);
	}
}

/* Numbers of 19 digits are no doubles: they are written as they are. */
static void add_times(struct json_object *fields, const struct readings *r,
		      uint64_t now)
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
		json_add(fields, rows[i].name, json_digits(text));
	}
}

static void add_rates(const struct metrics_view *v, struct json_object *fields)
{
	uint64_t ns = v->now_ns - v->before_ns;

	add_number(v, fields, "falco.evts_rate_sec",
		   rate(v->now.delivered, v->before->delivered, ns));
	if (v->plan->events)
		add_number(v, fields, "scap.evts_rate_sec",
			   rate(v->now.stops, v->before->stops, ns));
}

static void add_rules(const struct metrics_view *v, struct json_object *fields)
{
	add_number(v, fields, "falco.rules.matches_total",
		   (double)counter_get(&v->counts->matches));
	sets_each_rule(v->sets, add_rule_field, fields);
}

struct json_object *metrics_fields(const struct metrics_view *v)
{
	const struct metrics_plan *plan = v->plan;
	struct json_object *fields = json_object_new_object();
	const struct metric *row;

	add_names(v, fields);
	add_files(v, fields);
	metrics_interfaces(add_interface, fields);
	for (size_t i = 0; (row = metric_at(i)); i++)
		if (metric_is_on(row, plan))
			add_row(v, fields, row, &v->now);
	add_times(fields, &v->now, v->now_ns);
	if (plan->rules)
		add_rules(v, fields);
	if (plan->resources) {
		add_number(v, fields, "falco.cpu_usage_perc",
			   v->now.cpu_percent);
		add_number(v, fields, "falco.host_cpu_usage_perc",
			   v->now.host_cpu_percent);
	}
	if (v->before_ns)
		add_rates(v, fields);
	return fields;
}
