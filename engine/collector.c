/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The collector: what all files so far define. New definitions replace older ones
 * in their place; append and override change them. It checks what depends on what
 * is already there, and knows neither YAML nor conditions.
 */
#include <errno.h>

#include "arena.h"
#include "strbuf.h"

#include "rules.h"

void collector_init(struct collector *c, struct arena *arena)
{
	memset(c, 0, sizeof(*c));
	c->arena = arena;
}

void collector_done(struct collector *c)
{
	symtab_done(&c->list_names);
	symtab_done(&c->macro_names);
	symtab_done(&c->rule_names);
}

/* --- Lists ----------------------------------------------------------------- */

static int too_many(struct loading *l, const struct load_context *ctx,
		    const char *what)
{
	return load_add(l->result, LOAD_ERR_VALIDATE, ctx,
			"Too many %s: no more than %d are taken", what,
			ITEMS_MAX);
}

int list_define(struct loading *l, const struct list_def *list)
{
	struct collector *c = l->collector;
	struct list_def *old = symtab_get(&c->list_names, list->name);
	size_t now = c->clock++;
	size_t index = old ? old->index : now;

	if (!old && c->lists.n >= ITEMS_MAX)
		return too_many(l, list->ctx, "lists");
	if (!old) {
		old = arena_zalloc(c->arena, sizeof(*old));
		*grow_push(c->arena, &c->lists) = old;
		symtab_set(&c->list_names, list->name, old);
	}
	*old = *list;
	old->index = index;
	old->visibility = now;
	return 0;
}

int list_append(struct loading *l, const struct list_def *list)
{
	struct collector *c = l->collector;
	struct list_def *old = symtab_get(&c->list_names, list->name);

	if (!old)
		return load_add(l->result, LOAD_ERR_VALIDATE, list->ctx,
				"List uses 'append' or 'override.items: "
				"append' but no list by that name already "
				"exists");
	for (size_t i = 0; i < list->items.n; i++)
		*grow_push(c->arena, &old->items) = list->items.items[i];
	old->visibility = c->clock++;
	return 0;
}

/* --- Macros ---------------------------------------------------------------- */

int macro_define(struct loading *l, const struct macro_def *macro)
{
	struct collector *c = l->collector;
	struct macro_def *old = symtab_get(&c->macro_names, macro->name);
	size_t now = c->clock++;
	size_t index = old ? old->index : now;

	if (!old && c->macros.n >= ITEMS_MAX)
		return too_many(l, macro->ctx, "macros");
	if (!old) {
		old = arena_zalloc(c->arena, sizeof(*old));
		*grow_push(c->arena, &c->macros) = old;
		symtab_set(&c->macro_names, macro->name, old);
	}
	*old = *macro;
	old->index = index;
	old->visibility = now;
	return 0;
}

int macro_append(struct loading *l, const struct macro_def *macro)
{
	struct collector *c = l->collector;
	struct macro_def *old = symtab_get(&c->macro_names, macro->name);

	if (!old)
		return load_add(l->result, LOAD_ERR_VALIDATE, macro->ctx,
				"Macro uses 'append' or 'override.condition: "
				"append' but no macro by that name already "
				"exists");
	text_append(c->arena, &old->condition, text_span(&macro->condition));
	old->visibility = c->clock++;
	return 0;
}

/* --- Rules ----------------------------------------------------------------- */

void rule_tags_add(struct arena *arena, struct rule_values *v, struct span tag)
{
	size_t low = 0, high = v->tags.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct span *old = &v->tags.items[middle];
		size_t n = old->n < tag.n ? old->n : tag.n;
		int order = n ? memcmp(old->data, tag.data, n) : 0;

		if (!order && old->n == tag.n)
			return;
		if (order < 0 || (!order && old->n < tag.n))
			low = middle + 1;
		else
			high = middle;
	}
	grow_push(arena, &v->tags);
	memmove(&v->tags.items[low + 1], &v->tags.items[low],
		(v->tags.n - 1 - low) * sizeof(*v->tags.items));
	v->tags.items[low] = tag;
}

static bool source_is_known(struct span source)
{
	return span_is(source, "syscall");
}

static int source_differs(struct loading *l, const struct rule_def *rule)
{
	return load_add(l->result, LOAD_ERR_VALIDATE, rule->ctx,
			"Rule has been re-defined with a different source");
}

static int exceptions_check(struct loading *l, struct rule_def *rule)
{
	for (size_t i = 0; i < rule->v.exceptions.n; i++) {
		struct exception *x = &rule->v.exceptions.items[i];
		int err;

		if (!exception_entry_is_given(&x->fields))
			return load_add(l->result, LOAD_ERR_VALIDATE, x->ctx,
					"Rule exception item must have fields "
					"property with a list of fields");
		err = exception_check(l, !rule->is_source_unknown, x);
		if (err)
			return err;
	}
	return 0;
}

int rule_define(struct loading *l, struct rule_def *rule)
{
	struct collector *c = l->collector;
	struct rule_def *old = symtab_get(&c->rule_names, rule->name);
	int err;

	if (old && !span_eq(old->v.source, rule->v.source))
		return source_differs(l, rule);
	if (!old && c->rules.n >= ITEMS_MAX)
		return too_many(l, rule->ctx, "rules");
	if (!source_is_known(rule->v.source)) {
		rule->is_source_unknown = true;
		load_add(l->result, LOAD_UNKNOWN_SOURCE, rule->ctx,
			 "Unknown source %.*s, skipping",
			 SPAN_FMT(rule->v.source));
	}
	err = exceptions_check(l, rule);
	if (err)
		return err;

	rule->index = old ? old->index : c->clock;
	c->clock++;
	if (!old) {
		old = arena_zalloc(c->arena, sizeof(*old));
		*grow_push(c->arena, &c->rules) = old;
		symtab_set(&c->rule_names, rule->name, old);
	}
	*old = *rule;
	return 0;
}

static struct exception *exception_find(struct rule_def *rule, struct span name)
{
	for (size_t i = 0; i < rule->v.exceptions.n; i++)
		if (span_eq(rule->v.exceptions.items[i].name, name))
			return &rule->v.exceptions.items[i];
	return NULL;
}

static int exception_add(struct loading *l, struct rule_def *rule,
			 struct exception *x)
{
	int err;

	if (!exception_entry_is_given(&x->fields))
		return load_add(l->result, LOAD_ERR_VALIDATE, x->ctx,
				"Rule exception must have fields property with "
				"a list of fields");
	if (!x->values.n)
		return load_add(l->result, LOAD_ERR_VALIDATE, x->ctx,
				"Rule exception must have values property with "
				"a list of values");
	err = exception_check(l, !rule->is_source_unknown, x);
	if (err)
		return err;
	*grow_push(l->collector->arena, &rule->v.exceptions) = *x;
	return 0;
}

static int exception_merge(struct loading *l, struct rule_def *rule,
			   struct exception *x)
{
	struct exception *old = exception_find(rule, x->name);

	if (!old)
		return exception_add(l, rule, x);
	if (exception_entry_is_given(&x->fields))
		return load_add(l->result, LOAD_ERR_VALIDATE, x->ctx,
				"Can not append exception fields to existing "
				"exception, only values");
	if (exception_entry_is_given(&x->comps))
		return load_add(l->result, LOAD_ERR_VALIDATE, x->ctx,
				"Can not append exception comps to existing "
				"exception, only values");
	for (size_t i = 0; i < x->values.n; i++)
		*grow_push(l->collector->arena, &old->values) =
			x->values.items[i];
	return 0;
}

int rule_append(struct loading *l, struct rule_def *update)
{
	struct collector *c = l->collector;
	struct rule_def *old = symtab_get(&c->rule_names, update->name);
	struct rule_values *v = &update->v;

	if (!old)
		return load_add(l->result, LOAD_ERR_VALIDATE, update->ctx,
				"Rule uses 'append' or 'override.<key>: "
				"append' but no rule by that name already "
				"exists");
	if (v->has & RULE_KEY(source) && !span_eq(v->source, old->v.source))
		return source_differs(l, update);
	if (!(v->has & ~RULE_KEY(source)))
		return load_add(l->result, LOAD_ERR_VALIDATE, update->ctx,
				"Appended rule must have exceptions or "
				"condition property");

	text_append(c->arena, &old->v.condition, text_span(&v->condition));
	text_append(c->arena, &old->v.output, text_span(&v->output));
	text_append(c->arena, &old->v.desc, text_span(&v->desc));
	for (size_t i = 0; i < v->tags.n; i++)
		rule_tags_add(c->arena, &old->v, v->tags.items[i]);
	for (size_t i = 0; i < v->exceptions.n; i++) {
		int err = exception_merge(l, old, &v->exceptions.items[i]);

		if (err)
			return err;
	}
	c->clock++;
	return 0;
}

/* Takes over the values that the update has. */
static void values_replace(struct rule_values *old, const struct rule_values *v)
{
#define REPLACE(key) \
	if (v->has & RULE_KEY(key)) \
		old->key = v->key;

	REPLACE(condition)
	REPLACE(output)
	REPLACE(desc)
	REPLACE(priority)
	REPLACE(enabled)
	REPLACE(capture)
	REPLACE(capture_duration)
	REPLACE(warn_evttypes)
	REPLACE(skip_if_unknown_filter)
#undef REPLACE
	if (v->has & RULE_KEY(tags))
		memcpy(&old->tags, &v->tags, sizeof(old->tags));
	if (v->has & RULE_KEY(exceptions))
		memcpy(&old->exceptions, &v->exceptions,
		       sizeof(old->exceptions));
}

int rule_replace(struct loading *l, struct rule_def *update)
{
	struct collector *c = l->collector;
	struct rule_def *old = symtab_get(&c->rule_names, update->name);

	if (!old)
		return load_add(l->result, LOAD_ERR_VALIDATE, update->ctx,
				"An 'override.<key>: replace' to a rule was "
				"requested but no rule by that name already "
				"exists");
	if (!update->v.has)
		return load_add(l->result, LOAD_ERR_VALIDATE, update->ctx,
				"The rule must have at least one field that "
				"can be replaced");
	values_replace(&old->v, &update->v);
	c->clock++;
	return 0;
}

int rule_enable(struct loading *l, const struct rule_def *update)
{
	struct rule_def *old =
		symtab_get(&l->collector->rule_names, update->name);

	if (!old)
		return load_add(l->result, LOAD_ERR_VALIDATE, update->ctx,
				"Rule has 'enabled' key but no rule by that "
				"name already exists");
	old->v.enabled = update->v.enabled;
	return 0;
}

/* --- Required versions ----------------------------------------------------- */

int engine_version_define(struct loading *l, struct semver v,
			  const struct load_context *ctx)
{
	const struct semver ours = { 0, ENGINE_VERSION_MINOR, 0 };

	if (!semver_satisfies(ours, v))
		return load_add(l->result, LOAD_ERR_VALIDATE, ctx,
				"Rules require engine version %u.%u.%u, but "
				"engine version is %u.%u.%u",
				v.major, v.minor, v.patch, ours.major,
				ours.minor, ours.patch);
	if (semver_compare(l->collector->engine_version, v) < 0)
		l->collector->engine_version = v;
	return 0;
}

int plugin_choice_define(struct loading *l, const struct plugin_choice *choice,
			 const struct load_context *ctx)
{
	struct collector *c = l->collector;

	for (size_t i = 0; i < choice->any.n; i++) {
		const struct plugin_requirement *p = &choice->any.items[i];
		struct semver ignored;

		if (semver_parse(p->version, &ignored))
			return load_add(l->result, LOAD_ERR_VALIDATE, ctx,
					"Invalid required version '%.*s' for "
					"plugin '%.*s'",
					SPAN_FMT(p->version),
					SPAN_FMT(p->name));
		for (size_t k = 0; k < i; k++)
			if (span_eq(choice->any.items[k].name, p->name))
				return load_add(
					l->result, LOAD_ERR_VALIDATE, ctx,
					"Defined multiple alternative version "
					"requirements for plugin '%.*s'",
					SPAN_FMT(p->name));
	}
	*grow_push(c->arena, &c->plugins) = *choice;
	return 0;
}
