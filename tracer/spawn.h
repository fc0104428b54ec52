/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The child that becomes the program: it runs the launcher's set-up, installs the
 * filter and execs. Answers for the order of these and for nothing left behind in
 * the program; the page (page.h) is its only way to talk, because any call that it
 * makes after the filter may itself be intercepted.
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

struct spawn_plan {
	const struct tracer_command *command;
	const struct sock_fprog *program; /* NULL: none is installed */
	unsigned flags;     /* SECCOMP_FILTER_FLAG_* */
	bool wait_for_go;   /* page->go must be set before the filter */
	bool share_files;   /* the listener is to be everybody's */
	bool keep_privilege; /* CAP_SYS_ADMIN: try without no_new_privs */
	struct sigaction on_child; /* SIGCHLD as the caller found it */
	struct page *page;
};

/*
 * clone(2) with flags and no stack of its own: a fork that can share the descriptor
 * table. The child must not use threads, nor allocate. The pid, 0 in the child, or
 * a negative errno.
 */
pid_t spawn_clone(unsigned long flags);

/* Starts the child. Its pid, or a negative errno. */
pid_t spawn_start(const struct spawn_plan *plan);

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
