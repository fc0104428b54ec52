/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values as text and as JSON: how outputs, evt.arg and evt.args show them
 * (filter-language.md sections 10 and 11).
 */
#pragma once

#include <stdbool.h>

#include "event.h"
#include "value.h"

struct json_object;
struct eval;
struct field_ref;
struct strbuf;

/* A field's value as an output format prints it; nothing for no value. */
void render_field_text(struct eval *e, const struct field_ref *ref,
		       const struct value *v, struct strbuf *out);

/* Any value; a list in brackets and with commas, or in a row with spaces. */
void render_value_text(const struct eval *e, const struct value *v,
		       enum value_format format, bool in_brackets,
		       struct strbuf *out);

/* The same value typed for output_fields; a JSON null for no value. The caller
 * owns the result (json_object_put). */
struct json_object *render_field_json(struct eval *e,
				      const struct field_ref *ref,
				      const struct value *v);

/* Parameter i of the event: `raw` and, where there is one, `resolved` text. */
void render_param(struct eval *e, unsigned i, struct strbuf *raw,
		  struct strbuf *resolved);

/* All parameters: name=raw or name=raw(resolved), one space between. */
void render_params(struct eval *e, struct strbuf *out);

/* "ENOENT" for 2; NULL for a number without a name. */
const char *errno_name(int number);
/* "SIGTERM" for 15; NULL for a number without a name. */
const char *signal_name(int number);

/* Appends text as it stands inside a JSON string, invalid UTF-8 as U+FFFD. */
void json_escape(struct span text, struct strbuf *out);
