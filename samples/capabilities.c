/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shows: capabilities | a program hands a capability on, and makes itself root
 * beside: it asks who it is
 */
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static void misbehave(void)
{
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0);
	if (setuid(0) < 0)
		puts("capabilities: no");
}

static void behave(void)
{
	getuid();
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "benign") == 0)
		behave();
	else
		misbehave();
	puts("capabilities: done");
	return 0;
}
