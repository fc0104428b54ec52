/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that will be needed for sure, had at once. The kernel gives memory page by
 * page on first touch, and on virtual machines each of these faults may cost more than
 * ten times what a page costs that is asked for with others; a program that waits
 * for its start pays for them.
 */
#pragma once

#include <stddef.h>

/* What a byte of rules takes in memory until it is loaded, by experience. */
#define HEAP_OF_RULES 28

/*
 * Has malloc(3) hold `n` bytes ready: in large pages, which are had as they are needed,
 * or, where the kernel gives none, in small ones that are had at once. What is not used
 * stays for later. Returns a block that keeps the space before them from being used: to
 * be freed when what was made of them is. NULL: none.
 */
void *heap_prepare(size_t n);
