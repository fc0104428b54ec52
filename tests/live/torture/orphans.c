/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parents that die before their children, five deep: every orphan is served, and
 * gets a new parent that reaps it.
 * EVENTS 40: evt.type=openat and fd.name=/dev/null
 */
#include "torture.h"

/* Each generation's parent dies at once. */
_Noreturn static void descend(int generations, int out)
{
	pid_t parent;

	for (int i = 0; i < generations; i++) {
		parent = getpid();
		if (fork())
			_exit(0);
		while (getppid() == parent)
			nap_ms(1);
		open_times("/dev/null", 1);
		MUST(write(out, "o", 1) == 1);
	}
	_exit(0);
}

int main(void)
{
	int pipes[2], n = 0;
	char c;

	MUST(!pipe(pipes));
	for (int i = 0; i < 8; i++) {
		pid_t pid = fork();

		if (!pid)
			descend(5, pipes[1]);
		reap_exit(pid, 0);
	}
	close(pipes[1]);
	while (read(pipes[0], &c, 1) == 1)
		n++;
	printf("%d orphans\n", n);
	return 0;
}
