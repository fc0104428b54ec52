/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads beside the one that traces: signals are others' business.
 */
#pragma once

#include <pthread.h>
#include <signal.h>

/* pthread_create(3), with all signals blocked. 0 or a negative errno. */
static inline int thread_start(pthread_t *ret, const pthread_attr_t *attr,
			       void *(*fn)(void *arg), void *arg)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(ret, attr, fn, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -r;
}
