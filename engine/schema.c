/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shows a schema as JSON, draft 6, in the shape of Falco's: objects with a name
 * of their own stand under definitions and are referred to. Trusts its tables.
 */
#include "engine.h"

#include <cjson/cJSON.h>

#include "cleanup.h"
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

static void add_text(cJSON *to, const char *name, const char *text)
{
	if (text)
		cJSON_AddStringToObject(to, name, text);
}

static void add_words(cJSON *to, const char *name, const char *const *words)
{
	cJSON *list;

	if (!words)
		return;
	list = cJSON_AddArrayToObject(to, name);
	for (; *words; words++)
		cJSON_AddItemToArray(list, cJSON_CreateString(*words));
}

static void add_shape(cJSON *to, const struct schema *schema);

/* What stands where a schema is used: itself, or a reference to it. */
static cJSON *use(const struct schema *schema)
{
	cJSON *json = cJSON_CreateObject();

	add_shape(json, schema);
	return json;
}

static void add_required(cJSON *to, const struct schema *schema)
{
	cJSON *list = cJSON_CreateArray();

	for (const struct schema_key *key = schema->keys; key->name; key++)
		if (key->is_required)
			cJSON_AddItemToArray(list,
					     cJSON_CreateString(key->name));
	if (schema->shows_required || cJSON_GetArraySize(list))
		cJSON_AddItemToObject(to, "required", list);
	else
		cJSON_Delete(list);
}

static void add_keys(cJSON *to, const struct schema *schema)
{
	cJSON *properties;

	if (schema->other_keys)
		cJSON_AddItemToObject(to, "additionalProperties",
				      use(schema->other_keys));
	if (!schema->keys)
		return;
	if (!schema->is_open)
		cJSON_AddFalseToObject(to, "additionalProperties");
	properties = cJSON_AddObjectToObject(to, "properties");
	for (const struct schema_key *key = schema->keys; key->name; key++)
		cJSON_AddItemToObject(properties, key->name, use(key->schema));
	add_required(to, schema);
	if (schema->least_keys)
		cJSON_AddNumberToObject(to, "minProperties",
					(double)schema->least_keys);
}

static void add_choices(cJSON *to, const struct schema *schema)
{
	cJSON *list;

	if (!schema->choices[0])
		return;
	list = cJSON_AddArrayToObject(to,
				      schema->is_one_of ? "oneOf" : "anyOf");
	for (size_t i = 0; i < SCHEMA_CHOICES && schema->choices[i]; i++)
		cJSON_AddItemToArray(list, use(schema->choices[i]));
}

/* Everything that a schema says, its name apart. */
static void add_body(cJSON *to, const struct schema *schema)
{
	const char *const protocols[] = { schema->protocol, NULL };

	add_text(to, "type", type_names[schema->type]);
	add_text(to, "format", schema->format);
	add_words(to, "enum", schema->words);
	add_words(to, "qt-uri-protocols", schema->protocol ? protocols : NULL);
	if (schema->has_minimum)
		cJSON_AddNumberToObject(to, "minimum", (double)schema->minimum);
	if (schema->has_maximum)
		cJSON_AddNumberToObject(to, "maximum", (double)schema->maximum);
	if (schema->items)
		cJSON_AddItemToObject(to, "items", use(schema->items));
	add_keys(to, schema);
	add_choices(to, schema);
}

static void add_shape(cJSON *to, const struct schema *schema)
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
static void collect(cJSON *definitions, const struct schema *schema)
{
	const char *name = schema->definition;

	if (name && cJSON_GetObjectItemCaseSensitive(definitions, name))
		return;
	if (name) {
		cJSON *json = cJSON_AddObjectToObject(definitions, name);

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
	cJSON *json = cJSON_CreateObject();

	add_text(json, "$schema", DRAFT);
	collect(cJSON_AddObjectToObject(json, "definitions"), root);
	add_shape(json, root);
	json_print_pretty(json, out);
	cJSON_Delete(json);
}
