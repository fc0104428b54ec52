/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Doubts about rules that load well: that can never fire, that another rule hides,
 * that cost more than they need. Each doubt is a line that names file and rule.
 */
#include "alloc.h"
#include "array.h"
#include "cleanup.h"
#include "foresight.h"
#include "strbuf.h"

#include "dissect.h"
#include "event_info.h"
#include "event_set.h"
#include "filter.h"
#include "foreseen.h"
#include "imply.h"
#include "rules.h"
#include "state.h"

/* Pairs of rules that are compared, at most. */
#define PAIRS_MAX 1000000

/* Names that a line shows. */
#define NAMES_MAX 8

struct lint {
	struct engine *e;
	const struct foresight *foresight;
	struct strbuf *out;
	size_t ndoubts, npairs;
};

__attribute__((format(printf, 3, 4))) static void
doubt(struct lint *l, const struct rule *rule, const char *fmt, ...)
{
	va_list ap;

	l->ndoubts++;
	rule_place(rule, l->out);
	strbuf_addf(l->out, ": rule '%s': ", rule->info.name);
	va_start(ap, fmt);
	strbuf_vaddf(l->out, fmt, ap);
	va_end(ap);
	strbuf_addch(l->out, '\n');
}

/* --- Lists of names ---------------------------------------------------------- */

struct names {
	struct strbuf text;
	size_t n;
};

static void names_done(struct names *names)
{
	strbuf_done(&names->text);
}

static void names_add(struct names *names, const char *name)
{
	if (++names->n <= NAMES_MAX)
		strbuf_addf(&names->text, "%s%s", names->n > 1 ? ", " : "",
			    name);
	else if (names->n == NAMES_MAX + 1)
		strbuf_adds(&names->text, ", ...");
}

/* --- Never fires ------------------------------------------------------------- */

struct seen {
	struct names unseen; /* types that no engine here sees */
	struct names ends;   /* types of which every call must be followed */
	size_t nseen;
};

static void count_chosen(void *ctx, const char *name, bool always,
			 enum frequency frequency)
{
	size_t *n = ctx;

	(void)name;
	(void)frequency;
	*n += !always;
}

/* Are there calls that only rules make stop? The others are followed anyway. */
static bool is_chosen(const struct lint *l, enum event_type type,
		      unsigned generic)
{
	struct interest one = { 0 };
	size_t n = 0;

	interest_add(&one, type);
	if (type == EVENT_GENERIC_X)
		interest_add_generic(&one, generic);
	l->foresight->calls(&one, count_chosen, &n);
	return n > 0;
}

static void see(struct lint *l, const struct part *part, enum event_type type,
		unsigned generic, struct seen *seen)
{
	struct foreseen *f = foreseen_new(&l->e->env, l->foresight, type,
					  generic);
	const char *name = type == EVENT_GENERIC_X ? generic_name(generic) :
						     event_info(type)->name;

	seen->nseen += f || event_is_uncalled(type);
	if (!f && !event_is_uncalled(type))
		names_add(&seen->unseen, name);
	if (f && is_chosen(l, type, generic) &&
	    !foreseen_can_be(part, TRUTH_FALSE, foreseen_eval(f)))
		names_add(&seen->ends, name);
	foreseen_free(f);
}

static void see_all(struct lint *l, const struct rule *rule,
		    const struct part *part, struct seen *seen)
{
	for (unsigned i = 0; i < EVENT_TYPE_COUNT; i++)
		if (interest_has(&rule->events, i) && event_reaches_rules(i) &&
		    i != EVENT_GENERIC_X)
			see(l, part, i, 0, seen);
	for (unsigned i = 0; i < GENERIC_COUNT; i++)
		if (interest_has_generic(&rule->events, i))
			see(l, part, EVENT_GENERIC_X, i, seen);
}

static bool lint_dead(struct lint *l, const struct rule *rule,
		      const struct part *part, const struct seen *seen)
{
	CLEANUP(strbuf_done) struct strbuf why = STRBUF_INIT;

	if (condition_is_dead(part, &why))
		doubt(l, rule, "can never fire: %s", why.data);
	else if (!seen->nseen && seen->unseen.n)
		doubt(l, rule, "can never fire: no engine here sees events of %s",
		      seen->unseen.text.data);
	else if (!seen->nseen)
		doubt(l, rule,
		      "can never fire: no event has all the types that it asks "
		      "for");
	else
		return false;
	return true;
}

/* --- Hidden by another ------------------------------------------------------- */

/* Does each event of `inner` also reach `outer`? */
static bool covers(const struct rule *outer, const struct rule *inner)
{
	struct interest both = event_set_and(&outer->events, &inner->events);

	return memcmp(&both, &inner->events, sizeof(both)) == 0;
}

static void lint_shadow(struct lint *l, const struct rule *rule)
{
	CLEANUP(strbuf_done) struct strbuf place = STRBUF_INIT;
	const struct rule *first = l->e->compiled->rules;

	for (const struct rule *other = first; other < rule; other++) {
		if (l->npairs++ >= PAIRS_MAX)
			return;
		if (!other->enabled || !covers(other, rule) ||
		    !condition_implies(rule->ast, other->ast))
			continue;
		rule_place(other, &place);
		if (l->e->env.options.match_all)
			doubt(l, rule, "never fires alone: '%s' (%s) fires "
				       "whenever it does",
			      other->info.name, place.data);
		else
			doubt(l, rule, "is never reported: rule_matching is "
				       "first, and '%s' (%s) fires whenever it "
				       "would",
			      other->info.name, place.data);
		return;
	}
}

/* --- Costs ------------------------------------------------------------------- */

struct calls {
	struct names often;
	size_t n, seldom;
};

static void count_call(void *ctx, const char *name, bool always,
		       enum frequency frequency)
{
	struct calls *calls = ctx;

	calls->n += !always;
	calls->seldom += !always && frequency == FREQUENCY_SELDOM;
	if (frequency == FREQUENCY_OFTEN && !always)
		names_add(&calls->often, name);
}

static void lint_cost(struct lint *l, const struct rule *rule,
		      const struct seen *seen)
{
	struct calls calls = { .often = { STRBUF_INIT, 0 } };

	l->foresight->calls(&rule->events, count_call, &calls);
	if (calls.often.n)
		doubt(l, rule,
		      "is expensive: it makes %zu system calls stop, frequent "
		      "ones among them (%s); ask for evt.type",
		      calls.n, calls.often.text.data);
	if (seen->ends.n && calls.n > calls.seldom)
		doubt(l, rule,
		      "is expensive: every call of %s must be followed to its "
		      "end, for nothing in the condition can be decided before",
		      seen->ends.text.data);
	names_done(&calls.often);
}

/* --- The door ---------------------------------------------------------------- */

static void lint_rule(struct lint *l, const struct rule *rule)
{
	struct seen seen = { .unseen = { STRBUF_INIT, 0 },
			     .ends = { STRBUF_INIT, 0 } };
	const struct part *part = dissect(&l->e->env, &l->e->compiled->link,
					  rule->ast);

	see_all(l, rule, part, &seen);
	if (!lint_dead(l, rule, part, &seen)) {
		lint_shadow(l, rule);
		lint_cost(l, rule, &seen);
	}
	names_done(&seen.unseen);
	names_done(&seen.ends);
}

size_t engine_lint(struct engine *e, const struct foresight *foresight,
		   struct strbuf *out)
{
	struct lint l = { .e = e, .foresight = foresight, .out = out };

	for (size_t i = 0; e->compiled && i < e->compiled->nrules; i++)
		if (e->compiled->rules[i].enabled)
			lint_rule(&l, &e->compiled->rules[i]);
	return l.ndoubts;
}
