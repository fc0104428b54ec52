/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules from texts in a test: an engine that is loaded bit by bit, and what each
 * load came to on one line a finding.
 */
#pragma once

#include "strbuf.h"

#include "engine/engine.h"
#include "engine/load_result.h"

struct rules {
	struct engine *engine;
	struct load_result *result; /* of the last load */
	struct strbuf findings;
	unsigned nfiles;
};

/* An engine with the built-in container fields; rules_done() ends it. */
void rules_init(struct rules *r);
void rules_init_options(struct rules *r, const struct engine_options *options);
void rules_done(struct rules *r);

/* Loads the text as r1.yaml, r2.yaml, ...; 0 or -EINVAL. */
int rules_load(struct rules *r, const char *text);

/*
 * Errors, then warnings, of the last load: "CODE message" on a line each. Valid
 * until the next call.
 */
const char *rules_findings(struct rules *r);

/* Where the first finding stands: the last line of its places. */
const char *rules_place(struct rules *r);

/* What -l says in JSON of a rule; valid until the next call. */
const char *rules_described(struct rules *r, const char *rule);

/* A rule with this condition, ready to be loaded; valid until the next call. */
#define RULE_TEXT(name, condition) \
	"- rule: " name "\n" \
	"  desc: d\n" \
	"  condition: " condition "\n" \
	"  output: o\n" \
	"  priority: INFO\n"
