/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rule items: definitions, `append: true`, override, and the lone `enabled`. One
 * reader for each key; which keys there are is rule_keys.def's business.
 */
#include <errno.h>

#include "arena.h"

#include "rules.h"
#include "rules_read.h"
#include "yaml.h"

#define WARNING_ENABLED \
	"The standalone 'enabled' key usage is deprecated. The correct " \
	"approach requires also a 'replace' entry under the 'override' key " \
	"(i.e. 'enabled: replace')."

/* --- Rules: one reader for each key ---------------------------------------- */

typedef int rule_key_fn(struct loading *l, const struct yaml_node *item,
			const struct load_context *ctx, struct rule_values *v);

static int read_condition(struct loading *l, const struct yaml_node *item,
			  const struct load_context *ctx, struct rule_values *v)
{
	struct span text;
	int err = text_read(l, item, "condition", ctx, &text);

	if (err)
		return err;
	v->condition_ctx = context_new(l, ctx, "rule condition", SPAN(""),
				       yaml_get(item, "condition"));
	text_set(l->collector->arena, &v->condition, text);
	return 0;
}

static int read_output(struct loading *l, const struct yaml_node *item,
		       const struct load_context *ctx, struct rule_values *v)
{
	static const char blank[] = " \t\n\v\f\r";
	struct span text;
	int err = text_read(l, item, "output", ctx, &text);

	if (err)
		return err;
	while (text.n && memchr(blank, text.data[0], sizeof(blank) - 1))
		text = span_from(text, 1);
	while (text.n && memchr(blank, text.data[text.n - 1],
				sizeof(blank) - 1))
		text.n--;
	v->output_ctx = context_new(l, ctx, "rule output", SPAN(""),
				    yaml_get(item, "output"));
	text_set(l->collector->arena, &v->output, text);
	return 0;
}

static int read_desc(struct loading *l, const struct yaml_node *item,
		     const struct load_context *ctx, struct rule_values *v)
{
	struct span text;
	int err = text_read(l, item, "desc", ctx, &text);

	if (!err)
		text_set(l->collector->arena, &v->desc, text);
	return err;
}

static int read_priority(struct loading *l, const struct yaml_node *item,
			 const struct load_context *ctx, struct rule_values *v)
{
	const struct yaml_node *node;
	int err = scalar_read(l, item, "priority", ctx, &node);

	if (err)
		return err;
	/* Node texts end in a NUL; one inside makes the text another. */
	if (strlen(node->text.data) == node->text.n &&
	    !priority_parse(node->text.data, &v->priority))
		return 0;
	return load_add(l->result, LOAD_ERR_YAML_VALIDATE,
			context_new(l, ctx, "rule priority", SPAN(""), node),
			"Invalid priority");
}

static int read_source(struct loading *l, const struct yaml_node *item,
		       const struct load_context *ctx, struct rule_values *v)
{
	return text_read(l, item, "source", ctx, &v->source);
}

static int read_enabled(struct loading *l, const struct yaml_node *item,
			const struct load_context *ctx, struct rule_values *v)
{
	return bool_read(l, item, "enabled", ctx, &v->enabled);
}

static int read_capture(struct loading *l, const struct yaml_node *item,
			const struct load_context *ctx, struct rule_values *v)
{
	return bool_read(l, item, "capture", ctx, &v->capture);
}

static int read_capture_duration(struct loading *l,
				 const struct yaml_node *item,
				 const struct load_context *ctx,
				 struct rule_values *v)
{
	const struct yaml_node *node;
	int err = scalar_read(l, item, "capture_duration", ctx, &node);

	if (err)
		return err;
	if (yaml_uint32(node, &v->capture_duration))
		return undecodable(l, node, "capture_duration", ctx);
	return 0;
}

static int read_warn_evttypes(struct loading *l, const struct yaml_node *item,
			      const struct load_context *ctx,
			      struct rule_values *v)
{
	return bool_read(l, item, "warn_evttypes", ctx, &v->warn_evttypes);
}

static int read_skip_if_unknown_filter(struct loading *l,
				       const struct yaml_node *item,
				       const struct load_context *ctx,
				       struct rule_values *v)
{
	return bool_read(l, item, "skip-if-unknown-filter", ctx,
			 &v->skip_if_unknown_filter);
}

static int read_tags(struct loading *l, const struct yaml_node *item,
		     const struct load_context *ctx, struct rule_values *v)
{
	const struct yaml_node *node;
	int err = sequence_read(l, item, "tags", ctx, &node);

	if (err)
		return err;
	for (size_t i = 0; i < node->n; i++)
		rule_tags_add(l->collector->arena, v, node->items[i]->text);
	return 0;
}

static int read_exceptions(struct loading *l, const struct yaml_node *item,
			   const struct load_context *ctx,
			   struct rule_values *v)
{
	return exceptions_read(l, item, ctx, v);
}

/* Rows for the rule's keys, in the order of definition. */
struct rule_key_row {
	const char *text;
	unsigned flags;
	rule_key_fn *read;
};

static const struct rule_key_row rule_keys[] = {
#define RULE_KEY_ROW(symbol, text, flags, schema) { text, flags, read_##symbol },
#include "rule_keys.def"
};

static int rule_key_read(struct loading *l, size_t key,
			 const struct yaml_node *item, struct rule_def *rule)
{
	int err = rule_keys[key].read(l, item, rule->ctx, &rule->v);

	if (!err)
		rule->v.has |= UINT32_C(1) << key;
	return err;
}

/* --- Rules: definition, update, append ------------------------------------- */

static void rule_defaults(struct rule_def *rule)
{
	rule->v.source = SPAN("syscall");
	rule->v.enabled = true;
	rule->v.warn_evttypes = true;
}

static int rule_definition_read(struct loading *l, const struct yaml_node *item,
				struct rule_def *rule)
{
	rule_defaults(rule);
	for (size_t i = 0; i < RULE_KEY_COUNT; i++) {
		int err;

		if (!(rule_keys[i].flags & KEY_REQUIRED) &&
		    !yaml_get(item, rule_keys[i].text))
			continue;
		err = rule_key_read(l, i, item, rule);
		if (err)
			return err;
	}
	return rule_define(l, rule);
}

/* Reads the keys of one override operation into an update. */
static int update_read(struct loading *l, const struct yaml_node *item,
		       uint64_t keys, const char *operation,
		       struct rule_def *update)
{
	for (size_t i = 0; i < RULE_KEY_COUNT; i++) {
		const char *text = rule_keys[i].text;
		int err;

		if (!(keys >> item_key_find(ITEM_RULE, span_of(text)) & 1))
			continue;
		if (!yaml_get(item, text))
			return load_add(l->result, LOAD_ERR_YAML_VALIDATE,
					update->ctx,
					"An %s override for '%s' was specified "
					"but '%s' is not defined",
					operation, text, text);
		err = rule_key_read(l, i, item, update);
		if (err)
			return err;
	}
	return 0;
}

/* A key that could be overridden and is not: the first of them by name. */
static int leftovers_check(struct loading *l, const struct yaml_node *item,
			   uint64_t keys, const struct rule_def *rule)
{
	const char *first = NULL;

	for (size_t i = 0; i < ITEM_KEY_COUNT; i++) {
		const struct item_key *key = &item_keys[i];

		if (key->kind != ITEM_RULE || keys >> i & 1 ||
		    !(key->flags & (KEY_APPEND | KEY_REPLACE)) ||
		    !yaml_get(item, key->text))
			continue;
		if (!first || strcmp(key->text, first) < 0)
			first = key->text;
	}
	if (!first)
		return 0;
	return load_add(l->result, LOAD_ERR_YAML_VALIDATE,
			context_new(l, rule->ctx, "overrides", span_of(first),
				    yaml_get(item, first)),
			"Unexpected key '%s': no corresponding entry under "
			"'override' is defined.",
			first);
}

static int rule_overrides_read(struct loading *l, const struct yaml_node *item,
			       const struct overrides *o,
			       const struct rule_def *rule)
{
	int err = 0;

	if (o->append) {
		struct rule_def update = *rule;

		update.v.is_update = true;
		err = update_read(l, item, o->append, "append", &update);
		if (!err)
			err = rule_append(l, &update);
	}
	if (!err && o->replace) {
		struct rule_def update = *rule;

		update.v.is_update = true;
		err = update_read(l, item, o->replace, "replace", &update);
		if (!err)
			err = rule_replace(l, &update);
	}
	return err ? err :
		     leftovers_check(l, item, o->append | o->replace, rule);
}

/* `append: true`: condition and exceptions count, and the source must agree. */
static int rule_flag_append_read(struct loading *l,
				 const struct yaml_node *item,
				 struct rule_def *rule)
{
	static const enum rule_key keys[] = { RULE_KEY_condition,
					      RULE_KEY_exceptions,
					      RULE_KEY_source };

	rule->v.is_update = true;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		int err;

		if (!yaml_get(item, rule_keys[keys[i]].text))
			continue;
		err = rule_key_read(l, keys[i], item, rule);
		if (err)
			return err;
	}
	return rule_append(l, rule);
}

static bool has_required_key(const struct yaml_node *item)
{
	for (size_t i = 0; i < RULE_KEY_COUNT; i++)
		if (rule_keys[i].flags & KEY_REQUIRED &&
		    yaml_get(item, rule_keys[i].text))
			return true;
	return false;
}

int rule_read(struct loading *l, const struct yaml_node *item)
{
	struct rule_def rule = { 0 };
	struct overrides overrides;
	bool is_append;
	int err = text_read(l, item, "rule",
			    context_new(l, l->root, "rule", SPAN(""), item),
			    &rule.name);

	if (err)
		return err;
	rule.ctx = context_new(l, l->root, "rule", rule.name, item);
	err = modes_read(l, ITEM_RULE, item, rule.ctx, &is_append, &overrides);
	if (err)
		return err;
	if (overrides.append || overrides.replace)
		return rule_overrides_read(l, item, &overrides, &rule);
	if (is_append)
		return rule_flag_append_read(l, item, &rule);
	if (has_required_key(item))
		return rule_definition_read(l, item, &rule);

	err = rule_key_read(l, RULE_KEY_enabled, item, &rule);
	if (err)
		return err;
	load_add(l->result, LOAD_DEPRECATED_ITEM, rule.ctx, WARNING_ENABLED);
	return rule_enable(l, &rule);
}
