/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The latency fuse of engine notify: no caller waits for the monitor for longer than
 * a limit. A thread looks at the clock; where the monitor has been at one thing for
 * too long, it lets everybody go who waits, and goes on so until the monitor is back.
 * What is let go is not judged, and counted.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct fuse;
struct page;

/* The page is borrowed until fuse_free(); it has the listener from the first
 * fuse_begin() on. limit_ms 0, or no thread to be had: NULL, which is fine for all
 * functions. */
struct fuse *fuse_new(struct page *page, unsigned limit_ms);
void fuse_free(struct fuse *f);

/* The monitor begins with something; it is done with it. */
void fuse_begin(struct fuse *f);
void fuse_end(struct fuse *f);

/* Who receives between the two shuts the fuse out meanwhile: it may be receiving as well, and
 * whoever finds nothing any more would wait for the next caller. False: it does so. */
bool fuse_shut_out(struct fuse *f);
void fuse_let_in(struct fuse *f);

/* Has it blown since fuse_begin()? */
bool fuse_has_blown(const struct fuse *f);

/* How many callers have been let go. */
uint64_t fuse_count(const struct fuse *f);
