/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a JSON schema says of a value, as far as Falco's schemas go: the word
 * that engine and launcher share. It has no code: each room checks its own
 * trees, and engine_schema_print() shows any schema.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum schema_type {
	SCHEMA_ANY,
	SCHEMA_NULL,
	SCHEMA_STRING,
	SCHEMA_INTEGER,
	SCHEMA_NUMBER,
	SCHEMA_BOOLEAN,
	SCHEMA_ARRAY,
	SCHEMA_OBJECT,
};
#define SCHEMA_TYPES (SCHEMA_OBJECT + 1)

/* Alternatives of one value at most. */
#define SCHEMA_CHOICES 3

struct schema_key;

struct schema {
	enum schema_type type;
	const char *definition; /* shown under this name; NULL: in place */
	bool is_untitled;       /* a definition without a title */
	bool is_open;           /* an object may have other keys too */
	bool shows_required;    /* even when nothing is required */
	bool has_minimum, has_maximum;
	bool is_one_of; /* the choices are shown as oneOf, else anyOf */
	int64_t minimum, maximum;
	const char *format, *protocol;   /* of a text; shown, not checked */
	const char *const *words;        /* the only texts; NULL at the end */
	const struct schema *items;      /* of an array */
	const struct schema_key *keys;   /* of an object, NULL at the end */
	const struct schema *other_keys; /* of an open object */
	size_t least_keys;
	const struct schema *choices[SCHEMA_CHOICES]; /* NULL: no more */
};

/* One key of an object; keys are sorted by name. */
struct schema_key {
	const char *name;
	const struct schema *schema;
	bool is_required;
};

/* The key of an object by its name; NULL when the schema has none. */
static inline const struct schema_key *schema_key_named(const struct schema *s,
							const char *name)
{
	for (const struct schema_key *key = s->keys; key && key->name; key++)
		if (strcmp(key->name, name) == 0)
			return key;

	return NULL;
}
