/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The smallest workloads of the bench: one kind of call again and again, each timed
 * from within. It also tells the time of its own start, wears a filter that asks
 * nobody anything, and measures a round trip to another process.
 *
 *	micro KIND N DIR    prints percentiles in ns as JSON, one line
 *	micro pipe N DIR    the same of a round trip through two pipes on one CPU
 *	micro workers N MS  N processes that open a file for so long; opens a second
 *	micro threads N MS  the same with threads
 *	micro stamp COMMAND...   runs the command with the time in BENCH_STAMP
 *	micro since         prints how many ns ago BENCH_STAMP was
 *	micro filter COMMAND...  runs the command under a filter that allows all
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COLD_FILES 2000

struct bench {
	const char *dir;
	char path[PATH_MAX];
	unsigned turn;
	int listener;
	struct sockaddr_in address;
	int to[2], from[2];
	pid_t peer;
};

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void must(bool good, const char *what)
{
	if (good)
		return;
	perror(what);
	exit(1);
}

static void make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0644);

	must(fd >= 0, path);
	close(fd);
}

/* --- Kinds: made ready once, then timed again and again --------------------- */

static void ready_nothing(struct bench *b)
{
	(void)b;
}

static void ready_file(struct bench *b)
{
	snprintf(b->path, sizeof(b->path), "%s/plain", b->dir);
	make_file(b->path);
}

static void ready_relative(struct bench *b)
{
	ready_file(b);
	must(!chdir(b->dir), b->dir);
	snprintf(b->path, sizeof(b->path), "plain");
}

static void ready_confirmed(struct bench *b)
{
	snprintf(b->path, sizeof(b->path), "%s/bench-confirmed", b->dir);
	make_file(b->path);
}

/* Each opened once only: nobody has a path in a cache. */
static void ready_cold(struct bench *b)
{
	for (unsigned i = 0; i < COLD_FILES; i++) {
		snprintf(b->path, sizeof(b->path), "%s/cold-%u-%u", b->dir,
			 (unsigned)getpid(), i);
		make_file(b->path);
	}
}

static void ready_connect(struct bench *b)
{
	socklen_t n = sizeof(b->address);

	b->address.sin_family = AF_INET;
	b->address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	b->listener = socket(AF_INET, SOCK_STREAM, 0);
	must(!bind(b->listener, (struct sockaddr *)&b->address, n) &&
		     !listen(b->listener, 16) &&
		     !getsockname(b->listener, (struct sockaddr *)&b->address,
				  &n),
	     "listen");
}

static void pin(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void ready_pipe(struct bench *b)
{
	char c;

	must(!pipe(b->to) && !pipe(b->from), "pipe");
	pin();
	b->peer = fork();
	if (b->peer)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (read(b->to[0], &c, 1) == 1 && write(b->from[1], &c, 1) == 1)
		continue;
	_exit(0);
}

static void once_getppid(struct bench *b)
{
	(void)b;
	syscall(SYS_getppid);
}

static void once_open(struct bench *b)
{
	close(openat(AT_FDCWD, b->path, O_RDONLY));
}

static uint64_t once_cold(struct bench *b)
{
	uint64_t start;

	snprintf(b->path, sizeof(b->path), "%s/cold-%u-%u", b->dir,
		 (unsigned)getpid(), b->turn++ % COLD_FILES);
	start = now();
	once_open(b);
	start = now() - start;
	unlink(b->path);
	return start;
}

static void once_stat(struct bench *b)
{
	struct stat st;

	(void)b;
	stat("/etc/passwd", &st);
}

static uint64_t once_connect(struct bench *b)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), peer;
	uint64_t start = now();

	must(!connect(fd, (struct sockaddr *)&b->address, sizeof(b->address)),
	     "connect");
	start = now() - start;
	peer = accept(b->listener, NULL, NULL);
	close(peer);
	close(fd);
	return start;
}

static void once_spawn(struct bench *b)
{
	char *argv[] = { (char[]){ "true" }, NULL };
	pid_t pid;
	int status;

	(void)b;
	must(!posix_spawn(&pid, "/bin/true", NULL, NULL, argv, environ),
	     "/bin/true");
	waitpid(pid, &status, 0);
}

static void once_pipe(struct bench *b)
{
	char c = 0;

	must(write(b->to[1], &c, 1) == 1 && read(b->from[0], &c, 1) == 1,
	     "pipe");
}

static const struct kind {
	const char *name;
	void (*ready)(struct bench *b);
	void (*once)(struct bench *b);
	uint64_t (*timed)(struct bench *b); /* times only a part of itself */
	unsigned batch;                     /* as many count as one */
} kinds[] = {
	{ "getppid", ready_nothing, once_getppid, NULL, 500 },
	{ "open", ready_file, once_open, NULL, 1 },
	{ "open-relative", ready_relative, once_open, NULL, 1 },
	{ "open-cold", ready_cold, NULL, once_cold, 1 },
	{ "open-confirmed", ready_confirmed, once_open, NULL, 1 },
	{ "stat", ready_nothing, once_stat, NULL, 20 },
	{ "connect", ready_connect, NULL, once_connect, 1 },
	{ "spawn", ready_nothing, once_spawn, NULL, 1 },
	{ "pipe", ready_pipe, once_pipe, NULL, 1 },
};

static uint64_t time_one(const struct kind *k, struct bench *b)
{
	uint64_t start = now();

	if (k->timed)
		return k->timed(b);
	for (unsigned i = 0; i < k->batch; i++)
		k->once(b);
	return (now() - start) / k->batch;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static int run_kind(const struct kind *k, unsigned n, const char *dir)
{
	struct bench b = { .dir = dir };
	uint64_t *times = calloc(n, sizeof(*times));

	k->ready(&b);
	for (unsigned i = 0; i < n; i++)
		times[i] = time_one(k, &b);
	qsort(times, n, sizeof(*times), compare);
	printf("{\"p10\":%lu,\"p50\":%lu,\"p90\":%lu,\"p99\":%lu}\n",
	       times[n / 10], times[n / 2], times[n * 9 / 10],
	       times[n * 99 / 100]);
	free(times);
	return 0;
}

/* --- Many at once ----------------------------------------------------------- */

struct worker {
	uint64_t end;
	_Atomic uint64_t *total;
};

static void *work(void *arg)
{
	const struct worker *w = arg;
	uint64_t n = 0;

	for (; now() < w->end; n++)
		close(open("/dev/null", O_RDONLY));
	*w->total += n;
	return NULL;
}

static void start_process(struct worker *w)
{
	if (fork())
		return;
	work(w);
	_exit(0);
}

static void start_thread(struct worker *w)
{
	pthread_t thread;

	must(!pthread_create(&thread, NULL, work, w), "thread");
	pthread_detach(thread);
}

static int run_many(void (*start)(struct worker *), unsigned n, unsigned ms)
{
	_Atomic uint64_t *total = mmap(NULL, sizeof(*total),
				       PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct worker w = { now() + ms * UINT64_C(1000000), total };

	for (unsigned i = 0; i < n; i++)
		start(&w);
	while (wait(NULL) > 0)
		continue;
	while (now() < w.end + 20000000)
		usleep(10000);
	printf("{\"rate\":%lu}\n", *total * 1000 / ms);
	return 0;
}

/* --- Starting others -------------------------------------------------------- */

static int run_command(char **argv)
{
	execvp(argv[0], argv);
	perror(argv[0]);
	return 127;
}

static int run_stamped(char **argv)
{
	char text[32];

	snprintf(text, sizeof(text), "%lu", now());
	setenv("BENCH_STAMP", text, 1);
	return run_command(argv);
}

static int say_since(void)
{
	uint64_t end = now();
	const char *stamp = getenv("BENCH_STAMP");

	printf("{\"ns\":%lu}\n", end - (stamp ? strtoul(stamp, NULL, 10) : end));
	return 0;
}

static int run_filtered(char **argv)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { 1, code };

	must(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
		     !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program),
	     "filter");
	return run_command(argv);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "since"))
		return say_since();
	if (!strcmp(what, "stamp") && argc > 2)
		return run_stamped(argv + 2);
	if (!strcmp(what, "filter") && argc > 2)
		return run_filtered(argv + 2);
	if (argc != 4)
		return 2;
	if (!strcmp(what, "workers") || !strcmp(what, "threads"))
		return run_many(*what == 'w' ? start_process : start_thread,
				(unsigned)strtoul(argv[2], NULL, 10),
				(unsigned)strtoul(argv[3], NULL, 10));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(what, kinds[i].name))
			return run_kind(&kinds[i],
					(unsigned)strtoul(argv[2], NULL, 10),
					argv[3]);
	return 2;
}
