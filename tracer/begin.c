/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first forks: see begin.h. Where one fails, it is tried again when it is needed,
 * and the failure told then.
 */
#include "begin.h"

#include <sys/prctl.h>
#include <time.h>

#include "alloc.h"

#include "page.h"
#include "place.h"
#include "probe.h"
#include "spawn.h"

/* How often who waits for the child looks for it. */
#define LOOK_NS 100000

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
	struct spawn_plan plan = { .command = command, .parent = getpid() };
	struct keeper_errands errands = { 0 };

	if (!b)
		return NULL;
	plan.on_child = b->on_child;
	plan.page = b->page;
	if (engine == TRACER_AUTO)
		b->probing = errands.probing = probe_new();
	if (!place)
		errands.plan = &plan;
	if (engine == TRACER_AUTO || engine == TRACER_NOTIFY)
		keeper_start(b->page, on_monitor_exit, &errands, &b->keeper);
	b->maker = b->keeper.pid;
	if (!place)
		b->child = b->maker < 0 ? spawn_start(&plan) : 0;
	return b;
}

pid_t begin_child(struct beginning *b)
{
	const struct timespec look = { 0, LOOK_NS };
	bool over;

	while (!b->child) {
		over = spawn_has_ended(b->maker);
		b->child = atomic_load(&b->page->born);
		if (!b->child && over)
			b->child = -1;
		if (!b->child)
			nanosleep(&look, NULL);
	}
	/* gVisor makes it the keeper's, whatever clone(2) was asked for. */
	if (b->child > 0 && spawn_has_ended(b->child)) {
		spawn_cancel(b->child);
		b->child = -1;
	}
	return b->child;
}

void begin_free(struct beginning *b)
{
	if (!b)
		return;
	probe_free(b->probing);
	spawn_cancel(begin_child(b));
	/* Nobody is kept, and it may be busy with the probe. */
	if (b->keeper.pid > 0)
		kill(b->keeper.pid, SIGKILL);
	keeper_release(&b->keeper, b->page, true);
	if (!b->in_place)
		page_free(b->page);
	free(b);
}

void tracer_begin_cancel(struct beginning *b)
{
	begin_free(b);
}
