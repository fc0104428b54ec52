/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walking /proc upwards: each process is followed to its ancestors until one decides
 * the matter. A process that ends under our eyes is not there.
 */
#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>

#include "cleanup.h"

#define DEPTH_MAX 4096
#define HERD_MAX 8192
#define FREEZE_ROUNDS 100
#define KILL_ROUNDS 1000
#define KILL_STEP_NS 1000000

struct stat_line {
	char state;
	pid_t parent;
};

/* Reads /proc/<pid>/<name> as text. Its length, or -1. */
static ssize_t slurp(pid_t pid, const char *name, char *buf, size_t size)
{
	char path[64];
	CLEANUP(closep) int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = read(fd, buf, size - 1);
	if (n < 0)
		return -1;

	buf[n] = '\0';
	return n;
}

/* The name, which is the process's own to choose, ends at the last ')'. */
static bool read_stat(pid_t pid, struct stat_line *ret)
{
	char buf[512];
	const char *p;

	if (slurp(pid, "stat", buf, sizeof(buf)) < 0)
		return false;
	p = strrchr(buf, ')');

	return p && sscanf(p, ") %c %d", &ret->state, &ret->parent) == 2;
}

/* A number of /proc/<pid>/status; 0 where the kernel does not tell. */
static long status_number(pid_t pid, const char *key)
{
	char buf[8192];
	const char *p;

	if (slurp(pid, "status", buf, sizeof(buf)) < 0)
		return 0;
	p = strstr(buf, key);

	return p ? strtol(p + strlen(key), NULL, 10) : 0;
}

/* Of the workload's processes each has our filter (told since 5.9), or is attached
 * to us. */
static bool is_orphan(const struct tree *tree, pid_t pid, pid_t parent)
{
	static const char filters[] = "\nSeccomp_filters:";

	if (!tree->reaper || parent != tree->reaper)
		return false;

	return status_number(pid, filters) >
		       status_number(tree->reaper, filters) ||
	       status_number(pid, "\nTracerPid:") == tree->reaper;
}

static bool is_in(const struct tree *tree, pid_t pid)
{
	const pid_t self = getpid();
	struct stat_line line;

	for (unsigned i = 0; i < DEPTH_MAX && pid > 1; i++) {
		if (pid == self)
			return false;
		if (pid == tree->root)
			return true;
		if (!read_stat(pid, &line))
			return false;
		if (line.parent == tree->reaper)
			return is_orphan(tree, pid, line.parent);
		pid = line.parent;
	}

	return false;
}

static bool is_alive(pid_t pid)
{
	struct stat_line line;

	return read_stat(pid, &line) && line.state != 'Z' && line.state != 'X';
}

/* Who was found. Beyond the limit, processes are counted and signalled, and not
 * remembered. */
struct herd {
	int sig; /* sent to each, 0 for none */
	size_t n;
	pid_t pids[HERD_MAX];
};

static void visit(const struct tree *tree, pid_t pid, struct herd *herd)
{
	if (pid <= 1 || !is_in(tree, pid) || !is_alive(pid))
		return;
	if (herd->sig)
		kill(pid, herd->sig);
	if (herd->n < HERD_MAX)
		herd->pids[herd->n] = pid;
	herd->n++;
}

static void visit_all(const struct tree *tree, struct herd *herd,
		      const char *buf, size_t n)
{
	const struct dirent64 *entry;

	for (size_t i = 0; i < n; i += entry->d_reclen) {
		entry = (const void *)(buf + i);
		visit(tree, (pid_t)strtol(entry->d_name, NULL, 10), herd);
	}
}

static void find(const struct tree *tree, int sig, struct herd *herd)
{
	CLEANUP(closep) int fd =
		open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_Alignas(struct dirent64) char buf[4096];
	long n;

	herd->sig = sig;
	herd->n = 0;
	while (fd >= 0 && (n = syscall(SYS_getdents64, fd, buf,
				       sizeof(buf))) > 0)
		visit_all(tree, herd, buf, (size_t)n);
}

size_t tree_signal(const struct tree *tree, int sig)
{
	struct herd herd;

	find(tree, sig, &herd);
	return herd.n;
}

/* Stops all, until there are no more of them than before: then nobody forks. */
static void freeze(const struct tree *tree, struct herd *herd)
{
	size_t before = 0;

	find(tree, SIGSTOP, herd);
	for (unsigned i = 0; i < FREEZE_ROUNDS && herd->n != before; i++) {
		before = herd->n;
		find(tree, SIGSTOP, herd);
	}
}

/* Once each: by the time of a second look a number may be somebody else's. */
static void kill_all(const struct herd *herd)
{
	for (size_t i = 0; i < herd->n && i < HERD_MAX; i++)
		kill(herd->pids[i], SIGKILL);
}

static bool has_living(const struct herd *herd)
{
	for (size_t i = 0; i < herd->n && i < HERD_MAX; i++) {
		if (is_alive(herd->pids[i]))
			return true;
	}

	return false;
}

/* A parent that dies first takes with it what tells us of its children, unless they
 * become ours: so they are remembered before anybody dies. */
void tree_kill(const struct tree *tree)
{
	const struct timespec step = { 0, KILL_STEP_NS };
	struct herd herd;

	freeze(tree, &herd);
	kill_all(&herd);
	for (unsigned i = 0; i < KILL_ROUNDS; i++) {
		if (!has_living(&herd) && !tree_signal(tree, SIGKILL))
			return;
		nanosleep(&step, NULL);
	}
}
