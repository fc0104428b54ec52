/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The monitor may come back at any instant: both may answer a notification then, of
 * which the second answer goes nowhere.
 */
#include "fuse.h"

#include <linux/seccomp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>

#include "alloc.h"
#include "clock.h"

#include "listener.h"
#include "page.h"
#include "thread.h"

/* The limit is kept to a quarter of it. */
#define LOOKS 4
#define NS_PER_MS UINT64_C(1000000)
/* A receipt that takes longer waits for the next caller: who called is gone. */
#define RECEIPT_MS 10

struct fuse {
	struct page *page;
	unsigned limit_ms;
	_Atomic uint64_t since; /* that the monitor is at something; 0: it waits */
	_Atomic bool blown;
	_Atomic uint64_t count;
	pthread_t thread;
	pthread_mutex_t receiving; /* held by whoever does, while the monitor is at something */
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool over;
};

static int listener(const struct fuse *f)
{
	return atomic_load(&f->page->listener);
}

static void let_go(struct fuse *f, uint64_t id)
{
	if (listener_let_go(listener(f), id))
		atomic_fetch_add(&f->count, 1);
}

static void let_received_go(struct fuse *f)
{
	for (size_t i = 0; i < PAGE_SLOTS; i++) {
		if (f->page->slots[i].id)
			let_go(f, f->page->slots[i].id);
	}
}

/* Received where whoever survives us finds it. */
static void let_next_go(struct fuse *f, uint64_t since)
{
	bool received = false;

	if (!listener_is_called(listener(f), (int)(f->limit_ms / LOOKS)))
		return;
	pthread_mutex_lock(&f->receiving);
	if (atomic_load(&f->since) == since && listener_is_called(listener(f), 0)) {
		memset(&f->page->late, 0, sizeof(f->page->late));
		received = !ioctl(listener(f), SECCOMP_IOCTL_NOTIF_RECV, &f->page->late);
	}
	pthread_mutex_unlock(&f->receiving);
	if (received)
		let_go(f, f->page->late.id);
	f->page->late.id = 0;
}

static void serve(struct fuse *f, uint64_t since)
{
	atomic_store(&f->blown, true);
	let_received_go(f);
	while (atomic_load(&f->since) == since)
		let_next_go(f, since);
}

static void look(struct fuse *f)
{
	uint64_t since = atomic_load(&f->since);

	if (since && clock_ns(CLOCK_MONOTONIC_COARSE) - since >=
			     f->limit_ms * NS_PER_MS)
		serve(f, since);
}

/* Returns true when it is over. */
static bool pause_for(struct fuse *f, unsigned ms)
{
	const struct timespec end = clock_in_ms(ms);
	bool over;

	pthread_mutex_lock(&f->lock);
	if (!f->over)
		pthread_cond_timedwait(&f->wake, &f->lock, &end);
	over = f->over;
	pthread_mutex_unlock(&f->lock);
	return over;
}

static void *run(void *arg)
{
	struct fuse *f = arg;

	prctl(PR_SET_NAME, "falco-run-fuse", 0, 0, 0);
	while (!pause_for(f, f->limit_ms / LOOKS + 1))
		look(f);
	return NULL;
}

struct fuse *fuse_new(struct page *page, unsigned limit_ms)
{
	struct fuse *f;
	pthread_condattr_t attr;

	if (!limit_ms)
		return NULL;
	f = xcalloc(1, sizeof(*f));
	f->page = page;
	f->limit_ms = limit_ms;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&f->receiving, NULL);
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->wake, &attr);
	pthread_condattr_destroy(&attr);
	if (thread_start(&f->thread, NULL, run, f) == 0)
		return f;
	free(f);
	return NULL;
}

void fuse_free(struct fuse *f)
{
	if (!f)
		return;
	pthread_mutex_lock(&f->lock);
	f->over = true;
	pthread_cond_signal(&f->wake);
	pthread_mutex_unlock(&f->lock);
	fuse_end(f);
	pthread_join(f->thread, NULL);
	pthread_mutex_destroy(&f->lock);
	pthread_mutex_destroy(&f->receiving);
	pthread_cond_destroy(&f->wake);
	free(f);
}

void fuse_begin(struct fuse *f)
{
	if (!f)
		return;
	atomic_store(&f->blown, false);
	atomic_store(&f->since, clock_ns(CLOCK_MONOTONIC_COARSE));
}

bool fuse_shut_out(struct fuse *f)
{
	const struct timespec end = clock_in_ms(RECEIPT_MS);

	return !f || !pthread_mutex_clocklock(&f->receiving, CLOCK_MONOTONIC, &end);
}

void fuse_let_in(struct fuse *f)
{
	if (f)
		pthread_mutex_unlock(&f->receiving);
}

void fuse_end(struct fuse *f)
{
	if (!f)
		return;
	atomic_store(&f->since, 0);
	/* Who has begun to receive is to have done so. */
	if (atomic_load(&f->blown) && fuse_shut_out(f))
		fuse_let_in(f);
}

bool fuse_has_blown(const struct fuse *f)
{
	return f && atomic_load(&f->blown);
}

uint64_t fuse_count(const struct fuse *f)
{
	return f ? atomic_load(&f->count) : 0;
}
