/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Explaining a rule to a person. What the tracer's side would do is asked of
 * `foresight`; what the condition would say at entry is found by laying it open and
 * asking, for every type of event, which of its fields wait for the end.
 */
#include <errno.h>

#include "alloc.h"
#include "array.h"
#include "cleanup.h"
#include "error.h"
#include "foresight.h"
#include "strbuf.h"

#include "ast.h"
#include "dissect.h"
#include "event_info.h"
#include "field.h"
#include "filter.h"
#include "foreseen.h"
#include "rules.h"
#include "state.h"

#define LINE_WIDTH 78

/* --- Words in lines ---------------------------------------------------------- */

struct words {
	struct strbuf *out;
	size_t column, n;
};

static void words_begin(struct words *w, struct strbuf *out, const char *head)
{
	*w = (struct words){ .out = out, .column = strlen(head) };
	strbuf_adds(out, head);
}

static void words_add(struct words *w, const char *word)
{
	size_t n = strlen(word);

	if (w->n)
		strbuf_addch(w->out, ',');
	if (w->column + n + 2 > LINE_WIDTH) {
		strbuf_adds(w->out, "\n     ");
		w->column = 5;
	}
	strbuf_addf(w->out, " %s", word);
	w->column += n + 2;
	w->n++;
}

static void words_end(struct words *w, const char *none)
{
	if (!w->n)
		strbuf_addf(w->out, " %s", none);
	strbuf_addch(w->out, '\n');
}

/* --- The condition ----------------------------------------------------------- */

static void add_part(const struct part *part, unsigned depth,
		     const char *joint, struct strbuf *out);

static void add_long_part(const struct part *part, unsigned depth,
			  struct strbuf *out)
{
	bool is_not = part->ast->kind == AST_NOT;
	const char *joint = is_not			   ? "not " :
			    part->ast->kind == AST_AND ? "and " :
							 "or ";

	if (!is_not)
		strbuf_adds(out, part->ast->kind == AST_AND ? "all of" :
							      "any of");
	else
		strbuf_adds(out, "not");
	if (part->macro.data)
		strbuf_addf(out, "   # %.*s", SPAN_FMT(part->macro));
	strbuf_addch(out, '\n');
	for (size_t i = 0; i < part->n; i++)
		add_part(&part->items[i], depth + 1, i ? joint : "", out);
}

/* On one line if it fits, else laid out below. */
static void add_part(const struct part *part, unsigned depth,
		     const char *joint, struct strbuf *out)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	size_t indent = 3 + 3 * (size_t)(depth < 12 ? depth : 12);

	filter_print(part->ast, &text);
	strbuf_addf(out, "%*s%s", (int)indent, "", joint);
	if (part->n && indent + text.n > LINE_WIDTH) {
		add_long_part(part, depth, out);
		return;
	}
	strbuf_addspan(out, strbuf_span(&text));
	if (part->macro.data)
		strbuf_addf(out, "   # %.*s", SPAN_FMT(part->macro));
	strbuf_addch(out, '\n');
}

/* --- Events and calls -------------------------------------------------------- */

struct call_list {
	struct words words;
	bool always;
	size_t n;
};

static void add_call(void *ctx, const char *name, bool always,
		     enum frequency frequency)
{
	struct call_list *list = ctx;

	(void)frequency;
	if (always == list->always)
		words_add(&list->words, name);
}

static void add_calls(const struct rule *rule,
		      const struct foresight *foresight, struct strbuf *out)
{
	struct call_list list = { .always = false };

	words_begin(&list.words, out, "System calls intercepted for it:");
	foresight->calls(&rule->events, add_call, &list);
	words_end(&list.words, "none");
	list.always = true;
	words_begin(&list.words, out, "   and, whatever the rules are:");
	foresight->calls(&rule->events, add_call, &list);
	words_end(&list.words, "none");
}

/* --- Where it is decided ----------------------------------------------------- */

/* One list for each place. */
enum place {
	PLACE_ENTRY,
	PLACE_END,
	PLACE_UNSEEN,
	PLACE_COUNT
};

static const char *const place_heads[PLACE_COUNT] = {
	[PLACE_ENTRY] = "   at entry: for these a \"no\" can be final there:",
	[PLACE_END] = "   at the end: for these every call is followed:",
	[PLACE_UNSEEN] = "   nowhere: no engine here sees events of",
};

struct places {
	struct engine *e;
	struct part *part;
	const struct foresight *foresight;
	ARRAY(const char *) names[PLACE_COUNT];
	ARRAY(const struct field_ref *) waiting;
};

static void places_done(struct places *p)
{
	for (int i = 0; i < PLACE_COUNT; i++)
		array_done(&p->names[i]);
	array_done(&p->waiting);
}

static void add_waiting(struct places *p, const struct field_ref *ref)
{
	for (size_t i = 0; i < p->waiting.n; i++)
		if (p->waiting.items[i] == ref)
			return;
	*array_push(&p->waiting) = ref;
}

struct asking {
	struct places *places;
	struct eval *eval;
};

static void note_waiting(void *ctx, struct part *check)
{
	struct asking *a = ctx;

	if (part_truth(check, a->eval) != TRUTH_UNKNOWN)
		return;
	for (size_t i = 0; i < check->nfields; i++)
		if (field_value(a->eval, check->fields[i])->outcome ==
		    OUTCOME_UNKNOWN)
			add_waiting(a->places, check->fields[i]);
}

static void add_place(struct places *p, enum event_type type, unsigned generic,
		      const char *name)
{
	struct foreseen *f = foreseen_new(&p->e->env, p->foresight, type,
					  generic);
	enum place place = PLACE_UNSEEN;
	struct asking asking;

	if (f) {
		asking = (struct asking){ p, foreseen_eval(f) };
		place = foreseen_can_be(p->part, TRUTH_FALSE,
					foreseen_eval(f)) ?
				PLACE_ENTRY :
				PLACE_END;
		part_checks(p->part, note_waiting, &asking);
	} else if (event_is_uncalled(type)) {
		place = PLACE_END;
	}
	foreseen_free(f);
	*array_push(&p->names[place]) = name;
}

static void find_places(struct places *p, const struct interest *events)
{
	for (unsigned i = 0; i < EVENT_TYPE_COUNT; i++)
		if (interest_has(events, i) && event_reaches_rules(i) &&
		    i != EVENT_GENERIC_X)
			add_place(p, i, 0, event_info(i)->name);
	for (unsigned i = 0; i < GENERIC_COUNT; i++)
		if (interest_has_generic(events, i))
			add_place(p, EVENT_GENERIC_X, i, generic_name(i));
}

static void add_places(const struct places *p, struct strbuf *out)
{
	struct words words;

	strbuf_adds(out, "Where it is decided:\n"
			 "   in the kernel: calls that are not in these lists "
			 "never stop, by their number\n");
	for (int i = 0; i < PLACE_COUNT; i++) {
		if (!p->names[i].n)
			continue;
		words_begin(&words, out, place_heads[i]);
		for (size_t k = 0; k < p->names[i].n; k++)
			words_add(&words, p->names[i].items[k]);
		words_end(&words, "");
	}
	words_begin(&words, out, "Fields that wait for the end of a call:");
	for (size_t i = 0; i < p->waiting.n; i++)
		words_add(&words, p->waiting.items[i]->text.data);
	words_end(&words, "none; a call is followed only once all else holds");
}

static void add_events(const struct places *p, struct strbuf *out)
{
	struct words words;

	words_begin(&words, out, "Event types:");
	for (int i = 0; i < PLACE_COUNT; i++)
		for (size_t k = 0; k < p->names[i].n; k++)
			words_add(&words, p->names[i].items[k]);
	words_end(&words, "none: it can never fire");
}

/* --- The door ---------------------------------------------------------------- */

int engine_explain(struct engine *e, const char *rule,
		   const struct foresight *foresight, struct strbuf *out,
		   struct error *err)
{
	CLEANUP(places_done) struct places p = { .e = e,
						 .foresight = foresight };
	const struct rule *found = compiled_rule(e->compiled, rule);

	if (!found)
		return error_set(err, -ENOENT, "Rule \"%s\" is not loaded",
				 rule);
	p.part = dissect(&e->env, &e->compiled->link, found->ast);
	find_places(&p, &found->events);
	strbuf_addf(out, "Rule: %s\n   ", found->info.name);
	rule_place(found, out);
	strbuf_addf(out, "; priority %s; %s\n",
		    priority_name(found->info.priority),
		    found->enabled ? "enabled" : "not enabled");
	strbuf_adds(out, "Condition, with macros and lists in place:\n");
	add_part(p.part, 0, "", out);
	add_events(&p, out);
	add_calls(found, foresight, out);
	add_places(&p, out);
	return 0;
}
