/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child process to be looked at: it gets ready, says so, and waits. It is a fork,
 * so that what stands in our memory before stands at the same addresses in its own.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "tracer/call.h"

struct child {
	pid_t pid;
	int64_t told[8]; /* what child_tell() has said, in order */
};

/* Runs `ready` in a new process and waits until it returns; the process then
 * sleeps until child_end(). */
struct child child_start(void (*ready)(void *arg), void *arg);

/* In the child: the next number for the parent's `told`. */
void child_tell(int64_t number);

/* Ends the child and reaps it. Twice is fine. */
void child_end(struct child *c);

/* For tests of what not every machine allows (a root of one's own, without
 * privileges): skips the running test when the child said 0. */
#define skip_unless_told(c, i) \
	do { \
		if (!(c)->told[i]) { \
			child_end(c); \
			print_message("not allowed on this machine\n"); \
			skip(); \
		} \
	} while (0)

/* A call as the engines fill it, of the machine's own architecture. */
struct call child_call(const struct child *c, int nr, uint64_t a, uint64_t b,
		       uint64_t d);

/* Runs fn in a process where `nr` fails with `error`; true when fn returned true. */
bool without_call(int nr, int error, bool (*fn)(void *arg), void *arg);

/* /proc, opened once and left open. */
int proc_fd(void);
