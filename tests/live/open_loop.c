/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The workload of tests/live/monitor.sh: opens files for so long, and at least so many,
 * counts what went wrong, and tells at the end. Every eighth file is one that a rule
 * wants confirmed. It says "started" in a file first, so that the test knows when to
 * strike.
 *
 *   open_loop MILLISECONDS STARTED-FILE WATCHED-FILE
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define AT_LEAST 200

static long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int say_started(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0)
		return -1;
	if (write(fd, "x\n", 2) != 2)
		return -1;
	return close(fd);
}

int main(int argc, char **argv)
{
	long end, n = 0, failed = 0;
	int first_error = 0;

	if (argc != 4 || say_started(argv[2]) < 0)
		return 2;
	end = milliseconds() + strtol(argv[1], NULL, 10);
	while (milliseconds() < end || n < AT_LEAST) {
		const char *path = ++n % 8 ? "/etc/passwd" : argv[3];
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		if (fd < 0) {
			failed++;
			first_error = first_error ? first_error : errno;
			continue;
		}
		close(fd);
	}
	printf("%ld failed%s%s\n", failed, failed ? ": " : "",
	       failed ? strerror(first_error) : "");
	return failed ? 1 : 0;
}
