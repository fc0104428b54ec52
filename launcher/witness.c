/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking the witness: see witness.h. A signal is sent to all members of a group under
 * the kernel's list of processes, so whoever changes that list afterwards comes after
 * the last member: that is what a setpgid(2) that changes nothing is for.
 */
#include "witness.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"

/* How long an answer may take before the witness is taken to be stopped. */
#define ANSWER_MS 200

struct answer {
	pid_t sender; /* -1: it was not sent this signal */
};

static struct answer look_for(int number)
{
	const struct timespec now = { 0, 0 };
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	if (sigtimedwait(&set, &info, &now) != number)
		return (struct answer){ -1 };

	return (struct answer){ info.si_pid };
}

/* Whoever signals all processes of a name does not mean the group: the witness has
 * another one, in its arguments too. */
static void rename_itself(const struct span *args)
{
	static const char name[] = "job-witness";
	char *start = (char *)(uintptr_t)args->data;

	prctl(PR_SET_NAME, name, 0, 0, 0);
	if (!args->n)
		return;
	memset(start, 0, args->n);
	memcpy(start, name, args->n < sizeof(name) ? args->n - 1 : sizeof(name));
}

/* Keeps nobody's files, directory or terminal busy but for its one descriptor. */
_Noreturn static void live(int fd, const struct span *args)
{
	struct answer answer;
	sigset_t all;
	int number;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	rename_itself(args);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (fd)
		syscall(SYS_close_range, 0, fd - 1, 0);
	syscall(SYS_close_range, fd + 1, ~0U, 0);
	while (chdir("/") == 0 &&
	       read(fd, &number, sizeof(number)) == sizeof(number)) {
		answer = look_for(number);
		if (write(fd, &answer, sizeof(answer)) != sizeof(answer))
			break;
	}
	_exit(0);
}

int witness_start(const struct span *args, struct witness *ret)
{
	CLEANUP(closep) int ours = -1;
	int ends[2];
	pid_t pid;

	*ret = (struct witness)WITNESS_NONE;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	ours = ends[0];
	pid = fork();
	if (pid == 0)
		live(ends[1], args);
	close(ends[1]);
	if (pid < 0)
		return -errno;

	*ret = (struct witness){ pid, TAKE_FD(ours) };
	return 0;
}

static bool answers_in_time(const struct witness *w)
{
	struct pollfd fd = { w->fd, POLLIN, 0 };

	while (poll(&fd, 1, ANSWER_MS) < 0) {
		if (errno != EINTR)
			return false;
	}
	return fd.revents != 0;
}

/* -EAGAIN: there is no witness any more. */
static int ask(struct witness *w, int number, struct answer *ret)
{
	setpgid(0, getpgrp());
	if (send(w->fd, &number, sizeof(number), MSG_NOSIGNAL) < 0)
		return -EAGAIN;
	if (!answers_in_time(w))
		kill(w->pid, SIGCONT);
	if (!answers_in_time(w) ||
	    read(w->fd, ret, sizeof(*ret)) != sizeof(*ret))
		return -EAGAIN;

	return 0;
}

bool witness_saw(struct witness *w, const struct signalfd_siginfo *info)
{
	struct answer answer;

	if (w->pid > 0 && !ask(w, (int)info->ssi_signo, &answer))
		return answer.sender >= 0 && answer.sender != getpid();
	witness_end(w);

	return info->ssi_code == SI_KERNEL;
}

void witness_dismiss(const struct witness *w)
{
	if (w->pid > 0)
		kill(w->pid, SIGKILL);
}

void witness_end(struct witness *w)
{
	if (w->pid > 0) {
		witness_dismiss(w);
		waitpid(w->pid, NULL, 0);
		close(w->fd);
	}
	*w = (struct witness)WITNESS_NONE;
}
