/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shows: 5 | a file is made to run with its owner's rights
 * beside: a file is made executable
 *
 * The file is empty and is removed again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int benign = argc > 1 && strcmp(argv[1], "benign") == 0;
	char path[] = "/tmp/falco-run-setuid-XXXXXX";
	int fd;

	fd = mkstemp(path);
	if (fd < 0)
		return 1;
	if (chmod(path, benign ? 0755 : 04755) < 0 || fchmod(fd, 0600) < 0)
		return 1;
	unlink(path);
	close(fd);
	puts("setuid_bit: set its mode and removed the file");
	return 0;
}
