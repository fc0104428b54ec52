/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sleeping calls that end with EINTR because somebody is traced. Some (epoll_wait(2),
 * sigtimedwait(2) and kin) do so for whatever wakes them: for the stop that we ask for, and
 * for a signal that the kernel would have thrown away unseen if nobody traced the
 * thread. Those are made anew, as if nothing had happened.
 */
#pragma once

struct monitor;
struct tracee;

/* The thread, of whom no call is followed, is stopped for a signal. What has a time limit
 * is made anew once in that time: it would never be up otherwise. */
void spare_signalled(struct monitor *m, struct tracee *t, int sig);

/* It is stopped by our interrupt, and let go next. */
void spare_interrupted(struct monitor *m, struct tracee *t);
