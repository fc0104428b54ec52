/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows with paths become a tree of schemas: see config_shape.h. What the type of a
 * row cannot say, its limits and alternatives, is said by the shapes below. Trusts
 * the tables; knows no file.
 */
#include "config_shape.h"

#include <stdlib.h>

#include "arena.h"
#include "array.h"
#include "schema.h"
#include "span.h"

enum key_type {
	KEY_TYPE_BOOL,
	KEY_TYPE_INTEGER,
	KEY_TYPE_NUMBER,
	KEY_TYPE_TEXT,
	KEY_TYPE_TEXTS,
	KEY_TYPE_MAP,
	KEY_TYPE_ANY,
};

static const struct key_row {
	const char *path;
	enum key_type type;
} key_rows[] = {
#define KEY(path, type, member) { path, KEY_TYPE_##type },
#define CHECKED(path, type, member) { path, KEY_TYPE_##type },
#define LISTED(path, type) { path, KEY_TYPE_##type },
#define ACCEPTED(path, type) { path, KEY_TYPE_##type },
#include "config_keys.def"
};

#define OBJECT_NOT_EMPTY 1u
#define OBJECT_UNTITLED	 2u
#define REQUIRED_MAX	 2

static const struct object_row {
	const char *path, *definition;
	unsigned flags;
	const char *required[REQUIRED_MAX];
} object_rows[] = {
#define OBJECT(path, definition, flags, ...) \
	{ path, definition, flags, { __VA_ARGS__ } },
#include "config_objects.def"
};

/* --- Leaves ----------------------------------------------------------------- */

static const struct schema text = { .type = SCHEMA_STRING };
static const struct schema null = { .type = SCHEMA_NULL };
static const struct schema map = { .type = SCHEMA_OBJECT, .is_open = true };

static const struct schema type_shapes[] = {
	[KEY_TYPE_BOOL] = { .type = SCHEMA_BOOLEAN },
	[KEY_TYPE_INTEGER] = { .type = SCHEMA_INTEGER },
	[KEY_TYPE_NUMBER] = { .type = SCHEMA_NUMBER },
	[KEY_TYPE_TEXT] = { .type = SCHEMA_STRING },
	[KEY_TYPE_TEXTS] = { .type = SCHEMA_ARRAY, .items = &text },
	[KEY_TYPE_MAP] = { .type = SCHEMA_OBJECT, .is_open = true },
	[KEY_TYPE_ANY] = { .type = SCHEMA_ANY },
};

static const char *const capture_modes[] = { "rules", "all_rules", NULL };
static const char *const strategies[] = { "append", "override", "add-only",
					  NULL };
static const struct schema strategy = { .type = SCHEMA_STRING,
					.words = strategies };
static const struct schema_key included_keys[] = {
	{ "path", &text, true },
	{ "strategy", &strategy, false },
	{ NULL, NULL, false },
};
static const struct schema included = { .type = SCHEMA_OBJECT,
					.is_open = true,
					.keys = included_keys };
static const struct schema named_field = { .type = SCHEMA_OBJECT,
					   .is_open = true,
					   .other_keys = &text };

/* Rows of which there is more to say than a type. */
static const struct {
	const char *path;
	struct schema schema;
} finer_shapes[] = {
	{ "append_output[].extra_fields[]",
	  { .choices = { &named_field, &text } } },
	{ "capture.default_duration",
	  { .type = SCHEMA_INTEGER, .has_minimum = true } },
	{ "capture.max_file_size_mb",
	  { .type = SCHEMA_INTEGER,
	    .has_minimum = true,
	    .has_maximum = true,
	    .maximum = 1048576 } },
	{ "capture.mode", { .type = SCHEMA_STRING, .words = capture_modes } },
	{ "config_files[]",
	  { .is_one_of = true, .choices = { &text, &included } } },
	{ "http_output.url",
	  { .type = SCHEMA_STRING, .format = "uri", .protocol = "http" } },
	{ "plugins[].init_config", { .choices = { &map, &text, &null } } },
};

static const struct schema *leaf_at(struct span path)
{
	for (size_t i = 0; i < ARRAY_SIZE(finer_shapes); i++)
		if (span_is(path, finer_shapes[i].path))
			return &finer_shapes[i].schema;
	for (size_t i = 0; i < ARRAY_SIZE(key_rows); i++)
		if (span_is(path, key_rows[i].path))
			return &type_shapes[key_rows[i].type];

	return NULL;
}

/* --- What rows lead through ------------------------------------------------- */

/* The first part of what a row adds to a path; empty: it does not lead on. A part
 * is a name, or [] for items. */
static struct span next_part(struct span row, struct span path)
{
	struct span rest = row;
	size_t n = 0;

	if (!span_starts_with(row, path) || row.n == path.n)
		return span_make(NULL, 0);
	rest = span_from(row, path.n);
	if (rest.data[0] == '[')
		return span_make(rest.data, 2);
	if (path.n && rest.data[0] != '.')
		return span_make(NULL, 0);
	rest = path.n ? span_from(rest, 1) : rest;
	while (n < rest.n && rest.data[n] != '.' && rest.data[n] != '[')
		n++;
	return span_make(rest.data, n);
}

static int by_name(const void *a, const void *b)
{
	const struct schema_key *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static bool has_key(const struct schema_key *keys, size_t n, struct span name)
{
	for (size_t i = 0; i < n; i++)
		if (span_is(name, keys[i].name))
			return true;

	return false;
}

static const struct object_row *object_at(struct span path)
{
	for (size_t i = 0; i < ARRAY_SIZE(object_rows); i++)
		if (span_is(path, object_rows[i].path))
			return &object_rows[i];

	return NULL;
}

static bool is_required(const struct object_row *object, struct span name)
{
	for (size_t i = 0; object && i < REQUIRED_MAX; i++)
		if (object->required[i] && span_is(name, object->required[i]))
			return true;

	return false;
}

/* The keys of the map at a path, sorted, with a NULL at the end. */
static const struct schema_key *keys_at(struct arena *arena, struct span path,
					bool with_own)
{
	size_t size = (ARRAY_SIZE(key_rows) + 1) * sizeof(struct schema_key);
	struct schema_key *keys = arena_zalloc(arena, size);
	const struct object_row *object = object_at(path);
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(key_rows); i++) {
		struct span name = next_part(span_of(key_rows[i].path), path);
		const char *below;

		if (!name.n || has_key(keys, n, name) ||
		    (!with_own && span_is(name, CONFIG_OWN)))
			continue;
		below = arena_printf(arena, NULL, "%.*s%s%.*s", SPAN_FMT(path),
				     path.n ? "." : "", SPAN_FMT(name));
		keys[n].name = arena_strndup(arena, name.data, name.n);
		keys[n].is_required = is_required(object, name);
		keys[n++].schema = config_shape(arena, below, true);
	}
	qsort(keys, n, sizeof(*keys), by_name);
	return keys;
}

static bool has_items(struct span path)
{
	for (size_t i = 0; i < ARRAY_SIZE(key_rows); i++)
		if (span_is(next_part(span_of(key_rows[i].path), path), "[]"))
			return true;

	return false;
}

const struct schema *config_shape(struct arena *arena, const char *path,
				  bool with_own)
{
	const struct schema *leaf = leaf_at(span_of(path));
	const struct object_row *object = object_at(span_of(path));
	struct schema *schema;

	if (leaf)
		return leaf;
	schema = arena_zalloc(arena, sizeof(*schema));
	if (has_items(span_of(path))) {
		schema->type = SCHEMA_ARRAY;
		schema->items = config_shape(
			arena, arena_printf(arena, NULL, "%s[]", path), true);
		return schema;
	}
	schema->type = SCHEMA_OBJECT;
	schema->keys = keys_at(arena, span_of(path), with_own);
	if (object) {
		schema->definition = object->definition;
		schema->is_untitled = object->flags & OBJECT_UNTITLED;
		schema->least_keys = object->flags & OBJECT_NOT_EMPTY ? 1 : 0;
	}
	return schema;
}
