/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telling why: one line an event, a table at the end. Asks the evaluation that
 * judged the event, so that nothing is extracted twice.
 */
#include "why.h"

#include <errno.h>

#include "array.h"
#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "dissect.h"
#include "event_info.h"
#include "field.h"
#include "render.h"
#include "rules.h"
#include "state.h"

/* Rows of the table. */
#define TABLE_MAX 10
#define PART_SHOWN 120

struct watch {
	const struct rule *rule;
	struct part *part;
	const struct field_ref *name; /* proc.name */
	engine_why_fn *fn;
	void *ctx;
	uint64_t events, matches;
};

/* --- A line ------------------------------------------------------------------ */

static void add_head(const struct watch *w, struct eval *e, struct strbuf *out)
{
	const struct value *name = field_value(e, w->name);

	strbuf_addf(out, "%s by ", event_name(e->ev));
	if (name->outcome == OUTCOME_VALUE)
		render_value_text(e, name, FORMAT_NA, false, out);
	strbuf_addf(out, "[%lld]%s: ", (long long)e->ev->tid,
		    e->ev->phase == PHASE_ENTRY ? ", decided at entry" : "");
}

static void add_verdict(const struct engine *e, const struct watch *w,
			enum truth truth, const struct rule *reported,
			struct strbuf *out)
{
	bool hidden = truth == TRUTH_TRUE && reported != w->rule &&
		      !e->env.options.match_all && reported;

	strbuf_adds(out, truth == TRUTH_TRUE ? "match" : "no match");
	if (hidden)
		strbuf_addf(out,
			    " (not reported: rule_matching is first, and '%s' "
			    "came before)",
			    reported->info.name);
	strbuf_adds(out, ": ");
}

void why_tell(struct engine *e, struct event *ev, const struct rule *reported)
{
	struct watch *w = e->watch;
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	enum truth truth;

	if (!w || !event_is_wanted(&w->rule->events, ev))
		return;
	truth = part_truth(w->part, &e->eval);
	w->events++;
	w->matches += truth == TRUTH_TRUE;
	add_head(w, &e->eval, &text);
	add_verdict(e, w, truth, reported, &text);
	part_explain(w->part, &e->eval, &text);
	w->fn(w->ctx, text.data);
}

/* --- The door ---------------------------------------------------------------- */

int engine_watch(struct engine *e, const char *rule, engine_why_fn *fn,
		 void *ctx, struct error *err)
{
	struct rule *found = compiled_rule(e->compiled, rule);
	struct watch *w;

	if (!found)
		return error_set(err, -ENOENT, "Rule \"%s\" is not loaded",
				 rule);
	if (!found->enabled)
		return error_set(err, -EINVAL, "Rule \"%s\" is not enabled",
				 rule);
	w = arena_zalloc(&e->arena, sizeof(*w));
	w->rule = found;
	w->part = dissect(&e->env, &e->compiled->link, found->ast);
	w->fn = fn;
	w->ctx = ctx;
	field_resolve(&e->env, SPAN("proc.name"), span_make(NULL, 0), &w->name,
		      NULL);
	e->watch = w;
	return 0;
}

struct table {
	ARRAY(const struct part *) rows;
};

static void add_row(void *ctx, struct part *check)
{
	struct table *t = ctx;

	if (check->decided)
		*array_push(&t->rows) = check;
}

static int by_count(const void *a, const void *b)
{
	const struct part *x = *(const struct part *const *)a;
	const struct part *y = *(const struct part *const *)b;

	return (x->decided < y->decided) - (x->decided > y->decided);
}

void engine_watch_summary(const struct engine *e, struct strbuf *out)
{
	const struct watch *w = e->watch;
	struct table t = { 0 };

	if (!w)
		return;
	strbuf_addf(out, "%llu events judged, %llu matched",
		    (unsigned long long)w->events,
		    (unsigned long long)w->matches);
	part_checks(w->part, add_row, &t);
	if (t.rows.n)
		qsort(t.rows.items, t.rows.n, sizeof(*t.rows.items), by_count);
	for (size_t i = 0; i < t.rows.n && i < TABLE_MAX; i++) {
		strbuf_addf(out, "\n   %llu decided by ",
			    (unsigned long long)t.rows.items[i]->decided);
		part_print(t.rows.items[i], PART_SHOWN, out);
	}
	array_done(&t.rows);
}
