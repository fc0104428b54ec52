/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shows a schema as JSON, draft 6, in the shape of Falco's: objects with a name
 * of their own stand under definitions and are referred to. Trusts its tables.
 */
#include "engine.h"

#include "cleanup.h"
#include "json_node.h"
#include "schema.h"
#include "strbuf.h"

#include "json.h"

#define DRAFT "http://json-schema.org/draft-06/schema#"

static const char *const type_names[SCHEMA_TYPES] = {
	[SCHEMA_NULL] = "null",       [SCHEMA_STRING] = "string",
	[SCHEMA_INTEGER] = "integer", [SCHEMA_NUMBER] = "number",
	[SCHEMA_BOOLEAN] = "boolean", [SCHEMA_ARRAY] = "array",
	[SCHEMA_OBJECT] = "object",
};

static void add_text(struct json_object *to, const char *name, const char *text)
{
	if (text)
		json_add_text(to, name, text);
}

static void add_words(struct json_object *to, const char *name,
		      const char *const *words)
{
	struct json_object *list;

	if (!words)
		return;
	list = json_add_array(to, name);
	for (; *words; words++)
		json_append_text(list, *words);
}

static void add_shape(struct json_object *to, const struct schema *schema);

/* What stands where a schema is used: itself, or a reference to it. */
static struct json_object *use(const struct schema *schema)
{
	struct json_object *json = json_object_new_object();

	add_shape(json, schema);
	return json;
}

static void add_required(struct json_object *to, const struct schema *schema)
{
	struct json_object *list = json_object_new_array();

	for (const struct schema_key *key = schema->keys; key->name; key++)
		if (key->is_required)
			json_append_text(list, key->name);
	if (schema->shows_required || json_count(list))
		json_add(to, "required", list);
	else
		json_object_put(list);
}

static void add_keys(struct json_object *to, const struct schema *schema)
{
	struct json_object *properties;

	if (schema->other_keys)
		json_add(to, "additionalProperties", use(schema->other_keys));
	if (!schema->keys)
		return;
	if (!schema->is_open)
		json_add_bool(to, "additionalProperties", false);
	properties = json_add_object(to, "properties");
	for (const struct schema_key *key = schema->keys; key->name; key++)
		json_add(properties, key->name, use(key->schema));
	add_required(to, schema);
	if (schema->least_keys)
		json_add_number(to, "minProperties",
				(double)schema->least_keys);
}

static void add_choices(struct json_object *to, const struct schema *schema)
{
	struct json_object *list;

	if (!schema->choices[0])
		return;
	list = json_add_array(to, schema->is_one_of ? "oneOf" : "anyOf");
	for (size_t i = 0; i < SCHEMA_CHOICES && schema->choices[i]; i++)
		json_append(list, use(schema->choices[i]));
}

/* Everything that a schema says, its name apart. */
static void add_body(struct json_object *to, const struct schema *schema)
{
	const char *const protocols[] = { schema->protocol, NULL };

	add_text(to, "type", type_names[schema->type]);
	add_text(to, "format", schema->format);
	add_words(to, "enum", schema->words);
	add_words(to, "qt-uri-protocols", schema->protocol ? protocols : NULL);
	if (schema->has_minimum)
		json_add_number(to, "minimum", (double)schema->minimum);
	if (schema->has_maximum)
		json_add_number(to, "maximum", (double)schema->maximum);
	if (schema->items)
		json_add(to, "items", use(schema->items));
	add_keys(to, schema);
	add_choices(to, schema);
}

static void add_shape(struct json_object *to, const struct schema *schema)
{
	CLEANUP(strbuf_done) struct strbuf path = STRBUF_INIT;

	if (!schema->definition) {
		add_body(to, schema);
		return;
	}
	strbuf_addf(&path, "#/definitions/%s", schema->definition);
	add_text(to, "$ref", path.data);
}

/* The definitions that a schema leads to, itself among them. */
static void collect(struct json_object *definitions,
		    const struct schema *schema)
{
	const char *name = schema->definition;

	if (name && json_get(definitions, name))
		return;
	if (name) {
		struct json_object *json = json_add_object(definitions, name);

		add_body(json, schema);
		add_text(json, "title", schema->is_untitled ? NULL : name);
	}
	if (schema->items)
		collect(definitions, schema->items);
	for (const struct schema_key *key = schema->keys; key && key->name;
	     key++)
		collect(definitions, key->schema);
	for (size_t i = 0; i < SCHEMA_CHOICES && schema->choices[i]; i++)
		collect(definitions, schema->choices[i]);
}

void engine_schema_print(const struct schema *root, struct strbuf *out)
{
	struct json_object *json = json_object_new_object();

	add_text(json, "$schema", DRAFT);
	collect(json_add_object(json, "definitions"), root);
	add_shape(json, root);
	json_print_pretty(json, out);
	json_object_put(json);
}
