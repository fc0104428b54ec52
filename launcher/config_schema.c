/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The check of a configuration file: see config_schema.h. Walks the file along the
 * schema that config_shape.c makes, and stops at the first mistake.
 */
#include "config_schema.h"

#include <stddef.h>

#include "engine/engine.h"

#include "arena.h"
#include "array.h"
#include "cleanup.h"
#include "schema.h"
#include "span.h"
#include "strbuf.h"

#include "config_shape.h"
#include "tree.h"

/* A walk: the place as a person knows it, and what is said of it. */
struct walk {
	struct strbuf where; /* <root>[plugins][0][name] */
	struct strbuf *verdict;
};

__attribute__((format(printf, 2, 3))) static bool
fail(struct walk *w, const char *fmt, ...)
{
	va_list ap;

	strbuf_addf(w->verdict, "failed for %s: ", w->where.data);
	va_start(ap, fmt);
	strbuf_vaddf(w->verdict, fmt, ap);
	va_end(ap);
	return false;
}

/* --- One value -------------------------------------------------------------- */

static bool is_schema_bool(const struct tree *node)
{
	return node->kind == TREE_SCALAR && (!strcmp(node->text, "true") ||
					     !strcmp(node->text, "false"));
}

static bool has_type(const struct tree *node, enum schema_type type)
{
	int64_t integer;
	double number;

	switch (type) {
	case SCHEMA_NULL:
		return node->kind == TREE_NULL;
	case SCHEMA_BOOLEAN:
		return is_schema_bool(node);
	case SCHEMA_INTEGER:
		return tree_integer(node, &integer) == 0;
	case SCHEMA_NUMBER:
		return tree_number(node, &number) == 0;
	case SCHEMA_STRING:
		return node->kind == TREE_SCALAR;
	case SCHEMA_ARRAY:
		return node->kind == TREE_LIST;
	case SCHEMA_OBJECT:
		return node->kind == TREE_MAP;
	case SCHEMA_ANY:
		break;
	}
	return true;
}

static bool check_words(struct walk *w, const struct schema *schema,
			const struct tree *node)
{
	if (!schema->words)
		return true;
	for (const char *const *word = schema->words; *word; word++)
		if (strcmp(node->text, *word) == 0)
			return true;

	return fail(w, "Failed to match against any enum values.");
}

static bool check_limits(struct walk *w, const struct schema *schema,
			 const struct tree *node)
{
	int64_t value;

	if (tree_integer(node, &value) < 0)
		return true;
	if (schema->has_minimum && value < schema->minimum)
		return fail(w,
			    "Expected number greater than or equal to %f",
			    (double)schema->minimum);
	if (schema->has_maximum && value > schema->maximum)
		return fail(w, "Expected number less than or equal to %f",
			    (double)schema->maximum);

	return true;
}

/* --- Lists, maps and alternatives ------------------------------------------- */

static bool check_node(struct walk *w, const struct schema *schema,
		       const struct tree *node);

static bool check_items(struct walk *w, const struct schema *schema,
			const struct tree *node)
{
	size_t n = w->where.n;

	for (size_t i = 0; i < node->n; i++) {
		strbuf_addf(&w->where, "[%zu]", i);
		if (!check_node(w, schema->items, node->items[i]))
			return false;
		strbuf_cut(&w->where, n);
	}
	return true;
}

/* The schema of a key; NULL when it may not be there. */
static const struct schema *schema_of_key(const struct schema *schema,
					  const char *name)
{
	static const struct schema anything = { .type = SCHEMA_ANY };
	const struct schema_key *key = schema_key_named(schema, name);

	if (key)
		return key->schema;
	if (schema->other_keys)
		return schema->other_keys;

	return schema->is_open ? &anything : NULL;
}

/* The keys themselves, before anything below them. A key that is there twice has no
 * name in Falco's message. */
static bool check_keys(struct walk *w, const struct schema *schema,
		       const struct tree *node)
{
	for (size_t i = 0; !schema->is_open && i < node->n; i++) {
		const char *name = node->keys[i];
		bool twice = tree_child(node, span_of(name)) != node->items[i];

		if (twice || !schema_of_key(schema, name))
			return fail(w,
				    "Object contains a property that could "
				    "not be validated using 'properties' or "
				    "'additionalProperties' constraints: "
				    "'%s'.",
				    twice ? "" : name);
	}
	return true;
}

static bool check_required(struct walk *w, const struct schema *schema,
			   const struct tree *node)
{
	for (const struct schema_key *key = schema->keys; key && key->name;
	     key++)
		if (key->is_required && !tree_child(node, span_of(key->name)))
			return fail(w, "Missing required property '%s'.",
				    key->name);
	if (node->n < schema->least_keys)
		return fail(w,
			    "Object should have no fewer than %zu "
			    "properties.",
			    schema->least_keys);

	return true;
}

static bool check_map(struct walk *w, const struct schema *schema,
		      const struct tree *node)
{
	size_t n = w->where.n;

	if (!check_keys(w, schema, node) || !check_required(w, schema, node))
		return false;
	for (size_t i = 0; i < node->n; i++) {
		const char *name = node->keys[i];

		strbuf_addf(&w->where, "[%s]", name);
		if (!check_node(w, schema_of_key(schema, name),
				node->items[i]))
			return false;
		strbuf_cut(&w->where, n);
	}
	return true;
}

/* When none fits, what is wrong with the first is told. */
static bool check_choices(struct walk *w, const struct schema *schema,
			  const struct tree *node)
{
	size_t where_n = w->where.n, verdict_n = w->verdict->n;

	for (size_t i = 0; i < SCHEMA_CHOICES && schema->choices[i]; i++) {
		if (check_node(w, schema->choices[i], node))
			return true;
		strbuf_cut(&w->where, where_n);
		strbuf_cut(w->verdict, verdict_n);
	}
	return check_node(w, schema->choices[0], node);
}

static bool check_node(struct walk *w, const struct schema *schema,
		       const struct tree *node)
{
	if (schema->choices[0])
		return check_choices(w, schema, node);
	if (!has_type(node, schema->type))
		return fail(w, "Value type not permitted by 'type' "
			       "constraint.");
	if (node->kind == TREE_SCALAR)
		return check_words(w, schema, node) &&
		       check_limits(w, schema, node);
	if (schema->items)
		return check_items(w, schema, node);
	if (schema->type == SCHEMA_OBJECT)
		return check_map(w, schema, node);

	return true;
}

bool config_schema_check(const struct tree *root, struct strbuf *verdict)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct walk w = { STRBUF_INIT, verdict };
	bool fits;

	strbuf_adds(&w.where, "<root>");
	fits = check_node(&w, config_shape(&arena, "", true), root);
	if (fits)
		strbuf_adds(verdict, "ok");
	strbuf_done(&w.where);
	return fits;
}

void config_schema_print(bool own, struct strbuf *out)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;

	engine_schema_print(config_shape(&arena, own ? CONFIG_OWN : "", false),
			    out);
}
