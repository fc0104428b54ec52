/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shows: 8 | a program starts a shell, as one does that was made to by its input
 * beside: it starts another program
 */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int status = 0;
	pid_t pid;

	pid = fork();
	if (pid < 0)
		return 1;
	if (pid == 0) {
		if (argc > 1 && strcmp(argv[1], "benign") == 0)
			execl("/bin/echo", "echo", "hello", NULL);
		execl("/bin/sh", "sh", "-c", "echo hello from a shell", NULL);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
