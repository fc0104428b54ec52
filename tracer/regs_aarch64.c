/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registers of a call on AArch64. x0 is both the first argument and the result,
 * so at an exit args[0] is lost; the number to be run is not in a register at all
 * but in a register set of its own.
 */
#include "regs.h"

#ifdef __aarch64__

#include <elf.h>
#include <errno.h>
#include <linux/audit.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

static void decode(const void *raw, struct regs *ret)
{
	const struct user_regs_struct *u = raw;

	*ret = (struct regs){
		.nr = (int)u->regs[8],
		.result = (int64_t)u->regs[0],
		.sp = u->sp,
	};
	for (unsigned i = 0; i < 6; i++)
		ret->args[i] = u->regs[i];
}

static int skip(pid_t tid, void *raw, int64_t result)
{
	struct user_regs_struct *u = raw;
	int none = -1;
	struct iovec v = { &none, sizeof(none) };

	if (ptrace(PTRACE_SETREGSET, tid, NT_ARM_SYSTEM_CALL, &v) < 0)
		return -errno;

	u->regs[0] = (unsigned long long)result;
	return 0;
}

static void set_result(void *raw, int64_t result)
{
	struct user_regs_struct *u = raw;

	u->regs[0] = (unsigned long long)result;
}

const struct regs_arch regs_native = {
	.audit = AUDIT_ARCH_AARCH64,
	.size = sizeof(struct user_regs_struct),
	.decode = decode,
	.skip = skip,
	.set_result = set_result,
};

#endif
