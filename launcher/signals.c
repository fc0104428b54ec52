/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Masks, and the thread of the monitor's own signals: see signals.h. The thread is
 * ended by a signal that is sent to it alone: SIGURG, whose default action is nothing.
 */
#include "signals.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#include "alloc.h"
#include "array.h"
#include "cleanup.h"

#define WAKE_UP SIGURG

/* What a fault of our own gives. Blocked, it still ends us, but no handler (of a
 * sanitizer) hears of it. */
static const int faults[] = {
	SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS,
};

static const int ending[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };

struct signals {
	pthread_t thread;
	pid_t front;
	struct signal_hook hooks[SIGNAL_HOOKS];
	size_t n;
	atomic_bool stop;
};

void signals_block(sigset_t *ret_before)
{
	sigset_t set;

	sigfillset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++)
		sigdelset(&set, faults[i]);
	pthread_sigmask(SIG_BLOCK, &set, ret_before);
}

void signals_fill_front(sigset_t *ret)
{
	sigfillset(ret);
	sigdelset(ret, SIGPIPE);
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

static void call_hook(const struct signals *s, int number)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->hooks[i].number == number)
			s->hooks[i].fn(s->hooks[i].ctx);
}

static void *take(void *ctx)
{
	const struct signals *s = ctx;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, WAKE_UP);
	for (size_t i = 0; i < s->n; i++)
		sigaddset(&set, s->hooks[i].number);
	while (!atomic_load(&s->stop)) {
		siginfo_t info;
		int number = sigwaitinfo(&set, &info);

		if (number > 0 && info.si_pid == s->front)
			call_hook(s, number);
	}
	return NULL;
}

int signals_take(pid_t front, const struct signal_hook *hooks, size_t n,
		 struct signals **ret)
{
	CLEANUP(freep) struct signals *s = xcalloc(1, sizeof(*s));

	s->front = front;
	assert(n <= SIGNAL_HOOKS);
	s->n = n;
	memcpy(s->hooks, hooks, n * sizeof(*hooks));
	if (pthread_create(&s->thread, NULL, take, s) != 0)
		return -EAGAIN;
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
	free(s);
}
