/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shows: 15 | the password database is read
 * beside: the list of users is read
 *
 * Another file may be named on the command line. As an ordinary user the open fails,
 * and it says so.
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

	if (strcmp(path, "benign") == 0)
		path = "/etc/passwd";
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
