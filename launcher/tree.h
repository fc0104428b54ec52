/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A YAML document as a tree that can be read and changed by key paths: what a
 * configuration is before it has a meaning. Nodes live in an arena. An alias is the
 * node itself once more, as in Falco: what is set in one place is set in both. Text
 * from a file is hostile: depth and size, aliases counted in full, are limited, so
 * that an alias that contains itself, or a thousand aliases of aliases, is an error
 * and no more.
 *
 * Key paths: names with dots between; a name may be followed by [N] (an existing
 * item or the next one) or [] (a new item); a backslash makes . [ ] \ plain.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "span.h"

struct arena;
struct error;
struct strbuf;

enum tree_kind {
	TREE_NULL,
	TREE_SCALAR,
	TREE_LIST,
	TREE_MAP,
};

struct tree {
	enum tree_kind kind;
	unsigned line, column; /* from 1, in its file; 0: it has none */
	const char *text;      /* TREE_SCALAR */
	const char **keys;     /* TREE_MAP: one for each item */
	struct tree **items;   /* TREE_LIST, TREE_MAP */
	size_t n, cap;
	size_t size;     /* nodes in and below it, as it was read */
	unsigned height; /* levels, likewise */
	unsigned uses;   /* for tree_print() and tree_expand() alone */
};

/* "yaml: error at line 3, column 7: ", or nothing for a node that no file has. */
struct tree_place {
	char text[64];
};
struct tree_place tree_place(const struct tree *node);

/* How tree_merge() treats a key that is there already. */
enum tree_strategy {
	TREE_APPEND,   /* lists are extended, everything else replaced */
	TREE_OVERRIDE, /* replaced */
	TREE_ADD_ONLY, /* kept */
};

/* Parses the first document of `text`; an empty one is TREE_NULL. Returns -EINVAL
 * with the YAML library's message and the place in err. */
int tree_parse(struct arena *arena, struct span text, struct tree **ret,
	       struct error *err);

/* A new node without a place; text is copied (NULL gives TREE_NULL). */
struct tree *tree_new(struct arena *arena, enum tree_kind kind,
		      const char *text);

/* A map's value by its key, the first of equal ones; NULL when there is none. */
struct tree *tree_child(const struct tree *node, struct span key);

/* Adds an item; key is copied and for maps alone. */
void tree_add(struct arena *arena, struct tree *node, const char *key,
	      struct tree *item);

/*
 * The node at a key path. *ret is NULL when there is nothing. Returns -EINVAL with
 * Falco's message for a bad path, or for one that leads through a scalar.
 */
int tree_get(struct tree *root, const char *path, struct tree **ret,
	     struct error *err);

/*
 * Puts a node at a key path, making what is missing on the way: what was there before
 * becomes it, and a scalar gets the place of what was there. An empty path is the
 * root. Errors as above.
 */
int tree_set(struct arena *arena, struct tree *root, const char *path,
	     struct tree *value, struct error *err);

/* Takes the keys of `from` over into `into`, both maps. Items are shared. Returns
 * -EINVAL when a list would extend what is no list. */
int tree_merge(struct arena *arena, struct tree *into, const struct tree *from,
	       enum tree_strategy strategy, struct error *err);

/* Replaces ${NAME} in every scalar by what `lookup` says (NULL: nothing), and
 * $${NAME} by ${NAME}. Right after tree_parse(). */
void tree_expand(struct arena *arena, struct tree *node,
		 const char *(*lookup)(const char *name));

/* The tree on one line, as YAML and (without aliases) JSON, every scalar quoted. */
void tree_print(struct tree *node, struct strbuf *out);

/* Scalars by YAML's words: yes, on, true...; 0 or -EINVAL, *ret then untouched. */
int tree_bool(const struct tree *node, bool *ret);
int tree_number(const struct tree *node, double *ret);
int tree_integer(const struct tree *node, int64_t *ret);
