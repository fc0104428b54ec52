/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tree 120 processes deep, in which each waits for its child and hands on what it
 * ended with.
 * EVENTS 120: evt.type=openat and fd.name=/dev/null
 * EVENTS 1: evt.type=openat and fd.name=/dev/zero and proc.aname[7]=deep
 */
#include "torture.h"

static int descend(int depth)
{
	int status;
	pid_t pid;

	open_times("/dev/null", 1);
	if (depth == 1) {
		open_times("/dev/zero", 1);
		return 1;
	}
	pid = fork();
	if (!pid)
		_exit(descend(depth - 1));
	status = reap(pid);
	MUST(WIFEXITED(status));
	return (WEXITSTATUS(status) + 1) % 256;
}

int main(void)
{
	printf("%d\n", descend(120));
	return 0;
}
