/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The workload of tests/live/counts.sh: known calls, a known number of times.
 *
 *   counted threads|processes WORKERS ROUNDS DIRECTORY
 *       each worker makes ROUNDS rounds of one call of each kind below
 *   counted killed WORKERS ROUNDS DIRECTORY
 *       as processes, each of which is killed amid calls that never end
 *   counted births WORKERS ROUNDS -
 *       ROUNDS times WORKERS processes live and die (births of threads: "crowds"),
 *       and what our parent's memory was when a tenth of them (a third, of threads) had
 *       lived, and at the end, is printed
 *   counted execs 0 ROUNDS -
 *       one thread of many execs while the others make calls
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static long rounds;
static const char *directory, *self;

/* Every call of a round ends as it should, or the round ends the worker. */
static int one_round(void)
{
	struct sockaddr_in nobody = { .sin_family = AF_INET,
				      .sin_port = htons(1) };
	int fd = openat(AT_FDCWD, "here", O_RDONLY);
	int s = socket(AF_INET, SOCK_STREAM, 0);
	int bad = fd < 0 || s < 0;

	nobody.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bad |= openat(AT_FDCWD, "nowhere", O_RDONLY) >= 0 || errno != ENOENT;
	bad |= mkdirat(AT_FDCWD, "there", 0755) >= 0 || errno != EEXIST;
	bad |= unlinkat(AT_FDCWD, "nothing", 0) >= 0 || errno != ENOENT;
	bad |= connect(s, (void *)&nobody, sizeof(nobody)) >= 0 ||
	       errno != ECONNREFUSED;
	close(fd);
	close(s);
	return bad;
}

static int work(void)
{
	long bad = 0;

	for (long i = 0; i < rounds; i++)
		bad += one_round();
	return bad != 0;
}

static void *work_thread(void *unused)
{
	(void)unused;
	return (void *)(long)work();
}

static int threads(long n)
{
	pthread_t *ids = calloc((size_t)n, sizeof(*ids));
	long bad = 0;
	void *r;

	for (long i = 0; i < n; i++)
		bad += pthread_create(&ids[i], NULL, work_thread, NULL) != 0;
	for (long i = 0; i < n; i++) {
		pthread_join(ids[i], &r);
		bad += r != NULL;
	}
	return bad != 0;
}

static int wait_all(long n)
{
	int status, bad = 0;

	for (long i = 0; i < n; i++) {
		if (wait(&status) < 0)
			return 1;
		bad |= status != 0;
	}
	return bad;
}

static int processes(long n)
{
	for (long i = 0; i < n; i++) {
		if (!fork())
			_exit(work());
	}
	return wait_all(n);
}

/* After its rounds each goes on with calls that are not counted, until it dies. */
static int killed(long n)
{
	pid_t *pids = calloc((size_t)n, sizeof(*pids));
	int p[2], status;
	char c;

	if (pipe(p) < 0)
		return 1;
	for (long i = 0; i < n; i++) {
		pids[i] = fork();
		if (pids[i])
			continue;
		work();
		if (write(p[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			close(openat(AT_FDCWD, "other", O_RDONLY));
	}
	for (long i = 0; i < n; i++) {
		if (read(p[0], &c, 1) != 1)
			return 1;
	}
	for (long i = 0; i < n; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], &status, 0);
	}
	return 0;
}

/* --- Memory of whoever watches us ------------------------------------------- */

static long parent_kib(void)
{
	char path[64], line[256];
	long kib = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", getppid());
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "VmRSS: %ld", &kib);
	if (f)
		fclose(f);
	return kib;
}

static int births(long n)
{
	long first = 0;

	for (long i = 0; i < rounds; i++) {
		for (long k = 0; k < n; k++) {
			if (!fork())
				_exit(access("here", R_OK) == 7 ||
				      close(open("/dev/null", O_RDONLY)));
		}
		if (wait_all(n))
			return 1;
		if (i == rounds / 10)
			first = parent_kib();
	}
	printf("start %ld KiB end %ld KiB after %ld processes\n", first,
	       parent_kib(), rounds * n);
	return 0;
}

static pthread_barrier_t all_there, all_free;

static void *stay(void *unused)
{
	close(open("/dev/null", O_RDONLY));
	pthread_barrier_wait(&all_there);
	pthread_barrier_wait(&all_free);
	return unused;
}

static int crowd(long n, pthread_t *ids, pthread_attr_t *attr, long *ret_kib)
{
	pthread_barrier_init(&all_there, NULL, (unsigned)n + 1);
	pthread_barrier_init(&all_free, NULL, (unsigned)n + 1);
	for (long i = 0; i < n; i++) {
		if (pthread_create(&ids[i], attr, stay, NULL))
			return 1;
	}
	pthread_barrier_wait(&all_there);
	*ret_kib = parent_kib();
	pthread_barrier_wait(&all_free);
	for (long i = 0; i < n; i++)
		pthread_join(ids[i], NULL);
	return 0;
}

static int crowds(long n)
{
	pthread_t *ids = calloc((size_t)n, sizeof(*ids));
	long before = parent_kib(), first = 0, peak = 0;
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 32768);
	for (long i = 0; i < rounds; i++) {
		if (crowd(n, ids, &attr, &peak))
			return 1;
		/* Their ends are heard of in time, but not at once. */
		usleep((useconds_t)(200000 + n * 500));
		if (i <= rounds / 3)
			first = peak;
	}
	printf("before %ld KiB start %ld KiB end %ld KiB with %ld threads alive\n",
	       before, first, peak, n);
	return 0;
}

/* --- An exec while siblings are followed -------------------------------------- */

static void *go_on(void *unused)
{
	for (;;)
		one_round();
	return unused;
}

static void *exec_next(void *left)
{
	usleep((useconds_t)(rand() % 3000));
	execl(self, self, "execs", "0", left, directory, NULL);
	return left;
}

static int execs(long n)
{
	char left[32];
	pthread_t id;

	(void)n;
	if (!rounds)
		return 0;
	srand((unsigned)rounds);
	snprintf(left, sizeof(left), "%ld", rounds - 1);
	for (int i = 0; i < 4; i++)
		pthread_create(&id, NULL, go_on, NULL);
	if (rounds % 2)
		return exec_next(left) != NULL;
	pthread_create(&id, NULL, exec_next, left);
	go_on(NULL);
	return 1;
}

static const struct {
	const char *name;
	int (*run)(long n);
} rows[] = {
	{ "threads", threads }, { "processes", processes },
	{ "killed", killed },	{ "births", births },
	{ "crowds", crowds },	{ "execs", execs },
};

int main(int argc, char **argv)
{
	if (argc != 5)
		return 99;
	self = argv[0];
	rounds = strtol(argv[3], NULL, 10);
	directory = argv[4];
	if (chdir(directory) < 0)
		return 98;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!strcmp(rows[i].name, argv[1]))
			return rows[i].run(strtol(argv[2], NULL, 10));
	}
	return 99;
}
