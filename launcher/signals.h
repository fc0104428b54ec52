/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals sent to falco-run are meant for the program that it stands in front of: a
 * thread waits for them and sends them on. Dispositions are never changed, so
 * nothing is inherited but the mask, which the child puts back. What a terminal
 * sends reached the whole process group already and is not sent twice; job control
 * keeps its default action.
 */
#pragma once

#include <signal.h>
#include <sys/types.h>

struct signals;

/* A signal that is ours after all: fn is called on the thread, nothing is sent. */
struct signal_hook {
	int number; /* one of those that are forwarded */
	void (*fn)(void *ctx);
	void *ctx;
};

/*
 * Blocks in the calling thread, and so in those that it makes, what is forwarded,
 * SIGCHLD (the tracer reads it from a descriptor) and SIGPIPE (a dead reader is an
 * errno). *ret_before is the mask as it was.
 */
void signals_block(sigset_t *ret_before);

/* A signal that asks us to end and is waiting to be taken; 0 for none. */
int signals_pending_end(void);

/* Starts to forward to a child of ours; hook may be NULL. Returns -EAGAIN, or another errno when
 * there is no such process. The caller frees *ret with signals_free(). */
int signals_forward(pid_t pid, const struct signal_hook *hook,
		    struct signals **ret);

/* Ends the thread. NULL is fine. */
void signals_free(struct signals *s);
