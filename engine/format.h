/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Output formats: "%proc.name opened %fd.name" (filter-language.md section 10).
 */
#pragma once

#include <stdbool.h>

#include "span.h"

struct json_object;
struct engine_env;
struct error;
struct eval;
struct format;
struct strbuf;

/* Compiles a format, in env's arena. -EINVAL with Falco's message. */
int format_compile(struct engine_env *env, struct span text,
		   struct format **ret, struct error *err);

/* Appends the text; a missing value prints <NA>. */
void format_text(const struct format *f, struct eval *e, struct strbuf *out);

/* Adds each field of the format to `object` under its canonical text. */
void format_json(const struct format *f, struct eval *e,
		 struct json_object *object);

/* Calls fn with the canonical text of each plain field and of each transformer
 * expression, in order, repeats too. */
typedef void format_field_fn(void *ctx, struct span text);
void format_fields(const struct format *f, format_field_fn *fn, void *ctx);
