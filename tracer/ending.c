/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which call is the last one of PID 1: see ending.h.
 */
#include "ending.h"

#include <seccomp.h>
#include <stddef.h>

#include "call.h"
#include "procfs.h"
#include "regs.h"

void ending_init(struct ending *e, int proc_fd, bool watched)
{
	*e = (struct ending){ .proc_fd = proc_fd, .watched = watched };
	for (size_t i = 0; regs_abis[i].arch && i < GUARD_ABIS_MAX; i++) {
		e->all[i] = seccomp_syscall_resolve_name_arch(regs_abis[i].arch,
							      "exit_group");
		e->one[i] = seccomp_syscall_resolve_name_arch(regs_abis[i].arch,
							      "exit");
	}
}

void ending_calls(const struct ending *e,
		  void (*fn)(void *ctx, uint32_t arch, int nr), void *ctx)
{
	for (size_t i = 0; e->watched && regs_abis[i].arch && i < GUARD_ABIS_MAX;
	     i++) {
		fn(ctx, regs_abis[i].arch, e->all[i]);
		fn(ctx, regs_abis[i].arch, e->one[i]);
	}
}

static bool is_of_init(const struct ending *e, const struct call *call,
		       bool *ret_alone)
{
	struct procfs_status status;

	if (procfs_status(e->proc_fd, call->tid, &status) < 0)
		return false;
	*ret_alone = status.threads == 1;
	return status.tgid == 1;
}

bool ending_has_come(const struct ending *e, const struct call *call)
{
	bool alone;

	for (size_t i = 0; e->watched && regs_abis[i].arch && i < GUARD_ABIS_MAX;
	     i++) {
		if (call->arch == regs_abis[i].arch &&
		    (call->nr == e->all[i] || call->nr == e->one[i]))
			return is_of_init(e, call, &alone) &&
			       (call->nr == e->all[i] || alone);
	}
	return false;
}
