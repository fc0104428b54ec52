/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both calls take the interval first, and then the time of the first signal: one that
 * is not zero makes it many.
 */
#include "timers.h"

#include "array.h"

#include "decode.h"
#include "live.h"

struct timer_call {
	const char *name;
	unsigned generic;
	unsigned arg; /* points to the times */
	bool wide;    /* numbers of 64 bits in every ABI */
};

static const struct timer_call calls[] = {
	{ "setitimer", GENERIC_setitimer, 1, false },
	{ "timer_settime", GENERIC_timer_settime, 2, false },
	{ "timer_settime64", GENERIC_timer_settime, 2, true },
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

bool timers_may_set(unsigned generic)
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		if (calls[i].generic == generic)
			return true;
	}
	return false;
}

static const struct timer_call *find(const struct call *call)
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		if (syscall_number(calls[i].name, call->arch) == call->nr)
			return &calls[i];
	}
	return NULL;
}

static bool has_interval(struct live_event *le, const struct timer_call *c)
{
	unsigned size = c->wide ? sizeof(uint64_t) : le->long_size;

	return decode_block(le, le->call.args[c->arg], 2 * (size_t)size) ==
		       OUTCOME_VALUE &&
	       (decode_block_number(le, 0, size) ||
		decode_block_number(le, size, size));
}

static bool sets(struct live *l, const struct call *call,
		 const struct timer_call *c)
{
	struct live_event *le = live_event_aside(l, call);
	bool has = has_interval(le, c);

	live_end(l, &le->ev);
	return has;
}

bool timers_are_set(struct live *l, const struct call *call)
{
	const struct syscall_entry *entry =
		syscall_index_find(l->index, call->arch, call->nr);
	const struct timer_call *c = NULL;

	if (entry && entry->row->type == EVENT_GENERIC_X &&
	    timers_may_set(entry->row->generic))
		c = find(call);
	return c && sets(l, call, c);
}
