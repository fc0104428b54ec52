/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules files: from nodes to values, item by item, with Falco's checks in Falco's
 * order. It trusts nothing in the nodes and decides nothing about how items relate
 * to earlier ones: that is the collector's.
 */
#include <errno.h>

#include "arena.h"
#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "rules.h"
#include "rules_read.h"
#include "rules_schema.h"
#include "yaml.h"

const struct item_key item_keys[ITEM_KEY_COUNT] = {
#define ITEM_KEY_ROW(kind, text, flags, schema) { ITEM_##kind, text, flags },
#define RULE_KEY_ROW(symbol, text, flags, schema) { ITEM_RULE, text, flags },
#include "rule_keys.def"
};

#define WARNING_APPEND \
	"'append' key is deprecated. Add an 'append' entry (e.g. " \
	"'condition: append') under 'override' instead."
#define ERROR_OVERRIDE_APPEND \
	"Keys 'override' and 'append: true' cannot be used together. Add an " \
	"'append' entry (e.g. 'condition: append') under 'override' instead."

/* --- Places ---------------------------------------------------------------- */

const struct load_context *context_new(struct loading *l,
				       const struct load_context *parent,
				       const char *item_type, struct span name,
				       const struct yaml_node *at)
{
	struct load_context *c = arena_zalloc(l->collector->arena, sizeof(*c));

	c->parent = parent;
	c->item_type = item_type;
	c->item_name = name;
	c->where = l->name;
	c->content = l->content;
	if (at) {
		c->line = at->mark.line;
		c->column = at->mark.column;
		c->offset = at->mark.offset;
	}
	return c;
}

/* Longer conditions are called by their first letters. */
#define CONDITION_NAME_MAX 20

const struct load_context *context_condition(struct loading *l,
					     const struct load_context *parent,
					     struct span condition,
					     struct filter_pos pos)
{
	struct load_context *c = arena_zalloc(l->collector->arena, sizeof(*c));
	CLEANUP(strbuf_done) struct strbuf quoted = STRBUF_INIT;
	bool is_long = condition.n > CONDITION_NAME_MAX;

	c->content = condition;
	if (is_long)
		condition.n = CONDITION_NAME_MAX - 3;
	strbuf_addch(&quoted, '"');
	strbuf_addspan(&quoted, condition);
	strbuf_adds(&quoted, is_long ? "...\"" : "\"");
	c->where = span_make(arena_strndup(l->collector->arena, quoted.data,
					   quoted.n),
			     quoted.n);
	c->parent = parent;
	c->item_type = "condition expression";
	c->line = parent->line + pos.line;
	c->column = parent->column + pos.column;
	c->offset = parent->offset + pos.offset;
	return c;
}

/* --- Scalars and sequences ------------------------------------------------- */

/* Made where something is wrong only: nearly every value is right. */
static const struct load_context *value_context(struct loading *l,
						const struct load_context *ctx,
						const char *key,
						const struct yaml_node *node)
{
	return context_new(l, ctx, "value for", span_of(key), node);
}

int scalar_read(struct loading *l, const struct yaml_node *map, const char *key,
		const struct load_context *ctx, const struct yaml_node **ret)
{
	const struct yaml_node *node = yaml_get(map, key);

	if (!node)
		return load_add(l->result, LOAD_ERR_YAML_VALIDATE, ctx,
				"Item has no mapping for key '%s'", key);
	if (node->kind == NODE_NULL)
		return load_add(l->result, LOAD_ERR_YAML_VALIDATE, ctx,
				"Mapping for key '%s' is empty", key);
	if (node->kind != NODE_SCALAR)
		return load_add(l->result, LOAD_ERR_YAML_VALIDATE,
				value_context(l, ctx, key, node),
				"Value is not a scalar value");
	if (!node->text.n)
		return load_add(l->result, LOAD_ERR_YAML_VALIDATE,
				value_context(l, ctx, key, node),
				"Value must be non-empty");

	*ret = node;
	return 0;
}

int undecodable(struct loading *l, const struct yaml_node *node,
		       const char *key, const struct load_context *ctx)
{
	return load_add(l->result, LOAD_ERR_YAML_VALIDATE,
			value_context(l, ctx, key, node),
			"Can't decode YAML scalar value");
}

int text_read(struct loading *l, const struct yaml_node *map,
		     const char *key, const struct load_context *ctx,
		     struct span *ret)
{
	const struct yaml_node *node;
	int err = scalar_read(l, map, key, ctx, &node);

	if (!err)
		*ret = node->text;
	return err;
}

int bool_read(struct loading *l, const struct yaml_node *map,
		     const char *key, const struct load_context *ctx, bool *ret)
{
	const struct yaml_node *node;
	int err = scalar_read(l, map, key, ctx, &node);

	if (err)
		return err;
	return yaml_bool(node, ret) ? undecodable(l, node, key, ctx) : 0;
}

/* A key that may be missing, but not empty. */
static int optional_bool_read(struct loading *l, const struct yaml_node *map,
			      const char *key, const struct load_context *ctx,
			      bool *ret)
{
	return yaml_get(map, key) ? bool_read(l, map, key, ctx, ret) : 0;
}

/* A required sequence of scalars; calls nothing, gives the node. */
int sequence_read(struct loading *l, const struct yaml_node *map,
			 const char *key, const struct load_context *ctx,
			 const struct yaml_node **ret)
{
	const struct yaml_node *node = yaml_get(map, key);

	if (!node)
		return load_add(l->result, LOAD_ERR_YAML_VALIDATE, ctx,
				"Item has no mapping for key '%s'", key);
	if (node->kind != NODE_SEQUENCE)
		return load_add(l->result, LOAD_ERR_YAML_VALIDATE,
				value_context(l, ctx, key, node),
				"Value is not a sequence");
	for (size_t i = 0; i < node->n; i++)
		if (node->items[i]->kind != NODE_SCALAR)
			return load_add(l->result, LOAD_ERR_YAML_VALIDATE,
					context_new(l, value_context(l, ctx, key,
								     node),
						    "list item", SPAN(""),
						    node->items[i]),
					"sequence value is not scalar");

	*ret = node;
	return 0;
}

/* --- Override -------------------------------------------------------------- */

int item_key_find(enum item_kind kind, struct span text)
{
	for (size_t i = 0; i < ITEM_KEY_COUNT; i++)
		if (item_keys[i].kind == kind && text.n &&
		    text.data[0] == item_keys[i].text[0] &&
		    span_is(text, item_keys[i].text))
			return (int)i;
	return -1;
}

static int operation_invalid(struct loading *l, struct span key,
			     const struct yaml_pair *pair, unsigned flags,
			     const struct load_context *ctx)
{
	return load_add(l->result, LOAD_ERR_YAML_VALIDATE,
			context_new(l, ctx, "value for", key, pair->value),
			"Invalid override operation for key '%.*s': '%.*s'. "
			"Allowed values are: %s%s",
			SPAN_FMT(key), SPAN_FMT(yaml_text(pair->value)),
			flags & KEY_APPEND ? "append " : "",
			flags & KEY_REPLACE ? "replace " : "");
}

/* Falco's reader throws on what is no text, and knows the place no more. */
static int conversion_bad(struct loading *l, const struct yaml_node *node)
{
	return load_add(l->result, LOAD_ERR_VALIDATE, l->root,
			"yaml-cpp: error at line %zu, column %zu: bad "
			"conversion",
			node->mark.line + 1, node->mark.column + 1);
}

bool node_is_text(const struct yaml_node *node)
{
	return node->kind == NODE_SCALAR || node->kind == NODE_NULL;
}

static int override_read(struct loading *l, enum item_kind kind,
			 const struct yaml_pair *pair,
			 const struct load_context *ctx, struct overrides *ret)
{
	struct span key, operation;
	unsigned flags;
	int i;

	if (!node_is_text(pair->key))
		return conversion_bad(l, pair->key);
	if (!node_is_text(pair->value))
		return conversion_bad(l, pair->value);

	key = yaml_text(pair->key);
	operation = yaml_text(pair->value);
	i = item_key_find(kind, key);
	flags = i < 0 ? 0 : item_keys[i].flags;
	if (span_is(operation, "append")) {
		if (!(flags & KEY_APPEND))
			return load_add(
				l->result, LOAD_ERR_YAML_VALIDATE,
				context_new(l, ctx, "overrides", key,
					    pair->key),
				"Key '%.*s' cannot be appended to, use "
				"'replace' instead",
				SPAN_FMT(key));
		ret->append |= UINT64_C(1) << i;
		return 0;
	}
	if (!span_is(operation, "replace"))
		return operation_invalid(l, key, pair, flags, ctx);
	if (!(flags & KEY_REPLACE))
		return load_add(l->result, LOAD_ERR_YAML_VALIDATE,
				context_new(l, ctx, "overrides", key,
					    pair->key),
				"Key '%.*s' cannot be replaced", SPAN_FMT(key));
	ret->replace |= UINT64_C(1) << i;
	return 0;
}

static int overrides_read(struct loading *l, enum item_kind kind,
			  const struct yaml_node *item,
			  const struct load_context *ctx, struct overrides *ret)
{
	const struct yaml_node *node = yaml_get(item, "override");
	const struct load_context *octx;

	*ret = (struct overrides){ 0, 0 };
	if (!node)
		return 0;
	if (node->kind == NODE_SEQUENCE && node->n)
		return load_add(l->result, LOAD_ERR_VALIDATE, l->root,
				"invalid node; this may result from using a "
				"map iterator as a sequence iterator, or "
				"vice-versa");
	if (node->kind != NODE_MAP)
		return 0;

	octx = context_new(l, ctx, "overrides", SPAN(""), item);
	for (size_t i = 0; i < node->n; i++) {
		int err = override_read(l, kind, &node->pairs[i], octx, ret);

		if (err)
			return err;
	}
	return 0;
}

/* `append: true` and `override`, which exclude each other. */
int modes_read(struct loading *l, enum item_kind kind,
	       const struct yaml_node *item, const struct load_context *ctx,
	       bool *ret_append, struct overrides *ret)
{
	int err;

	*ret_append = false;
	err = optional_bool_read(l, item, "append", ctx, ret_append);
	if (err)
		return err;
	if (*ret_append)
		load_add(l->result, LOAD_DEPRECATED_ITEM, ctx, WARNING_APPEND);
	err = overrides_read(l, kind, item, ctx, ret);
	if (err)
		return err;
	if (*ret_append && (ret->append || ret->replace))
		return load_add(l->result, LOAD_ERR_YAML_VALIDATE, ctx,
				ERROR_OVERRIDE_APPEND);
	return 0;
}

/* --- Lists ----------------------------------------------------------------- */

static bool list_name_is_valid(struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!name.data[i] || strchr("()\"' \t\n\v\f\r=,", name.data[i]))
			return false;
	return name.n;
}

static int list_read(struct loading *l, const struct yaml_node *item)
{
	struct list_def list = { 0 };
	const struct yaml_node *items;
	struct overrides overrides;
	bool is_append;
	int err = text_read(l, item, "list",
			    context_new(l, l->root, "list", SPAN(""), item),
			    &list.name);

	if (err)
		return err;
	list.ctx = context_new(l, l->root, "list", list.name, item);
	if (!list_name_is_valid(list.name))
		load_add(l->result, LOAD_INVALID_LIST_NAME, list.ctx,
			 "List has an invalid name. List names should match a "
			 "regular expression: ([^()\"'[:space:]=,]+)");
	err = sequence_read(l, item, "items", list.ctx, &items);
	if (err)
		return err;
	for (size_t i = 0; i < items->n; i++)
		*grow_push(l->collector->arena, &list.items) =
			items->items[i]->text;
	err = modes_read(l, ITEM_LIST, item, list.ctx, &is_append, &overrides);
	if (err)
		return err;
	return is_append || overrides.append ? list_append(l, &list) :
					       list_define(l, &list);
}

/* --- Macros ---------------------------------------------------------------- */

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool macro_name_is_valid(struct span name)
{
	if (!name.n || !is_letter(name.data[0]))
		return false;
	for (size_t i = 1; i < name.n; i++)
		if (!is_letter(name.data[i]) && name.data[i] != '_' &&
		    (name.data[i] < '0' || name.data[i] > '9'))
			return false;
	return true;
}

static int macro_read(struct loading *l, const struct yaml_node *item)
{
	struct macro_def macro = { 0 };
	struct overrides overrides;
	struct span condition;
	bool is_append;
	int err = text_read(l, item, "macro",
			    context_new(l, l->root, "macro", SPAN(""), item),
			    &macro.name);

	if (err)
		return err;
	macro.ctx = context_new(l, l->root, "macro", macro.name, item);
	if (!macro_name_is_valid(macro.name))
		load_add(l->result, LOAD_INVALID_MACRO_NAME, macro.ctx,
			 "Macro has an invalid name. Macro names should match a "
			 "regular expression: ([a-zA-Z]+[a-zA-Z0-9_]*)");
	err = text_read(l, item, "condition", macro.ctx, &condition);
	if (err)
		return err;
	text_set(l->collector->arena, &macro.condition, condition);
	macro.condition_ctx = context_new(l, macro.ctx, "macro condition",
					  SPAN(""), yaml_get(item, "condition"));
	err = modes_read(l, ITEM_MACRO, item, macro.ctx, &is_append,
			 &overrides);
	if (err)
		return err;
	return is_append || overrides.append ? macro_append(l, &macro) :
					       macro_define(l, &macro);
}

/* --- Items ----------------------------------------------------------------- */

struct item_info {
	const char *key, *type;
	int (*read)(struct loading *l, const struct yaml_node *item);
};

static const struct item_info item_infos[ITEM_KIND_COUNT] = {
	[ITEM_ENGINE_VERSION] = { "required_engine_version",
				  "required_engine_version",
				  engine_version_read },
	[ITEM_PLUGIN_VERSIONS] = { "required_plugin_versions",
				   "required plugin versions",
				   plugin_versions_read },
	[ITEM_LIST] = { "list", "list", list_read },
	[ITEM_MACRO] = { "macro", "macro", macro_read },
	[ITEM_RULE] = { "rule", "rule", rule_read },
};

static void unknown_keys_warn(struct loading *l, enum item_kind kind,
			      const struct yaml_node *item)
{
	const struct yaml_node *node = yaml_get(item, item_infos[kind].key);
	bool is_named = kind >= ITEM_LIST && node->kind == NODE_SCALAR;
	const struct load_context *ctx =
		context_new(l, l->root, item_infos[kind].type,
			    is_named ? node->text : SPAN(""), item);

	for (size_t i = 0; i < item->n; i++) {
		struct span key = yaml_text(item->pairs[i].key);

		if (item_key_find(kind, key) < 0)
			load_add(l->result, LOAD_UNKNOWN_KEY, ctx,
				 "Unknown key '%.*s'. The key will be ignored.",
				 SPAN_FMT(key));
	}
}

static int item_read(struct loading *l, const struct yaml_node *item)
{
	for (unsigned kind = 0; kind < ITEM_KIND_COUNT; kind++) {
		int err;

		if (!yaml_get(item, item_infos[kind].key))
			continue;
		err = item_infos[kind].read(l, item);
		if (!err)
			unknown_keys_warn(l, kind, item);
		return err;
	}
	load_add(l->result, LOAD_UNKNOWN_ITEM,
		 context_new(l, l->root, "rules content item", SPAN(""), item),
		 "Unknown top level item");
	return 0;
}

static int document_read(struct loading *l, const struct yaml_node *document)
{
	if (document->kind == NODE_NULL)
		return 0;
	if (document->kind == NODE_SCALAR)
		return load_add(l->result, LOAD_ERR_YAML_VALIDATE, l->root,
				"Rules content is not yaml");
	if (document->kind != NODE_SEQUENCE)
		return load_add(l->result, LOAD_ERR_YAML_VALIDATE, l->root,
				"Rules content is not yaml array of objects");

	for (size_t i = 0; i < document->n; i++) {
		const struct yaml_node *item = document->items[i];
		int err;

		if (item->kind == NODE_NULL)
			continue;
		if (item->kind != NODE_MAP)
			return load_add(l->result, LOAD_ERR_YAML_VALIDATE,
					context_new(l, l->root,
						    "rules content item",
						    SPAN(""), item),
					"Unexpected element type. Each element "
					"should be a yaml associative array.");
		err = item_read(l, item);
		if (err)
			return err;
	}
	return 0;
}

/* --- The file -------------------------------------------------------------- */

/* Falco's schema check trips over keys that are no text, before all else. */
static int keys_check(struct loading *l, const struct yaml_node *node)
{
	for (size_t i = 0; i < node->n; i++) {
		const struct yaml_node *child = node->kind == NODE_MAP ?
							node->pairs[i].value :
							node->items[i];
		const struct yaml_node *key =
			node->kind == NODE_MAP ? node->pairs[i].key : NULL;
		int err;

		if (key && !node_is_text(key))
			return load_add(l->result, LOAD_ERR_YAML_PARSE, l->root,
					"yaml-cpp: error at line %zu, column "
					"%zu: bad conversion",
					key->mark.line + 1,
					key->mark.column + 1);
		err = keys_check(l, child);
		if (err)
			return err;
	}
	return 0;
}

static int parse_failed(struct loading *l, const struct yaml_mark *where,
			const struct error *err)
{
	struct yaml_node at = { .mark = *where };

	return load_add(l->result, LOAD_ERR_YAML_PARSE,
			context_new(l, l->root, "value for", SPAN(""), &at),
			"%s", err->text);
}

int rules_read(struct loading *l)
{
	struct yaml_stream stream;
	struct yaml_mark where;
	struct error error;
	int err;

	l->root = context_new(l, NULL, "rules content", SPAN(""), NULL);
	if (yaml_read(l->collector->arena, l->content, &stream, &where, &error))
		return parse_failed(l, &where, &error);
	for (size_t i = 0; i < stream.n; i++) {
		err = keys_check(l, stream.documents[i]);
		if (err)
			return err;
	}
	for (size_t i = 0; i < stream.n; i++)
		if (stream.documents[i]->kind != NODE_NULL)
			rules_schema_check(l->result, stream.documents[i]);
	for (size_t i = 0; i < stream.n; i++) {
		err = document_read(l, stream.documents[i]);
		if (err)
			return err;
	}
	return 0;
}
