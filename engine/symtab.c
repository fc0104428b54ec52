/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hash of names: open addressing, half full at most. Names come from rules
 * files; who crafts collisions slows down the loading of his own file only.
 */
#include "symtab.h"

#include <assert.h>

#include "alloc.h"

#include "text_hash.h"

/* The slot that has the name, or the free one where it belongs. */
static struct symtab_slot *slot_find(const struct symtab *t, struct span name,
				     uint64_t hash)
{
	size_t i = (size_t)hash & (t->cap - 1);

	while (t->slots[i].value && (t->slots[i].hash != hash ||
				     !span_eq(t->slots[i].name, name)))
		i = (i + 1) & (t->cap - 1);
	return &t->slots[i];
}

void *symtab_get(const struct symtab *t, struct span name)
{
	return t->cap ? slot_find(t, name, text_hash(name))->value : NULL;
}

static void symtab_grow(struct symtab *t)
{
	struct symtab old = *t;

	t->cap = old.cap ? old.cap * 2 : 64;
	t->slots = xcalloc(t->cap, sizeof(*t->slots));
	for (size_t i = 0; i < old.cap; i++)
		if (old.slots[i].value)
			*slot_find(t, old.slots[i].name, old.slots[i].hash) =
				old.slots[i];
	free(old.slots);
}

void symtab_set(struct symtab *t, struct span name, void *value)
{
	uint64_t hash = text_hash(name);
	struct symtab_slot *slot;

	assert(value);
	if (t->n * 2 >= t->cap)
		symtab_grow(t);

	slot = slot_find(t, name, hash);
	if (!slot->value)
		t->n++;
	*slot = (struct symtab_slot){ name, hash, value };
}

void symtab_done(struct symtab *t)
{
	free(t->slots);
	*t = (struct symtab)SYMTAB_INIT;
}
