/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bump arena: many small allocations with one lifetime. One lives as long as a
 * loaded ruleset, another is reset after every stop. Memory is never returned
 * piecewise; a reset keeps the newest block, so a loop over stops settles on no
 * allocation at all. Of what many have at once the first block may be smaller; each
 * next one is twice the last, up to the usual size.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "alloc.h"

struct arena_block {
	struct arena_block *next;
	size_t used;
	size_t size;
	_Alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	struct arena_block *head;
	size_t first; /* the size of the first block; 0: ARENA_BLOCK */
};

#define ARENA_INIT { .head = NULL }
#define ARENA_BLOCK 16384

/* The size of the block that comes next. */
static inline size_t arena_next(const struct arena *a)
{
	size_t size = a->head ? a->head->size * 2 : a->first;

	return size && size < ARENA_BLOCK ? size : ARENA_BLOCK;
}

/* A block with room for `need` bytes; for arena_alloc() alone. */
static inline struct arena_block *arena_block_new(const struct arena *a,
						  size_t need)
{
	size_t next = arena_next(a), size = need > next ? need : next;
	struct arena_block *b = xmalloc(sizeof(*b) + size);

	b->next = NULL;
	b->used = 0;
	b->size = size;
	return b;
}

/* n bytes, aligned for any type, not cleared; valid until reset or done. */
static inline void *arena_alloc(struct arena *a, size_t n)
{
	size_t need = (n + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
	void *p;

	if (need < n)
		abort();
	if (!a->head || a->head->size - a->head->used < need) {
		struct arena_block *b = arena_block_new(a, need);

		b->next = a->head;
		a->head = b;
	}
	p = a->head->bytes + a->head->used;
	a->head->used += need;
	return p;
}

/* As arena_alloc, cleared. */
static inline void *arena_zalloc(struct arena *a, size_t n)
{
	return memset(arena_alloc(a, n), 0, n);
}

/* A NUL-terminated copy of n bytes. */
static inline char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *p = arena_alloc(a, n + 1);

	if (n)
		memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

/* A copy of a string. */
static inline char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

/* printf(3) into the arena; ret_n, when not NULL, gets the length. */
__attribute__((format(printf, 3, 4))) static inline char *
arena_printf(struct arena *a, size_t *ret_n, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	p = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	if (ret_n)
		*ret_n = (size_t)n;
	return p;
}

/* Forgets every allocation, keeping one block for the next round. */
static inline void arena_reset(struct arena *a)
{
	struct arena_block *b = a->head ? a->head->next : NULL;

	while (b) {
		struct arena_block *next = b->next;

		free(b);
		b = next;
	}
	if (a->head) {
		a->head->next = NULL;
		a->head->used = 0;
	}
}

/* Returns all memory; the arena may be used again. For CLEANUP too. */
static inline void arena_done(struct arena *a)
{
	arena_reset(a);
	free(a->head);
	a->head = NULL;
}
