/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sets for everybody: see sets.h.
 */
#include "sets.h"

#include <stdlib.h>

#include "alloc.h"
#include "cleanup.h"
#include "clock.h"
#include "strbuf.h"

#include "output.h"
#include "sink.h"

void sets_init(struct sets *sets, struct sink *sink)
{
	*sets = (struct sets){ .sink = sink };
	pthread_mutex_init(&sets->lock, NULL);
}

void sets_done(struct sets *sets)
{
	for (size_t i = 0; i < sets->past.n; i++) {
		free(sets->past.items[i].name);
		free(sets->past.items[i].labels);
	}
	array_done(&sets->past);
	if (sets->sink)
		pthread_mutex_destroy(&sets->lock);
}

/* --- Totals ------------------------------------------------------------------ */

void label_value(struct strbuf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n')
			strbuf_adds(out, "\\n");
		else if (*text == '"' || *text == '\\')
			strbuf_addf(out, "\\%c", *text);
		else
			strbuf_addch(out, *text);
	}
}

/* tag_X="true": what a label's name cannot hold becomes a _. Tags that come to the same
 * make one label; in a value it cannot stand, for there quotes are escaped. */
static void add_tag(struct strbuf *labels, struct span tag)
{
	CLEANUP(strbuf_done) struct strbuf label = STRBUF_INIT;

	strbuf_adds(&label, ",tag_");
	for (size_t i = 0; i < tag.n; i++) {
		char c = tag.data[i];
		bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    (c >= '0' && c <= '9');

		strbuf_addch(&label, fits ? c : '_');
	}
	strbuf_adds(&label, "=\"true\"");
	if (!strstr(labels->data, label.data))
		strbuf_adds(labels, label.data);
}

static void add_labels(struct strbuf *out, const struct rule_info *info)
{
	strbuf_addf(out, "priority=\"%d\",rule_name=\"", (int)info->priority);
	label_value(out, info->name);
	strbuf_adds(out, "\",source=\"");
	label_value(out, info->source);
	strbuf_adds(out, "\"");
	for (size_t i = 0; i < info->ntags; i++)
		add_tag(out, info->tags[i]);
}

static struct rule_total *total_of(struct sets *sets, const char *name,
				   const char *labels)
{
	struct rule_total *total;

	for (size_t i = 0; i < sets->past.n; i++)
		if (!strcmp(sets->past.items[i].labels, labels))
			return &sets->past.items[i];

	total = array_push(&sets->past);
	*total = (struct rule_total){ xstrdup(name), xstrdup(labels), 0 };
	return total;
}

static void add_set(struct sets *sets, const struct sink_set *set)
{
	for (size_t i = 0; i < set->nrules; i++) {
		const struct rule_count *count = &set->rules[i];
		CLEANUP(strbuf_done) struct strbuf labels = STRBUF_INIT;
		const struct rule_info *info = atomic_load_explicit(
			&count->info, memory_order_acquire);

		if (!info)
			continue;
		add_labels(&labels, info);
		total_of(sets, info->name, labels.data)->matches +=
			counter_get(&count->matches);
	}
}

void sets_retire(struct sets *sets, struct sink_set *set)
{
	pthread_mutex_lock(&sets->lock);
	add_set(sets, set);
	sets->drops += output_counts(set->output).dropped;
	sets->since_ns = clock_ns(CLOCK_REALTIME);
	pthread_mutex_unlock(&sets->lock);
}

/* What the set in use has added to a total. */
static uint64_t more_of(const struct sink_set *set, const char *labels)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < set->nrules; i++) {
		const struct rule_info *info = atomic_load_explicit(
			&set->rules[i].info, memory_order_acquire);

		if (!info)
			continue;
		strbuf_reset(&text);
		add_labels(&text, info);
		if (!strcmp(text.data, labels))
			return counter_get(&set->rules[i].matches);
	}
	return 0;
}

static void make_totals(struct sets *sets, const struct sink_set *set)
{
	CLEANUP(strbuf_done) struct strbuf labels = STRBUF_INIT;

	for (size_t i = 0; i < set->nrules; i++) {
		const struct rule_info *info = atomic_load_explicit(
			&set->rules[i].info, memory_order_acquire);

		if (!info)
			continue;
		strbuf_reset(&labels);
		add_labels(&labels, info);
		total_of(sets, info->name, labels.data);
	}
}

void sets_each_rule(struct sets *sets, sets_rule_fn *fn, void *ctx)
{
	const struct sink_set *set;

	pthread_mutex_lock(&sets->lock);
	set = sink_current(sets->sink);
	make_totals(sets, set);
	for (size_t i = 0; i < sets->past.n; i++) {
		const struct rule_total *total = &sets->past.items[i];

		fn(ctx, total->name, total->labels,
		   total->matches + more_of(set, total->labels));
	}
	pthread_mutex_unlock(&sets->lock);
}

static void add_line(void *ctx, const char *name, const char *labels,
		     uint64_t matches)
{
	(void)labels;
	strbuf_addf(ctx, "   %s: %llu\n", name, (unsigned long long)matches);
}

void sets_summary(struct sets *sets, struct strbuf *out)
{
	strbuf_adds(out, "Triggered rules by rule name:\n");
	sets_each_rule(sets, add_line, out);
}

/* --- Alerts ------------------------------------------------------------------ */

struct sink_set *sets_offer(struct sets *sets, struct sink_set *set)
{
	struct sink_set *unused;

	pthread_mutex_lock(&sets->lock);
	unused = sink_offer(sets->sink, set);
	pthread_mutex_unlock(&sets->lock);
	return unused;
}

/* With the lock: no set that may be found here is freed meanwhile. */
static const struct sink_set *latest(const struct sets *sets)
{
	const struct sink_set *offered = atomic_load_explicit(
		&sets->sink->offered, memory_order_acquire);

	return offered ? offered : sink_current(sets->sink);
}

void sets_alert(struct sets *sets, struct internal_alert *alert)
{
	CLEANUP(strbuf_done) struct strbuf line = STRBUF_INIT;
	const struct sink_set *set;

	pthread_mutex_lock(&sets->lock);
	set = latest(sets);
	alert->hostname = set->hostname;
	alert->time_ns = clock_ns(CLOCK_REALTIME);
	internal_alert_text(alert, set->json, set->iso_8601, &line);
	output_push(set->output, alert->priority, strbuf_span(&line));
	pthread_mutex_unlock(&sets->lock);
}

void sets_reopen(struct sets *sets)
{
	pthread_mutex_lock(&sets->lock);
	output_reopen(sink_current(sets->sink)->output);
	pthread_mutex_unlock(&sets->lock);
}

uint64_t sets_since(struct sets *sets)
{
	uint64_t since;

	pthread_mutex_lock(&sets->lock);
	since = sets->since_ns;
	pthread_mutex_unlock(&sets->lock);
	return since;
}

uint64_t sets_drops(struct sets *sets)
{
	uint64_t drops;

	pthread_mutex_lock(&sets->lock);
	drops = sets->drops +
		output_counts(sink_current(sets->sink)->output).dropped;
	pthread_mutex_unlock(&sets->lock);
	return drops;
}
