/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What loading a rules file found: errors and warnings, each with where it stands
 * and the line it stands on, as Falco's text and JSON. A result owns all its texts
 * and outlives the engine. It decides nothing.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "array.h"
#include "span.h"

#include "engine.h"

enum load_code {
#define LOAD_ERROR(code, text) code,
#define LOAD_WARNING(code, text, description) code,
#include "load_codes.def"
	LOAD_CODE_COUNT
};

/*
 * A place, from the file down to the part that is wrong. Contexts live in the
 * engine's arena, as long as what was collected: a rule of the first file may turn
 * out wrong because of the second.
 */
struct load_context {
	const struct load_context *parent;
	const char *item_type;
	struct span item_name;
	struct span where;   /* the file, or the condition in quotes */
	struct span content; /* what the snippet is cut from */
	size_t line, column, offset;
};

struct load_message {
	enum load_code code;
	const char *message;
	const char *deprecated_field; /* NULL: none */
	const char *places;           /* the context, as text */
	const char *places_json;
	struct span snippet; /* the line, and a caret under it */
};

struct load_result {
	struct arena arena;
	const char *name;
	bool is_schema_checked;
	ARRAY(struct load_message) errors;
	ARRAY(struct load_message) warnings;
	ARRAY(const char *) schema_warnings;
	const char *fatal; /* ends Falco as a "Runtime error"; NULL: none */
};

struct load_result *load_result_new(const char *name);

/* Adds an error or a warning, as its code says. Always returns -EINVAL, so that an
 * error is one statement: `return load_add(...)`. */
__attribute__((format(printf, 4, 5))) int
load_add(struct load_result *r, enum load_code code,
	 const struct load_context *ctx, const char *fmt, ...);

/* The deprecated field of the message that was added last. */
void load_set_deprecated(struct load_result *r, struct span field);

/* Adds a complaint of the schema's, or "ok" for a document without any. */
void load_add_schema(struct load_result *r, struct span text);

bool load_code_is_error(enum load_code code);
