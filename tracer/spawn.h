/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The child that becomes the program (in place, place.h, it is no child): it waits
 * until it is released, runs the launcher's set-up, installs the filter and execs.
 * Answers for the order of these and for nothing left behind in the program; the page
 * (page.h) is its only way to talk, because any call that it makes after the filter
 * may itself be intercepted.
 */
#pragma once

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

struct monitor;
struct page;
struct sock_fprog;
struct tracer_command;

/* What to look at when there is no process. */
#define SPAWN_LIMITS \
	"see RLIMIT_NPROC, ulimit -u, and the container's limit of pids"

struct spawn_plan {
	const struct tracer_command *command;
	struct sigaction on_child; /* SIGCHLD as the caller found it */
	struct page *page;
	pid_t parent; /* which it does not outlive while it waits */
};

/* As in struct page_orders. */
struct spawn_orders {
	const struct sock_fprog *program; /* NULL: none is installed */
	unsigned flags;
	bool keep_privilege;
	bool wait_for_go;
};

/*
 * clone(2) with flags and no stack of its own: a fork that can share the descriptor
 * table. The child must not use threads, nor allocate. The pid, 0 in the child, or
 * a negative errno.
 */
pid_t spawn_clone(unsigned long flags);

/*
 * Makes the child, which shares the caller's descriptor table until its exec, and
 * waits: it ends with plan->parent's thread, the caller. Its pid, or a negative errno.
 */
pid_t spawn_start(const struct spawn_plan *plan);

/*
 * The same for the caller's parent, whose child it is, with the caller's exit signal
 * (clone(2): CLONE_PARENT). In page->born is its pid, or a negative errno.
 */
void spawn_start_for_parent(const struct spawn_plan *plan);

/* Has this child ended? It is not reaped. */
bool spawn_has_ended(pid_t child);

/* Becomes the program, once released. Returns only on failure, the negative errno,
 * which the page has too. */
int spawn_become(const struct spawn_plan *plan);

/* Lets the waiting child start; it does not end with us any more. */
void spawn_release(struct page *page, pid_t child,
		   const struct spawn_orders *orders);

/* Where its orders say that it waits a second time: it may install its filter, or is to
 * give up. */
void spawn_go(struct page *page, bool allowed);

/* Ends a child that waits, and reaps it. Fine with -1. */
void spawn_cancel(pid_t child);

/*
 * Waits until the child has changed a word of the page from `before`. `reap` is
 * called meanwhile, so that its death is noticed. 0; -EAGAIN: it has ended; else the
 * error that the child has reported.
 */
int spawn_await(const _Atomic int *word, int before, struct monitor *m,
		void (*reap)(void *ctx), void *ctx);

/* Installs a filter in the calling thread. The listener with NEW_LISTENER, else 0;
 * or a negative errno. Sets no_new_privs where the kernel insists on it, or, unless
 * keep_privilege, always. */
int spawn_filter(const struct sock_fprog *program, unsigned flags,
		 bool keep_privilege);
