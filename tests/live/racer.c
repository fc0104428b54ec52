/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The workload of tests/live/truth.sh: opens a path that somebody else changes all
 * the time between a harmless file's and a secret one's, and counts, by what the
 * descriptors really are, how many times the secret was opened.
 *
 *   racer HOW HARMLESS SECRET OPENS
 *
 * HOW is whoever writes: threads, mapping (a shared mapping's other owner), clone (a
 * process in the same memory), vfork (the parent's other thread), memfd, or nobody.
 * The paths must be of one length. Prints "secret N harmless M failed K".
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define STACK (64 * 1024)

struct race {
	char path[4096];
	const char *harmless, *secret;
	size_t differs; /* the first byte in which they do */
	_Atomic bool over;
	long opens;
	dev_t dev;
	ino_t ino;
	long n[3]; /* secret, harmless, failed */
};

static int flip(void *arg)
{
	struct race *r = arg;
	volatile char *at = r->path + r->differs;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (unsigned i = 0; !r->over; i++) {
		const char *from = i % 2 ? r->secret : r->harmless;

		for (size_t k = r->differs; from[k]; k++)
			at[k - r->differs] = from[k];
		for (volatile unsigned pause = rand() % 4000; pause; pause--)
			continue;
		if (i % 4 == 0)
			sched_yield();
	}
	return 0;
}

static void set_path(struct race *r, const char *path)
{
	memcpy(r->path, path, strlen(path) + 1);
}

static void *flip_thread(void *arg)
{
	flip(arg);
	return NULL;
}

static int open_all(void *arg)
{
	struct race *r = arg;
	struct stat st;

	for (long i = 0; i < r->opens; i++) {
		int fd = open(r->path, O_RDONLY);

		if (fd < 0 || fstat(fd, &st) < 0)
			r->n[2]++;
		else
			r->n[st.st_ino != r->ino || st.st_dev != r->dev]++;
		if (fd >= 0)
			close(fd);
	}
	return 0;
}

static int with_threads(struct race *r)
{
	pthread_t id;

	if (pthread_create(&id, NULL, flip_thread, r))
		return 1;
	open_all(r);
	r->over = true;
	return pthread_join(id, NULL);
}

/* The other owner of the mapping that the race is in. */
static int with_child(struct race *r)
{
	pid_t pid = fork();

	if (!pid)
		_exit(flip(r));
	open_all(r);
	r->over = true;
	return waitpid(pid, NULL, 0) != pid;
}

static int with_clone(struct race *r)
{
	pid_t pid = clone(flip, (char *)malloc(STACK) + STACK,
			  CLONE_VM | SIGCHLD, r);

	open_all(r);
	r->over = true;
	return waitpid(pid, NULL, 0) != pid;
}

/* The child that opens is alone in its process, and borrows our memory. */
static int with_vfork(struct race *r)
{
	pthread_t id;
	pid_t pid;

	if (pthread_create(&id, NULL, flip_thread, r))
		return 1;
	pid = clone(open_all, (char *)malloc(STACK) + STACK,
		    CLONE_VM | CLONE_VFORK | SIGCHLD, r);
	r->over = true;
	pthread_join(id, NULL);
	return waitpid(pid, NULL, 0) != pid;
}

static int alone(struct race *r)
{
	for (long i = 0, n = r->opens; i < n; i++) {
		set_path(r, i % 2 ? r->secret : r->harmless);
		r->opens = 1;
		open_all(r);
	}
	return 0;
}

static void *plain(void)
{
	return calloc(1, sizeof(struct race));
}

static void *mapped(void)
{
	return mmap(NULL, sizeof(struct race), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

static void *mapped_memfd(void)
{
	int fd = memfd_create("race", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, sizeof(struct race)) < 0)
		return MAP_FAILED;
	return mmap(NULL, sizeof(struct race), PROT_READ | PROT_WRITE,
		    MAP_SHARED, fd, 0);
}

static void *segment(void)
{
	int id = shmget(IPC_PRIVATE, sizeof(struct race), IPC_CREAT | 0600);
	void *at = shmat(id, NULL, 0);

	shmctl(id, IPC_RMID, NULL);
	return at;
}

static const struct {
	const char *name;
	void *(*memory)(void);
	int (*run)(struct race *r);
} ways[] = {
	{ "threads", plain, with_threads },
	{ "mapping", mapped, with_child },
	{ "memfd", mapped_memfd, with_child },
	{ "segment", segment, with_child },
	{ "clone", plain, with_clone },
	{ "vfork", plain, with_vfork },
	{ "nobody", plain, alone },
};

static int race(size_t way, char **argv)
{
	struct race *r = ways[way].memory();
	struct stat st;
	int status;

	if (!r || r == MAP_FAILED || stat(argv[3], &st) < 0)
		return 2;
	r->harmless = argv[2];
	r->secret = argv[3];
	r->dev = st.st_dev;
	r->ino = st.st_ino;
	r->opens = strtol(argv[4], NULL, 10);
	set_path(r, r->harmless);
	while (r->harmless[r->differs] == r->secret[r->differs])
		r->differs++;
	status = ways[way].run(r);
	printf("secret %ld harmless %ld failed %ld\n", r->n[0], r->n[1],
	       r->n[2]);
	return status;
}

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 5 && i < sizeof(ways) / sizeof(*ways); i++) {
		if (!strcmp(ways[i].name, argv[1]))
			return race(i, argv);
	}
	return 99;
}
