/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same pid again and again, for another program each time, or for another process
 * that calls as soon as the last one, who called a lot, is gone: nothing known of the one
 * is believed of the next.
 * EVENTS 50: evt.type=openat and fd.name=/dev/null and proc.exe=alpha
 * EVENTS 50: evt.type=openat and fd.name=/dev/zero and proc.exe=beta
 * EVENTS 0: evt.type=openat and fd.name=/dev/zero and proc.exe=alpha
 * EVENTS 0: evt.type=openat and fd.name=/dev/null and proc.exe=beta
 * EVENTS 100: evt.type=openat and fd.name=/dev/full and proc.name=rare
 * EVENTS 4000: evt.type=openat and fd.name=/dev/full and proc.name=busy
 * USER root
 */
#include "torture.h"

#include <linux/sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static pid_t clone_as(pid_t pid)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = pid > 0 ? (unsigned long)&pid : 0,
		.set_tid_size = pid > 0,
	};

	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

static pid_t next_life(pid_t wanted)
{
	pid_t pid;

	/* Whoever looks at the dead one for a moment holds its number. */
	for (int tries = 0; tries < 1000; tries++) {
		pid = clone_as(wanted);
		if (pid >= 0 || errno != EEXIST)
			break;
		nap_ms(1);
	}
	MUST(pid >= 0);
	return pid;
}

static pid_t once(pid_t wanted, int i)
{
	pid_t pid = next_life(wanted);

	if (!pid)
		exec_self(i % 2 ? "beta" : "alpha", i % 2 ? "/dev/zero" :
							    "/dev/null");
	reap_exit(pid, 3);
	return pid;
}

static pid_t open_as(pid_t wanted, const char *name, int times)
{
	pid_t pid = next_life(wanted);

	if (pid) {
		reap_exit(pid, 3);
		return pid;
	}
	prctl(PR_SET_NAME, name);
	open_times("/dev/full", times);
	_exit(3);
}

int main(int argc, char **argv)
{
	pid_t pid = 0, next;

	if (argc > 1) {
		open_times(argv[1], 1);
		return 3;
	}
	for (int i = 0; i < 100; i++) {
		next = once(pid, i);
		MUST(!pid || next == pid);
		pid = next;
	}
	for (int i = 0; i < 100; i++) {
		pid = open_as(0, "busy", 40);
		MUST(open_as(pid, "rare", 1) == pid);
	}
	printf("300 lives\n");
	return 0;
}
