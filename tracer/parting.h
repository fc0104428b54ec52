/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the watching and the monitor's end: what has been seen is still being told,
 * and who outlives the program could end the monitor before that is done. A thread
 * answers the listener meanwhile: what is aimed at the monitor is refused, all else
 * goes on unseen.
 */
#pragma once

struct fuse;
struct guard;
struct page;
struct parting;

/* Takes the listener of the page over, and what waits in its slots: the caller answers
 * nothing from here on. Page and fuse are borrowed until parting_stop(), for which SIGCHLD
 * must have a handler, without SA_RESTART: it interrupts the thread. NULL: no thread is to
 * be had. */
struct parting *parting_start(struct page *page, const struct guard *guard,
			      struct fuse *fuse);

/* Answers no more; who waits in a slot then is whoever's who comes next. NULL is fine. */
void parting_stop(struct parting *p);
