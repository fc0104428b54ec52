/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registers of a call on AArch64, and of one by a 32-bit ARM program (EABI). x0
 * (r0) is both the first argument and the result, so at an exit args[0] is lost; the
 * number to be run is not in a register at all but in a register set of its own.
 */
#include "regs.h"

#ifdef __aarch64__

#include <elf.h>
#include <errno.h>
#include <linux/audit.h>
#include <seccomp.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

/* struct pt_regs of ARM: r0 to r15, the status, r0 as it was. */
struct short_regs {
	uint32_t r[16], cpsr, orig_r0;
};

static bool is_long(const struct regs_raw *raw)
{
	return raw->n == sizeof(struct user_regs_struct);
}

static bool decode(const struct regs_raw *raw, struct regs *ret)
{
	const struct user_regs_struct *u = (const void *)raw->bytes;

	if (!is_long(raw))
		return false;
	*ret = (struct regs){
		.nr = (int)u->regs[8],
		.result = (int64_t)u->regs[0],
		.sp = u->sp,
	};
	for (unsigned i = 0; i < 6; i++)
		ret->args[i] = u->regs[i];
	return true;
}

static bool decode_arm(const struct regs_raw *raw, struct regs *ret)
{
	const struct short_regs *u = (const void *)raw->bytes;

	if (raw->n != sizeof(*u))
		return false;
	*ret = (struct regs){
		.nr = (int)u->r[7],
		.result = regs_narrow_result(u->r[0]),
		.sp = u->r[13],
	};
	for (unsigned i = 0; i < 6; i++)
		ret->args[i] = u->r[i];
	return true;
}

/* The first argument is in the same register. */
static void set_result(struct regs_raw *raw, int64_t result)
{
	struct user_regs_struct *u = (void *)raw->bytes;
	struct short_regs *narrow = (void *)raw->bytes;

	if (is_long(raw))
		u->regs[0] = (unsigned long long)result;
	else
		narrow->r[0] = (uint32_t)result;
}

static int skip(pid_t tid, struct regs_raw *raw, int64_t result)
{
	int none = -1;
	struct iovec v = { &none, sizeof(none) };

	if (ptrace(PTRACE_SETREGSET, tid, NT_ARM_SYSTEM_CALL, &v) < 0)
		return -errno;

	set_result(raw, result);
	return 0;
}

const struct regs_abi regs_abis[] = {
	{ .arch = SCMP_ARCH_AARCH64, .audit = AUDIT_ARCH_AARCH64,
	  .mask = UINT64_MAX,
	  .nr_execve = 221, .nr_execveat = 281, .nr_restart = 128,
	  .size = sizeof(struct user_regs_struct),
	  .decode = decode, .skip = skip,
	  .set_first = set_result, .set_result = set_result },
	{ .arch = SCMP_ARCH_ARM, .audit = AUDIT_ARCH_ARM,
	  .mask = UINT32_MAX,
	  .nr_execve = 11, .nr_execveat = 387, .nr_restart = 0,
	  .size = sizeof(struct short_regs),
	  .decode = decode_arm, .skip = skip,
	  .set_first = set_result, .set_result = set_result },
	{ .arch = 0 },
};

#endif
