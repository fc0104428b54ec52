/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shows: 7 | a program is run that has no file
 * beside: the program is put into memory, and its file run
 *
 * The bytes are those of true(1), in memory that memfd_create gives.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* A descriptor of memory that holds true(1), or -1. */
static int load_program(void)
{
	char piece[65536];
	ssize_t got;
	int in, fd;

	in = open("/bin/true", O_RDONLY | O_CLOEXEC);
	fd = memfd_create("payload", MFD_CLOEXEC);
	if (in < 0 || fd < 0)
		return -1;
	while ((got = read(in, piece, sizeof(piece))) > 0)
		if (write(fd, piece, (size_t)got) != got)
			return -1;
	close(in);
	return got < 0 ? -1 : fd;
}

int main(int argc, char **argv_given)
{
	static char name[] = "payload";
	char *const argv[] = { name, NULL };
	int fd, status = 0;
	pid_t pid;

	fd = load_program();
	if (fd < 0)
		return 1;
	pid = fork();
	if (pid == 0) {
		if (argc > 1 && strcmp(argv_given[1], "benign") == 0)
			execv("/bin/true", argv);
		fexecve(fd, argv, environ);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 1;
	puts("fileless_exec: ran a program");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
