/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Metrics at one moment, and the two texts that are made of them: fields for Falco's
 * internal alert and its file, and Prometheus' format.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "metrics_read.h"

struct json_object;
struct counts;
struct metrics_plan;
struct sets;
struct strbuf;

/* Everything is borrowed. */
struct metrics_view {
	const struct metrics_plan *plan;
	const char *engine;
	const struct counts *counts;
	struct sets *sets;
	struct readings now;
	const struct readings *before; /* of the snapshot before; zeros: none */
	uint64_t now_ns, before_ns;    /* before_ns is 0: there was none */
};

enum metric_group {
	METRIC_BASE,
	METRIC_RESOURCES,
	METRIC_STATE,
	METRIC_EVENTS,
};

/* A row of metrics.def. */
struct metric {
	enum metric_group group;
	const char *field, *prometheus, *type;
	uint64_t scale; /* 0: kilobytes */
	size_t offset;
};

/* The rows in order; NULL behind the last. */
const struct metric *metric_at(size_t i);

/* Is the row's group wanted? */
bool metric_is_on(const struct metric *row, const struct metrics_plan *plan);

uint64_t metric_value(const struct metric *row, const struct readings *r);

/* The fields of a snapshot; the caller deletes the object. */
struct json_object *metrics_fields(const struct metrics_view *v);

/* Appends Prometheus' text format. */
void metrics_text(const struct metrics_view *v, struct strbuf *out);
