/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Falco's metrics, and ours: snapshots as an alert and in a file, at intervals and at
 * the end of the run, on a thread of their own; text for Prometheus whenever somebody
 * asks. What is counted goes on over changes of the plan. What has no counterpart here
 * is left out: the driver's counters, those of processors (no event says its own) and
 * of a table of descriptors.
 */
#pragma once

#include <stdbool.h>

struct log;
struct metrics;
struct metrics_plan;
struct sets;
struct sink;
struct strbuf;

/* Everything is borrowed until metrics_free(). */
struct metrics_options {
	const char *engine; /* the name of what intercepts */
	struct sink *sink;
	struct sets *sets;
	const struct log *log;
};

/* Nothing is wanted yet. The caller frees it with metrics_free(). */
struct metrics *metrics_new(const struct metrics_options *options);

/* Gets ready for a plan, which stays as it is. Signals must be blocked before. Returns
 * -EAGAIN when there is no thread. */
int metrics_prepare(struct metrics *m, const struct metrics_plan *plan);

/* From now on; takes the plan over. Snapshots come as they would have, or after a whole
 * interval when that is another. */
void metrics_use(struct metrics *m, struct metrics_plan *plan);

/* The last snapshot, and no more of them. Before the outputs are finished. */
void metrics_stop(struct metrics *m);

/* Appends Prometheus' text format, version 0.0.4. From any thread. False: metrics are
 * off. */
bool metrics_prometheus(struct metrics *m, struct strbuf *out);

/* NULL is fine. */
void metrics_free(struct metrics *m);
