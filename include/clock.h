/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moments: clock_gettime(2) as one number, and as the end of a wait.
 */
#pragma once

#include <stdint.h>
#include <time.h>

/* A clock's time in nanoseconds. */
static inline uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

/* The same in milliseconds. */
static inline uint64_t clock_ms(clockid_t clock)
{
	return clock_ns(clock) / 1000000;
}

/* The moment of CLOCK_MONOTONIC that is so many milliseconds from now, for
 * pthread_cond_timedwait(3) with that clock. */
static inline struct timespec clock_in_ms(uint64_t ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += (time_t)(ms / 1000);
	t.tv_nsec += (long)(ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}
