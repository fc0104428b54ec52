/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which signals are taken and by whom. What is sent to falco-run is meant for the
 * program: the front takes and forwards it (front.h). The monitor takes nothing but
 * what the front hands it, since it is meant for us after all (reopen outputs...), on
 * a thread. Dispositions are never changed, so nothing is inherited but the mask,
 * which the child puts back.
 */
#pragma once

#include <signal.h>
#include <stddef.h>
#include <sys/types.h>

struct signals;

/* A signal that is ours after all: fn is called on the thread. */
struct signal_hook {
	int number;
	void (*fn)(void *ctx);
	void *ctx;
};

/*
 * Blocks in the calling thread, and so in those that it makes, what could be meant for
 * the program, SIGCHLD (it is read from a descriptor) and SIGPIPE (a dead reader is
 * an errno). *ret_before is the mask as it was.
 */
void signals_block(sigset_t *ret_before);

/* All that the front takes: also what a fault of its own would give, since it is sent
 * by people too. */
void signals_fill_front(sigset_t *ret);

/* A signal that asks us to end and is waiting to be taken; 0 for none. */
int signals_pending_end(void);

/* Starts to take signals, at most SIGNAL_HOOKS, from `front` alone. -EAGAIN: no
 * thread. The caller frees *ret with signals_free(). */
#define SIGNAL_HOOKS 4
int signals_take(pid_t front, const struct signal_hook *hooks, size_t n,
		 struct signals **ret);

/* Ends the thread. NULL is fine. */
void signals_free(struct signals *s);
