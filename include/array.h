/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arrays: ARRAY_SIZE that refuses pointers, and a growable array of any type.
 *
 *	ARRAY(struct rule) rules = ARRAY_INIT;
 *	*array_push(&rules) = rule;
 *	for (size_t i = 0; i < rules.n; i++) ... rules.items[i] ...
 *	array_done(&rules);
 */
#pragma once

#include <string.h>

#include "alloc.h"

/* The number of elements of a true array; a pointer does not compile. */
#define ARRAY_SIZE(a) \
	(sizeof(a) / sizeof((a)[0]) + \
	 0 * sizeof(struct { \
		 int not_a_pointer : \
			 __builtin_types_compatible_p(__typeof__(a), \
						      __typeof__(&(a)[0])) ? \
			 -1 : \
			 1; \
	 }))

/* The type of a growable array of T. Anonymous unless given a tag first. */
#define ARRAY(T) \
	struct { \
		T *items; \
		size_t n; \
		size_t cap; \
	}
#define ARRAY_INIT { NULL, 0, 0 }

/* Room for one more item of `size` bytes; for array_push() alone. */
static inline void *array_grow_(void *items, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return items;
	*cap = *cap ? *cap * 2 : 8;
	return xreallocarray(items, *cap, size);
}

/* Room for one more; returns a pointer to it, cleared. */
#define array_push(a) \
	({ \
		(a)->items = array_grow_((a)->items, (a)->n, &(a)->cap, \
					 sizeof(*(a)->items)); \
		memset(&(a)->items[(a)->n], 0, sizeof(*(a)->items)); \
		&(a)->items[(a)->n++]; \
	})

/* Frees the storage (not what the elements own) and leaves an empty array. */
#define array_done(a) \
	do { \
		free((a)->items); \
		(a)->items = NULL; \
		(a)->n = (a)->cap = 0; \
	} while (0)
