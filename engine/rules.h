/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a rules file to compiled rules: what the steps share. rules_read.c turns
 * nodes into values, collector.c keeps them (define, append, replace),
 * rules_exceptions.c knows exceptions, rules_link.c lists and macros, and
 * rules_compile.c goes over everything collected so far. Each step returns 0, or
 * -EINVAL with the error already added to the result.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "interest.h"

#include "filter.h"
#include "load_result.h"
#include "rule.h"

struct ast;
struct engine_env;
struct strbuf;
struct yaml_mark;
struct yaml_node;

/* The engine version that we answer as. */
#define ENGINE_VERSION_MINOR 63
/* So many rules, macros and lists, each, may all files together define: a hundred
 * times what anybody has, and half a gigabyte of rules. */
#define ITEMS_MAX 100000
/* A list with the lists it names opened may have so many items. */
#define LIST_ITEMS_MAX 1000000
/* A condition with its lists in place may be so long. */
#define CONDITION_SIZE_MAX (UINT32_C(8) << 20)
/* A condition with its macros in place: so long in bytes, and so deep. */
#define CONDITION_WEIGHT_MAX (UINT32_C(4) << 20)
#define CONDITION_DEPTH_MAX 10000

/* One engine_load(). */
struct loading {
	struct collector *collector;
	struct load_result *result;
	struct engine_env *env;
	struct symtab *asts; /* what loads have parsed, by text; NULL: not kept */
	struct span name, content; /* live as long as the collector */
	const struct load_context *root;
};

/* --- Places (rules_read.c) ------------------------------------------------- */

/* A new context below `parent`, at the node. */
const struct load_context *context_new(struct loading *l,
				       const struct load_context *parent,
				       const char *item_type, struct span name,
				       const struct yaml_node *at);

/* A position inside a condition: Falco adds it to the parent's. */
const struct load_context *context_condition(struct loading *l,
					     const struct load_context *parent,
					     struct span condition,
					     struct filter_pos pos);

/* --- Reading (rules_read.c) ------------------------------------------------ */

int rules_read(struct loading *l);

/* A required scalar that is not empty; -EINVAL and the error otherwise. */
int scalar_read(struct loading *l, const struct yaml_node *map, const char *key,
		const struct load_context *ctx, const struct yaml_node **ret);

/* --- Collecting (collector.c) ---------------------------------------------- */

int list_define(struct loading *l, const struct list_def *list);
int list_append(struct loading *l, const struct list_def *list);
int macro_define(struct loading *l, const struct macro_def *macro);
int macro_append(struct loading *l, const struct macro_def *macro);
int rule_define(struct loading *l, struct rule_def *rule);
int rule_append(struct loading *l, struct rule_def *update);
int rule_replace(struct loading *l, struct rule_def *update);
int rule_enable(struct loading *l, const struct rule_def *update);
int engine_version_define(struct loading *l, struct semver v,
			  const struct load_context *ctx);
int plugin_choice_define(struct loading *l, const struct plugin_choice *choice,
			 const struct load_context *ctx);

/* Adds a tag in its place, once. */
void rule_tags_add(struct arena *arena, struct rule_values *v, struct span tag);

/* --- Exceptions (rules_exceptions.c) --------------------------------------- */

/* Reads the item's exceptions, if it has any, into v. */
int exceptions_read(struct loading *l, const struct yaml_node *item,
		    const struct load_context *ctx, struct rule_values *v);

/* Is anything given: a text or a list? */
bool exception_entry_is_given(const struct exception_entry *entry);

/* Fills in default operators; checks operators, lengths and, where the rule's
 * source is known, fields. */
int exception_check(struct loading *l, bool is_source_known,
		    struct exception *exception);

/* Appends the condition of a rule that has exceptions, with them. */
int exceptions_apply(struct loading *l, const struct rule_values *v,
		     struct strbuf *out);

/* The text in double quotes if it has a space and no quotes yet. */
void quoted_add(struct span text, struct strbuf *out);

/* --- Linking (rules_link.c) ------------------------------------------------ */

struct linked_list {
	const struct list_def *def;
	const struct span *items; /* with the lists among them opened */
	size_t nitems;
	struct span text; /* the items, as they stand in conditions */
	bool is_used;
	bool is_flat; /* no item is a list's name, as far as is known */
};

struct linked_macro {
	const struct macro_def *def;
	struct span condition; /* lists in place */
	struct ast *ast;       /* macros in place */
	size_t weight, depth;  /* of the ast, at most */
	bool is_linked, is_used;
};

/* Lists and macros of one compilation; arrays are in the arena. */
struct link {
	struct loading *loading;
	struct arena *arena;
	struct linked_list *lists;
	size_t nlists;
	uint64_t list_lengths[256]; /* of names, as bits, by their first byte */
	size_t *odd; /* numbers of lists whose names are no single word */
	size_t nodd;
	struct linked_macro *macros;
	size_t nmacros;
	struct symtab macro_names;
};

/* All lists and macros of the collector, linked and checked. */
int link_build(struct link *link);
void link_done(struct link *link);

/* Macros see what is older than their last change; rules see all. */
#define VISIBLE_ALL SIZE_MAX

/*
 * A condition: lists put in place, parsed, macros put in place. `ctx` is the
 * item's, `condition_ctx` the key's.
 */
struct condition {
	const struct load_context *ctx, *condition_ctx;
	size_t visibility;
	/* As written, with exceptions; messages quote it. Both texts live as long as
	 * the link's arena. */
	struct span text;
	struct span linked; /* the same one where it names no list */
	struct ast *ast;
	size_t weight, depth;
};

int condition_parse(struct link *link, struct condition *c);
int condition_link(struct link *link, struct condition *c);

/* --- Compiling (rules_compile.c) ------------------------------------------- */

/* What came of everything collected so far. */
struct compiled {
	struct compiled *older; /* owned */
	struct arena arena;
	struct link link;
	struct rule *rules;
	size_t nrules;
};

/* Nothing yet; takes over what older loads have made. */
struct compiled *compiled_new(struct loading *l, struct compiled *older);
/* Compiles into c; -EINVAL: what c holds counts for nothing, but must stay. */
int rules_compile(struct loading *l, struct compiled *c);
/* The rule of that name; NULL: none, or c is NULL. */
struct rule *compiled_rule(const struct compiled *c, const char *name);
/* Appends "file:line" of its definition, counted from 1. */
void rule_place(const struct rule *rule, struct strbuf *out);
/* Frees it and the older ones. */
void compiled_free(struct compiled *c);

/* --- Plugins (plugins.c) --------------------------------------------------- */

/* The one plugin that is built in. */
#define CONTAINER_PLUGIN_NAME "container"
#define CONTAINER_PLUGIN_VERSION "0.7.1"
