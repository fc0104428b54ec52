/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON as Falco writes it: one line, no spaces, keys sorted by their bytes.
 */
#pragma once

#include "span.h"

struct json_object;
struct strbuf;

/* Appends the value. */
void json_print(struct json_object *value, struct strbuf *out);

/* The same over many lines, two spaces deeper for each level. */
void json_print_pretty(struct json_object *value, struct strbuf *out);

/*
 * Appends text as UTF-8, as the writer that Falco's output_fields come from makes it
 * (jsoncpp): a first byte from 80 on takes as many bytes with it as it announces,
 * whatever they are, and what they then say is a character. Characters that come of
 * too many bytes, surrogates and what is cut off become U+FFFD.
 */
void json_lenient_utf8(struct span text, struct strbuf *out);
