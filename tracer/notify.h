/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Engine `notify`, its inside, for notify_confirm.c and the tests: a listener on
 * which every intercepted call of the workload arrives, and the few threads that
 * are attached while a call of theirs is followed to its end.
 */
#pragma once

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "array.h"

#include "keeper.h"
#include "monitor.h"
#include "tracee.h"

/* An exec, by a thread that is not followed, of a process with other threads. */
struct loose_exec {
	pid_t process, tid;
};

/* Where somebody who was answered runs, as far as we know. */
#define SPOTS 64
struct spot {
	pid_t tid;
	int cpu; /* -1: elsewhere than we were */
};

struct notify {
	struct monitor *m;
	struct fuse *fuse;
	struct keeper keeper;
	struct parting *parting; /* who answers callers now; NULL: we do, or the keeper */
	int listener;   /* -1 before the spawn */
	int child_fd;   /* signalfd(2) of SIGCHLD */
	pid_t self;     /* the thread that is the tracer */
	bool hung_up;   /* nobody is left under the filter */
	bool parted;    /* we do not answer any more */
	bool joined;    /* the keeper, released, has our table of descriptors still */
	/* The page's slots as a ring: received, in the order of receipt. */
	unsigned first, waiting;
	unsigned turn;  /* counts decisions */
	bool near; /* whoever is answered runs where we do */
	bool far;  /* the kernel knows no other way */
	int cpu;   /* where we were when we last answered */
	struct spot spots[SPOTS]; /* by the remainder of the thread's number */
	unsigned crowd; /* decisions for which we look for more callers first */
	uint64_t looked_ns; /* when we last looked for all who call */
	pid_t last;      /* who called last */
	unsigned streak; /* calls in a row that were decided at entry or quickly */
	bool has_quick;  /* somebody's end has been followed quickly */
	bool has_pulse;
	timer_t pulse; /* interrupts a burst */
	struct tracee_table followed;
	size_t stories; /* how many of them have a call that is followed */
	size_t execs;   /* how many of those are in an exec */
	size_t attaches; /* and how many attach to somebody */
	ARRAY(struct loose_exec) loose;
};

/* The call that a notification tells of; nothing says whether that is still waited for. */
struct call notify_call(const struct seccomp_notif *notif);

/* Answers to the notification whose turn it is. 0, or -ENOENT: the thread is gone
 * (or was interrupted before we had received it). */
int notify_go_on(struct notify *n);
int notify_refuse(struct notify *n, int error);
/* The call is not run, but made anew at once. */
int notify_restart(struct notify *n);

/* Is the notification whose turn it is still waited upon? */
bool notify_is_valid(struct notify *n);
/* It is not, and its event comes to nothing. False too when the fuse has let it go:
 * that is told of as far as it was seen. */
bool notify_dismiss(struct notify *n, struct event *ev);
