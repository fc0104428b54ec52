/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Leaves a door open: gives a file of its own the set-user-ID bit. The file is empty
 * and is removed again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
	char path[] = "/tmp/falco-run-setuid-XXXXXX";
	int fd;

	fd = mkstemp(path);
	if (fd < 0)
		return 1;
	if (chmod(path, 04755) < 0 || fchmod(fd, 0600) < 0)
		return 1;
	unlink(path);
	close(fd);
	puts("setuid_bit: set the bit and removed the file");
	return 0;
}
