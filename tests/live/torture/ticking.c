/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timers that ring a thousand times a second, whose handler does not ask for restarts:
 * no call of a file that is no FIFO is ever EINTR, whoever makes it, and what sleeps is.
 * Processes that tick fork, stop, are killed, and exec.
 * MACHINE x86_64
 * EVENTS 8400: evt.type=openat and fd.name=/dev/null and proc.name=ticking
 * EVENTS 2001: evt.type=mkdir
 * EVENTS 2000: evt.type=rename and evt.res=SUCCESS
 * EVENTS 200: evt.type=execve and evt.res=ENOENT
 * EVENTS 1: evt.type=execve and evt.res=SUCCESS and proc.args=silent
 * EVENTS any: evt.type in (rmdir, fork, vfork, clone, clone3, read)
 */
#include "torture.h"

#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>

#define OPENS 2000

static atomic_int ticks;
static char directory[64];

static void on_tick(int sig)
{
	(void)sig;
	ticks++;
}

static void tick(long us)
{
	struct itimerval t = { { 0, us }, { 0, us } };
	struct sigaction sa = { .sa_handler = us ? on_tick : SIG_IGN };

	MUST(!sigaction(SIGALRM, &sa, NULL));
	MUST(!setitimer(ITIMER_REAL, &t, NULL));
}

/* By a timer of its own, to this thread. */
static void tick_here(void)
{
	struct sigevent e = { .sigev_notify = SIGEV_THREAD_ID,
			      .sigev_signo = SIGRTMIN };
	struct itimerspec t = { { 0, 700000 }, { 0, 700000 } };
	struct sigaction sa = { .sa_handler = on_tick };
	timer_t timer;

	e._sigev_un._tid = gettid();
	MUST(!sigaction(SIGRTMIN, &sa, NULL));
	MUST(!timer_create(CLOCK_MONOTONIC, &e, &timer));
	MUST(!timer_settime(timer, 0, &t, NULL));
}

static int move_all(void)
{
	char from[80], to[80];
	int failed = 0;

	snprintf(from, sizeof(from), "%s/a", directory);
	snprintf(to, sizeof(to), "%s/b", directory);
	for (int i = 0; i < OPENS; i++) {
		failed += mkdir(from, 0700) != 0;
		failed += rename(from, to) != 0;
		failed += rmdir(to) != 0;
	}
	return failed;
}

static int exec_nothing(void)
{
	int odd = 0;

	for (int i = 0; i < 200; i++) {
		execl("/nonexistent", "x", (char *)NULL);
		odd += errno != ENOENT;
	}
	return odd;
}

static void *one_thread(void *arg)
{
	int *failed = arg;

	tick_here();
	*failed = open_failing(OPENS / 2);
	return NULL;
}

/* Threads that are there when the ticking begins, and threads that come later. */
static void threads_tick(void)
{
	pthread_t threads[4];
	int failed[4];

	for (int i = 0; i < 4; i++)
		MUST(!pthread_create(&threads[i], NULL, one_thread, &failed[i]));
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		printf("thread: %d failed\n", failed[i]);
	}
}

static void sleeps_are_interrupted(void)
{
	int pipes[2], before = ticks;
	char c;

	MUST(!pipe(pipes));
	MUST(read(pipes[0], &c, 1) < 0);
	printf("read: %s, ticked: %d\n", strerrorname_np(errno), ticks > before);
}

static int wait_on(pid_t pid, int options)
{
	int status;
	pid_t r;

	do
		r = waitpid(pid, &status, options);
	while (r < 0 && errno == EINTR);
	MUST(r == pid);
	return status;
}

/* A child that ticks for ever, and has begun to. */
static pid_t start_ticker(void)
{
	pid_t pid;
	int pipes[2];
	char c;

	MUST(!pipe(pipes));
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		tick(700);
		MUST(write(pipes[1], "x", 1) == 1);
		for (;;)
			close(dup(0));
	}
	MUST(read(pipes[0], &c, 1) == 1);
	return pid;
}

static void stops_and_goes_on(void)
{
	pid_t pid = start_ticker();

	MUST(!kill(pid, SIGSTOP));
	MUST(WIFSTOPPED(wait_on(pid, WUNTRACED)));
	nap_ms(5);
	MUST(!kill(pid, SIGCONT));
	MUST(WIFCONTINUED(wait_on(pid, WCONTINUED)));
	MUST(!kill(pid, SIGKILL));
	MUST(WTERMSIG(wait_on(pid, 0)) == SIGKILL);
	puts("stopped, continued, killed");
}

static void forks_and_spawns(void)
{
	char name[] = "true", *argv[] = { name, NULL };
	pid_t pid;

	tick(700);
	for (int i = 0; i < 20; i++) {
		pid = fork();
		if (!pid)
			_exit(open_failing(20));
		MUST(WEXITSTATUS(wait_on(pid, 0)) == 0);
		MUST(!posix_spawn(&pid, "/bin/true", NULL, NULL, argv, environ));
		MUST(WEXITSTATUS(wait_on(pid, 0)) == 0);
	}
	tick(0);
	puts("forked and spawned");
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1) {
		puts("the end");
		return 0;
	}
	setvbuf(stdout, NULL, _IONBF, 0);
	snprintf(directory, sizeof(directory), "/tmp/torture-ticking-XXXXXX");
	MUST(mkdtemp(directory));
	stops_and_goes_on();
	forks_and_spawns();
	tick(700);
	printf("open: %d failed\n", open_failing(2 * OPENS));
	printf("mkdir, rename, rmdir: %d failed\n", move_all());
	printf("exec: %d odd\n", exec_nothing());
	sleeps_are_interrupted();
	threads_tick();
	tick(0);
	MUST(!rmdir(directory));
	exec_self("ticking", "silent");
	return 1;
}
