/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Children whom their maker hides from tracers (CLONE_UNTRACED), made by clone(2) and
 * clone3(2); what they run, and whom they make, is seen like anybody's. Who is refused
 * clone3(2) takes clone(2), as the C library does.
 * EVENTS 6: evt.type=openat and fd.name=/dev/null
 * EVENTS 2: evt.type=execve and evt.rawres=0 and proc.name=true
 */
#include "torture.h"

#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>

static pid_t make(void)
{
	return (pid_t)syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, 0, 0, 0, 0);
}

static pid_t make3(void)
{
	struct clone_args args = { .flags = CLONE_UNTRACED,
				   .exit_signal = SIGCHLD };
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

	return pid < 0 && errno == ENOSYS ? make() : pid;
}

static void child(void)
{
	pid_t pid;

	open_times("/dev/null", 2);
	pid = fork();
	MUST(pid >= 0);
	if (pid == 0) {
		open_times("/dev/null", 1);
		execl("/bin/true", "true", NULL);
	}
	reap_exit(pid, 0);
	_exit(7);
}

int main(void)
{
	pid_t (*const ways[])(void) = { make, make3 };

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		pid_t pid = ways[i]();

		MUST(pid >= 0);
		if (pid == 0)
			child();
		reap_exit(pid, 7);
	}
	puts("done");
	return 0;
}
