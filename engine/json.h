/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON as Falco writes it: one line, no spaces, keys sorted by their bytes.
 */
#pragma once

struct cJSON;
struct strbuf;

/* Appends the value. */
void json_print(const struct cJSON *value, struct strbuf *out);

/* The same over many lines, two spaces deeper for each level. */
void json_print_pretty(const struct cJSON *value, struct strbuf *out);
