/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shows: nothing | an honest program
 * beside: the same
 *
 * It reads the list of users, makes a file of its own, forks, talks
 * over a pipe and a unix socket, and waits. No rule has anything to say about it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A child sends a byte through a socket pair. */
static int talk(void)
{
	int pair[2], status;
	char byte;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return 1;
	pid = fork();
	if (pid == 0)
		_exit(write(pair[1], "x", 1) == 1 ? 0 : 1);
	if (pid < 0 || read(pair[0], &byte, 1) != 1)
		return 1;
	if (waitpid(pid, &status, 0) != pid)
		return 1;
	close(pair[0]);
	close(pair[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(void)
{
	char path[] = "/tmp/falco-run-quiet-XXXXXX";
	int users, fd;

	users = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	fd = mkstemp(path);
	if (users < 0 || fd < 0)
		return 1;
	if (fchmod(fd, 0644) < 0 || unlink(path) < 0)
		return 1;
	close(users);
	close(fd);
	if (talk())
		return 1;
	puts("quiet: did nothing of note");
	return 0;
}
