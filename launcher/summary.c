/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last lines: see summary.h.
 */
#include "summary.h"

#include "tracer/tracer.h"

#include "cleanup.h"
#include "strbuf.h"

#include "author.h"
#include "counts.h"
#include "output.h"
#include "sets.h"
#include "setup.h"
#include "sink.h"
#include "status.h"

static void say_blindness(const struct summary *s)
{
	const struct tracer_stats *stats = tracer_stats(s->tracer);
	CLEANUP(strbuf_done) struct strbuf line = STRBUF_INIT;

	for (int i = 0; i < BLIND_COUNT; i++) {
		uint64_t n = stats->blind[i];

		if (n)
			strbuf_addf(&line, "%s%llu %s", line.n ? "; " : "",
				    (unsigned long long)n,
				    blind_spot_text((enum blind_spot)i, n));
	}
	if (line.n)
		log_say(&s->setup->log, LOG_LEVEL_WARNING, "not seen: %s",
			line.data);
}

static const char *ending(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void say_attacks(const struct summary *s)
{
	uint64_t n = tracer_stats(s->tracer)->attacks;

	if (n)
		log_say(&s->setup->log, LOG_LEVEL_WARNING,
			"refused: %llu call%s to end, stop, trace or change "
			"falco-run itself",
			(unsigned long long)n, ending(n));
}

static void say_lost(const struct summary *s)
{
	CLEANUP(strbuf_done) struct strbuf lost = STRBUF_INIT;

	output_lost_text(sink_current(s->sink)->output, &lost);
	if (lost.n)
		log_say(&s->setup->log, LOG_LEVEL_WARNING,
			"alerts that outputs did not get: %s", lost.data);
}

static void say_counts(const struct summary *s)
{
	const struct tracer_stats *stats = tracer_stats(s->tracer);
	uint64_t events = counter_get(&s->sink->counts->delivered);
	CLEANUP(strbuf_done) struct strbuf block = STRBUF_INIT;

	log_say(&s->setup->log, LOG_LEVEL_INFO,
		"engine %s: %llu call%s stopped, %llu decided at entry, %llu "
		"followed to the end, %llu not to be followed; %llu event%s "
		"matched against the rules; the program waited %.3f s",
		tracer_engine_name(tracer_engine_used(s->tracer)),
		(unsigned long long)stats->stops, ending(stats->stops),
		(unsigned long long)stats->continued,
		(unsigned long long)stats->confirmed,
		(unsigned long long)stats->unconfirmed,
		(unsigned long long)events, ending(events),
		(double)stats->held_ns / 1e9);
	counts_text(s->sink->counts, &block);
	sink_summary(s->sink, &block);
	sets_summary(s->sets, &block);
	log_raw(&s->setup->log, block.data);
}

void summary_say(const struct summary *s)
{
	if (s->setup->log.level < LOG_LEVEL_WARNING)
		return;
	author_watch_end(s->setup);
	if (options_has(s->setup->options, OPT_VERBOSE))
		say_counts(s);
	if (s->sink->failed)
		log_say(&s->setup->log, LOG_LEVEL_WARNING,
			"--fail-on: there was an alert of priority %s or above: "
			"status %d, unless the program's own is not 0",
			priority_label(s->setup->config.fail_on_priority),
			STATUS_ALERTS);
	say_lost(s);
	say_attacks(s);
	say_blindness(s);
}
