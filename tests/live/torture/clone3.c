/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clone3(2) with what only it can say, and clone(2) with flags that libraries do not
 * use: shared tables, no exit signal, a descriptor of the child, a sibling.
 * EVENTS 5: evt.type=clone3 and evt.rawres > 0
 * EVENTS 5: evt.type=clone3 and evt.rawres = 0
 * EVENTS 1: evt.type=clone3 and evt.rawres=-22
 * EVENTS 5: evt.type=openat and fd.name=/dev/null
 */
#include "torture.h"

#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>

static pid_t clone3(struct clone_args *args)
{
	return (pid_t)syscall(SYS_clone3, args, sizeof(*args));
}

static void child(int code)
{
	open_times("/dev/null", 1);
	_exit(code);
}

static void plain(void)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	pid_t pid = clone3(&args);

	if (!pid)
		child(1);
	reap_exit(pid, 1);
	printf("plain\n");
}

static void silent(void)
{
	struct clone_args args = { .flags = CLONE_FS };
	int status;
	pid_t pid = clone3(&args);

	if (!pid)
		child(2);
	MUST(waitpid(pid, &status, 0) < 0 && errno == ECHILD);
	reap_exit(pid, 2);
	printf("without exit signal\n");
}

static void with_pidfd(void)
{
	int fd = -1;
	struct clone_args args = { .flags = CLONE_PIDFD,
				   .pidfd = (unsigned long)&fd,
				   .exit_signal = SIGCHLD };
	struct pollfd p = { .events = POLLIN };
	siginfo_t info = { 0 };
	pid_t pid = clone3(&args);

	if (!pid)
		child(3);
	p.fd = fd;
	MUST(poll(&p, 1, 10000) == 1);
	MUST(!waitid(P_PIDFD, (id_t)fd, &info, WEXITED));
	MUST(info.si_pid == pid && info.si_status == 3);
	close(fd);
	printf("with a descriptor\n");
}

/* The descriptor that it opens is ours too. */
static void shared_files(void)
{
	struct clone_args args = { .flags = CLONE_FILES,
				   .exit_signal = SIGCHLD };
	int fd = dup(1);
	pid_t pid = clone3(&args);

	if (!pid) {
		close(fd);
		child(4);
	}
	reap_exit(pid, 4);
	MUST(fcntl(fd, F_GETFD) < 0 && errno == EBADF);
	printf("with shared files\n");
}

static void sibling(void)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	pid_t parent = getpid();
	pid_t first = fork(), second;

	if (!first) {
		args.flags = CLONE_PARENT;
		args.exit_signal = 0;
		second = clone3(&args);
		if (!second) {
			MUST(getppid() == parent);
			child(5);
		}
		_exit(second > 0 ? 0 : 1);
	}
	reap_exit(first, 0);
	MUST(waitpid(-1, &(int){ 0 }, __WALL) > 0);
	printf("a sibling\n");
}

static void wrong(void)
{
	struct clone_args args = { .flags = CLONE_SIGHAND,
				   .exit_signal = SIGCHLD };

	MUST(clone3(&args) < 0 && errno == EINVAL);
	printf("wrong flags\n");
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	plain();
	silent();
	with_pidfd();
	shared_files();
	sibling();
	wrong();
	return 0;
}
