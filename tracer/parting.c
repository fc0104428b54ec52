/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom a call means is asked without the lock, for that may take as long as the workload
 * wants (a descriptor may be of a file that it serves): the fuse lets others go meanwhile,
 * and whoever stops us does not wait for it, but has the last word.
 */
#include "parting.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "alloc.h"
#include "array.h"
#include "clock.h"

#include "call.h"
#include "fuse.h"
#include "guard.h"
#include "notify.h"
#include "page.h"
#include "thread.h"

/* How long whoever asks /proc may take when it is time to end. */
#define STOP_MS 100

struct parting {
	struct page *page;
	struct guard guard;
	struct fuse *fuse;
	int listener;
	int wake;
	pthread_t thread;
	pthread_mutex_t lock; /* held while the fuse or the listener is used, and for `over` */
	bool over;
};

/* Held unless it is over. */
static bool enter(struct parting *p)
{
	pthread_mutex_lock(&p->lock);
	if (!p->over)
		return true;
	pthread_mutex_unlock(&p->lock);
	return false;
}

static void leave(struct parting *p)
{
	pthread_mutex_unlock(&p->lock);
}

static void judge(const struct guard *g, const struct call *call,
		  struct seccomp_notif_resp *resp)
{
	enum guard_answer answer = call->tid ? guard_judge(g, call) : GUARD_PASS;

	switch (answer) {
	case GUARD_PASS:
		resp->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		break;
	case GUARD_REFUSE:
		resp->error = -EPERM;
		break;
	case GUARD_DO:
		resp->error = guard_send(g, call);
		guard_send_last(g, call);
		break;
	}
}

/* False: it is over. */
static bool answer(struct parting *p, struct seccomp_notif *slot)
{
	struct seccomp_notif_resp resp = { .id = slot->id };
	struct call call = notify_call(slot);

	if (!enter(p))
		return false;
	fuse_begin(p->fuse);
	leave(p);
	judge(&p->guard, &call, &resp);
	if (!enter(p))
		return false;
	fuse_end(p->fuse);
	ioctl(p->listener, SECCOMP_IOCTL_NOTIF_SEND, &resp);
	slot->id = 0;
	leave(p);
	return true;
}

static bool answer_received(struct parting *p)
{
	for (size_t i = 0; i < PAGE_SLOTS; i++) {
		if (p->page->slots[i].id && !answer(p, &p->page->slots[i]))
			return false;
	}
	return true;
}

/* Who called may be gone, and the receipt wait for the next: it is not locked, and a signal
 * ends it. */
static bool answer_next(struct parting *p)
{
	struct seccomp_notif *slot = p->page->slots;

	memset(slot, 0, sizeof(*slot));
	return ioctl(p->listener, SECCOMP_IOCTL_NOTIF_RECV, slot) < 0 || answer(p, slot);
}

static void *run(void *arg)
{
	struct parting *p = arg;
	struct pollfd fds[] = { { p->listener, POLLIN, 0 },
				{ p->wake, POLLIN, 0 } };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	prctl(PR_SET_NAME, "falco-run-part", 0, 0, 0);
	if (!answer_received(p))
		return NULL;
	for (;;) {
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0)
			continue;
		if (fds[1].revents || fds[0].revents & (POLLHUP | POLLNVAL))
			return NULL;
		if (fds[0].revents & POLLIN && !answer_next(p))
			return NULL;
	}
}

static void done(struct parting *p)
{
	pthread_mutex_destroy(&p->lock);
	if (p->wake >= 0)
		close(p->wake);
	free(p);
}

struct parting *parting_start(struct page *page, const struct guard *guard,
			      struct fuse *fuse)
{
	struct parting *p = xcalloc(1, sizeof(*p));

	*p = (struct parting){ .page = page, .guard = *guard, .fuse = fuse,
			       .listener = atomic_load(&page->listener),
			       .wake = eventfd(0, EFD_CLOEXEC) };
	pthread_mutex_init(&p->lock, NULL);
	if (p->wake >= 0 && thread_start(&p->thread, NULL, run, p) == 0)
		return p;
	done(p);
	return NULL;
}

/* The signal may come before what it is to end. */
static bool join(struct parting *p)
{
	for (int i = 0; i < STOP_MS; i++) {
		const struct timespec end = clock_in_ms(1);

		pthread_kill(p->thread, SIGCHLD);
		if (!pthread_clockjoin_np(p->thread, NULL, CLOCK_MONOTONIC, &end))
			return true;
	}
	return false;
}

/* Whoever still asks what may take for ever keeps what it has: it touches nothing else. */
void parting_stop(struct parting *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->over = true;
	pthread_mutex_unlock(&p->lock);
	eventfd_write(p->wake, 1);
	if (join(p))
		done(p);
	else
		pthread_detach(p->thread);
}
