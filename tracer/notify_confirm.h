/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Following one call to its end on demand (design.md section 4): attach, interrupt,
 * answer, look at the stop, detach. A call that blocks stays attached while the loop
 * serves others.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct call;
struct decision;
struct notify;
struct stop;
struct tracee;

/* Answers the notification whose turn it is so that the end of its call is seen, and the
 * event delivered then. */
void notify_confirm(struct notify *n, const struct call *call,
		    const struct decision *d);

/* Forgets a thread without a followed call that is not attached to us any more. */
void notify_check(struct notify *n, pid_t tid);

/*
 * A notification from a thread that is being followed: the restarted call itself,
 * which is let go on, and true; or the thread is somebody else by now, the old
 * story is ended, and false: the notification is a new one.
 */
bool notify_is_repeat(struct notify *n, const struct call *call);

/* A stop or death of a followed thread; of anybody else it is ignored. */
void notify_on_stop(struct notify *n, const struct stop *stop);

/* Ends the stories of calls whose end nobody will see. */
void notify_abandon_all(struct notify *n);

/* --- For notify_keep.c --- */

/* Whose births stop: a thread's, or a process's as well. */
enum notify_births {
	NOTIFY_NONE,
	NOTIFY_THREADS,
	NOTIFY_ALL,
};

/* PTRACE_SEIZE, with the options that following takes. 0 or a negative errno. */
int notify_seize(struct notify *n, pid_t tid, enum notify_births births);

/* A stopped thread goes on: let go, or, kept, with no call followed. */
void notify_let_go(struct notify *n, struct tracee *t, int sig);

/* The call's end will not be seen by us: what is known is told. */
void notify_give_up(struct notify *n, struct tracee *t);
