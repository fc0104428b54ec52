/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schema as a table, and the check of a tree against it, with the messages that
 * Falco's validator gives: the innermost first, each level saying what failed below.
 */
#include "rules_schema.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "array.h"
#include "cleanup.h"
#include "schema.h"
#include "strbuf.h"

#include "engine.h"
#include "load_result.h"
#include "yaml.h"

/* --- The schema ------------------------------------------------------------ */

static const struct schema any = { .type = SCHEMA_ANY };
static const struct schema string = { .type = SCHEMA_STRING };
static const struct schema integer = { .type = SCHEMA_INTEGER };
static const struct schema boolean = { .type = SCHEMA_BOOLEAN };

static const char *const operations[] = { "append", "replace", NULL };
static const struct schema operation = { .type = SCHEMA_STRING,
					 .words = operations,
					 .definition = "OverriddenItem" };

static const char *const priority_words[] = {
	"EMERGENCY", "ALERT", "CRITICAL",      "ERROR", "WARNING",
	"NOTICE",    "INFO",  "INFORMATIONAL", "DEBUG", NULL
};
static const struct schema priority = { .type = SCHEMA_STRING,
					.words = priority_words,
					.definition = "Priority" };

static const struct schema list_item = { .choices = { &integer, &string },
					 .definition = "Item" };
static const struct schema list_items = { .type = SCHEMA_ARRAY,
					  .items = &list_item };
static const struct schema tags = { .type = SCHEMA_ARRAY, .items = &string };

static const struct schema_key override_keys[] = {
	{ "capture", &operation, false },
	{ "capture_duration", &operation, false },
	{ "condition", &operation, false },
	{ "desc", &operation, false },
	{ "enabled", &operation, false },
	{ "exceptions", &operation, false },
	{ "items", &operation, false },
	{ "output", &operation, false },
	{ "priority", &operation, false },
	{ "skip-if-unknown-filter", &operation, false },
	{ "tags", &operation, false },
	{ "warn_evttypes", &operation, false },
	{ NULL, NULL, false },
};
static const struct schema override = { .type = SCHEMA_OBJECT,
					.keys = override_keys,
					.least_keys = 1,
					.definition = "Override" };

static const struct schema_key exception_keys[] = {
	{ "comps", &any, false },   { "fields", &any, false },
	{ "name", &string, true },  { "values", &any, false },
	{ NULL, NULL, false },
};
static const struct schema exception = { .type = SCHEMA_OBJECT,
					 .keys = exception_keys,
					 .definition = "Exception" };
static const struct schema exceptions = { .type = SCHEMA_ARRAY,
					  .items = &exception };

static const struct schema_key alternative_keys[] = {
	{ "name", &string, true },
	{ "version", &string, true },
	{ NULL, NULL, false },
};
static const struct schema alternative = { .type = SCHEMA_OBJECT,
					   .keys = alternative_keys,
					   .definition = "Alternative" };
static const struct schema alternatives = { .type = SCHEMA_ARRAY,
					    .items = &alternative };

static const struct schema_key plugin_keys[] = {
	{ "alternatives", &alternatives, false },
	{ "name", &string, true },
	{ "version", &string, true },
	{ NULL, NULL, false },
};
static const struct schema plugin = { .type = SCHEMA_OBJECT,
				      .keys = plugin_keys,
				      .definition = "RequiredPluginVersion" };
static const struct schema plugins = { .type = SCHEMA_ARRAY, .items = &plugin };

static const struct schema_key item_keys_[] = {
	{ "append", &boolean, false },
	{ "capture", &boolean, false },
	{ "capture_duration", &integer, false },
	{ "condition", &string, false },
	{ "desc", &string, false },
	{ "enabled", &boolean, false },
	{ "exceptions", &exceptions, false },
	{ "items", &list_items, false },
	{ "list", &string, false },
	{ "macro", &string, false },
	{ "output", &string, false },
	{ "override", &override, false },
	{ "priority", &priority, false },
	{ "required_engine_version", &string, false },
	{ "required_plugin_versions", &plugins, false },
	{ "rule", &string, false },
	{ "skip-if-unknown-filter", &boolean, false },
	{ "source", &string, false },
	{ "tags", &tags, false },
	{ "warn_evttypes", &boolean, false },
	{ NULL, NULL, false },
};
static const struct schema item = { .type = SCHEMA_OBJECT,
				    .keys = item_keys_,
				    .definition = "FalcoRule",
				    .shows_required = true };
static const struct schema rules_file = { .type = SCHEMA_ARRAY,
					  .items = &item };

/* --- The check ------------------------------------------------------------- */

struct checking {
	struct load_result *result;
	struct strbuf path; /* "<root>[0][tags]" */
	size_t ncomplaints;
};

__attribute__((format(printf, 2, 3))) static bool complain(struct checking *c,
							   const char *fmt, ...)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	va_list ap;

	if (c->ncomplaints++ >= SCHEMA_COMPLAINTS_MAX)
		return false;
	strbuf_addf(&text, "failed for %s: ", c->path.data);
	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	load_add_schema(c->result, strbuf_span(&text));
	return false;
}

static bool is_integer(const struct yaml_node *node)
{
	char *end;

	if (node->kind != NODE_SCALAR || !node->text.n)
		return false;
	errno = 0;
	strtol(node->text.data, &end, 10);
	return !errno && end == node->text.data + node->text.n;
}

static bool is_boolean(const struct yaml_node *node)
{
	return node->kind == NODE_SCALAR &&
	       (span_is(node->text, "true") || span_is(node->text, "false"));
}

static bool type_fits(enum schema_type type, const struct yaml_node *node)
{
	switch (type) {
	case SCHEMA_STRING:
		return node->kind == NODE_SCALAR;
	case SCHEMA_INTEGER:
		return is_integer(node);
	case SCHEMA_BOOLEAN:
		return is_boolean(node);
	case SCHEMA_ARRAY:
		return node->kind == NODE_SEQUENCE;
	case SCHEMA_OBJECT:
		return node->kind == NODE_MAP;
	case SCHEMA_NULL:
	case SCHEMA_NUMBER: /* no rules file has these */
	case SCHEMA_ANY:
		break;
	}
	return true;
}

static bool check(struct checking *c, const struct schema *schema,
		  const struct yaml_node *node);

static bool check_items(struct checking *c, const struct schema *schema,
			const struct yaml_node *node)
{
	size_t n = c->path.n;
	bool fits = true;

	for (size_t i = 0; i < node->n; i++) {
		bool item_fits;

		strbuf_addf(&c->path, "[%zu]", i);
		item_fits = check(c, schema->items, node->items[i]);
		strbuf_cut(&c->path, n);
		if (!item_fits)
			fits = complain(c,
					"Failed to validate item #%zu in "
					"array.",
					i);
	}
	return fits;
}

static bool check_known_keys(struct checking *c, const struct schema *schema,
			     const struct yaml_node *node)
{
	size_t n = c->path.n;
	bool fits = true;

	for (const struct schema_key *key = schema->keys; key->name; key++) {
		const struct yaml_node *value = yaml_get(node, key->name);
		bool value_fits;

		if (!value)
			continue;
		strbuf_addch(&c->path, '[');
		strbuf_adds(&c->path, key->name);
		strbuf_addch(&c->path, ']');
		value_fits = check(c, key->schema, value);
		strbuf_cut(&c->path, n);
		if (!value_fits)
			fits = complain(c,
					"Failed to validate against schema "
					"associated with property name '%s'.",
					key->name);
	}
	return fits;
}

static bool key_is_known(const struct schema *schema, struct span name)
{
	for (const struct schema_key *key = schema->keys; key->name; key++)
		if (span_is(name, key->name))
			return true;
	return false;
}

/* Keys that nobody knows: the first of them. */
static bool check_other_keys(struct checking *c, const struct schema *schema,
			     const struct yaml_node *node)
{
	for (size_t i = 0; i < node->n; i++) {
		struct span name = yaml_text(node->pairs[i].key);

		if (!key_is_known(schema, name))
			return complain(c,
					"Object contains a property that could "
					"not be validated using 'properties' "
					"or 'additionalProperties' "
					"constraints: '%.*s'.",
					SPAN_FMT(name));
	}
	return true;
}

static bool check_object(struct checking *c, const struct schema *schema,
			 const struct yaml_node *node)
{
	bool fits = check_known_keys(c, schema, node);

	fits &= check_other_keys(c, schema, node);
	for (const struct schema_key *key = schema->keys; key->name; key++)
		if (key->is_required && !yaml_get(node, key->name))
			fits = complain(c, "Missing required property '%s'.",
					key->name);
	if (node->n < schema->least_keys)
		fits = complain(c,
				"Object should have no fewer than %zu "
				"properties.",
				schema->least_keys);
	return fits;
}

static bool check_words(struct checking *c, const struct schema *schema,
			const struct yaml_node *node)
{
	for (const char *const *word = schema->words; *word; word++)
		if (node->kind == NODE_SCALAR && span_is(node->text, *word))
			return true;
	return complain(c, "Failed to match against any enum values.");
}

static bool check_any_of(struct checking *c, const struct schema *schema,
			 const struct yaml_node *node)
{
	for (size_t i = 0; i < SCHEMA_CHOICES && schema->choices[i]; i++)
		if (type_fits(schema->choices[i]->type, node))
			return true;
	for (size_t i = 0; i < SCHEMA_CHOICES && schema->choices[i]; i++) {
		check(c, schema->choices[i], node);
		complain(c, "Failed to validate against child schema #%zu.", i);
	}
	return complain(c, "Failed to validate against any schemas allowed by "
			   "anyOf constraint.");
}

static bool check(struct checking *c, const struct schema *schema,
		  const struct yaml_node *node)
{
	bool fits = true;

	if (schema->choices[0])
		return check_any_of(c, schema, node);
	if (!type_fits(schema->type, node))
		fits = complain(c, "Value type not permitted by 'type' "
				   "constraint.");
	if (schema->words && !check_words(c, schema, node))
		fits = false;
	if (schema->items && node->kind == NODE_SEQUENCE)
		fits &= check_items(c, schema, node);
	if (schema->keys && node->kind == NODE_MAP)
		fits &= check_object(c, schema, node);
	return fits;
}

void rules_schema_check(struct load_result *r, const struct yaml_node *document)
{
	struct checking c = { .result = r, .path = STRBUF_INIT };

	strbuf_adds(&c.path, "<root>");
	if (check(&c, &rules_file, document))
		load_add_schema(r, SPAN("ok"));
	r->is_schema_checked = true;
	strbuf_done(&c.path);
}

void engine_rule_schema(struct strbuf *out)
{
	engine_schema_print(&rules_file, out);
}
