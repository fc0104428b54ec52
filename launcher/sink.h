/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way of an event: the tracer hands it in, the engine judges it, an alert goes
 * out, a verdict goes back. Also counts. Called from the tracer's one thread, while
 * the workload waits: it never waits itself.
 *
 * What an event is judged by, and where its alerts go, is a set. Another thread may
 * offer a new one at any time; it is taken between two events, so that each event is
 * matched by exactly one set. What was in use until then is handed back.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/engine.h"

#include "event.h"
#include "strbuf.h"

#include "counts.h"

struct container_watch;
struct output;
struct tracer_stats;

/* What a rule did; by rule_info.index. */
struct rule_count {
	/* The engine's; NULL until the first match. */
	_Atomic(const struct rule_info *) info;
	counter matches;
};

struct sink_set {
	struct engine *engine; /* not owned */
	struct output *output; /* not owned */
	const char *hostname;  /* not owned */
	bool json, iso_8601;
	bool plain; /* of an alert only what the rule's output says */
	bool has_fail_on;
	enum priority fail_on;
	struct rule_count *rules; /* nrules, owned */
	size_t nrules;
	void *owner;           /* for whoever gets it back; not looked at */
	struct sink_set *next; /* among those that were handed back */
};

struct sink {
	_Atomic(struct sink_set *) set;     /* in use; written by the tracer's thread */
	_Atomic(struct sink_set *) offered; /* NULL: none */
	_Atomic(struct sink_set *) retired;
	int retired_fd; /* an eventfd that is told; -1: none. Not owned */
	const struct tracer_stats *stats; /* NULL until there is a tracer */
	bool failed; /* an alert at fail_on or above was raised */
	struct counts *counts; /* owned */
	struct strbuf line;
	struct event *current; /* during sink_event() */
	/* The container around us is asked after; when that is over, on_container is
	 * called once, before the next event. NULL: nobody asks. */
	const struct container_watch *container;
	void (*on_container)(void *ctx);
	void *container_ctx;
};

/* Makes room for the counts of an engine that is ready. */
void sink_set_init(struct sink_set *set, struct engine *engine,
		   struct output *output);
void sink_set_done(struct sink_set *set);

void sink_init(struct sink *s, struct sink_set *first);
void sink_done(struct sink *s);

/* From any one other thread: to be used from the next event on. Returns what was
 * offered before and not yet taken, which never will be; NULL: nothing. */
struct sink_set *sink_offer(struct sink *s, struct sink_set *set);

/* From the same thread: the sets that are out of use, linked by next, the latest
 * first; NULL: none. */
struct sink_set *sink_retired(struct sink *s);

/* The set in use. It stays until sink_retired() has given it away. */
struct sink_set *sink_current(const struct sink *s);

/* Takes what is offered, as the next event would. From the tracer's thread, or when that
 * is done with the sink. */
void sink_take(struct sink *s);

/* For struct tracer_sink; ctx is the sink. */
enum verdict sink_event(void *ctx, struct event *ev, int *ret_errno);
void sink_held(void *ctx, enum event_type type, unsigned generic, uint64_t ns);

/* Calls on_container now, unless it has been. */
void sink_container_over(struct sink *s);

/* Falco's counts by severity at the end of a run, lines with newlines. */
void sink_summary(const struct sink *s, struct strbuf *out);
