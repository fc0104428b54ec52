/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The workload of tests/live/stall.sh: a thread opens a path in memory that nobody
 * provides (userfaultfd), while another process opens files. Says how long that took,
 * in milliseconds.
 *
 *   stall never|late|args PATH OPENS
 *
 * never: the path is not provided at all. late: it is, after the others are done, and
 * the open must succeed then. args: our own arguments are not provided, which whoever
 * looks for our command line waits for.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096

static int uffd;

static long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int others(const char *path, long n, int go)
{
	long start;
	char c;

	if (read(go, &c, 1) != 1)
		return 1;
	start = milliseconds();
	for (long i = 0; i < n; i++) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			return 1;
		close(fd);
	}
	printf("others %ld ms\n", milliseconds() - start);
	fflush(stdout);
	return 0;
}

static int serve(void *page)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = {
		.range = { (uintptr_t)page, PAGE },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api) < 0 ||
	    ioctl(uffd, UFFDIO_REGISTER, &reg) < 0)
		return -1;
	return 0;
}

static void *open_served(void *page)
{
	return (void *)(long)open(page, O_RDONLY | O_CLOEXEC);
}

static int provide(void *page, const char *path, pthread_t id)
{
	static char data[PAGE] __attribute__((aligned(PAGE)));
	struct uffdio_copy copy = { .dst = (uintptr_t)page,
				    .src = (uintptr_t)data,
				    .len = PAGE };
	void *fd;

	memcpy(data, path, strlen(path) + 1);
	if (ioctl(uffd, UFFDIO_COPY, &copy) < 0)
		return 1;
	pthread_join(id, &fd);
	printf("opened %s\n", (long)fd >= 0 ? "yes" : "no");
	return 0;
}

static void *page_of(const char *text)
{
	return (void *)((uintptr_t)text / PAGE * PAGE);
}

/* With so much of arguments that the page after the first one's has nothing but them:
 * our own stack may be in that one. */
static int again_padded(char **argv)
{
	static char padding[3 * PAGE];

	memset(padding, 'x', sizeof(padding) - 1);
	setenv("STALL_PADDED", "1", 1);
	execl(argv[0], argv[0], argv[1], argv[2], argv[3], padding,
	      NULL);
	return 98;
}

int main(int argc, char **argv)
{
	const char *how = argc >= 4 ? argv[1] : "";
	bool late = !strcmp(how, "late"), args = !strcmp(how, "args");
	char *path = argc >= 4 ? strdup(argv[2]) : NULL;
	long opens = argc >= 4 ? strtol(argv[3], NULL, 10) : 0;
	void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_t id;
	int go[2], status;
	pid_t pid;

	if (args && !getenv("STALL_PADDED"))
		return again_padded(argv);
	if (!path || pipe(go) < 0)
		return 99;
	pid = fork();
	if (!pid) {
		close(go[1]);
		return others(path, opens, go[0]);
	}
	if (args)
		page = (char *)page_of(argv[0]) + PAGE;
	if (serve(page) < 0) {
		printf("no userfaultfd: %s\n", strerror(errno));
		return 77;
	}
	if (args && madvise(page, PAGE, MADV_DONTNEED) < 0)
		return 1;
	pthread_create(&id, NULL, open_served, args ? path : page);
	usleep(50000);
	if (write(go[1], "x", 1) != 1 || waitpid(pid, &status, 0) != pid)
		return 1;
	if (late && provide(page, path, id))
		return 1;
	fflush(stdout);
	_exit(status != 0);
}
