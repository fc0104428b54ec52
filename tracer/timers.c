/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both calls take the interval first, and then the time of the first signal: one that
 * is not zero makes it many.
 */
#include "timers.h"

#include "array.h"

#include "decode.h"
#include "live.h"

static const struct {
	const char *name;
	unsigned generic;
	unsigned arg; /* points to the times */
} calls[] = {
	{ "setitimer", GENERIC_setitimer, 1 },
	{ "timer_settime", GENERIC_timer_settime, 2 },
	{ "timer_settime64", GENERIC_timer_settime, 2 },
};

void timers_calls(uint32_t arch, void (*fn)(void *ctx, uint32_t arch, int nr),
		  void *ctx)
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		int nr = syscall_number(calls[i].name, arch);

		if (nr >= 0)
			fn(ctx, arch, nr);
	}
}

/* Where it says where the times are; NULL: it sets none. */
static const unsigned *find(unsigned generic)
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		if (calls[i].generic == generic)
			return &calls[i].arg;
	}
	return NULL;
}

bool timers_may_set(unsigned generic)
{
	return find(generic);
}

static bool has_interval(struct live_event *le, unsigned arg)
{
	size_t n = 2 * (size_t)le->long_size;

	return decode_block(le, le->call.args[arg], n) == OUTCOME_VALUE &&
	       (decode_block_number(le, 0, le->long_size) ||
		decode_block_number(le, le->long_size, le->long_size));
}

/* Nobody hears of this event: it has no number. */
static bool sets(struct live *l, const struct call *call, unsigned arg)
{
	struct event *ev = live_begin(l, call, PHASE_ENTRY);
	struct live_event *le = live_event_of(ev);
	bool has;

	le->let_in = le->counted = true;
	has = has_interval(le, arg);
	live_end(l, ev);
	return has;
}

bool timers_are_set(struct live *l, const struct call *call)
{
	const struct syscall_entry *entry =
		syscall_index_find(l->index, call->arch, call->nr);
	const unsigned *arg = NULL;

	if (entry && entry->row->type == EVENT_GENERIC_X)
		arg = find(entry->row->generic);
	return arg && sets(l, call, *arg);
}
