/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shows: 7 | a program is run whose file has been removed
 * beside: the file is removed afterwards
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* A copy of true(1) at a new name, closed for writing; its descriptor or -1. */
static int copy_program(char *path)
{
	int in = open("/bin/true", O_RDONLY | O_CLOEXEC);
	int out = mkstemp(path);
	int copied = in >= 0 && out >= 0;

	while (copied && sendfile(out, in, NULL, 1 << 20) > 0)
		;
	if (!copied || fchmod(out, 0700) < 0)
		return -1;
	close(in);
	close(out);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static void run(int fd)
{
	static char name[] = "deleted";
	char *const argv[] = { name, NULL };
	pid_t pid = fork();

	if (pid == 0) {
		fexecve(fd, argv, environ);
		_exit(127);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
	char path[] = "/tmp/falco-run-deleted-XXXXXX";
	int fd;

	if (argc > 1 && strcmp(argv[1], "benign") == 0) {
		fd = open("/bin/true", O_RDONLY | O_CLOEXEC);
		run(fd);
		puts("deleted_exec: ran a program that is still there");
		return 0;
	}
	fd = copy_program(path);
	unlink(path);
	run(fd);
	puts("deleted_exec: ran a program that is not there");
	return 0;
}
