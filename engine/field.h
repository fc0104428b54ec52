/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields: the names that conditions and outputs may use (fields.def), how a name
 * with its argument becomes a reference, and how a reference becomes a value. A new
 * field is one row and one short extractor.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "value.h"

struct engine_env;
struct error;
struct eval;
struct field_ref;

enum field_flag {
	FIELD_FILTER_ONLY = 1 << 0,
	FIELD_PRINT_ONLY = 1 << 1,
	FIELD_TABLE_ONLY = 1 << 2,
	FIELD_DEPRECATED = 1 << 3,
	FIELD_NO_RHS = 1 << 4,
	FIELD_NO_TRANSFORMER = 1 << 5,
	FIELD_FORMAT_SUGGESTED = 1 << 6,
	FIELD_LIST = 1 << 7,
	FIELD_NO_PTR_STABILITY = 1 << 8,
	FIELD_LATE = 1 << 9, /* mostly known at a call's end only */
};

/* How the argument of a field is written and whether it must be there. */
enum field_arg {
	FIELD_ARG_NONE,
	FIELD_ARG_INDEX,          /* optional [N] */
	FIELD_ARG_KEY,            /* optional [NAME] or [N] */
	FIELD_ARG_REQUIRED_KEY,   /* [KEY], plugin style */
	FIELD_ARG_REQUIRED_INDEX, /* [N] or [KEY], plugin style */
	FIELD_ARG_PARAM,          /* evt.arg.NAME or evt.arg[N] */
	FIELD_ARG_RAW_PARAM,      /* evt.rawarg.NAME */
	FIELD_ARG_EVENT,          /* evt.type.is.NAME */
	FIELD_ARG_SUBSYSTEM,      /* thread.cgroup.NAME */
	FIELD_ARG_TIMESTAMP,      /* evt.around[N] */
	FIELD_ARG_SIDE,           /* optional: evt.abspath.src, evt.abspath.dst */
};

enum field_class {
#define FIELD_CLASS(symbol, name, title, listed, description) \
	FIELD_CLASS_##symbol,
#include "field_classes.def"
	FIELD_CLASS_COUNT
};

/*
 * An extractor: fills *ret, whose type is already ref->type, and returns the
 * outcome. Values may point into the event's arena. Only VALUE touches *ret.
 *
 * Fields that stand for several candidates give a list though their type is a
 * scalar's: proc.aname and kin without index all ancestors, fd.ip, fd.port and
 * fd.net both ends. Conditions compare each element, outputs join them.
 */
typedef enum outcome field_extract_fn(struct eval *e,
				      const struct field_ref *ref,
				      struct value *ret);

struct field_info {
	const char *name;
	enum value_type type;
	enum value_format format;
	uint32_t flags;
	enum field_arg arg;
	uint8_t field_class; /* enum field_class */
	uint8_t name_n;      /* the length of a row's name */
	int16_t variant;      /* what a shared extractor makes of this field */
	field_extract_fn *extract;
	const char *description; /* own words, for --list */
};

/* A field as written somewhere, its argument resolved once. */
struct field_ref {
	const struct field_info *info;
	enum value_type type; /* info's, or a parameter's for evt.rawarg.X */
	bool has_arg;
	bool has_index;
	uint64_t index;       /* when has_index */
	struct span arg;      /* unquoted text, NUL-terminated too */
	struct span text;     /* canonical: name or name[arg] */
	uint32_t slot;        /* in struct eval.fields */
	bool is_output;       /* made by field_resolve_output() */
	int64_t number;       /* evt.arg[N], evt.around[N]: signed; else as index */
	void *extra;          /* the state that evt.deltatime, util.cnt keep; else NULL */
};

/*
 * Looks up a field expression: "proc.name", "proc.aname[2]", "evt.arg.flags",
 * "proc.env[\"A B\"]" (argument as written, quotes already removed by the lexer:
 * pass name and argument apart; arg.data NULL for none). The reference lives in
 * env's arena; the same text gives the same reference and slot.
 * -EINVAL with Falco's message: unknown field, missing or bad argument.
 */
int field_resolve(struct engine_env *env, struct span name, struct span arg,
		  const struct field_ref **ret, struct error *err);

/*
 * The same for an output format: proc.apid, proc.aenv and proc.aenv[N] print
 * something else than they compare. All other fields share their reference.
 */
int field_resolve_output(struct engine_env *env, struct span name,
			 struct span arg, const struct field_ref **ret,
			 struct error *err);

/* How many slots field_resolve() has given out; for struct eval.fields. */
size_t field_slots(const struct engine_env *env);

/* The field's value for this event, extracted at most once. Never PENDING. */
const struct value *field_value(struct eval *e, const struct field_ref *ref);

/*
 * The rows of fields.def in order, and the titles of their classes: for listings
 * and for outputs that append the suggested fields. *ret_n counts the rows.
 */
const struct field_info *field_rows(size_t *ret_n);

/* Does this run have the fields of the class? container.* only with the plugin. */
bool field_class_exists(const struct engine_env *env, enum field_class class);

/* Is it the bare name of a field (for the "misused as const" warning)? */
bool field_is_name(const struct engine_env *env, struct span name);
