/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Group stops: a process and all its threads stop amid followed calls, their parent
 * is told, they go on; a stop that comes twice, a stop by themselves, SIGCONT with
 * a handler, a stopped one that is killed.
 * EVENTS some: evt.type=openat and fd.name=/dev/null
 * EVENTS 100: evt.type=openat and fd.name=/dev/zero and evt.res=SUCCESS
 * EVENTS any: evt.type in (nanosleep, clock_nanosleep, kill, tgkill, read)
 */
#include "torture.h"

#include <pthread.h>
#include <signal.h>

static volatile sig_atomic_t conts;

static void on_cont(int sig)
{
	(void)sig;
	conts++;
}

static void *open_for_ever(void *arg)
{
	for (;;)
		open_times("/dev/null", 1);
	return arg;
}

static void expect_stop(pid_t pid, int sig)
{
	int status;

	MUST(waitpid(pid, &status, WUNTRACED) == pid);
	MUST(WIFSTOPPED(status) && WSTOPSIG(status) == sig);
}

static void expect_continued(pid_t pid)
{
	int status;

	MUST(waitpid(pid, &status, WCONTINUED) == pid);
	MUST(WIFCONTINUED(status));
}

static char state_of(pid_t pid)
{
	char path[64], line[512];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY);
	n = read(fd, line, sizeof(line) - 1);
	close(fd);
	MUST(n > 0);
	line[n] = '\0';
	return strrchr(line, ')')[2];
}

/* Stopped means stopped, for whoever looks ('t' where somebody traces). */
static void stop_and_go(int sig)
{
	pthread_t id;
	pid_t pid = fork();

	if (!pid) {
		for (int i = 0; i < 3; i++)
			pthread_create(&id, NULL, open_for_ever, NULL);
		open_for_ever(NULL);
	}
	for (int i = 0; i < 10; i++) {
		nap_ms(3);
		kill(pid, sig);
		expect_stop(pid, sig);
		MUST(strchr("Tt", state_of(pid)));
		kill(pid, SIGCONT);
		expect_continued(pid);
	}
	kill(pid, sig);
	expect_stop(pid, sig);
	kill(pid, SIGKILL);
	MUST(WIFSIGNALED(reap(pid)));
	printf("stopped by signal %d and continued, ten times\n", sig);
}

/* The next stop must not come before this one's end has been waited for. */
static int gate[2];

static void pass_gate(void)
{
	char c;

	MUST(read(gate[0], &c, 1) == 1);
}

static void open_gate(void)
{
	MUST(write(gate[1], "x", 1) == 1);
}

static void stops_itself(void)
{
	pid_t pid = fork();

	if (!pid) {
		signal(SIGCONT, on_cont);
		for (int i = 0; i < 10; i++) {
			open_times("/dev/zero", 10);
			raise(SIGSTOP);
			pass_gate();
		}
		_exit((int)conts);
	}
	for (int i = 0; i < 10; i++) {
		expect_stop(pid, SIGSTOP);
		kill(pid, SIGCONT);
		expect_continued(pid);
		open_gate();
	}
	reap_exit(pid, 10);
	printf("stopped itself ten times\n");
}

/* A sleep that a stop divides is one sleep. */
static void sleeps_through_a_stop(void)
{
	pid_t pid = fork();

	if (!pid) {
		struct timespec t = { 0, 200000000 };
		long before = now_ms();
		int r = nanosleep(&t, NULL);

		_exit(r ? 1 : now_ms() - before < 195 ? 2 : 0);
	}
	nap_ms(40);
	kill(pid, SIGSTOP);
	expect_stop(pid, SIGSTOP);
	nap_ms(40);
	kill(pid, SIGCONT);
	expect_continued(pid);
	reap_exit(pid, 0);
	printf("slept through a stop\n");
}

static volatile sig_atomic_t codes[3];

static void on_child(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	codes[0] += info->si_code == CLD_STOPPED;
	codes[1] += info->si_code == CLD_CONTINUED;
	codes[2] += info->si_code == CLD_EXITED;
}

static void await_code(int which)
{
	for (int i = 0; i < 1000 && !codes[which]; i++)
		nap_ms(1);
}

/* What SIGCHLD says of a child, and nothing of stops that are not its own. */
static void parent_is_told(void)
{
	struct sigaction sa = { .sa_sigaction = on_child,
				.sa_flags = SA_SIGINFO | SA_RESTART };
	pid_t pid;

	sigaction(SIGCHLD, &sa, NULL);
	pid = fork();
	if (!pid) {
		signal(SIGCHLD, SIG_DFL);
		open_times("/dev/null", 20);
		raise(SIGSTOP);
		pass_gate();
		open_times("/dev/null", 20);
		_exit(0);
	}
	expect_stop(pid, SIGSTOP);
	kill(pid, SIGCONT);
	expect_continued(pid);
	/* A status may be had before its signal has come, and two signals may be one. */
	await_code(1);
	open_gate();
	reap_exit(pid, 0);
	await_code(2);
	signal(SIGCHLD, SIG_DFL);
	printf("told: %d stopped, %d continued, %d exited\n", (int)codes[0],
	       (int)codes[1], (int)codes[2]);
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	MUST(!pipe(gate));
	stop_and_go(SIGSTOP);
	stops_itself();
	sleeps_through_a_stop();
	parent_is_told();
	return 0;
}
