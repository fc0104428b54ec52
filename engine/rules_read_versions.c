/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items that require versions: of the engine, of plugins. Reading only; whether we
 * serve is the collector's and the plugins' business.
 */
#include "arena.h"

#include "rules.h"
#include "rules_read.h"
#include "yaml.h"

int engine_version_read(struct loading *l, const struct yaml_node *item)
{
	const struct load_context *ctx = context_new(
		l, l->root, "required_engine_version", SPAN(""), item);
	struct semver v = { 0, 0, 0 };
	const struct yaml_node *node;
	int err = scalar_read(l, item, "required_engine_version", ctx, &node);

	if (err)
		return err;
	if (yaml_uint32(node, &v.minor) && semver_parse(node->text, &v))
		return load_add(l->result, LOAD_ERR_YAML_VALIDATE, ctx,
				"Unable to parse engine version '%.*s' as a "
				"semver string. Expected \"x.y.z\" semver "
				"format.",
				SPAN_FMT(node->text));
	return engine_version_define(l, v, ctx);
}

static int plugin_read(struct loading *l, const struct yaml_node *node,
		       const struct load_context *parent, const char *item_type,
		       const struct load_context **ret_ctx,
		       struct plugin_choice *choice)
{
	struct plugin_requirement plugin;
	const struct load_context *ctx =
		context_new(l, parent, item_type, SPAN(""), node);
	int err;

	if (node->kind != NODE_MAP)
		return load_add(l->result, LOAD_ERR_YAML_VALIDATE, ctx,
				"Plugin version%s must be a mapping",
				choice->any.n ? " alternative" : "");
	err = text_read(l, node, "name", ctx, &plugin.name);
	if (err)
		return err;
	*ret_ctx = context_new(l, parent, item_type, plugin.name, node);
	err = text_read(l, node, "version", *ret_ctx, &plugin.version);
	if (err)
		return err;
	*grow_push(l->collector->arena, &choice->any) = plugin;
	return 0;
}

static int plugin_choice_read(struct loading *l, const struct yaml_node *node,
			      const struct load_context *parent)
{
	struct plugin_choice choice = { 0 };
	const struct load_context *ctx, *ignored;
	const struct yaml_node *others;
	int err = plugin_read(l, node, parent, "required plugin versions entry",
			      &ctx, &choice);

	if (err)
		return err;
	others = yaml_get(node, "alternatives");
	if (others && others->kind != NODE_SEQUENCE)
		return load_add(l->result, LOAD_ERR_YAML_VALIDATE, ctx,
				"Value of plugin version alternatives must be "
				"a sequence");
	for (size_t i = 0; others && i < others->n; i++) {
		err = plugin_read(l, others->items[i], ctx,
				  "required plugin versions alternative",
				  &ignored, &choice);
		if (err)
			return err;
	}
	return plugin_choice_define(l, &choice, ctx);
}

int plugin_versions_read(struct loading *l, const struct yaml_node *item)
{
	const struct yaml_node *node =
		yaml_get(item, "required_plugin_versions");
	const struct load_context *ctx = context_new(
		l, l->root, "required plugin versions", SPAN(""), node);

	if (node->kind != NODE_SEQUENCE)
		return load_add(l->result, LOAD_ERR_YAML_VALIDATE, ctx,
				"Value of required_plugin_versions must be a "
				"sequence");
	for (size_t i = 0; i < node->n; i++) {
		int err = plugin_choice_read(l, node->items[i], ctx);

		if (err)
			return err;
	}
	return 0;
}
