/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schema as a table, and the check of a tree against it, with the messages that
 * Falco's validator gives: the innermost first, each level saying what failed below.
 */
#include "rules_schema.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "array.h"
#include "cleanup.h"
#include "schema.h"
#include "strbuf.h"

#include "engine.h"
#include "load_result.h"
#include "rules_read.h"
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

/* The most keys that an object of ours has, and one that ends them. */
#define SCHEMA_KEYS_MAX 24

/* What rule_keys.def makes of the schema. */
struct file_schema {
	struct schema_key item_keys[SCHEMA_KEYS_MAX];
	struct schema_key override_keys[SCHEMA_KEYS_MAX];
	struct schema item, file, override;
};

/* Keys are sorted; one that is there already says the same. */
static void add_key(struct schema_key *keys, const char *name,
		    const struct schema *schema)
{
	size_t n = 0, at = 0;

	while (keys[n].name)
		n++;
	while (at < n && strcmp(keys[at].name, name) < 0)
		at++;
	if (at < n && !strcmp(keys[at].name, name))
		return;
	assert(n + 1 < SCHEMA_KEYS_MAX);
	memmove(&keys[at + 1], &keys[at], (n - at) * sizeof(*keys));
	keys[at] = (struct schema_key){ name, schema, false };
}

static void file_schema_fill(struct file_schema *f)
{
	static const struct schema override = { .type = SCHEMA_OBJECT,
						.least_keys = 1,
						.definition = "Override" };
	static const struct {
		const char *name;
		unsigned flags;
		const struct schema *schema;
	} rows[] = {
#define RULE_KEY_ROW(symbol, text, flags, schema) { text, flags, &schema },
#define ITEM_KEY_ROW(kind, text, flags, schema) { text, flags, &schema },
#include "rule_keys.def"
	};

	*f = (struct file_schema){
		.override = override,
		.item = { .type = SCHEMA_OBJECT,
			  .definition = "FalcoRule",
			  .shows_required = true },
		.file = { .type = SCHEMA_ARRAY },
	};
	f->override.keys = f->override_keys;
	f->item.keys = f->item_keys;
	f->file.items = &f->item;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		add_key(f->item_keys, rows[i].name,
			rows[i].schema == &override ? &f->override :
						      rows[i].schema);
		if (rows[i].flags & (KEY_APPEND | KEY_REPLACE))
			add_key(f->override_keys, rows[i].name, &operation);
	}
}

/* --- The check ------------------------------------------------------------- */


/* One key or index on the way from the root: only who complains writes it. */
struct step {
	const struct step *outer; /* NULL: it leads off the root */
	const char *key;          /* NULL: an index */
	size_t index;
};

struct checking {
	struct load_result *result;
	const struct step *at; /* NULL: the root */
	size_t ncomplaints;
};

/* "<root>[0][tags]" */
static void path_add(const struct step *step, struct strbuf *out)
{
	if (!step) {
		strbuf_adds(out, "<root>");
		return;
	}
	path_add(step->outer, out);
	if (step->key)
		strbuf_addf(out, "[%s]", step->key);
	else
		strbuf_addf(out, "[%zu]", step->index);
}

__attribute__((format(printf, 2, 3))) static bool complain(struct checking *c,
							   const char *fmt, ...)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	va_list ap;

	if (c->ncomplaints++ >= SCHEMA_COMPLAINTS_MAX)
		return false;
	strbuf_adds(&text, "failed for ");
	path_add(c->at, &text);
	strbuf_adds(&text, ": ");
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

/* Lists have thousands of items, nearly all of the last choice's type. */
static bool is_plainly_right(const struct schema *schema,
			     const struct yaml_node *node)
{
	if (schema->keys || schema->items || schema->words)
		return false;
	if (!schema->choices[0])
		return type_fits(schema->type, node);
	for (size_t i = SCHEMA_CHOICES; i-- > 0;)
		if (schema->choices[i] &&
		    type_fits(schema->choices[i]->type, node))
			return true;
	return false;
}

static bool check_items(struct checking *c, const struct schema *schema,
			const struct yaml_node *node)
{
	bool fits = true;

	for (size_t i = 0; i < node->n; i++) {
		const struct step step = { .outer = c->at, .index = i };
		bool item_fits;

		if (is_plainly_right(schema->items, node->items[i]))
			continue;
		c->at = &step;
		item_fits = check(c, schema->items, node->items[i]);
		c->at = step.outer;
		if (!item_fits)
			fits = complain(c,
					"Failed to validate item #%zu in "
					"array.",
					i);
	}
	return fits;
}

/* What stands under the keys of the schema, the first of equal ones, and the first
 * key that the schema does not know. */
struct members {
	const struct yaml_node *values[SCHEMA_KEYS_MAX]; /* NULL: not there */
	struct span unknown; /* data NULL: none */
};

static int key_index(const struct schema *schema, struct span name)
{
	for (int i = 0; schema->keys[i].name; i++)
		if (name.n && name.data[0] == schema->keys[i].name[0] &&
		    span_is(name, schema->keys[i].name))
			return i;
	return -1;
}

static void find_members(const struct schema *schema,
			 const struct yaml_node *node, struct members *ret)
{
	*ret = (struct members){ 0 };
	for (size_t i = 0; i < node->n; i++) {
		struct span name = yaml_text(node->pairs[i].key);
		int at = key_index(schema, name);

		if (at >= 0 && !ret->values[at])
			ret->values[at] = node->pairs[i].value;
		if (at < 0 && !ret->unknown.data)
			ret->unknown = name;
	}
}

static bool check_member(struct checking *c, const struct schema_key *key,
			 const struct yaml_node *value)
{
	const struct step step = { .outer = c->at, .key = key->name };
	bool fits;

	c->at = &step;
	fits = check(c, key->schema, value);
	c->at = step.outer;
	return fits ? true :
		      complain(c,
			       "Failed to validate against schema associated "
			       "with property name '%s'.",
			       key->name);
}

static bool check_object(struct checking *c, const struct schema *schema,
			 const struct yaml_node *node)
{
	struct members members;
	bool fits = true;

	find_members(schema, node, &members);
	for (size_t i = 0; schema->keys[i].name; i++)
		if (members.values[i])
			fits &= check_member(c, &schema->keys[i],
					     members.values[i]);
	if (members.unknown.data)
		fits = complain(c,
				"Object contains a property that could not be "
				"validated using 'properties' or "
				"'additionalProperties' constraints: '%.*s'.",
				SPAN_FMT(members.unknown));
	for (size_t i = 0; schema->keys[i].name; i++)
		if (schema->keys[i].is_required && !members.values[i])
			fits = complain(c, "Missing required property '%s'.",
					schema->keys[i].name);
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
	if (is_plainly_right(schema, node))
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
	struct checking c = { .result = r };
	struct file_schema schema;

	file_schema_fill(&schema);
	if (check(&c, &schema.file, document))
		load_add_schema(r, SPAN("ok"));
	r->is_schema_checked = true;
}

void engine_rule_schema(struct strbuf *out)
{
	struct file_schema schema;

	file_schema_fill(&schema);
	engine_schema_print(&schema.file, out);
}
