/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that makes threads and processes in every way there is: `family NAME
 * [NUMBER]`. It checks for itself that the kernel did what it does without a tracer,
 * and exits 0 then.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 4

static char *self;

/* The child has ended with this code, and no wait was disturbed. */
static int reap(pid_t pid, int code)
{
	int status;

	if (pid < 0)
		return errno;
	if (waitpid(pid, &status, 0) != pid)
		return errno;
	return !WIFEXITED(status) || WEXITSTATUS(status) != code;
}

static int forks(long n)
{
	int bad = 0;

	for (long i = 0; i < n && !bad; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit((int)(i & 0x7f));
		bad = reap(pid, (int)(i & 0x7f));
	}

	return bad;
}

static void *one(void *arg)
{
	return arg;
}

static int threads(long n)
{
	pthread_t id;
	void *got;

	for (long i = 0; i < n; i++) {
		if (pthread_create(&id, NULL, one, &got) ||
		    pthread_join(id, &got) || got != &got)
			return 1;
	}

	return 0;
}

static int vfork_once(int execs)
{
	char word[] = "leave", code[] = "3";
	char *const argv[] = { self, word, code, NULL };
	pid_t pid = vfork();

	if (!pid) {
		if (execs)
			execv(self, argv);
		_exit(3);
	}

	return reap(pid, 3);
}

static int vforks(long n)
{
	int bad = 0;

	for (long i = 0; i < n && !bad; i++)
		bad = vfork_once(i & 1);

	return bad;
}

static int spawns(long n)
{
	char word[] = "leave", code[] = "4";
	char *const argv[] = { self, word, code, NULL };
	int bad = 0;
	pid_t pid;

	for (long i = 0; i < n && !bad; i++) {
		bad = posix_spawn(&pid, self, NULL, NULL, argv, environ);
		if (!bad)
			bad = reap(pid, 4);
	}

	return bad;
}

static int fails(long n)
{
	for (long i = 0; i < n; i++) {
		if (syscall(SYS_clone, CLONE_NEWUSER | CLONE_FS | SIGCHLD, 0, 0,
			    0, 0) != -1 || errno != EINVAL)
			return 1;
	}

	return 0;
}

static int all(long n)
{
	return forks(n) || threads(n) || vforks(n) || spawns(n) || fails(n);
}

static void *fork_thread(void *n)
{
	return (void *)(long)forks((long)n);
}

/* Many callers at once: a child may be seen before its parent. */
static int crowd(long n)
{
	pthread_t ids[THREADS];
	long bad = 0;
	void *got;

	for (int i = 0; i < THREADS; i++)
		bad |= pthread_create(&ids[i], NULL, fork_thread, (void *)n);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(ids[i], &got);
		bad |= (long)got;
	}

	return (int)bad;
}

static void on_alarm(int sig)
{
	(void)sig;
}

/* Handlers that ask for restarts, as long as children are made. */
static int alarms(long n)
{
	const struct itimerval tick = { { 0, 700 }, { 0, 700 } };
	const struct sigaction action = { .sa_handler = on_alarm,
					  .sa_flags = SA_RESTART };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &tick, NULL);
	return forks(n);
}

/* Callers that are killed while they make children. */
static int killed(long n)
{
	int bad = 0;

	for (long i = 0; i < n && !bad; i++) {
		pid_t pid = fork();
		int status;

		if (!pid)
			_exit(forks(1000000));
		usleep((useconds_t)(500 + i * 37 % 1000));
		kill(pid, SIGKILL);
		bad = waitpid(pid, &status, 0) != pid || !WIFSIGNALED(status);
	}

	return bad;
}

/* Half of the children are ended by signals. */
static int ends(long n)
{
	int status, bad = 0;

	for (long i = 0; i < n && !bad; i++) {
		pid_t pid = fork();

		if (!pid && i & 1)
			raise(SIGKILL);
		if (!pid)
			_exit(5);
		bad = waitpid(pid, &status, 0) != pid ||
		      (i & 1 ? !WIFSIGNALED(status) : WEXITSTATUS(status) != 5);
	}

	return bad;
}

/* Nobody waits for these, and they end when they like. */
static int unwaited(long n)
{
	signal(SIGCHLD, SIG_IGN);
	for (long i = 0; i < n; i++) {
		pid_t pid = fork();

		if (pid < 0)
			return 1;
		if (!pid)
			_exit(6);
	}
	while (wait(NULL) > 0)
		continue;
	return 0;
}

static int leave(long code)
{
	return (int)code;
}

static const struct {
	const char *name;
	int (*run)(long n);
} rows[] = {
	{ "forks", forks },   { "threads", threads }, { "vforks", vforks },
	{ "spawns", spawns }, { "fails", fails },     { "all", all },
	{ "crowd", crowd },   { "alarms", alarms },   { "killed", killed },
	{ "ends", ends },     { "leave", leave },     { "unwaited", unwaited },
};

int main(int argc, char **argv)
{
	self = argv[0];
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows) && argc > 2; i++) {
		if (!strcmp(rows[i].name, argv[1]))
			return rows[i].run(strtol(argv[2], NULL, 10));
	}

	return 99;
}
