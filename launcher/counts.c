/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The counts of a run: see counts.h.
 */
#include "counts.h"

#include "tracer/tracer.h"

#include "array.h"
#include "strbuf.h"

const uint64_t wait_bounds[WAIT_BOUNDS] = {
	2000,	 5000,	  10000,   20000,    50000,	100000,	   200000,
	500000,	 1000000, 5000000, 10000000, 100000000, 1000000000,
};

static const char *const type_names[EVENT_TYPE_COUNT] = {
#define EVENT(code, symbol, name, category, class, flags, ...) [code] = name,
#include "events.def"
#define OLD_EVENT(code, symbol, name) [code] = name,
#define UNUSED_EVENT(code, symbol)
#include "events_old.def"
};

static const char *const generic_names[GENERIC_COUNT] = {
#define GENERIC(code, name) #name,
#include "generic.def"
};

size_t event_kind(enum event_type type, unsigned generic)
{
	return type == EVENT_GENERIC_X && generic < GENERIC_COUNT ?
		       (size_t)EVENT_TYPE_COUNT + generic :
		       (size_t)type;
}

const char *event_kind_name(size_t kind)
{
	const char *name = kind < EVENT_TYPE_COUNT ?
				   type_names[kind] :
				   generic_names[kind - EVENT_TYPE_COUNT];

	return name ? name : "?";
}

void counts_wait(struct counts *c, size_t kind, uint64_t ns)
{
	struct event_count *event = &c->events[kind];
	size_t i = 0;

	while (i < WAIT_BOUNDS && ns > wait_bounds[i])
		i++;
	counter_add(&event->waits[i], 1);
	counter_add(&event->wait_ns, ns);
}

static void publish(counter *to, uint64_t value)
{
	atomic_store_explicit(to, value, memory_order_relaxed);
}

void counts_publish(struct counts *c, const struct tracer_stats *stats)
{
	publish(&c->stops, stats->stops);
	publish(&c->continued, stats->continued);
	publish(&c->followed, stats->confirmed);
	publish(&c->not_followed, stats->unconfirmed);
	publish(&c->held_ns, stats->held_ns);
	publish(&c->threads_met, stats->threads_met);
	publish(&c->threads_gone, stats->threads_gone);
}

static void add_row(const struct counts *c, size_t kind, struct strbuf *out)
{
	const struct event_count *event = &c->events[kind];
	uint64_t all = counter_get(&event->judged);
	uint64_t confirmed = counter_get(&event->confirmed);
	uint64_t unconfirmed = counter_get(&event->unconfirmed);

	if (!all && !confirmed && !unconfirmed)
		return;
	strbuf_addf(out, "   %s: %llu decided at entry, %llu at their end",
		    event_kind_name(kind),
		    (unsigned long long)counter_get(&event->passed),
		    (unsigned long long)confirmed);
	if (unconfirmed)
		strbuf_addf(out, ", %llu without their end",
			    (unsigned long long)unconfirmed);
	strbuf_addf(out, "; %.3f ms waited\n",
		    (double)counter_get(&event->wait_ns) / 1e6);
}

void counts_text(const struct counts *c, struct strbuf *out)
{
	strbuf_adds(out, "Events by type and by where they were decided (what "
			 "no rule asks for is decided in the kernel, and not "
			 "counted):\n");
	for (size_t i = 0; i < EVENT_KINDS; i++)
		add_row(c, i, out);
}
