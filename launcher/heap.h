/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that will be needed for sure, had at once. The kernel gives memory page by
 * page on first touch, and on virtual machines each of these faults may cost more than
 * ten times what a page costs that is asked for with others; a program that waits
 * for its start pays for them.
 */
#pragma once

#include <stddef.h>

/*
 * Has malloc(3) hold `n` bytes ready, touched, in large pages where the kernel gives
 * them. What is not used stays for later. Returns a block that keeps the space before
 * them from being used: to be freed when what was made of them is. NULL: none.
 */
void *heap_prepare(size_t n);
