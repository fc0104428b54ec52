/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan for metrics: see metrics_plan.h. Falco's order and words.
 */
#include "metrics_plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "error.h"

#include "setup.h"

#define INTERVAL_MIN_MS 100

int metrics_plan_check(const struct setup *s, struct error *err)
{
	const struct config *c = &s->config;

	if (!c->metrics_enabled)
		return 0;
	if (c->metrics_interval_ms < INTERVAL_MIN_MS)
		return error_set(
			err, -EINVAL,
			"Metrics interval must have a minimum value of "
			"100ms and reflect a Prometheus compliant time "
			"duration format: https://prometheus.io/docs/"
			"prometheus/latest/querying/basics/"
			"#time-durations. ");
	if (!c->metrics_rule && !*c->metrics_file && !c->webserver_metrics)
		return error_set(
			err, -EINVAL,
			"Metrics are enabled with no output "
			"configured. Please enable at least one output "
			"channel ('metrics.output_rule', "
			"'metrics.output_file' or "
			"'webserver.prometheus_metrics_enabled')");
	log_say(&s->log, LOG_LEVEL_INFO,
		"Setting metrics interval to %s, equivalent to %lld (ms)",
		c->metrics_interval, (long long)c->metrics_interval_ms);
	return 0;
}

struct metrics_plan metrics_plan_of(const struct setup *s)
{
	const struct config *c = &s->config;
	struct metrics_plan plan = {
		.on = c->metrics_enabled,
		.rule = c->metrics_rule,
		.rules = c->metrics_rules,
		.resources = c->metrics_resources,
		.state = c->metrics_state,
		.events = c->metrics_events,
		.in_mb = c->metrics_in_mb,
		.empty = c->metrics_empty,
		.interval_ms = (uint64_t)c->metrics_interval_ms,
		.file = xstrdup(c->metrics_file),
	};

	snprintf(plan.hostname, sizeof(plan.hostname), "%s", s->hostname);
	if (plan.on)
		metrics_files_read(&plan.files, s);
	return plan;
}

void metrics_plan_done(struct metrics_plan *plan)
{
	metrics_files_done(&plan->files);
	free(plan->file);
	plan->file = NULL;
}
