/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arrays and texts that grow inside an arena: doubled when full, so that a rules
 * file which appends a million times to one thing costs twice its size and not its
 * square. What they outgrow stays in the arena until all of it goes.
 */
#pragma once

#include <string.h>

#include "arena.h"
#include "array.h"
#include "span.h"

/* Room for one more item of `size` bytes; for grow_push() and text_append(). */
static inline void *grow_room(struct arena *a, void *items, size_t n,
			      size_t *cap, size_t size)
{
	void *bigger;

	if (n < *cap)
		return items;
	*cap = n < 4 ? 8 : n * 2;
	bigger = arena_alloc(a, *cap * size);
	if (n)
		memcpy(bigger, items, n * size);
	return bigger;
}

/* As array_push(), for an ARRAY() whose memory is the arena's. */
#define grow_push(arena, a) \
	({ \
		(a)->items = grow_room(arena, (a)->items, (a)->n, &(a)->cap, \
				       sizeof(*(a)->items)); \
		memset(&(a)->items[(a)->n], 0, sizeof(*(a)->items)); \
		&(a)->items[(a)->n++]; \
	})

struct text {
	char *data;
	size_t n, cap;
};

/* The text as a span, valid until the next append. */
static inline struct span text_span(const struct text *t)
{
	return span_make(t->data ? t->data : "", t->n);
}

/* Replaces the text by a copy. */
static inline void text_set(struct arena *a, struct text *t, struct span s)
{
	*t = (struct text){ arena_strndup(a, s.data, s.n), s.n, s.n };
}

/* Appends a copy of s after one space, if there is anything to append. */
static inline void text_append(struct arena *a, struct text *t, struct span s)
{
	if (!s.n)
		return;
	if (t->cap - t->n < s.n + 1) {
		t->cap = (t->n + s.n + 1) * 2;
		t->data = memcpy(arena_alloc(a, t->cap), text_span(t).data,
				 t->n);
	}
	t->data[t->n] = ' ';
	memcpy(t->data + t->n + 1, s.data, s.n);
	t->n += s.n + 1;
}
