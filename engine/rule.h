/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules, macros, lists and exceptions: as the files define them (collected over
 * all files, each append and override already applied), and as the compiler leaves
 * them. It knows nothing of YAML; rules_read.c fills it, rules_link.c changes it,
 * rules_compile.c reads it. All memory is in the arena of the collector, so
 * nothing here is freed alone.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "array.h"
#include "interest.h"
#include "span.h"

#include "engine.h"
#include "grow.h"
#include "semver.h"
#include "symtab.h"

struct arena;
struct ast;
struct format;
struct load_context;
struct program;

/* --- What alerts and the index need --------------------------------------- */

/*
 * A rule that compiled. `info` comes first, so that who is given a rule_info of
 * ours has the rule: RULE_OF(info).
 */
struct rule {
	struct rule_info info;
	/* From engine_ready() on, and for enabled rules only: */
	struct program *program;
	struct format *output;              /* extra outputs are in it */
	struct format *const *extra_formats;
	/* Always: */
	const struct span *extra_names; /* data NULL: a plain field */
	const struct span *extra_texts;
	size_t nextra;
	bool enabled;
	bool is_too_mild; /* for min_priority: never enabled */
	const struct rule_def *def;
	struct span condition;   /* after lists and exceptions */
	struct span output_text; /* with the extra outputs */
	const struct ast *ast;   /* macros replaced */
	struct interest events;
};

/* The rule that carries the info. */
#define RULE_OF(rule_info) ((struct rule *)(uintptr_t)(rule_info))

/* --- What the files say ---------------------------------------------------- */

/* Part of an exception: a text, or a list of parts. */
struct exception_entry {
	bool is_list;
	struct span text;
	const struct exception_entry *items;
	size_t n;
};

struct exception {
	struct span name;
	const struct load_context *ctx;
	struct exception_entry fields, comps;
	ARRAY(struct exception_entry) values;
};

struct list_def {
	struct span name;
	const struct load_context *ctx;
	size_t index;      /* when it was first defined */
	size_t visibility; /* when it was last changed: sees what is older */
	ARRAY(struct span) items;
	size_t link; /* its number while rules are compiled */
};

struct macro_def {
	struct span name;
	const struct load_context *ctx, *condition_ctx;
	size_t index, visibility;
	struct text condition;
};

/* The keys of a rule, as bits: RULE_KEY(condition) and so on. */
enum rule_key {
#define RULE_KEY_ROW(symbol, text, flags, schema) RULE_KEY_##symbol,
#include "rule_keys.def"
	RULE_KEY_COUNT
};

#define RULE_KEY(symbol) (UINT32_C(1) << RULE_KEY_##symbol)

/* A rule's own values, of a definition or of an update (`has` says which). */
struct rule_values {
	bool is_update; /* not a definition */
	uint32_t has;
	struct text condition, output, desc;
	struct span source;
	const struct load_context *condition_ctx, *output_ctx;
	enum priority priority;
	bool enabled, warn_evttypes, skip_if_unknown_filter, capture;
	uint32_t capture_duration;
	ARRAY(struct span) tags; /* sorted by rule_tags_add(), each once */
	ARRAY(struct exception) exceptions;
};

struct rule_def {
	struct span name;
	const struct load_context *ctx;
	size_t index;
	bool is_source_unknown;
	struct rule_values v;
};

struct plugin_requirement {
	struct span name, version;
};

/* One entry of required_plugin_versions: any of these will do. */
struct plugin_choice {
	ARRAY(struct plugin_requirement) any;
};

/* Everything that all files so far define, in the order of definition. */
struct collector {
	struct arena *arena;
	size_t clock; /* counts definitions and changes */
	ARRAY(struct list_def *) lists; /* these arrays are in the arena too */
	ARRAY(struct macro_def *) macros;
	ARRAY(struct rule_def *) rules;
	struct symtab list_names, macro_names, rule_names;
	struct semver engine_version; /* the largest that was required */
	ARRAY(struct plugin_choice) plugins;
};

void collector_init(struct collector *c, struct arena *arena);
void collector_done(struct collector *c);
