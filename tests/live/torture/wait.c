/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What wait(2) and SIGCHLD are defined to do, while all births, opens and ends are
 * asked for: nobody else's reaping shows, no wait is disturbed.
 * EVENTS some: evt.type in (clone, wait4, waitid)
 * EVENTS 21: evt.type=openat and fd.name=/dev/null
 */
#include "torture.h"

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>

static pid_t child(int code)
{
	pid_t pid = fork();

	if (!pid) {
		open_times("/dev/null", 1);
		_exit(code);
	}
	return pid;
}

static void in_order_of_asking(void)
{
	pid_t a = child(1), b = child(2), c = child(3);

	reap_exit(b, 2);
	reap_exit(a, 1);
	reap_exit(c, 3);
	MUST(wait(NULL) < 0 && errno == ECHILD);
	printf("in the order of asking\n");
}

static void left_and_taken(void)
{
	siginfo_t info = { 0 };
	pid_t pid = child(4);

	MUST(!waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT));
	MUST(info.si_status == 4 && info.si_code == CLD_EXITED);
	MUST(info.si_uid == getuid() && info.si_pid == pid);
	reap_exit(pid, 4);
	printf("looked at, then taken\n");
}

static void nobody_yet(void)
{
	int pipes[2], status = 77;
	pid_t pid;

	MUST(!pipe(pipes));
	pid = fork();
	if (!pid) {
		char c;

		open_times("/dev/null", 1);
		close(pipes[1]);
		_exit(read(pipes[0], &c, 1) ? 1 : 5);
	}
	MUST(waitpid(pid, &status, WNOHANG) == 0 && status == 77);
	close(pipes[1]);
	reap_exit(pid, 5);
	printf("nobody yet\n");
}

static void by_group(void)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		setpgid(0, 0);
		open_times("/dev/null", 1);
		_exit(6);
	}
	setpgid(pid, pid);
	MUST(waitpid(0, NULL, WNOHANG) < 0 && errno == ECHILD);
	MUST(waitpid(-pid, &status, 0) == pid && WEXITSTATUS(status) == 6);
	printf("by group\n");
}

static void nobody_is_left(void)
{
	struct sigaction sa = { .sa_handler = SIG_DFL,
				.sa_flags = SA_NOCLDWAIT };

	sigaction(SIGCHLD, &sa, NULL);
	child(1);
	child(2);
	MUST(wait(NULL) < 0 && errno == ECHILD);
	signal(SIGCHLD, SIG_IGN);
	child(3);
	MUST(wait(NULL) < 0 && errno == ECHILD);
	signal(SIGCHLD, SIG_DFL);
	printf("nobody is left\n");
}

static void used(void)
{
	struct rusage usage = { 0 };
	int status;
	pid_t pid = child(7);

	MUST(wait4(pid, &status, 0, &usage) == pid);
	MUST(usage.ru_maxrss > 0);
	printf("what it used\n");
}

static void by_descriptor(void)
{
	struct pollfd p = { .events = POLLIN };
	siginfo_t info = { 0 };
	pid_t pid = child(8);

	p.fd = (int)syscall(SYS_pidfd_open, pid, 0);
	MUST(p.fd >= 0 && poll(&p, 1, 10000) == 1);
	MUST(!waitid(P_PIDFD, (id_t)p.fd, &info, WEXITED));
	MUST(info.si_status == 8);
	printf("by descriptor\n");
}

static volatile sig_atomic_t told;

static void on_child(int sig)
{
	int saved = errno;

	(void)sig;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		told++;
	errno = saved;
}

static void in_a_handler(void)
{
	struct sigaction sa = { .sa_handler = on_child,
				.sa_flags = SA_RESTART | SA_NOCLDSTOP };

	sigaction(SIGCHLD, &sa, NULL);
	for (int i = 0; i < 10; i++)
		child(i);
	while (told < 10)
		nap_ms(1);
	signal(SIGCHLD, SIG_DFL);
	printf("ten in a handler\n");
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	in_order_of_asking();
	left_and_taken();
	nobody_yet();
	by_group();
	nobody_is_left();
	used();
	by_descriptor();
	in_a_handler();
	return 0;
}
