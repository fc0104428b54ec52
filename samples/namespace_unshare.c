/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shows: 2 | a program makes a namespace of its own
 * beside: a program stops sharing its descriptors, which is none
 */
#include <sched.h>
#include <stdio.h>
#include <string.h>

static void misbehave(void)
{
	unshare(CLONE_NEWUTS);
}

static void behave(void)
{
	unshare(CLONE_FILES);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "benign") == 0)
		behave();
	else
		misbehave();
	puts("namespace_unshare: done");
	return 0;
}
