/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of the tracer run under it: `workload NAME [NUMBER]`. Each checks
 * for itself that the kernel did what it does without a tracer, and exits 0 then.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MS 1000000L
#define THREADS 8

static const char *self;

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / MS;
}

static int opens(long n)
{
	int fd;

	for (long i = 0; i < n; i++) {
		fd = openat(AT_FDCWD, "/dev/null", O_RDONLY);
		if (fd < 0)
			return errno;
		close(fd);
	}

	return 0;
}

static void *open_thread(void *n)
{
	return (void *)(long)opens((long)n);
}

static int threads(long n)
{
	pthread_t ids[THREADS];
	long bad = 0;
	void *r;

	for (int i = 0; i < THREADS; i++)
		pthread_create(&ids[i], NULL, open_thread, (void *)n);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(ids[i], &r);
		bad += r != NULL;
	}

	return (int)bad;
}

static int leave(long status)
{
	return (int)status;
}

static int die(long sig)
{
	signal((int)sig, SIG_DFL);
	raise((int)sig);
	return 1;
}

static bool takes(long start, long least)
{
	return now_ms() - start >= least;
}

static bool waits_whole(void)
{
	const struct timespec d = { 0, 100 * MS };
	struct epoll_event ev;
	int epfd = epoll_create1(0);
	long start = now_ms();

	return !syscall(SYS_epoll_pwait, epfd, &ev, 1, 100, NULL, 8) &&
	       !poll(NULL, 0, 100) &&
	       !clock_nanosleep(CLOCK_MONOTONIC, 0, &d, NULL) &&
	       takes(start, 295);
}

static int make_listener(struct sockaddr_in *ret)
{
	const struct timeval limit = { 0, 100000 };
	socklen_t n = sizeof(*ret);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	*ret = (struct sockaddr_in){ .sin_family = AF_INET };
	ret->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bind(fd, (void *)ret, sizeof(*ret));
	listen(fd, 1);
	getsockname(fd, (void *)ret, &n);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return fd;
}

static bool accepts_in_time(void)
{
	const struct timeval limit = { 0, 100000 };
	struct sockaddr_in addr;
	int fd = make_listener(&addr);
	int peer = socket(AF_INET, SOCK_STREAM, 0);

	if (accept(fd, NULL, NULL) >= 0 || errno != EAGAIN)
		return false;
	setsockopt(peer, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	return !connect(peer, (void *)&addr, sizeof(addr)) &&
	       accept(fd, NULL, NULL) >= 0;
}

/* No call that blocks may ever be seen to be interrupted. */
static int block(long n)
{
	(void)n;
	return !waits_whole() || !accepts_in_time();
}

static void on_alarm(int sig)
{
	int saved = errno;

	(void)sig;
	opens(1);
	errno = saved;
}

/* Opens that signals fall into, whose handler opens too. */
static int signals(long n)
{
	const struct sigaction action = { .sa_handler = on_alarm,
					  .sa_flags = SA_RESTART };
	const struct itimerval every = { { 0, 900 }, { 0, 900 } };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
	return opens(n);
}

/* A sleeper that is stopped and continued sleeps on, and its parent is told. */
static int job(long n)
{
	const struct timespec d = { 0, 300 * MS };
	pid_t pid = fork();
	int status;

	(void)n;
	if (!pid)
		_exit(clock_nanosleep(CLOCK_MONOTONIC, 0, &d, NULL) ? 1 : 5);
	usleep(100000);
	kill(pid, SIGSTOP);
	if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status))
		return 1;
	kill(pid, SIGCONT);
	if (waitpid(pid, &status, WCONTINUED) != pid || !WIFCONTINUED(status))
		return 2;
	waitpid(pid, &status, 0);
	return !WIFEXITED(status) || WEXITSTATUS(status) != 5;
}

static int execs(long n)
{
	int status;
	pid_t pid;

	for (long i = 0; i < n; i++) {
		pid = fork();
		if (!pid) {
			execl("/nonexistent/program", "x", NULL);
			execl(self, self, "exit", "3", NULL);
			_exit(1);
		}
		if (waitpid(pid, &status, 0) != pid || status != 3 << 8)
			return 1;
	}

	return 0;
}

static void *exec_thread(void *unused)
{
	usleep(50000);
	execl(self, self, "threads", "10", NULL);
	return unused;
}

/* Another thread than the main one execs, while the main one sleeps. */
static int exec_from_thread(long n)
{
	const struct timespec d = { 5, 0 };
	pthread_t id;

	(void)n;
	pthread_create(&id, NULL, exec_thread, NULL);
	clock_nanosleep(CLOCK_MONOTONIC, 0, &d, NULL);
	return 1;
}

/* The errno of one open. */
static int denied(long n)
{
	(void)n;
	return openat(AT_FDCWD, "/dev/zero", O_RDONLY) < 0 ? errno : 0;
}

static int uring(long n)
{
	char params[256] = { 0 };

	(void)n;
	return syscall(SYS_io_uring_setup, 8, params) < 0 ? errno : 0;
}

/* A child outlives us, and makes calls. */
static int orphan(long n)
{
	if (fork())
		return 0;
	for (long i = 0; i < n; i++) {
		usleep(10000);
		if (opens(1))
			return 1;
	}

	return 0;
}

/* Our own tracee, which nobody else can attach to, opens a file. */
static int tracer(long n)
{
	pid_t pid = fork();
	int status;

	(void)n;
	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		_exit(opens(1));
	}
	waitpid(pid, &status, 0);
	return status != 0;
}

/* Opens, then says so in a file: for who cannot wait for us. */
static int marked(long n)
{
	const char *path = getenv("WORKLOAD_MARK");
	int r = opens(n);
	FILE *f = fopen(path, "w");

	if (!f)
		return 1;
	fprintf(f, "%d\n", r);
	fclose(f);
	return r;
}

static const struct {
	const char *name;
	int (*run)(long n);
} rows[] = {
	{ "opens", opens },
	{ "threads", threads },
	{ "exit", leave },
	{ "die", die },
	{ "block", block },
	{ "signals", signals },
	{ "job", job },
	{ "execs", execs },
	{ "exec_from_thread", exec_from_thread },
	{ "denied", denied },
	{ "uring", uring },
	{ "orphan", orphan },
	{ "tracer", tracer },
	{ "marked", marked },
};

int main(int argc, char **argv)
{
	self = argv[0];
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows) && argc > 1; i++) {
		if (!strcmp(rows[i].name, argv[1]))
			return rows[i].run(argc > 2 ? strtol(argv[2], NULL, 10) :
						      0);
	}

	return 99;
}
