/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program channel: lines into the standard input of a shell command, as popen(3)
 * would give them. Not popen(3) itself: the program must not inherit our signal mask
 * or descriptors, nor write to the workload's standard output, nor end by the
 * terminal's Ctrl-C while alerts of that very moment are on their way; and the
 * tracer, not we, may be the one that reaps it. So its end is seen by a pidfd, and
 * its status is known only where we were first.
 */
#include "output_channel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alloc.h"
#include "cleanup.h"
#include "error.h"

#include "output.h"

#define SHELL "/bin/sh"
#define FIRST_FOREIGN_FD 3

/* waitid(2) on a pidfd, Linux 5.4; glibc names it from 2.36 on. */
#define ID_PIDFD ((idtype_t)3)

struct program {
	const char *command;
	bool keep_open;
	int output_fd;
	int fd;    /* its standard input; -1: it does not run */
	int pidfd; /* -1 when it ended before it could be had */
	pid_t pid;
};

/* --- Its life ---------------------------------------------------------------- */

/* In the child of a process with threads: async-signal-safe calls only. */
static void become_program(const struct program *p, int input)
{
	char *const argv[] = { (char *)(uintptr_t)"sh", (char *)(uintptr_t)"-c",
			       (char *)(uintptr_t)p->command, NULL };
	sigset_t none;

	setsid();
	sigemptyset(&none);
	dup2(input, STDIN_FILENO);
	if (p->output_fd >= 0)
		dup2(p->output_fd, STDOUT_FILENO);
	syscall(SYS_close_range, FIRST_FOREIGN_FD, ~0U, 0);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve(SHELL, argv, environ);
	_exit(127);
}

static int start_program(struct program *p, struct error *err)
{
	int ends[2], code;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set(err, -errno, "pipe: %s", strerror(errno));
	p->pid = fork();
	if (p->pid == 0)
		become_program(p, ends[0]);
	code = -errno;
	close(ends[0]);
	if (p->pid < 0) {
		close(ends[1]);
		return error_set(err, code, "fork: %s", strerror(-code));
	}
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	p->fd = ends[1];
	p->pidfd = (int)syscall(SYS_pidfd_open, p->pid, 0);
	return 0;
}

static bool has_ended(const struct program *p)
{
	struct pollfd fd = { .fd = p->pidfd, .events = POLLIN };

	return p->pidfd < 0 || poll(&fd, 1, 0) != 0;
}

/* Of a program that has ended. */
static int judge_status(const struct program *p, struct error *err)
{
	siginfo_t info = { 0 };

	if (p->pidfd < 0 ||
	    waitid(ID_PIDFD, (id_t)p->pidfd, &info, WEXITED | WNOHANG) < 0)
		return 0;
	if (info.si_code != CLD_EXITED)
		return error_set(err, -ECHILD,
				 "the program was killed by signal %d",
				 info.si_status);
	if (info.si_status)
		return error_set(err, -ECHILD,
				 "the program ended with status %d",
				 info.si_status);
	return 0;
}

/* All that it started; itself alone while it has no session of its own yet. */
static void ask_to_end(const struct program *p)
{
	if (kill(-p->pid, SIGTERM) < 0)
		kill(p->pid, SIGTERM);
}

/* No more lines: it reads the end, and ends. One that is not waited for any longer is
 * asked to, with all that it started. */
static int end_program(struct program *p, int stop_fd, struct error *err)
{
	int ret = 0;

	if (p->fd < 0)
		return 0;
	closep(&p->fd);
	p->fd = -1;
	if (p->pidfd >= 0)
		ret = channel_wait(p->pidfd, POLLIN, stop_fd);
	if (ret == -ECANCELED && !has_ended(p))
		ask_to_end(p);
	if (ret == 0)
		ret = judge_status(p, err);
	closep(&p->pidfd);
	p->pidfd = -1;
	return ret;
}

/* --- The channel ------------------------------------------------------------- */

static int program_init(const struct output_options *options, void **ret_ctx,
			struct error *err)
{
	struct program *p;

	if (access(SHELL, X_OK) < 0)
		return error_set(err, -errno,
				 "program_output needs " SHELL ": %s",
				 strerror(errno));
	p = xcalloc(1, sizeof(*p));
	p->command = options->program;
	p->keep_open = options->program_keep_open;
	p->output_fd = options->program_fd;
	p->fd = p->pidfd = -1;
	*ret_ctx = p;
	return 0;
}

static void program_release(void *ctx, int stop_fd)
{
	end_program(ctx, stop_fd, NULL);
}

/* One that died meanwhile is started again: this line is not lost. */
static int be_running(struct program *p, int stop_fd, struct error *err)
{
	if (p->fd >= 0 && has_ended(p))
		end_program(p, stop_fd, NULL);

	return p->fd >= 0 ? 0 : start_program(p, err);
}

static int program_deliver(void *ctx, const struct message *message,
			   int stop_fd, struct error *err)
{
	struct program *p = ctx;
	size_t at = 0;
	int ret = be_running(p, stop_fd, err);
	int end = 0;

	if (ret < 0)
		return ret;
	ret = channel_write(p->fd, message, &at, stop_fd);
	if (ret < 0 || !p->keep_open)
		end = end_program(p, stop_fd, err);
	if (ret == -EPIPE && end == 0)
		error_set(err, ret, "the program ended without reading");
	else if (ret < 0 && ret != -EPIPE)
		error_set(err, ret, "writing to the program: %s",
			  strerror(-ret));
	return ret < 0 ? ret : end;
}

static void program_done(void *ctx)
{
	struct program *p = ctx;

	closep(&p->fd);
	closep(&p->pidfd);
	free(p);
}

const struct output_channel program_channel = {
	.init = program_init,
	.deliver = program_deliver,
	.release = program_release,
	.done = program_done,
};
