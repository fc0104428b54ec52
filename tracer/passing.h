/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a thread that nobody of us may attach to (somebody else traces it) has got
 * past a call that was let go on, from /proc alone: it is stopped, or elsewhere, or has
 * another image. Of who has ended, or may not be looked into, the image is not known.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct passing {
	int proc_fd; /* borrowed */
	pid_t tid, process;
	char call[192];  /* /proc/tid/syscall in the call */
	char image[512]; /* what an exec changes; empty: not known */
};

/* To be called while the call waits to be let go. */
void passing_start(struct passing *p, int proc_fd, pid_t tid, pid_t process);

enum passed {
	PASSED_NOT_KNOWN,
	PASSED_NOT_YET, /* it sleeps in the call */
	PASSED,         /* or it is gone */
};

/* Waits until it is past, for some milliseconds at most, and not at all where /proc is
 * closed to us. Between looks amid(ctx) is called, unless NULL. */
enum passed passing_wait(const struct passing *p, void (*amid)(void *ctx),
			 void *ctx);

enum image { IMAGE_NOT_KNOWN, IMAGE_SAME, IMAGE_NEW };

/* Which image has the process, beside that of the start? */
enum image passing_image(const struct passing *p);
