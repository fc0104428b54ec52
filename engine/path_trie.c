/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trie of pmatch. Below each node literal components are looked up first;
 * patterns are tried only where no literal one leads to an operand.
 */
#include "path_trie.h"

#include <stdint.h>

#include "arena.h"

#include "match_text.h"
#include "text_hash.h"

struct node {
	struct span component;
	bool is_end; /* an operand ends here: anything below matches */
	struct node *next; /* sibling of the same kind */
	struct node **buckets; /* literal children by hash, nbuckets of them */
	size_t nbuckets;       /* a power of two, or 0 */
	size_t nliterals;
	struct node *literals; /* until buckets are made */
	struct node *patterns;
};

struct path_trie {
	struct node root;
};

/* The next component of what is left of a path; false: there is none. */
static bool next_component(struct span *rest, struct span *ret)
{
	const char *p = rest->data, *end = p + rest->n, *stop;

	while (p < end && *p == '/')
		p++;
	if (p == end)
		return false;
	stop = memchr(p, '/', (size_t)(end - p));
	stop = stop ? stop : end;
	*ret = span_make(p, (size_t)(stop - p));
	*rest = span_make(stop, (size_t)(end - stop));
	return true;
}

static bool is_pattern(struct span component)
{
	for (size_t i = 0; i < component.n; i++) {
		if (strchr("?*[", component.data[i]) && component.data[i])
			return true;
	}
	return false;
}

/* The child for the component, made when it is not there. */
static struct node *child(struct arena *arena, struct node *parent,
			  struct span component)
{
	bool pattern = is_pattern(component);
	struct node **list = pattern ? &parent->patterns : &parent->literals;
	struct node *node;

	for (node = *list; node; node = node->next) {
		if (span_eq(node->component, component))
			return node;
	}
	node = arena_zalloc(arena, sizeof(*node));
	node->component = component;
	parent->nliterals += !pattern;
	/* Patterns keep the order of the operands. */
	while (pattern && *list)
		list = &(*list)->next;
	node->next = *list;
	*list = node;
	return node;
}

static void insert(struct arena *arena, struct path_trie *trie, struct span path)
{
	struct node *node = &trie->root;
	struct span component;

	while (!node->is_end && next_component(&path, &component))
		node = child(arena, node, component);
	node->is_end = true;
}

static struct node **bucket(const struct node *node, struct span component)
{
	return &node->buckets[text_hash(component) & (node->nbuckets - 1)];
}

/* Hashes the literal children of a node, and those below. */
static void index_children(struct arena *arena, struct node *node)
{
	size_t n = node->nliterals ? 1 : 0;
	struct node *next;

	while (n && n < node->nliterals)
		n *= 2;
	node->nbuckets = n;
	node->buckets = n ? arena_zalloc(arena, n * sizeof(*node->buckets)) :
			    NULL;
	for (struct node *c = node->literals; c; c = next) {
		struct node **at = bucket(node, c->component);

		next = c->next;
		c->next = *at;
		*at = c;
		index_children(arena, c);
	}
	node->literals = NULL;
	for (struct node *c = node->patterns; c; c = c->next)
		index_children(arena, c);
}

struct path_trie *path_trie_new(struct arena *arena, const struct span *paths,
				size_t n)
{
	struct path_trie *trie = arena_zalloc(arena, sizeof(*trie));

	for (size_t i = 0; i < n; i++)
		insert(arena, trie, paths[i]);
	index_children(arena, &trie->root);
	return trie;
}

static bool has_prefix(const struct node *node, struct span rest);

static bool literal_has_prefix(const struct node *node, struct span component,
			       struct span rest)
{
	struct node *c = node->nbuckets ? *bucket(node, component) : NULL;

	while (c && !span_eq(c->component, component))
		c = c->next;
	return c && has_prefix(c, rest);
}

/* As deep as the operand that was inserted: at most 256 bytes of path. */
static bool has_prefix(const struct node *node, struct span rest)
{
	struct span component;

	if (node->is_end)
		return true;
	if (!next_component(&rest, &component))
		return false;
	if (literal_has_prefix(node, component, rest))
		return true;
	for (const struct node *c = node->patterns; c; c = c->next) {
		if (glob_match(c->component, component, false) &&
		    has_prefix(c, rest))
			return true;
	}
	return false;
}

bool path_trie_has_prefix_of(const struct path_trie *trie, struct span path)
{
	return has_prefix(&trie->root, path);
}
