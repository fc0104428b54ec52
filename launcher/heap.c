/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Through malloc's own top: a block of the size is allocated at the end of the heap,
 * touched, and given back.
 */
#include "heap.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* In linux/mman.h of 5.14; elsewhere it is refused, and pages come one by one. */
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

void heap_prepare(size_t n)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t start, end;
	char *block;

	/* Else it would be a mapping of its own, or be given back to the kernel. */
	mallopt(M_MMAP_THRESHOLD, 1 << 28);
	mallopt(M_TRIM_THRESHOLD, 1 << 28);
	block = malloc(n);
	if (!block)
		return;
	start = ((uintptr_t)block + page - 1) & ~(page - 1);
	end = ((uintptr_t)block + n) & ~(page - 1);
	if (end > start)
		madvise(block + (start - (uintptr_t)block), end - start,
			MADV_POPULATE_WRITE);
	free(block);
}
