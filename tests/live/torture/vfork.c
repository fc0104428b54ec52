/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vfork(2): the child runs in its parent's memory, which sleeps until the exec.
 * EVENTS 30: evt.type=execve and evt.res=SUCCESS and proc.exe=again
 * EVENTS 30: evt.type=execve and evt.res=ENOENT and evt.arg.exe=/nonexistent
 * EVENTS 60: evt.type in (vfork, clone) and evt.rawres > 0
 * EVENTS 60: evt.type in (vfork, clone) and evt.rawres = 0
 */
#include "torture.h"

static volatile int told;

static void once(int i)
{
	pid_t pid = vfork();

	if (!pid) {
		told = i;
		if (i % 2) {
			execl("/proc/self/exe", "again", "5", (char *)NULL);
			_exit(99);
		}
		execl("/nonexistent", "/nonexistent", (char *)NULL);
		_exit(errno == ENOENT ? 6 : 98);
	}
	MUST(pid > 0);
	MUST(told == i);
	reap_exit(pid, i % 2 ? 5 : 6);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return (int)strtol(argv[1], NULL, 10);
	for (int i = 0; i < 60; i++)
		once(i);
	printf("60 children\n");
	return 0;
}
