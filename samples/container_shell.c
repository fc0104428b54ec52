/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shows: 12 | somebody gets a shell with a terminal in a container
 * beside: a program that is no shell gets one
 * container: yes
 */
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void run_on_a_terminal(const char *program, const char *option)
{
	char text[256];
	int terminal, status;
	pid_t pid = forkpty(&terminal, NULL, NULL, NULL);

	if (pid == 0) {
		execlp(program, program, option, "exit 0", NULL);
		_exit(127);
	}
	while (pid > 0 && read(terminal, text, sizeof(text)) > 0)
		;
	if (pid > 0)
		waitpid(pid, &status, 0);
}

static void misbehave(void)
{
	run_on_a_terminal("sh", "-c");
}

static void behave(void)
{
	run_on_a_terminal("echo", "-n");
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "benign") == 0)
		behave();
	else
		misbehave();
	puts("container_shell: done");
	return 0;
}
