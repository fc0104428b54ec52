/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the readers of items share: keys, and values by key. Only rules_read*.c
 * include it. Every reader returns 0, or -EINVAL with the error added.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "rules.h"

struct yaml_node;

/* Flags of rule_keys.def. */
enum {
	KEY_REQUIRED = 1 << 0,
	KEY_APPEND = 1 << 1,
	KEY_REPLACE = 1 << 2,
};

/* In the order in which an item's kind is looked for. */
enum item_kind {
	ITEM_ENGINE_VERSION,
	ITEM_PLUGIN_VERSIONS,
	ITEM_LIST,
	ITEM_MACRO,
	ITEM_RULE,
	ITEM_KIND_COUNT
};

/* A key that items of the kind may have. */
struct item_key {
	enum item_kind kind;
	const char *text;
	unsigned flags;
};

enum {
#define ITEM_KEY_ROW(kind, text, flags, schema) +1
#define RULE_KEY_ROW(symbol, text, flags, schema) +1
	ITEM_KEY_COUNT = 0
#include "rule_keys.def"
};

extern const struct item_key item_keys[ITEM_KEY_COUNT];

/* The index of an item's key, -1 when it has no such key. */
int item_key_find(enum item_kind kind, struct span text);

/* Has it a text: is it a scalar or a null? */
bool node_is_text(const struct yaml_node *node);

/* Values of required keys; in `map`, `ctx` being its context. */
int text_read(struct loading *l, const struct yaml_node *map, const char *key,
	      const struct load_context *ctx, struct span *ret);
int bool_read(struct loading *l, const struct yaml_node *map, const char *key,
	      const struct load_context *ctx, bool *ret);
int undecodable(struct loading *l, const struct yaml_node *node,
		const char *key, const struct load_context *ctx);
/* A sequence of scalars only. */
int sequence_read(struct loading *l, const struct yaml_node *map,
		  const char *key, const struct load_context *ctx,
		  const struct yaml_node **ret);

/* The keys that are to be appended to and replaced, by index into item_keys. */
struct overrides {
	uint64_t append, replace;
};

_Static_assert(ITEM_KEY_COUNT <= 64,
	      "the keys of items fit a word");

/* `append: true` and `override`, which exclude each other. */
int modes_read(struct loading *l, enum item_kind kind,
	       const struct yaml_node *item, const struct load_context *ctx,
	       bool *ret_append, struct overrides *ret);

/* The readers of items that have a file of their own. */
int rule_read(struct loading *l, const struct yaml_node *item);
int engine_version_read(struct loading *l, const struct yaml_node *item);
int plugin_versions_read(struct loading *l, const struct yaml_node *item);
