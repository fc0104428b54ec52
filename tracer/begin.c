/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first forks: see begin.h. Where one fails, it is tried again when it is needed,
 * and the failure told then.
 */
#include "begin.h"

#include <sys/prctl.h>

#include "alloc.h"

#include "page.h"
#include "place.h"
#include "probe.h"
#include "spawn.h"

/* Ignored, SIGCHLD would tell us of nobody, and children would vanish unreaped. */
static void hear_children(struct beginning *b)
{
	const struct sigaction usual = { .sa_handler = SIG_DFL };

	sigaction(SIGCHLD, &usual, &b->on_child);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

struct beginning *begin_bare(const struct tracer_place *place)
{
	struct beginning *b = xcalloc(1, sizeof(*b));

	b->keeper = (struct keeper)KEEPER_NONE;
	b->child = -1;
	hear_children(b);
	b->in_place = place;
	b->page = place ? place_page(place) : page_new();
	if (b->page)
		return b;
	free(b);
	return NULL;
}

struct beginning *tracer_begin(enum tracer_engine engine,
			       enum monitor_exit on_monitor_exit,
			       const struct tracer_command *command,
			       const struct tracer_place *place)
{
	struct beginning *b = begin_bare(place);
	struct spawn_plan plan = { .command = command };

	if (!b)
		return NULL;
	/* The helper has the most to do. */
	if (engine == TRACER_AUTO)
		b->probing = probe_begin();
	if (engine == TRACER_AUTO || engine == TRACER_NOTIFY)
		keeper_start(b->page, on_monitor_exit, &b->keeper);
	plan.on_child = b->on_child;
	plan.page = b->page;
	if (!place)
		b->child = spawn_start(&plan);
	return b;
}

void begin_free(struct beginning *b)
{
	if (!b)
		return;
	probe_cancel(b->probing);
	spawn_cancel(b->child);
	keeper_release(&b->keeper, b->page, true);
	if (!b->in_place)
		page_free(b->page);
	free(b);
}

void tracer_begin_cancel(struct beginning *b)
{
	begin_free(b);
}
