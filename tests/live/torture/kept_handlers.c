/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nobody is traced for handlers that ask for restarts, or for those of a shell that has one
 * program to run, or that waits for one after the other; and who was for others is not
 * after an exec, nor where its debugger comes.
 * ENGINES notify
 * EVENTS any: evt.type in (openat, open, execve)
 */
#include "torture.h"

#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>

static void on_signal(int sig)
{
	(void)sig;
}

static void handle(int sig, int flags)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = flags };

	MUST(!sigaction(sig, &sa, NULL));
}

/* Who traces this process; 0: nobody. */
static int tracer_of(const char *status)
{
	char line[128];
	FILE *f = fopen(status, "re");
	int pid = -1;

	MUST(f);
	while (fgets(line, sizeof(line), f) &&
	       sscanf(line, "TracerPid: %d", &pid) != 1)
		continue;
	fclose(f);
	return pid;
}

static int tracer(void)
{
	return tracer_of("/proc/self/status");
}

static pid_t fork_with(int sig, int flags)
{
	pid_t pid = fork();

	if (!pid)
		handle(sig, flags);
	return pid;
}

static void handlers_that_restart_are_no_reason(void)
{
	pid_t pid = fork_with(SIGUSR1, SA_RESTART);

	if (!pid) {
		open_times("/dev/null", 3);
		printf("restarts: %d\n", tracer());
		_exit(0);
	}
	reap_exit(pid, 0);
}

static void end_children(int times)
{
	for (int i = 0; i < times; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		reap_exit(pid, 0);
	}
}

static void who_only_waits_is_let_go(void)
{
	pid_t pid = fork_with(SIGCHLD, 0);
	char status[32];

	if (!pid) {
		open_times("/dev/null", 3);
		end_children(3);
		pid = fork();
		if (!pid) {
			snprintf(status, sizeof(status), "/proc/%d/status", getppid());
			printf("waits: %d\n", tracer_of(status));
			_exit(0);
		}
		reap_exit(pid, 0);
		open_times("/dev/null", 3);
		end_children(3);
		_exit(0);
	}
	reap_exit(pid, 0);
}

static void an_exec_ends_it(int sig)
{
	pid_t pid = fork_with(sig, 0);

	if (!pid) {
		if (sig == SIGUSR1)
			open_times("/dev/null", 3);
		exec_self("kept_handlers", "tell");
	}
	reap_exit(pid, 0);
}

static void a_debugger_comes(void)
{
	int go[2], status;
	pid_t pid;
	char c;

	MUST(!pipe(go));
	pid = fork_with(SIGUSR1, 0);
	if (!pid) {
		open_times("/dev/null", 3);
		MUST(write(go[1], "x", 1) == 1);
		for (;;)
			open_times("/dev/null", 1);
	}
	MUST(read(go[0], &c, 1) == 1);
	MUST(!ptrace(PTRACE_ATTACH, pid, NULL, NULL));
	MUST(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	MUST(!ptrace(PTRACE_DETACH, pid, NULL, NULL));
	MUST(!kill(pid, SIGKILL));
	MUST(WTERMSIG(reap(pid)) == SIGKILL);
	puts("attached, detached, killed");
}

static void it_asks_its_parent_to_trace_it(void)
{
	pid_t pid = fork_with(SIGUSR1, 0);
	int status;

	if (!pid) {
		open_times("/dev/null", 3);
		MUST(!ptrace(PTRACE_TRACEME, 0, NULL, NULL));
		open_times("/dev/null", 3);
		raise(SIGUSR2);
		_exit(4);
	}
	MUST(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	MUST(WSTOPSIG(status) == SIGUSR2);
	MUST(!ptrace(PTRACE_CONT, pid, NULL, NULL));
	reap_exit(pid, 4);
	puts("traced by its parent");
}

static int exec_asking(void *arg)
{
	(void)arg;
	exec_self("kept_handlers", "ask");
	return 1;
}

/* The thread is attached to by nobody, and takes the number of one who was. */
static void an_untraced_thread_execs(void)
{
	static char stack[65536];
	pid_t pid = fork_with(SIGUSR1, 0);

	if (!pid) {
		open_times("/dev/null", 3);
		MUST(clone(exec_asking, stack + sizeof(stack),
			   CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
				   CLONE_THREAD | CLONE_SYSVSEM | CLONE_UNTRACED,
			   NULL) > 0);
		for (;;)
			pause();
	}
	reap_exit(pid, 0);
}

static int ask(void)
{
	long r = ptrace(PTRACE_TRACEME, 0, NULL, NULL);

	printf("asked after another's exec: %ld\n", r ? (long)errno : 0);
	return 0;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	if (argc > 1 && !strcmp(argv[1], "ask"))
		return ask();
	if (argc > 1) {
		open_times("/dev/null", 3);
		printf("after the exec: %d\n", tracer());
		return 0;
	}
	handlers_that_restart_are_no_reason();
	who_only_waits_is_let_go();
	an_exec_ends_it(SIGUSR1);
	an_exec_ends_it(SIGCHLD);
	a_debugger_comes();
	it_asks_its_parent_to_trace_it();
	an_untraced_thread_execs();
	return 0;
}
