/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON in memory: json-c's objects (refcounted; NULL is JSON's null), with the few
 * calls that everybody makes a word shorter and safe for what is not there. Who makes
 * an object owns it (json_object_put(), or CLEANUP(json_putp)); what is added to another
 * belongs to that one. A key that is added again replaces the value. engine/json.h
 * prints it.
 */
#pragma once

#include <json-c/json.h>
#include <stdbool.h>
#include <stdlib.h>

#include "alloc.h"
#include "span.h"

/* For CLEANUP. */
static inline void json_putp(struct json_object **json)
{
	json_object_put(*json);
}

/* Adds to an object; the value is the object's then. */
static inline void json_add(struct json_object *object, const char *key,
			    struct json_object *value)
{
	json_object_object_add(object, key, value);
}

/* Adds a copy of a text; NULL adds nothing. */
static inline void json_add_text(struct json_object *object, const char *key,
				 const char *text)
{
	if (text)
		json_add(object, key, json_object_new_string(text));
}

/* Adds true or false. */
static inline void json_add_bool(struct json_object *object, const char *key,
				 bool value)
{
	json_add(object, key, json_object_new_boolean(value));
}

/* Adds a number, which prints with as few digits as say it. */
static inline void json_add_number(struct json_object *object, const char *key,
				   double value)
{
	json_add(object, key, json_object_new_double(value));
}

/* A number that prints as it is written: a double cuts those of 64 bits. */
static inline struct json_object *json_digits(const char *digits)
{
	return json_object_new_double_s(0, digits);
}

/* Adds an empty object and returns it; `object` owns it. */
static inline struct json_object *json_add_object(struct json_object *object,
						  const char *key)
{
	struct json_object *value = json_object_new_object();

	json_add(object, key, value);
	return value;
}

/* Adds an empty array and returns it; `object` owns it. */
static inline struct json_object *json_add_array(struct json_object *object,
						 const char *key)
{
	struct json_object *value = json_object_new_array();

	json_add(object, key, value);
	return value;
}

/* Adds to an array; the value is the array's then. */
static inline void json_append(struct json_object *array,
			       struct json_object *value)
{
	json_object_array_add(array, value);
}

/* Adds a copy of a text to an array. */
static inline void json_append_text(struct json_object *array, const char *text)
{
	json_append(array, json_object_new_string(text));
}

/* --- Reading: all take NULL and objects of any type --------------------------- */

/* What text says; NULL: no JSON, or nested deeper than json-c allows (32). What
 * follows it is not looked at. The caller owns it. */
static inline struct json_object *json_parse(struct span text)
{
	struct json_tokener *t = json_tokener_new();
	struct json_object *value = NULL;

	if (t && text.n <= INT32_MAX)
		value = json_tokener_parse_ex(t, text.data, (int)text.n);
	json_tokener_free(t);
	return value;
}

/* A member of an object, borrowed; NULL: a null, or none. */
static inline struct json_object *json_get(const struct json_object *object,
					   const char *key)
{
	return json_object_object_get(object, key);
}

/* Is there such a member? It may be null. */
static inline bool json_has(const struct json_object *object, const char *key)
{
	return json_object_object_get_ex(object, key, NULL);
}

/* How many elements or members there are; 0 of what has none. */
static inline size_t json_count(const struct json_object *json)
{
	if (json_object_is_type(json, json_type_array))
		return json_object_array_length(json);
	if (json_object_is_type(json, json_type_object))
		return (size_t)json_object_object_length(json);
	return 0;
}

/* Element i of an array, borrowed; NULL: a null, or none. */
static inline struct json_object *json_at(const struct json_object *array,
					  size_t i)
{
	if (!json_object_is_type(array, json_type_array))
		return NULL;
	return json_object_array_get_idx(array, i);
}

/* A text, borrowed from it; NULL: it is none. */
static inline const char *json_text(struct json_object *json)
{
	if (!json_object_is_type(json, json_type_string))
		return NULL;
	return json_object_get_string(json);
}

/* Is it true? */
static inline bool json_is_true(const struct json_object *json)
{
	return json_object_is_type(json, json_type_boolean) &&
	       json_object_get_boolean(json);
}

/* A member with its name, both borrowed from the object. */
struct json_member {
	const char *key;
	struct json_object *value;
};

/* For qsort: by the bytes of the keys. */
static inline int json_by_key(const void *a, const void *b)
{
	const struct json_member *x = a, *y = b;

	return strcmp(x->key, y->key);
}

/* The members of an object sorted by key, json_count() of them; the caller frees the
 * list. */
static inline struct json_member *json_members(struct json_object *object)
{
	struct json_member *members =
		xcalloc(json_count(object), sizeof(*members));
	struct json_object_iter iter;
	size_t i = 0;

	if (!json_object_is_type(object, json_type_object))
		return members;
	json_object_object_foreachC(object, iter) members[i++] =
		(struct json_member){ iter.key, iter.val };
	qsort(members, i, sizeof(*members), json_by_key);
	return members;
}
