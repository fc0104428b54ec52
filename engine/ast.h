/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a condition says, as a tree. Nodes live in an arena and are never changed
 * once made, so trees may share parts (macros do).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "span.h"

#include "filter.h"
#include "op.h"

enum ast_kind {
	AST_AND,       /* items: two or more */
	AST_OR,        /* items: two or more */
	AST_NOT,       /* items[0] */
	AST_CHECK,     /* items[0] op items[1] */
	AST_EXISTS,    /* items[0] exists */
	AST_MACRO,     /* text: its name */
	AST_FIELD,     /* text: its name; arg */
	AST_TRANSFORM, /* text: its name; items: arguments; arg */
	AST_ITEMS,     /* a literal list as an argument of a transformer */
	AST_VALUE,     /* text */
	AST_LIST,      /* items: values */
};

/* Two hashes of a tree, the same for trees that are equal: together they stand for
 * the tree where the tree itself cannot be kept. */
struct ast_hash {
	uint64_t a, b;
};

struct ast {
	enum ast_kind kind : 8; /* small: rules have ten thousands of nodes */
	enum op op : 8;                /* AST_CHECK */
	enum op_modifier modifier : 8; /* AST_CHECK */
	struct filter_pos pos;
	struct span text;
	struct span arg; /* data NULL: there is none */
	struct ast **items;
	size_t n;
	struct ast_hash hash; /* ast_hash()'s, which remembers it; 0: not yet */
};

/* A node of the kind, all else empty. */
struct ast *ast_new(struct arena *arena, enum ast_kind kind,
		    struct filter_pos pos);
/* Gives the node copies of the n pointers at items. */
void ast_set_items(struct arena *arena, struct ast *node,
		   struct ast *const *items, size_t n);
/* A node with one or two children. */
struct ast *ast_unary(struct arena *arena, enum ast_kind kind,
		      struct filter_pos pos, struct ast *child);

/* Do two trees say the same? Positions do not count, nor does = against ==. */
bool ast_equal(const struct ast *a, const struct ast *b);
/* The hashes of a tree; asked again, remembered ones. */
struct ast_hash ast_hash(const struct ast *node);
