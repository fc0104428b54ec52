/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiling everything collected so far: link lists and macros, check every rule's
 * condition and output, find its events, warn of what nobody uses. Rules are only
 * checked here; engine_ready() makes the programs of those that are enabled.
 */
#include <errno.h>

#include "alloc.h"
#include "arena.h"
#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "env.h"
#include "event_set.h"
#include "filter.h"
#include "rules.h"
#include "rules_output.h"
#include "rules_warn.h"

/* Rules that can match more event types are warned of. */
#define EVENT_TYPES_MANY 100

/* What came of one rule. */
enum {
	RULE_GOOD,
	RULE_SKIPPED,
};

/* --- Conditions ------------------------------------------------------------ */

/* Errors that skip-if-unknown-filter turns into a warning. */
static bool is_unknown_filter(const char *message)
{
	static const char *const parts[] = { "nonexistent field",
					     "invalid formatting token",
					     "unknown event type",
					     "unknown filter:" };

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (strstr(message, parts[i]))
			return true;
	return false;
}

/* A rule that does not compile: skipped if it says so and only asks for what this
 * engine does not know. */
static int rule_failed(struct loading *l, const struct rule_def *def,
		       enum load_code code, const struct load_context *ctx,
		       const char *message)
{
	if (def->v.skip_if_unknown_filter && is_unknown_filter(message)) {
		load_add(l->result, LOAD_UNKNOWN_FILTER, ctx, "%s", message);
		return RULE_SKIPPED;
	}
	return load_add(l->result, code, ctx, "%s", message);
}

struct warning {
	struct loading *loading;
	const struct rule *rule;
};

static void compile_warned(void *ctx, const char *text, struct filter_pos pos)
{
	const struct warning *w = ctx;

	load_add(w->loading->result, LOAD_COMPILE_CONDITION,
		 context_condition(w->loading, w->rule->def->v.condition_ctx,
				   w->rule->condition, pos),
		 "%s", text);
}

static int condition_check(struct loading *l, struct rule *rule)
{
	struct warning warning = { l, rule };
	struct program *program;
	struct filter_error error;
	int err = filter_compile(l->env, rule->ast, compile_warned, &warning,
				 &program, &error);

	if (!err) {
		rule->events = *program_events(program);
		return RULE_GOOD;
	}
	if (err == -ENOTSUP) {
		l->result->fatal = arena_strdup(&l->result->arena, error.text);
		return -EINVAL;
	}
	return rule_failed(l, rule->def, LOAD_ERR_COMPILE_CONDITION,
			   context_condition(l, rule->def->v.condition_ctx,
					     rule->condition, error.pos),
			   error.text);
}

static void events_warn(struct loading *l, const struct rule *rule)
{
	if (rule->def->v.warn_evttypes &&
	    event_set_count(&rule->events) > EVENT_TYPES_MANY)
		load_add(l->result, LOAD_NO_EVTTYPE, rule->def->ctx,
			 "Rule matches too many evt.type values. This has a "
			 "significant performance penalty.");
}

/* --- Rules ----------------------------------------------------------------- */

static void info_fill(struct rule *rule, struct arena *arena)
{
	const struct rule_def *def = rule->def;
	struct span desc = text_span(&def->v.desc);

	rule->info.name = arena_strndup(arena, def->name.data, def->name.n);
	rule->info.source = arena_strndup(arena, def->v.source.data,
					  def->v.source.n);
	rule->info.description = arena_strndup(arena, desc.data, desc.n);
	rule->info.priority = def->v.priority;
	rule->info.tags = def->v.tags.items;
	rule->info.ntags = def->v.tags.n;
}

static int rule_condition(struct loading *l, struct compiled *c,
			  struct rule *rule)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	struct condition condition = { 0 };
	int err = rule->def->v.exceptions.n ?
			  exceptions_apply(l, &rule->def->v, &text) :
			  0;

	if (err)
		return err;
	condition.ctx = rule->def->ctx;
	condition.condition_ctx = rule->def->v.condition_ctx;
	condition.visibility = VISIBLE_ALL;
	/* What is appended to a condition leaves its bytes so far as they are. */
	condition.text = !text.n ?
				 text_span(&rule->def->v.condition) :
				 span_make(arena_strndup(l->collector->arena,
							 text.data, text.n),
					   text.n);
	err = condition_parse(&c->link, &condition);
	if (!err)
		err = condition_link(&c->link, &condition);
	rule->condition = condition.text;
	rule->ast = condition.ast;
	return err;
}

static int rule_compile(struct loading *l, struct compiled *c,
			struct rule *rule)
{
	const struct rule_def *def = rule->def;
	struct error error;
	int err = rule_condition(l, c, rule);

	if (err)
		return err;
	condition_warn(l, rule);
	info_fill(rule, &c->arena);
	output_build(rule, l->env, &c->arena, l->result);
	output_warn(l->result, rule->output_text, def->v.output_ctx);
	if (output_compile(rule, l->env, false, &error))
		return rule_failed(l, def, LOAD_ERR_COMPILE_OUTPUT,
				   def->v.output_ctx, error.text);
	err = condition_check(l, rule);
	if (err == RULE_GOOD)
		events_warn(l, rule);
	return err;
}

static int rules_all_compile(struct loading *l, struct compiled *c)
{
	struct collector *all = l->collector;

	c->rules = arena_zalloc(&c->arena, all->rules.n * sizeof(*c->rules));
	for (size_t i = 0; i < all->rules.n; i++) {
		struct rule *rule = &c->rules[c->nrules];
		int err;

		memset(rule, 0, sizeof(*rule));
		rule->def = all->rules.items[i];
		if (rule->def->is_source_unknown)
			continue;
		err = rule_compile(l, c, rule);
		if (err < 0)
			return err;
		if (err == RULE_SKIPPED)
			continue;
		rule->info.index = c->nrules++;
		rule->is_too_mild =
			rule->info.priority > l->env->options.min_priority;
		rule->enabled = rule->def->v.enabled && !rule->is_too_mild;
	}
	return 0;
}

static void unused_warn(struct loading *l, const struct link *link)
{
	for (size_t i = 0; i < link->nmacros; i++)
		if (!link->macros[i].is_used)
			load_add(l->result, LOAD_UNUSED_MACRO,
				 link->macros[i].def->ctx,
				 "Macro not referred to by any other "
				 "rule/macro");
	for (size_t i = 0; i < link->nlists; i++)
		if (!link->lists[i].is_used)
			load_add(l->result, LOAD_UNUSED_LIST,
				 link->lists[i].def->ctx,
				 "List not referred to by any other "
				 "rule/macro");
}

/* --- The whole ------------------------------------------------------------- */

struct rule *compiled_rule(const struct compiled *c, const char *name)
{
	for (size_t i = 0; c && i < c->nrules; i++)
		if (span_is(c->rules[i].def->name, name))
			return &c->rules[i];
	return NULL;
}

void rule_place(const struct rule *rule, struct strbuf *out)
{
	const struct load_context *ctx = rule->def->ctx;

	strbuf_addf(out, "%.*s:%zu", SPAN_FMT(ctx->where), ctx->line + 1);
}

void compiled_free(struct compiled *c)
{
	while (c) {
		struct compiled *older = c->older;

		link_done(&c->link);
		arena_done(&c->arena);
		free(c);
		c = older;
	}
}

struct compiled *compiled_new(struct loading *l, struct compiled *older)
{
	struct compiled *c = xcalloc(1, sizeof(*c));

	c->older = older;
	c->link.loading = l;
	c->link.arena = &c->arena;
	return c;
}

int rules_compile(struct loading *l, struct compiled *c)
{
	int err = link_build(&c->link);

	if (!err)
		err = rules_all_compile(l, c);
	if (!err)
		unused_warn(l, &c->link);
	c->link.loading = NULL;
	return err;
}
