/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The structure begins with two longs of the ABI, the handler and the flags. That a
 * handler is taken away again is not looked at.
 */
#include "handlers.h"

#include <signal.h>

#include "decode.h"
#include "filter.h"
#include "live.h"
#include "processes.h"

#define BIT(sig) (UINT64_C(1) << ((sig) - 1))
/* From SIGRTMIN on four. Not all: posix_spawn(3) sets every signal to its default, in each
 * child, and each that is watched is a call that comes to us. */
#define REAL_TIME (BIT(34) | BIT(35) | BIT(36) | BIT(37))

static const uint64_t watched = BIT(SIGUSR1) | BIT(SIGUSR2) | BIT(SIGALRM) |
				BIT(SIGCHLD) | BIT(SIGURG) | BIT(SIGIO) |
				REAL_TIME;

void handlers_calls(uint32_t arch, struct filter *f)
{
	filter_add_among(f, arch, syscall_number("rt_sigaction", arch), 0,
			 watched);
}

/* SIG_DFL and SIG_IGN are 0 and 1. */
static bool handles(struct live_event *le)
{
	return decode_block(le, le->call.args[1], 2 * (size_t)le->long_size) ==
		       OUTCOME_VALUE &&
	       decode_block_number(le, 0, le->long_size) > 1 &&
	       !(decode_block_number(le, le->long_size, le->long_size) &
		 SA_RESTART);
}

static bool is_setting(const struct live *l, const struct call *call)
{
	const struct syscall_entry *entry =
		filter_is_among(call->args, 0, watched) ?
			syscall_index_find(l->index, call->arch, call->nr) :
			NULL;

	return entry && entry->row->type == EVENT_GENERIC_X &&
	       entry->row->generic == GENERIC_rt_sigaction;
}

bool handlers_note(struct live *l, const struct call *call)
{
	struct live_event *le;
	bool handled;

	if (!is_setting(l, call))
		return false;
	le = live_event_aside(l, call);
	handled = le->thread && handles(le);
	if (handled) {
		le->thread->leader->spoils = SPOILS;
		l->spoilt = true;
	}
	live_end(l, &le->ev);
	return handled && call->args[0] != SIGCHLD;
}

/* Seen for the first time, it has what its parent had: its exec would have been seen. */
static enum spoils inherited(struct live *l, struct process_entry *leader)
{
	const struct process_entry *parent =
		processes_parent(l->processes, leader);

	return parent && parent->spoils == SPOILS ? SPOILS : SPOILS_NOT;
}

bool handlers_endanger(struct live *l, const struct call *call)
{
	struct process_entry *e =
		l->spoilt && !is_setting(l, call) ?
			processes_find(l->processes, call->tid) :
			NULL;

	if (!e || e->leader->pidfd < 0)
		return false;
	e = e->leader;
	if (e->spoils == SPOILS_UNKNOWN)
		e->spoils = inherited(l, e);
	return e->spoils == SPOILS;
}

void handlers_forget(struct live *l, pid_t tid)
{
	struct process_entry *e = processes_find(l->processes, tid);

	if (e)
		e->leader->spoils = SPOILS_NOT;
}
