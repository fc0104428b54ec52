/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events that somebody tells us of, and no call makes: the `container` event, about
 * the process that was spawned.
 */
#include "arena.h"
#include "array.h"

#include "decode.h"
#include "live.h"

/* Its one parameter is given; nothing reads it of the process. */
static enum outcome told_nothing(struct live_event *le, const struct source *s,
				 struct value *v)
{
	(void)le;
	(void)s;
	(void)v;
	return OUTCOME_ABSENT;
}

static const struct source told_sources[] = { { .read = told_nothing } };

static const struct syscall_row container_row = {
	.name = "container",
	.type = EVENT_CONTAINER_JSON_2_E,
	.sources = told_sources,
	.nsources = ARRAY_SIZE(told_sources),
};

struct event *live_told_container(struct live *l, pid_t tid, struct span json)
{
	const struct call call = { .tid = tid };
	struct live_event *le;

	processes_tick(l->processes);
	le = live_event_alone(l, &call, &container_row,
			      processes_find(l->processes, tid));
	le->ev.params[0].outcome = OUTCOME_VALUE;
	le->ev.params[0].text = span_make(
		arena_strndup(&le->arena, json.data, json.n), json.n);
	return &le->ev;
}
