/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree of a condition: making nodes and comparing trees. It knows no field and
 * no type.
 */
#include "ast.h"

#include "arena.h"

struct ast *ast_new(struct arena *arena, enum ast_kind kind,
		    struct filter_pos pos)
{
	struct ast *node = arena_zalloc(arena, sizeof(*node));

	node->kind = kind;
	node->pos = pos;
	node->text = SPAN("");
	return node;
}

void ast_set_items(struct arena *arena, struct ast *node,
		   struct ast *const *items, size_t n)
{
	node->items = arena_alloc(arena, n * sizeof(*items));
	node->n = n;
	if (n)
		memcpy(node->items, items, n * sizeof(*items));
}

struct ast *ast_unary(struct arena *arena, enum ast_kind kind,
		      struct filter_pos pos, struct ast *child)
{
	struct ast *node = ast_new(arena, kind, pos);

	ast_set_items(arena, node, &child, 1);
	return node;
}

static bool same_node(const struct ast *a, const struct ast *b)
{
	bool is_check = a->kind == AST_CHECK;

	return a->kind == b->kind && a->n == b->n &&
	       !a->arg.data == !b->arg.data && span_eq(a->arg, b->arg) &&
	       (is_check ? a->op == b->op && a->modifier == b->modifier :
			   span_eq(a->text, b->text));
}

bool ast_equal(const struct ast *a, const struct ast *b)
{
	if (a == b)
		return true;
	if (!same_node(a, b))
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (!ast_equal(a->items[i], b->items[i]))
			return false;
	}
	return true;
}

/* Two multiplicative hashes, eight bytes at a time. */
static inline void hash_word(struct ast_hash *h, uint64_t word)
{
	h->a = (h->a ^ word) * UINT64_C(0x100000001b3);
	h->a ^= h->a >> 32;
	h->b = (h->b + word + 8) * UINT64_C(0x9e3779b97f4a7c15);
	h->b ^= h->b >> 29;
}

static inline uint64_t word_at(const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return word;
}

/* Fewer than eight bytes; how many is hashed with the head. */
static inline uint64_t short_word(const char *p, size_t n)
{
	uint64_t word = 0;

	for (size_t i = 0; i < n; i++)
		word = word << 8 | (unsigned char)p[i];
	return word;
}

/* The last word of a longer text overlaps the one before it. */
static inline void hash_text(struct ast_hash *h, struct span s)
{
	size_t i = 0;

	if (!s.n)
		return;
	for (; i + 8 < s.n; i += 8)
		hash_word(h, word_at(s.data + i));
	hash_word(h, s.n < 8 ? short_word(s.data, s.n) :
			       word_at(s.data + s.n - 8));
}

/* What a node is beside its texts and children, in two words. */
static inline void hash_head(struct ast_hash *h, const struct ast *node,
			     size_t ntext)
{
	uint64_t kind = (uint64_t)node->kind | (uint64_t)node->op << 8 |
			(uint64_t)node->modifier << 16 |
			(uint64_t)(node->arg.data != NULL) << 24;

	hash_word(h, kind | (uint64_t)node->n << 32);
	hash_word(h, ntext | (uint64_t)node->arg.n << 32);
}

static struct ast_hash hash_of(const struct ast *node)
{
	struct ast_hash h = { UINT64_C(0xcbf29ce484222325), 0 };
	/* A check's text is its operator as written: = and == are the same. */
	struct span text = node->kind == AST_CHECK ? SPAN("") : node->text;

	hash_head(&h, node, text.n);
	hash_text(&h, text);
	hash_text(&h, node->arg);
	for (size_t i = 0; i < node->n; i++) {
		struct ast_hash child = ast_hash(node->items[i]);

		hash_word(&h, child.a);
		hash_word(&h, child.b);
	}
	return h;
}

struct ast_hash ast_hash(const struct ast *node)
{
	struct ast *own = (struct ast *)(uintptr_t)node;

	if (!own->hash.a && !own->hash.b)
		own->hash = hash_of(node);
	return own->hash;
}
