/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Staying attached while no call is followed. First to whom could not be attached to any
 * more: root without CAP_SYS_PTRACE loses a process that gives root up, and its children,
 * until they exec. Then to whom signals come all the time, or may: those of its timers
 * (timers.h), and those of others that it handles (handlers.h), unless it only waits. A
 * signal that comes before its notification has been received ends a call with
 * ERESTARTSYS (seccomp_do_user_notification() of the kernel), and a handler that does
 * not ask for restarts makes that EINTR, of open(2) too. Attached, we stop the thread
 * before the handler is asked, and make it ERESTARTNOINTR. Whoever wants to attach
 * instead of us is given way.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct call;
struct decision;
struct notify;
struct tracee;

/*
 * The caller whose turn it is, of whose call no event has been made yet, may have to be
 * kept from now on: its process, until its exec, with all threads, and those to come;
 * where it is to be closed, its children too. Where we may not attach, nothing happens.
 */
void notify_look_after(struct notify *n, const struct call *call);

/* A thread that we are attached to, by inheritance: sets `kept` where it is to be. */
void notify_look_at(struct notify *n, struct tracee *t);

/* A kept thread is stopped for a signal, its call having ended with ERESTARTSYS: of one
 * that has not been received the handler does not decide. */
void notify_spare(struct notify *n, struct tracee *t);

/* Goes a kept thread on with a signal as it went on with the last: has it called nothing
 * in between, as a shell that waits for one child after the other? Then it may be let go
 * until it calls again. */
bool notify_is_idle(struct tracee *t, int sig);

/*
 * Is the call one that attaches to a thread which is attached to us? Then that is let
 * go, the call is answered (it is made anew, until that has been done), and true. Not of
 * who cannot be let go for long: false.
 */
bool notify_gives_way(struct notify *n, const struct call *call);

/* All are to be let go for good, at stops which come soon: but for who sleeps in a call
 * that is followed, who is let go by our own end. Is anybody still to stop? */
void notify_leave_all(struct notify *n);
bool notify_is_leaving(struct notify *n);

/* Is it a kept thread's exec, to be run without us (what we trace gets no privilege)?
 * Then the thread is let go, the call answered, to be made anew, and true. */
bool notify_frees(struct notify *n, const struct call *call,
		  const struct decision *d);
