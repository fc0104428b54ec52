/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shows: 1 | a disk is mounted in a container
 * beside: what is mounted is looked at
 * container: yes
 */
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

static void misbehave(void)
{
	/* There is no such disk; asking is what counts. */
	if (mount("/dev/sda1", "/mnt", "ext4", MS_RDONLY, "") == 0)
		umount("/mnt");
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
	puts("disk_mount: done");
	return 0;
}
