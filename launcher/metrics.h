/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Falco's metrics, and ours: snapshots as an alert and in a file, at intervals and at
 * the end of the run, on a thread of their own; text for Prometheus whenever somebody
 * asks. What has no counterpart here is left out: the driver's counters, those of
 * processors (no event says its own) and of a table of descriptors.
 */
#pragma once

#include <stdint.h>

struct metrics;
struct sets;
struct setup;
struct sink;
struct strbuf;

/*
 * Starts to take snapshots as the configuration says (metrics_plan_check() has seen
 * it). `engine` is the name of what intercepts. Everything is borrowed until
 * metrics_free(). Returns -EAGAIN when there is no
 * thread. The caller frees *ret with metrics_free().
 */
int metrics_start(const struct setup *s, const char *engine, struct sink *sink,
		  struct sets *sets, struct metrics **ret);

/* The last snapshot, and no more of them. Before the outputs are finished. */
void metrics_stop(struct metrics *m);

/* Appends Prometheus' text format, version 0.0.4. From any thread. */
void metrics_prometheus(struct metrics *m, struct strbuf *out);

void metrics_free(struct metrics *m);
