/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forwarding: see signals.h. The receiver is held by a pidfd, so that a number which
 * was reaped and given away again is never signalled. The thread is ended by a
 * signal that is sent to it alone: SIGURG, whose default action is nothing.
 */
#include "signals.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "alloc.h"
#include "array.h"
#include "cleanup.h"

#define WAKE_UP SIGURG

static const int forwarded[] = {
	SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1,
	SIGUSR2, SIGALRM, SIGWINCH, SIGCONT, SIGPWR,
	/* Sent to the whole group, these would end us and not the program. */
	SIGVTALRM, SIGPROF, SIGIO, SIGXCPU, SIGXFSZ, SIGSTKFLT,
};

static const int ending[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };

struct signals {
	pthread_t thread;
	int pidfd;
	struct signal_hook hook; /* number 0: none */
	atomic_bool stop;
};

/* glibc has no wrapper before 2.36. */
static int open_pidfd(pid_t pid)
{
	long fd = syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -errno : (int)fd;
}

static void send_signal(int pidfd, int number)
{
	syscall(SYS_pidfd_send_signal, pidfd, number, NULL, 0);
}

static void fill_forwarded(sigset_t *set)
{
	sigemptyset(set);
	for (size_t i = 0; i < ARRAY_SIZE(forwarded); i++)
		sigaddset(set, forwarded[i]);
	for (int i = SIGRTMIN; i <= SIGRTMAX; i++)
		sigaddset(set, i);
}

void signals_block(sigset_t *ret_before)
{
	sigset_t set;

	fill_forwarded(&set);
	sigaddset(&set, WAKE_UP);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &set, ret_before);
}

int signals_pending_end(void)
{
	sigset_t set;

	sigpending(&set);
	for (size_t i = 0; i < ARRAY_SIZE(ending); i++)
		if (sigismember(&set, ending[i]))
			return ending[i];

	return 0;
}

static void handle(const struct signals *s, int number, const siginfo_t *info)
{
	if (number == WAKE_UP)
		return;
	if (number == s->hook.number)
		s->hook.fn(s->hook.ctx);
	else if (info->si_code != SI_KERNEL)
		send_signal(s->pidfd, number);
}

static void *forward(void *ctx)
{
	struct signals *s = ctx;
	sigset_t set;

	fill_forwarded(&set);
	sigaddset(&set, WAKE_UP);
	while (!atomic_load(&s->stop)) {
		siginfo_t info;
		int number = sigwaitinfo(&set, &info);

		if (number > 0)
			handle(s, number, &info);
	}
	return NULL;
}

int signals_forward(pid_t pid, const struct signal_hook *hook,
		    struct signals **ret)
{
	CLEANUP(freep) struct signals *s = xcalloc(1, sizeof(*s));

	if (hook)
		s->hook = *hook;
	s->pidfd = open_pidfd(pid);
	if (s->pidfd < 0)
		return s->pidfd;
	if (pthread_create(&s->thread, NULL, forward, s) != 0) {
		close(s->pidfd);
		return -EAGAIN;
	}
	*ret = TAKE_PTR(s);
	return 0;
}

void signals_free(struct signals *s)
{
	if (!s)
		return;
	atomic_store(&s->stop, true);
	pthread_kill(s->thread, WAKE_UP);
	pthread_join(s->thread, NULL);
	close(s->pidfd);
	free(s);
}
