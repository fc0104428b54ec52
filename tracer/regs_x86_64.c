/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registers of a call on x86-64.
 */
#include "regs.h"

#ifdef __x86_64__

#include <linux/audit.h>
#include <sys/user.h>

static void decode(const void *raw, struct regs *ret)
{
	const struct user_regs_struct *u = raw;

	*ret = (struct regs){
		.nr = (int)u->orig_rax,
		.args = { u->rdi, u->rsi, u->rdx, u->r10, u->r8, u->r9 },
		.result = (int64_t)u->rax,
		.sp = u->rsp,
	};
}

static int skip(pid_t tid, void *raw, int64_t result)
{
	struct user_regs_struct *u = raw;

	(void)tid;
	u->orig_rax = (unsigned long long)-1;
	u->rax = (unsigned long long)result;
	return 0;
}

static void set_result(void *raw, int64_t result)
{
	struct user_regs_struct *u = raw;

	u->rax = (unsigned long long)result;
}

const struct regs_arch regs_native = {
	.audit = AUDIT_ARCH_X86_64,
	.size = sizeof(struct user_regs_struct),
	.decode = decode,
	.skip = skip,
	.set_result = set_result,
};

#endif
