/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shows: ptrace | the memory of another process is opened
 * beside: what it says of itself is
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void open_of_a_child(const char *what)
{
	char path[64];
	pid_t pid = fork();
	int fd;

	if (pid == 0) {
		pause();
		_exit(0);
	}
	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, what);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void misbehave(void)
{
	open_of_a_child("mem");
}

static void behave(void)
{
	open_of_a_child("status");
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "benign") == 0)
		behave();
	else
		misbehave();
	puts("process_read: done");
	return 0;
}
