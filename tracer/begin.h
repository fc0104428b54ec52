/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run makes first: the page, the keeper and the process that becomes the
 * program, which waits. A fork makes each page that its parent writes to afterwards
 * be copied, so forks come before rules, of which there are megabytes; and it costs
 * what loading a third of the rules does, so we make one and the keeper the others.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "keeper.h"
#include "tracer.h"

struct page;
struct probing;
struct tracer_place;

struct beginning {
	struct page *page;
	struct probing *probing;   /* NULL: nothing is tried, or no more */
	struct keeper keeper;      /* KEEPER_NONE: there is none, or no more */
	pid_t maker;               /* who makes the child: whoever has the keeper now */
	pid_t child;               /* see begin_child(); -1: none, or it is released */
	bool in_place;             /* the page is not ours */
	struct sigaction on_child; /* SIGCHLD as it was found */
};

/*
 * The page alone, SIGCHLD with its default disposition, and the calling process as
 * the reaper of its descendants. In place the page is there already, and who waits is
 * no child. NULL: no memory to share.
 */
struct beginning *begin_bare(const struct tracer_place *place);

/* The process that waits to become the program, made by the keeper meanwhile (0 until it
 * is asked for). Negative: there is none. */
pid_t begin_child(struct beginning *b);

/* Ends what waits, gives back what nobody has taken, frees. NULL is fine. */
void begin_free(struct beginning *b);
