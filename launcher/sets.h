/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sets of a run (sink.h) as threads other than the tracer's see them: what their
 * rules have done, and a way to their output. A lock, which the tracer's thread never
 * takes, keeps a set that was handed back from being freed while somebody looks.
 */
#pragma once

#include <pthread.h>
#include <stdint.h>

#include "array.h"

#include "internal_alert.h"

struct sink;
struct sink_set;
struct strbuf;

/* What a rule of sets that are gone has done. */
struct rule_total {
	char *name, *labels; /* owned */
	uint64_t matches;
};

struct sets {
	struct sink *sink; /* not owned */
	pthread_mutex_t lock;
	ARRAY(struct rule_total) past;
	uint64_t since_ns; /* when the set in use was made; 0: at the start */
	uint64_t drops;    /* of outputs that are gone */
};

void sets_init(struct sets *sets, struct sink *sink);
void sets_done(struct sets *sets);

/* sink_offer(), in the only way that is safe while others send alerts. */
struct sink_set *sets_offer(struct sets *sets, struct sink_set *set);

/* Takes over what the rules of a set have done. After it nobody looks at the set. */
void sets_retire(struct sets *sets, struct sink_set *set);

/* Calls fn for each rule that ever matched, once for each name and kind of labels.
 * `labels` is as for Prometheus: priority="4",rule_name="...",... */
typedef void sets_rule_fn(void *ctx, const char *name, const char *labels,
			  uint64_t matches);
void sets_each_rule(struct sets *sets, sets_rule_fn *fn, void *ctx);

/* Sends an internal alert where alerts go, or will from the next event on; its host name
 * is filled in. */
void sets_alert(struct sets *sets, struct internal_alert *alert);

/* When the last set was made by a reload, in ns since the epoch; 0: by none. */
uint64_t sets_since(struct sets *sets);

/* Alerts that no output got since its queue was full, over all sets. */
uint64_t sets_drops(struct sets *sets);

/* The output in use lets go of what it has open. */
void sets_reopen(struct sets *sets);

/* Falco's list of rules that matched, at the end of a run. */
void sets_summary(struct sets *sets, struct strbuf *out);

/* A label's value: backslash, quote and newline escaped. */
void label_value(struct strbuf *out, const char *text);
