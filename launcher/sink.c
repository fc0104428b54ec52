/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events into verdicts and alerts: see sink.h.
 */
#include "sink.h"

#include "alloc.h"

#include "container_watch.h"
#include "output.h"

void sink_init(struct sink *s, struct engine *engine, struct output *output)
{
	*s = (struct sink){
		.engine = engine,
		.output = output,
		.nrules = engine_rule_count(engine),
		.line = STRBUF_INIT,
	};
	s->rules = xcalloc(s->nrules, sizeof(*s->rules));
}

void sink_done(struct sink *s)
{
	free(s->rules);
	strbuf_done(&s->line);
}

static void count_match(struct sink *s, const struct rule_info *rule)
{
	s->counts.matches++;
	s->counts.by_priority[rule->priority]++;
	if (rule->index < s->nrules) {
		s->rules[rule->index].name = rule->name;
		s->rules[rule->index].matches++;
	}
	if (s->has_fail_on && rule->priority <= s->fail_on)
		s->failed = true;
}

static void alert(void *ctx, const struct rule_info *rule)
{
	struct sink *s = ctx;

	count_match(s, rule);
	strbuf_reset(&s->line);
	if (s->json)
		engine_alert_json(s->engine, rule, s->current, &s->line);
	else
		engine_alert_text(s->engine, rule, s->current, &s->line);
	output_push(s->output, rule->priority, strbuf_span(&s->line));
}

static enum verdict judge(struct sink *s, struct event *ev)
{
	s->counts.entries++;
	ev->num = s->counts.delivered + 1;
	if (engine_judge(s->engine, ev) != TRUTH_FALSE)
		return VERDICT_CONFIRM;

	s->counts.passed++;
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

	(void)ret_errno;
	if (s->container && container_watch_is_over(s->container))
		sink_container_over(s);
	if (ev->phase == PHASE_ENTRY)
		return judge(s, ev);
	ev->num = ++s->counts.delivered;
	s->current = ev;
	engine_match(s->engine, ev, alert, s);
	s->current = NULL;
	return VERDICT_CONTINUE;
}

void sink_summary(const struct sink *s, struct strbuf *out)
{
	strbuf_addf(out, "Events detected: %llu\nRule counts by severity:\n",
		    (unsigned long long)s->counts.matches);
	for (int i = 0; i < PRIORITY_COUNT; i++)
		if (s->counts.by_priority[i])
			strbuf_addf(out, "   %s: %llu\n",
				    priority_label((enum priority)i),
				    (unsigned long long)s->counts.by_priority[i]);
	strbuf_adds(out, "Triggered rules by rule name:\n");
	for (size_t i = 0; i < s->nrules; i++)
		if (s->rules[i].matches)
			strbuf_addf(out, "   %s: %llu\n", s->rules[i].name,
				    (unsigned long long)s->rules[i].matches);
}
