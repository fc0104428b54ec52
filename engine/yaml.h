/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML text as trees of nodes that know where they stand. libyaml does the
 * scanning; this answers for what a rules file relies on beyond it: positions as
 * Falco counts them, what is null, limits on depth, size and expansion. The bytes
 * are hostile. Nodes live in the arena of the caller; an alias is the very node of
 * its anchor, so nodes form a graph without cycles.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "span.h"

struct arena;
struct error;

/* From 0, in bytes of the UTF-8 text behind a byte order mark. */
struct yaml_mark {
	size_t line, column, offset;
};

enum yaml_kind {
	NODE_NULL,
	NODE_SCALAR,
	NODE_SEQUENCE,
	NODE_MAP,
};

struct yaml_node;

struct yaml_pair {
	const struct yaml_node *key, *value;
};

struct yaml_node {
	enum yaml_kind kind;
	struct yaml_mark mark;
	struct span text; /* of a scalar, and as a null was written */
	const struct yaml_node **items; /* NODE_SEQUENCE */
	const struct yaml_pair *pairs;  /* NODE_MAP */
	size_t n;
	size_t weight; /* nodes of the tree below, aliases counted each time */
};

/* A stream of documents; an empty document is a null. */
struct yaml_stream {
	const struct yaml_node **documents;
	size_t n;
};

/* The largest text, the deepest nesting and the most nodes that are read. */
#define YAML_SIZE_MAX (UINT64_C(64) << 20)
#define YAML_DEPTH_MAX 499
#define YAML_WEIGHT_MAX (UINT64_C(4) << 20)

/*
 * Reads all documents of `content` (UTF-8, or UTF-16 with a byte order mark).
 * -EINVAL: err says what is wrong, *ret_where is where.
 */
int yaml_read(struct arena *arena, struct span content,
	      struct yaml_stream *ret, struct yaml_mark *ret_where,
	      struct error *err);

/* The same, whatever the text: what yaml_plain.h is measured by. */
int yaml_read_by_library(struct arena *arena, struct span content,
			 struct yaml_stream *ret, struct yaml_mark *ret_where,
			 struct error *err);

/* The value of a key: the first of equal ones; NULL when the key is missing. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);

/* A node as text: a scalar's, "null" for a null. Not for other nodes. */
struct span yaml_text(const struct yaml_node *node);

/*
 * A scalar's value by the rules of YAML 1.1: y, yes, on, true and their opposites,
 * in lower, upper or capitalised form; a decimal, octal (0) or hexadecimal (0x)
 * number. -EINVAL when it is none.
 */
int yaml_bool(const struct yaml_node *node, bool *ret);
int yaml_uint32(const struct yaml_node *node, uint32_t *ret);
