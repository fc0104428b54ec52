/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shows: 2 | a program enters a namespace that others live in
 * beside: it looks at which it is in
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void misbehave(void)
{
	int fd = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);

	setns(fd, CLONE_NEWUTS);
	close(fd);
}

static void behave(void)
{
	char name[64];

	if (readlink("/proc/self/ns/uts", name, sizeof(name)) < 0)
		puts("there are no namespaces here");
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "benign") == 0)
		behave();
	else
		misbehave();
	puts("namespace_setns: done");
	return 0;
}
