/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shows: ptrace | the memory of another process is written, and one taken over
 * beside: one's own memory is
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static void write_into(pid_t pid)
{
	static char target[1];
	char byte = 'x';
	struct iovec from = { &byte, 1 }, to = { target, 1 };

	process_vm_writev(pid, &from, 1, &to, 1, 0);
}

static void misbehave(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	write_into(pid);
	/* There is no such process: a debugger may be here already. */
	ptrace(PTRACE_SEIZE, 0x3ffffff, NULL, NULL);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void behave(void)
{
	memset(&(int){ 0 }, 1, sizeof(int));
	getpid();
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "benign") == 0)
		behave();
	else
		misbehave();
	puts("process_write: done");
	return 0;
}
