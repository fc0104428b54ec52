/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine's door: loading, selecting, judging. The work is done next door; here
 * is the order of things, and the one evaluation that all events share, so that an
 * event costs no memory but its own arena's.
 */
#include "engine.h"

#include <errno.h>

#include "alloc.h"
#include "cleanup.h"
#include "error.h"
#include "nearest.h"

#include "event_set.h"
#include "field.h"
#include "fields.h"
#include "filter.h"
#include "format.h"
#include "load_result.h"
#include "rules.h"
#include "rules_output.h"
#include "state.h"
#include "why.h"

/* --- Life ------------------------------------------------------------------ */

void engine_options_default(struct engine_options *options)
{
	*options = (struct engine_options){
		.min_priority = PRIORITY_DEBUG,
		.json_include_output = true,
		.json_include_tags = true,
		.json_include_output_fields = true,
		.hostname = "",
	};
}

struct engine *engine_new(const struct engine_options *options)
{
	struct engine *e = xcalloc(1, sizeof(*e));

	e->env.options = *options;
	e->env.arena = &e->arena;
	e->env.formats = &e->formats;
	e->env.event_names = &e->event_names;
	e->eval.env = &e->env;
	collector_init(&e->collector, &e->arena);
	return e;
}

int engine_check_format(struct engine *e, struct span format,
			struct error *err)
{
	struct format *compiled;

	return format_compile(&e->env, format, &compiled, err);
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	eval_done(&e->eval);
	index_done(&e->index);
	compiled_free(e->loads);
	symtab_done(&e->formats);
	symtab_done(&e->event_names);
	symtab_done(&e->asts);
	collector_done(&e->collector);
	arena_done(&e->arena);
	free(e);
}

/* --- Loading --------------------------------------------------------------- */

/*
 * Each load compiles all rules so far. What earlier loads made of the same condition
 * is used again, so all of them stay, failed ones too.
 */
static void load_checked(struct engine *e, struct loading *l)
{
	struct compiled *compiled;

	l->env = &e->env;
	l->asts = &e->asts;
	if (rules_read(l) < 0)
		return;
	compiled = compiled_new(l, e->loads);
	e->loads = compiled;
	if (rules_compile(l, compiled) == 0)
		e->compiled = compiled;
}

int engine_load(struct engine *e, const char *name, struct span content,
		struct load_result **ret_result)
{
	struct load_result *result = load_result_new(name);
	struct loading l = {
		.collector = &e->collector,
		.result = result,
		.name = span_of(arena_strdup(&e->arena, name)),
		.content = content,
	};

	/* Messages about later files may quote this one. */
	l.content.data = arena_strndup(&e->arena, content.data, content.n);
	load_checked(e, &l);
	*ret_result = result;
	return load_result_ok(result) ? 0 : -EINVAL;
}

/* --- Selecting ------------------------------------------------------------- */

/*
 * Falco's wildcards: a * stands for anything, and the text behind it is taken where
 * it is found first, for good: "*ab" does not match "abab".
 */
static bool wildcard_matches(struct span pattern, struct span text)
{
	while (pattern.n) {
		struct span part;
		const char *star, *hit;

		if (pattern.data[0] != '*') {
			if (!text.n || text.data[0] != pattern.data[0])
				return false;
			pattern = span_from(pattern, 1);
			text = span_from(text, 1);
			continue;
		}
		while (pattern.n && pattern.data[0] == '*')
			pattern = span_from(pattern, 1);
		if (!pattern.n)
			return true;
		star = memchr(pattern.data, '*', pattern.n);
		part = span_make(pattern.data,
				 star ? (size_t)(star - pattern.data) :
					pattern.n);
		hit = text.n ? memmem(text.data, text.n, part.data, part.n) :
			       NULL;
		if (!hit)
			return false;
		text = span_from(text, (size_t)(hit - text.data) + part.n);
		pattern = span_from(pattern, part.n);
	}
	return !text.n;
}

static bool has_tag(const struct rule *rule, struct span tag)
{
	for (size_t i = 0; i < rule->info.ntags; i++)
		if (span_eq(rule->info.tags[i], tag))
			return true;
	return false;
}

size_t engine_select(struct engine *e, const char *pattern, const char *tag,
		     bool enable)
{
	size_t n = 0;

	for (size_t i = 0; e->compiled && i < e->compiled->nrules; i++) {
		struct rule *rule = &e->compiled->rules[i];
		bool is_meant = pattern ? wildcard_matches(span_of(pattern),
							   rule->def->name) :
					  has_tag(rule, span_of(tag));

		if (is_meant)
			rule->enabled = enable && !rule->is_too_mild;
		n += is_meant;
	}
	return n;
}

const char *engine_nearest_rule(const struct engine *e, const char *name)
{
	struct nearest near = NEAREST(span_of(name));

	for (size_t i = 0; e->compiled && i < e->compiled->nrules; i++)
		nearest_offer(&near, e->compiled->rules[i].info.name);

	return near.name;
}

struct span engine_unknown_source(const struct engine *e)
{
	for (size_t i = 0; i < e->collector.rules.n; i++) {
		const struct rule_def *def = e->collector.rules.items[i];

		if (def->is_source_unknown)
			return def->v.source;
	}
	return SPAN("");
}

void engine_confine(struct engine *e, const struct interest *allowed,
		    void (*fn)(void *ctx, const char *name), void *ctx)
{
	for (size_t i = 0; e->compiled && i < e->compiled->nrules; i++) {
		struct rule *rule = &e->compiled->rules[i];

		if (!rule->enabled || interest_covers(allowed, &rule->events))
			continue;
		rule->enabled = false;
		fn(ctx, rule->info.name);
	}
}

/* --- Ready ----------------------------------------------------------------- */

static void no_warning(void *ctx, const char *text, struct filter_pos pos)
{
	(void)ctx;
	(void)text;
	(void)pos;
}

/* Makes what engine_load() has checked; failing here is our own mistake. */
static void rule_ready(struct engine *e, struct rule *rule)
{
	struct filter_error filter_error;
	struct error error;

	if (filter_compile(&e->env, rule->ast, no_warning, NULL, &rule->program,
			   &filter_error) ||
	    output_compile(rule, &e->env, true, &error))
		abort();
	e->interest = event_set_or(&e->interest, &rule->events);
	e->nenabled++;
}

/* The fields that alerts begin with need their slots as well. */
static void alert_fields_resolve(struct engine *e)
{
	const struct field_ref *ignored;

	field_resolve(&e->env, SPAN("evt.time"), span_make(NULL, 0), &ignored,
		      NULL);
	field_resolve(&e->env, SPAN("evt.time.iso8601"), span_make(NULL, 0),
		      &ignored, NULL);
}

void engine_ready(struct engine *e)
{
	struct rule *rules = e->compiled ? e->compiled->rules : NULL;
	size_t n = e->compiled ? e->compiled->nrules : 0;

	memset(&e->interest, 0, sizeof(e->interest));
	e->nenabled = 0;
	filter_forget_users(&e->env);
	for (size_t i = 0; i < n; i++)
		if (rules[i].enabled)
			rule_ready(e, &rules[i]);
	for (size_t i = 0; i < n; i++)
		if (rules[i].enabled)
			program_trim(rules[i].program);
	index_build(&e->index, rules, n);

	alert_fields_resolve(e);
	eval_done(&e->eval);
	eval_init(&e->eval, &e->env);
}

size_t engine_rule_count(const struct engine *e)
{
	return e->nenabled;
}

size_t engine_rule_slots(const struct engine *e)
{
	return e->compiled ? e->compiled->nrules : 0;
}

const struct interest *engine_interest(const struct engine *e)
{
	return &e->interest;
}

/* Without evt.type, or with little of it left out. */
static bool is_about_most(const struct interest *events)
{
	return event_set_count(events) > EVENT_TYPE_COUNT / 4;
}

void engine_asked_for(const struct engine *e, struct interest *ret)
{
	size_t n = e->compiled ? e->compiled->nrules : 0;

	*ret = event_set_none();
	for (size_t i = 0; i < n; i++) {
		const struct rule *rule = &e->compiled->rules[i];

		if (rule->enabled && !is_about_most(&rule->events))
			*ret = event_set_or(ret, &rule->events);
	}
}

/* --- Judging --------------------------------------------------------------- */

struct eval *engine_eval(struct engine *e, struct event *ev)
{
	if (!e->is_matching || e->eval.ev != ev)
		eval_begin(&e->eval, ev);
	return &e->eval;
}

/* What a rule asks for may have to be read first. `i`: the turn in which it was settled. */
static void learn(struct index_bucket *bucket, size_t start, size_t i,
		  const struct eval *eval)
{
	if (bucket->tried == bucket->n)
		return;
	if (i == 0 && (!bucket->least || eval->asked + 1 < bucket->least)) {
		bucket->first = start;
		bucket->least = eval->asked + 1;
	}
	bucket->tried++;
}

static enum truth judge_bucket(struct index_bucket *bucket, struct eval *eval)
{
	size_t start = bucket->tried < bucket->n ? bucket->tried : bucket->first;

	for (size_t i = 0; i < bucket->n; i++) {
		size_t at = (start + i) % bucket->n;
		enum truth truth = program_run(bucket->rules[at]->program, eval);

		if (truth == TRUTH_FALSE)
			continue;
		learn(bucket, start, i, eval);
		return truth;
	}
	return TRUTH_FALSE;
}

enum truth engine_judge(struct engine *e, struct event *ev)
{
	struct index_bucket *bucket = index_bucket(&e->index, ev);
	enum truth truth;

	if (!bucket->n)
		return TRUTH_FALSE;
	eval_begin(&e->eval, ev);
	truth = judge_bucket(bucket, &e->eval);
	if (e->watch && truth == TRUTH_FALSE)
		why_tell(e, ev, NULL);
	return truth;
}

/* What Falco's drivers drop where the configuration asks for it. */
static bool is_dropped(const struct engine *e, struct event *ev)
{
	int64_t result;

	return e->env.options.drop_failed &&
	       event_result(ev, &result) == OUTCOME_VALUE && result < 0;
}

size_t engine_match(struct engine *e, struct event *ev, engine_match_fn *fn,
		    void *ctx)
{
	const struct index_bucket *bucket = index_bucket(&e->index, ev);
	bool wants_all = e->env.options.match_all;
	const struct rule *first = NULL;
	size_t n = 0;

	if (!e->env.first_event_ns)
		e->env.first_event_ns = ev->time_ns;
	if (!bucket->n || is_dropped(e, ev))
		return 0;
	eval_begin(&e->eval, ev);
	e->is_matching = true;
	for (size_t i = 0; i < bucket->n && (wants_all || !n); i++) {
		const struct rule *rule = bucket->rules[i];

		if (program_run(rule->program, &e->eval) != TRUTH_TRUE)
			continue;
		first = n++ ? first : rule;
		fn(ctx, &rule->info);
	}
	if (e->watch)
		why_tell(e, ev, first);
	e->is_matching = false;
	return n;
}
