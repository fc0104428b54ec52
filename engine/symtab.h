/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hash of names: text to pointer. It borrows the texts, which must outlive it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "span.h"

struct symtab_slot {
	struct span name;
	uint64_t hash; /* of the name */
	void *value; /* NULL: free */
};

struct symtab {
	struct symtab_slot *slots; /* owned; a power of two of them */
	size_t n, cap;
};

#define SYMTAB_INIT { NULL, 0, 0 }

/* The value of the name; NULL when there is none. */
void *symtab_get(const struct symtab *t, struct span name);

/* Sets the value (not NULL) of the name, replacing an earlier one. */
void symtab_set(struct symtab *t, struct span name, void *value);

/* Frees the table, not the values. For CLEANUP too. */
void symtab_done(struct symtab *t);
