/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a configuration wants of metrics: whether it can be done, and a copy that
 * outlives the configuration.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "metrics_facts.h"

struct error;
struct setup;

struct metrics_plan {
	bool on; /* all else is nothing without */
	bool rule;
	bool rules, resources, state, events; /* groups */
	bool in_mb, empty;
	uint64_t interval_ms;
	char *file; /* owned; "": none */
	char hostname[256];
	struct metrics_files files; /* that the setup was loaded from */
};

/* Nothing when metrics are off. Says the interval; returns -EINVAL with Falco's
 * text. */
int metrics_plan_check(const struct setup *s, struct error *err);

/* Reads the setup's files for their hashes. The caller frees it with
 * metrics_plan_done(). */
struct metrics_plan metrics_plan_of(const struct setup *s);
void metrics_plan_done(struct metrics_plan *plan);

/* Is there anybody to take snapshots for? */
static inline bool metrics_plan_wants_snapshots(const struct metrics_plan *plan)
{
	return plan->on && (plan->rule || *plan->file);
}
