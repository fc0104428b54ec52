/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree of a condition: making nodes and comparing trees. It knows no field and
 * no type.
 */
#include "ast.h"

#include "arena.h"

#include "text_hash.h"

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
static inline void hash_child(struct ast_hash *h, struct ast_hash child)
{
	h->a = (h->a ^ child.a) * UINT64_C(0x100000001b3);
	h->a ^= h->a >> 32;
	h->b = (h->b + child.b + 8) * UINT64_C(0x9e3779b97f4a7c15);
	h->b ^= h->b >> 29;
}

static inline void hash_word(struct ast_hash *h, uint64_t word)
{
	hash_child(h, (struct ast_hash){ word, word });
}

static inline void hash_text(struct ast_hash *h, struct span s)
{
	for (size_t i = 0; i + 8 < s.n; i += 8)
		hash_word(h, word_at(s.data + i));
	if (s.n)
		hash_word(h, last_word(s));
}

/* What a node is beside its texts and children: in one word for texts of up to 64
 * megabytes, the longest that are read. */
static inline void hash_head(struct ast_hash *h, const struct ast *node,
			     size_t ntext)
{
	hash_word(h, (uint64_t)node->kind | (uint64_t)node->op << 4 |
			     (uint64_t)node->modifier << 9 |
			     (uint64_t)(node->arg.data != NULL) << 11 |
			     (uint64_t)ntext << 12 |
			     (uint64_t)node->arg.n << 38);
	if (node->n)
		hash_word(h, node->n);
}

static struct ast_hash hash_of(const struct ast *node)
{
	struct ast_hash h = { UINT64_C(0xcbf29ce484222325), 0 };
	/* A check's text is its operator as written: = and == are the same. */
	struct span text = node->kind == AST_CHECK ? SPAN("") : node->text;

	_Static_assert(AST_LIST < 1 << 4 && OP_COUNT <= 1 << 5 &&
			       MODIFIER_COUNT <= 1 << 2,
		       "a node's head fits its word");

	hash_head(&h, node, text.n);
	hash_text(&h, text);
	hash_text(&h, node->arg);
	for (size_t i = 0; i < node->n; i++) {
		const struct ast *item = node->items[i];

		/* Values come by the hundred, and nobody asks for their own. */
		if (item->kind != AST_VALUE) {
			hash_child(&h, ast_hash(item));
			continue;
		}
		hash_head(&h, item, item->text.n);
		hash_text(&h, item->text);
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
