/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the torture programs share. Each is about one difficulty, prints the same
 * whenever it is run, and exits 0 when the kernel did what it does without a tracer.
 * They know nothing of ours. In the first comment of each, lines tell torture.sh
 * which events a watched run has:
 *
 *   EVENTS <count>|some|any: <a Falco condition>
 *   ENGINES <those that it can run under, where not all>
 *   USER root                 only root can run it
 *   MACHINE <uname -m>        it holds there alone
 *   LIBRARY -fsanitize=leak   and the like, for the linker
 */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Ends the program unless the claim holds. */
#define MUST(claim) \
	((claim) ? (void)0 : torture_fail(__FILE__, __LINE__, #claim))

static inline void torture_fail(const char *file, int line, const char *claim)
{
	printf("%s:%d: %s does not hold (errno: %s)\n", file, line, claim,
	       strerror(errno));
	fflush(stdout);
	_exit(1);
}

/* Opens a file to read and closes it, so many times. */
static inline void open_times(const char *path, int times)
{
	for (int i = 0; i < times; i++) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		MUST(fd >= 0);
		close(fd);
	}
}

/* How many of so many opens fail. */
static inline int open_failing(int times)
{
	int failed = 0;

	for (int i = 0; i < times; i++) {
		int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

		failed += fd < 0;
		if (fd >= 0)
			close(fd);
	}
	return failed;
}

/* The wait status of this child, waited for to its end. */
static inline int reap(pid_t pid)
{
	int status;

	MUST(waitpid(pid, &status, __WALL) == pid);
	return status;
}

/* It has exited with this code. */
static inline void reap_exit(pid_t pid, int code)
{
	int status = reap(pid);

	MUST(WIFEXITED(status));
	MUST(WEXITSTATUS(status) == code);
}

static inline long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static inline void nap_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&t, &t) < 0 && errno == EINTR)
		continue;
}

/* This program again, in place of the present image. */
static inline void exec_self(const char *name, const char *argument)
{
	execl("/proc/self/exe", name, argument, (char *)NULL);
	MUST(!"exec");
}
