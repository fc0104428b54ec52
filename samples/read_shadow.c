/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the password database, or the file named on the command line, as a thief of
 * passwords does. As an ordinary user the open fails, and it says so.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : "/etc/shadow";
	char text[4096];
	ssize_t got;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		printf("read_shadow: %s: %s\n", path, strerror(errno));
		return 0;
	}
	got = read(fd, text, sizeof(text));
	printf("read_shadow: %s: read %s\n", path, got < 0 ? "nothing" : "it");
	close(fd);
	return 0;
}
