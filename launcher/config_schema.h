/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON schema of the configuration: is a file what config_keys.def says? The
 * verdict is for a log line: a file that fails is used all the same, as by Falco.
 */
#pragma once

#include <stdbool.h>

struct strbuf;
struct tree;

/* Appends "ok", or Falco's "failed for <where>: <what>" for the first mistake, and
 * says whether it was ok. */
bool config_schema_check(const struct tree *root, struct strbuf *verdict);

/* Appends the schema as JSON: Falco's keys, or those of falco_run alone. */
void config_schema_print(bool own, struct strbuf *out);
