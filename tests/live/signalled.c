/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals of every fate: caught, ignored, thrown away, deadly, sent by others and by
 * the kernel. Which of them are delivered, tests/live/events.sh says.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void heard(int sig)
{
	(void)sig;
}

static void wait_for(pid_t pid)
{
	if (pid < 0)
		exit(2);
	while (waitpid(pid, NULL, 0) < 0)
		continue;
}

static pid_t sleeper(void)
{
	pid_t pid = fork();

	while (!pid)
		pause();
	return pid;
}

int main(void)
{
	pid_t pid;

	signal(SIGUSR1, heard);
	signal(SIGHUP, SIG_IGN);
	raise(SIGUSR1);
	raise(SIGHUP);
	raise(SIGWINCH);
	pid = sleeper();
	kill(pid, SIGTERM);
	wait_for(pid);
	pid = sleeper();
	kill(pid, SIGKILL);
	wait_for(pid);
	pid = fork();
	if (!pid)
		abort();
	wait_for(pid);
	signal(SIGCHLD, heard);
	pid = fork();
	if (!pid)
		_exit(0);
	wait_for(pid);
	return 0;
}
