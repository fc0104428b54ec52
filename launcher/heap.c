/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Through malloc's own top, which a block as large as what is wanted shows, and which
 * then grows from the first boundary of a large page after it.
 */
#include "heap.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* In linux/mman.h of 5.14; elsewhere it is refused, and pages come one by one. */
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

#define LARGE_PAGE ((size_t)1 << 21)
/* What malloc may put before a block. */
#define HEADER (2 * sizeof(size_t))

/* The neighbour of a page that has been touched is there too: they are one. */
static bool is_large(char *at, size_t page)
{
	unsigned char resident = 0;

	*(volatile char *)at = 0;
	return !mincore(at + page, page, &resident) && resident & 1;
}

void *heap_prepare(size_t n)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t gap, whole = (n + LARGE_PAGE - 1) & ~(LARGE_PAGE - 1);
	char *top;

	/* Else it would be a mapping of its own, or be given back to the kernel. */
	mallopt(M_MMAP_THRESHOLD, 1 << 28);
	mallopt(M_TRIM_THRESHOLD, 1 << 28);
	top = malloc(whole + LARGE_PAGE);
	if (!n || !top)
		return top;
	gap = -(uintptr_t)top & (LARGE_PAGE - 1);
	madvise(top + gap, whole, MADV_HUGEPAGE);
	if (!is_large(top + gap, page))
		madvise(top + gap, n & -page, MADV_POPULATE_WRITE);
	free(top);
	return gap > HEADER ? malloc(gap - HEADER) : NULL;
}
