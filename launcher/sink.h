/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way of an event: the tracer hands it in, the engine judges it, an alert goes
 * out, a verdict goes back. Also counts, for the end of the run. Called from the
 * tracer's one thread, while the workload waits: it never waits itself.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/engine.h"

#include "event.h"
#include "strbuf.h"

struct container_watch;
struct output;

/* What a rule did in this run; by rule_info.index. */
struct rule_count {
	const char *name;
	uint64_t matches;
};

struct sink_counts {
	uint64_t entries;    /* events judged at entry */
	uint64_t passed;     /* ... and let go there */
	uint64_t delivered;  /* completed and matched against the rules */
	uint64_t matches;    /* alerts */
	uint64_t by_priority[PRIORITY_COUNT];
};

struct sink {
	struct engine *engine; /* not owned */
	struct output *output; /* not owned */
	bool json;
	bool has_fail_on;
	enum priority fail_on;
	bool failed; /* an alert at fail_on or above was raised */
	struct sink_counts counts;
	struct rule_count *rules; /* nrules, owned */
	size_t nrules;
	struct strbuf line;
	struct event *current; /* during sink_event() */
	/* The container around us is asked after; when that is over, on_container is
	 * called once, before the next event. NULL: nobody asks. */
	const struct container_watch *container;
	void (*on_container)(void *ctx);
	void *container_ctx;
};

void sink_init(struct sink *s, struct engine *engine, struct output *output);
void sink_done(struct sink *s);

/* For struct tracer_sink; ctx is the sink. */
enum verdict sink_event(void *ctx, struct event *ev, int *ret_errno);

/* Calls on_container now, unless it has been. */
void sink_container_over(struct sink *s);

/* Falco's block of counts at the end of a run, lines with newlines. */
void sink_summary(const struct sink *s, struct strbuf *out);
