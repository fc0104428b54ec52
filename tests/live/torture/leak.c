/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LeakSanitizer, which traces its own process from a clone of it as that ends: it
 * finds the leak and fails the program for it.
 * EVENTS 1: evt.type=openat and fd.name=/dev/null
 * ENGINES notify
 * LIBRARY -fsanitize=leak
 */
#include "torture.h"

static void *volatile lost;

int main(void)
{
	open_times("/dev/null", 1);
	lost = malloc(1234);
	lost = NULL;
	printf("lost\n");
	return 0;
}
