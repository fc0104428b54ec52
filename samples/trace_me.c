/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shows: ptrace | a program sees to it that nobody else can debug it
 * beside: a program asks who its parent is
 * differs: evt.res
 */
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static void misbehave(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		_exit(0);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static void behave(void)
{
	getppid();
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "benign") == 0)
		behave();
	else
		misbehave();
	puts("trace_me: done");
	return 0;
}
