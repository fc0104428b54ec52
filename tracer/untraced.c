/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of the two calls the one has its flags first, the other where its first argument
 * points to, first again.
 */
#include "untraced.h"

#include <errno.h>
#include <sched.h>

#include "call.h"
#include "decode.h"
#include "filter.h"
#include "live.h"
#include "regs.h"

void untraced_calls(uint32_t arch, struct filter *f)
{
	filter_add_when(f, arch, syscall_number("clone", arch), 0,
			CLONE_UNTRACED);
	filter_add(f, arch, syscall_number("clone3", arch));
}

static bool is_set_there(struct live *l, const struct call *call)
{
	struct live_event *le = live_event_aside(l, call);
	bool set = decode_block(le, call->args[0], 8) == OUTCOME_VALUE &&
		   decode_block_number(le, 0, 8) & CLONE_UNTRACED;

	live_end(l, &le->ev);
	return set;
}

enum untraced untraced_spare(struct live *l, struct call *call)
{
	if (!live_bears(l, call))
		return UNTRACED_NOT;
	if (call->nr == syscall_number("clone", call->arch) &&
	    call->args[0] & CLONE_UNTRACED) {
		call->args[0] &= ~(uint64_t)CLONE_UNTRACED;
		regs_set_first(call->tid, call->arch, call->args[0]);
		return UNTRACED_SPARED;
	}
	if (call->nr != syscall_number("clone3", call->arch) ||
	    !is_set_there(l, call))
		return UNTRACED_NOT;
	regs_skip(call->tid, call->arch, -ENOSYS);
	return UNTRACED_REFUSED;
}
