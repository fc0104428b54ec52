/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The front: the process that the caller started, and all that it sees of us. It stands
 * for the program: what is sent to it reaches the program (once), it stops when the
 * program stops and ends as the program has ended, and as PID 1 it reaps. It watches
 * nobody: that is the monitor, its child, in a process group of its own, so that
 * neither a stopped job nor a signal to the group stops or ends the watching. Of the
 * monitor it hears through a channel; should it be killed, the program becomes the
 * front's child and is waited for all the same.
 */
#pragma once

#include <signal.h>
#include <sys/types.h>

#include "witness.h"

struct error;
struct log;

enum front_news {
	FRONT_STARTED, /* the program runs; value: its pid */
	FRONT_STOPPED, /* a signal has stopped it; value: which; 0: it goes on */
	FRONT_ENDED,   /* it has been reaped; value: as from waitpid(2) */
};

/* Both sides have one. */
struct front {
	pid_t pid;     /* the front's */
	pid_t group;   /* the front's process group, to be the program's */
	pid_t monitor; /* 0 in the monitor */
	int channel;
	int death; /* the front's: the signal that has ended the program, or 0 */
	struct span args; /* where the process's arguments lie; n 0: not known */
	struct witness witness; /* the front's */
};

#define FRONT_INIT { -1, -1, 0, -1, 0, SPAN_INIT(""), WITNESS_NONE }

/*
 * Parts the calling process, which must have one thread and blocked signals (see
 * signals_block()), into front and monitor: ret->monitor says which one returns. *ret is
 * FRONT_INIT, with `args` where they are known. With `end_together` the front's death is the
 * monitor's. -EAGAIN or another errno of fork(2): err says what is short.
 */
int front_part(struct front *ret, bool end_together, struct error *err);

/* Why there is no process for us: r is fork(2)'s negative errno, and is returned. */
int front_no_process(int r, struct error *err);

/*
 * The front's life: to the end of the monitor, and of the program if that outlives it.
 * `kept` signals go to the monitor and to nobody else. Returns the exit status.
 */
int front_serve(struct front *f, const sigset_t *kept, const struct log *log);

/*
 * The front's last word: ends by the signal that the program has been ended by, so that
 * whoever waits for us sees what it would see alone (a shell that runs a loop ends that
 * where Ctrl-C was the end), leaving no core. Returns where it did not die of one, where
 * `status` is another than that, and as PID 1, which nobody can end so.
 */
void front_end(struct front *f, int status);

/* On the monitor's side: tells the front. */
void front_tell(const struct front *f, enum front_news what, int value);

/* On either side: /dev/null in place of the standard streams, which are the program's:
 * what it closes is to be closed. */
void front_let_go(void);

/* Frees what either side holds; in the front, ends the witness. */
void front_done(struct front *f);
