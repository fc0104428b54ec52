/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Children and their pipe. What a child says goes through one pipe whose write end
 * has a fixed number in the child.
 */
#include "harness/child.h"

#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "array.h"

#define TELL_FD 600
#define READY INT64_MIN

void child_tell(int64_t number)
{
	if (write(TELL_FD, &number, sizeof(number)) != sizeof(number))
		_exit(1);
}

static void be_child(int out, void (*ready)(void *arg), void *arg)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (dup2(out, TELL_FD) < 0)
		_exit(1);
	close(out);
	ready(arg);
	child_tell(READY);
	for (;;)
		pause();
}

struct child child_start(void (*ready)(void *arg), void *arg)
{
	struct child c = { 0 };
	size_t n = 0;
	int64_t number;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		abort();
	c.pid = fork();
	if (c.pid == 0) {
		close(ends[0]);
		be_child(ends[1], ready, arg);
	}
	close(ends[1]);
	while (read(ends[0], &number, sizeof(number)) == sizeof(number) &&
	       number != READY) {
		if (n < ARRAY_SIZE(c.told))
			c.told[n++] = number;
	}
	close(ends[0]);
	return c;
}

void child_end(struct child *c)
{
	if (c->pid <= 0)
		return;
	kill(c->pid, SIGKILL);
	waitpid(c->pid, NULL, 0);
	c->pid = -1;
}

struct call child_call(const struct child *c, int nr, uint64_t a, uint64_t b,
		       uint64_t d)
{
	return (struct call){ .tid = c->pid,
			      .arch = seccomp_arch_native(),
			      .nr = nr,
			      .args = { a, b, d } };
}

static bool forbid(int nr, int error)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

	return filter &&
	       seccomp_rule_add(filter, SCMP_ACT_ERRNO((unsigned)error), nr,
				0) == 0 &&
	       seccomp_load(filter) == 0;
}

bool without_call(int nr, int error, bool (*fn)(void *arg), void *arg)
{
	pid_t pid = fork();
	int status = 1;

	if (pid == 0)
		_exit(forbid(nr, error) && fn(arg) ? 0 : 1);
	waitpid(pid, &status, 0);
	return status == 0;
}

int proc_fd(void)
{
	return open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
}
