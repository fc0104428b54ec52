/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Falco's schema of rules files: which keys there are and what kind of value each
 * takes. What it finds never stops a file from loading; it is shown beside.
 */
#pragma once

struct load_result;
struct yaml_node;

/* Complaints kept of one file at most. */
#define SCHEMA_COMPLAINTS_MAX 1000

/* Checks one document that is not null; adds the complaints to the result, or "ok"
 * when there are none. */
void rules_schema_check(struct load_result *r, const struct yaml_node *document);
