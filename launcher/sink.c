/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events into verdicts and alerts: see sink.h.
 */
#include "sink.h"

#include <unistd.h>

#include "alloc.h"

#include "container_watch.h"
#include "output.h"

void sink_set_init(struct sink_set *set, struct engine *engine,
		   struct output *output)
{
	*set = (struct sink_set){
		.engine = engine,
		.output = output,
		.nrules = engine_rule_slots(engine),
	};
	set->rules = xcalloc(set->nrules, sizeof(*set->rules));
}

void sink_set_done(struct sink_set *set)
{
	free(set->rules);
	set->rules = NULL;
}

void sink_init(struct sink *s, struct sink_set *first)
{
	*s = (struct sink){
		.set = first,
		.retired_fd = -1,
		.counts = xcalloc(1, sizeof(*s->counts)),
		.line = STRBUF_INIT,
	};
}

void sink_done(struct sink *s)
{
	free(s->counts);
	strbuf_done(&s->line);
}

/* --- Sets -------------------------------------------------------------------- */

struct sink_set *sink_offer(struct sink *s, struct sink_set *set)
{
	return atomic_exchange_explicit(&s->offered, set, memory_order_acq_rel);
}

struct sink_set *sink_retired(struct sink *s)
{
	return atomic_exchange_explicit(&s->retired, NULL,
					memory_order_acquire);
}

struct sink_set *sink_current(const struct sink *s)
{
	return atomic_load_explicit(&s->set, memory_order_acquire);
}

static void retire(struct sink *s, struct sink_set *set)
{
	const uint64_t one = 1;

	set->next = atomic_load_explicit(&s->retired, memory_order_relaxed);
	while (!atomic_compare_exchange_weak_explicit(
		&s->retired, &set->next, set, memory_order_release,
		memory_order_relaxed))
		continue;
	if (s->retired_fd >= 0 &&
	    write(s->retired_fd, &one, sizeof(one)) != sizeof(one))
		return; /* it was told before and has not looked yet */
}

/* Between two events. */
static struct sink_set *take_set(struct sink *s)
{
	struct sink_set *set =
		atomic_load_explicit(&s->set, memory_order_relaxed);
	struct sink_set *next;

	if (!atomic_load_explicit(&s->offered, memory_order_relaxed))
		return set;
	next = atomic_exchange_explicit(&s->offered, NULL,
					memory_order_acq_rel);
	if (!next)
		return set;
	atomic_store_explicit(&s->set, next, memory_order_release);
	retire(s, set);
	return next;
}

void sink_take(struct sink *s)
{
	take_set(s);
}

/* --- Events ------------------------------------------------------------------ */

static void count_match(struct sink *s, struct sink_set *set,
			const struct rule_info *rule)
{
	counter_add(&s->counts->matches, 1);
	counter_add(&s->counts->by_priority[rule->priority], 1);
	if (rule->index < set->nrules) {
		struct rule_count *count = &set->rules[rule->index];

		atomic_store_explicit(&count->info, rule, memory_order_release);
		counter_add(&count->matches, 1);
	}
	if (set->has_fail_on && rule->priority <= set->fail_on)
		s->failed = true;
}

static void alert(void *ctx, const struct rule_info *rule)
{
	struct sink *s = ctx;
	struct sink_set *set = sink_current(s);

	count_match(s, set, rule);
	strbuf_reset(&s->line);
	if (set->json)
		engine_alert_json(set->engine, rule, s->current, &s->line);
	else if (set->plain)
		engine_alert_message(set->engine, rule, s->current, &s->line);
	else
		engine_alert_text(set->engine, rule, s->current, &s->line);
	output_push(set->output, rule->priority, strbuf_span(&s->line));
}

static enum verdict judge(struct sink *s, struct engine *engine,
			  struct event *ev)
{
	struct event_count *count = &s->counts->events[event_kind(ev->type, ev->generic)];

	counter_add(&count->judged, 1);
	ev->num = counter_get(&s->counts->delivered) + 1;
	if (engine_judge(engine, ev) != TRUTH_FALSE)
		return VERDICT_CONFIRM;

	counter_add(&count->passed, 1);
	return VERDICT_CONTINUE;
}

void sink_container_over(struct sink *s)
{
	if (!s->container)
		return;
	s->container = NULL;
	s->on_container(s->container_ctx);
}

enum verdict sink_event(void *ctx, struct event *ev, int *ret_errno)
{
	struct sink *s = ctx;
	struct event_count *count = &s->counts->events[event_kind(ev->type, ev->generic)];
	struct sink_set *set;

	(void)ret_errno;
	if (s->container && container_watch_is_over(s->container))
		sink_container_over(s);
	set = take_set(s);
	if (ev->phase == PHASE_ENTRY)
		return judge(s, set->engine, ev);
	counter_add(ev->phase == PHASE_EXIT ? &count->confirmed :
					      &count->unconfirmed,
		    1);
	counter_add(&s->counts->delivered, 1);
	ev->num = counter_get(&s->counts->delivered);
	s->current = ev;
	engine_match(set->engine, ev, alert, s);
	s->current = NULL;
	return VERDICT_CONTINUE;
}

void sink_held(void *ctx, enum event_type type, unsigned generic, uint64_t ns)
{
	struct sink *s = ctx;

	counts_wait(s->counts, event_kind(type, generic), ns);
	if (s->stats)
		counts_publish(s->counts, s->stats);
}

void sink_summary(const struct sink *s, struct strbuf *out)
{
	strbuf_addf(out, "Events detected: %llu\nRule counts by severity:\n",
		    (unsigned long long)counter_get(&s->counts->matches));
	for (int i = 0; i < PRIORITY_COUNT; i++) {
		uint64_t n = counter_get(&s->counts->by_priority[i]);

		if (n)
			strbuf_addf(out, "   %s: %llu\n",
				    priority_label((enum priority)i),
				    (unsigned long long)n);
	}
}
