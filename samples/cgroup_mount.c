/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shows: container escape | cgroups are mounted, the root directory left
 * beside: mounts are looked at
 */
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static void misbehave(void)
{
	/* No place to mount at, no place to go: asking is what counts. */
	mount("cgroup", "/proc/nowhere", "cgroup", 0, "memory");
	if (chroot("/host") == 0)
		puts("there is a /host here");
	mount("none", "/proc/nowhere", "tmpfs", 0, "");
}

static void behave(void)
{
	FILE *f = fopen("/proc/self/mounts", "re");

	if (f)
		fclose(f);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "benign") == 0)
		behave();
	else
		misbehave();
	puts("cgroup_mount: done");
	return 0;
}
