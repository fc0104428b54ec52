/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Was a signal sent to our process group, or to us alone? The kernel does not say, and
 * it matters: a group's signal has reached the program too and must not be sent on. A
 * witness is a process that lives in the group beside us, blocks everything and does
 * nothing: what it was sent as well was meant for the group.
 */
#pragma once

#include <stdbool.h>
#include <sys/signalfd.h>
#include <sys/types.h>

#include "span.h"

struct witness {
	pid_t pid; /* -1: none */
	int fd;    /* questions and answers; its end ends the witness */
};

#define WITNESS_NONE { -1, -1 }

/* Starts a witness in the caller's group; the caller must have one thread. `args` is where
 * the caller's arguments lie (proc_pid_cmdline(5)), n 0 where that is not known. A negative
 * errno where there can be none: what it would know is guessed at then. */
int witness_start(const struct span *args, struct witness *ret);

/*
 * Was this signal, which the caller has taken, the group's? Every signal is asked
 * about once. Without a witness the kernel's own (si_code SI_KERNEL: the terminal's)
 * are taken for the group's. A witness that was stopped is woken up.
 */
bool witness_saw(struct witness *w, const struct signalfd_siginfo *info);

/* Tells it to end, and waits for nothing. Fine with WITNESS_NONE. */
void witness_dismiss(const struct witness *w);

/* Ends it. Fine with WITNESS_NONE. */
void witness_end(struct witness *w);
