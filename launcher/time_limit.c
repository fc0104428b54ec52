/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The thread that waits for the end: see time_limit.h.
 */
#include "time_limit.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "tracer/tracer.h"

#include "alloc.h"
#include "cleanup.h"

#include "log.h"

struct time_limit {
	pthread_t thread;
	struct tracer *tracer;
	const struct log *log;
	unsigned seconds;
	int program; /* a pidfd */
	int cancel;  /* an eventfd */
	atomic_bool is_up;
};

static bool is_cancelled_within(const struct time_limit *l, unsigned seconds)
{
	const struct timespec time = { .tv_sec = (time_t)seconds };
	struct pollfd fd = { l->cancel, POLLIN, 0 };

	return ppoll(&fd, 1, &time, NULL) > 0;
}

static void ask_to_end(const struct time_limit *l)
{
	if (syscall(SYS_pidfd_send_signal, l->program, SIGTERM, NULL, 0) < 0) {
		tracer_signal(l->tracer, SIGTERM);
		tracer_signal(l->tracer, SIGCONT);
	} else {
		syscall(SYS_pidfd_send_signal, l->program, SIGCONT, NULL, 0);
	}
}

static void *watch(void *ctx)
{
	struct time_limit *l = ctx;

	if (is_cancelled_within(l, l->seconds))
		return NULL;
	atomic_store(&l->is_up, true);
	log_say(l->log, LOG_LEVEL_WARNING,
		"-M: %u second%s over, the program is ended", l->seconds,
		l->seconds == 1 ? " is" : "s are");
	ask_to_end(l);
	if (!is_cancelled_within(l, TIME_LIMIT_GRACE))
		tracer_kill(l->tracer);
	return NULL;
}

static void destroy(struct time_limit *l)
{
	closep(&l->program);
	closep(&l->cancel);
	free(l);
}

int time_limit_start(struct tracer *t, pid_t program, unsigned seconds,
		     const struct log *log, struct time_limit **ret)
{
	struct time_limit *l = xcalloc(1, sizeof(*l));

	*l = (struct time_limit){ .tracer = t, .log = log, .seconds = seconds };
	l->program = (int)syscall(SYS_pidfd_open, program, 0);
	l->cancel = eventfd(0, EFD_CLOEXEC);
	if (l->cancel < 0 || pthread_create(&l->thread, NULL, watch, l)) {
		destroy(l);
		return -EAGAIN;
	}
	*ret = l;
	return 0;
}

bool time_limit_is_up(const struct time_limit *l)
{
	return l && atomic_load(&l->is_up);
}

void time_limit_free(struct time_limit *l)
{
	if (!l)
		return;
	eventfd_write(l->cancel, 1);
	pthread_join(l->thread, NULL);
	destroy(l);
}
