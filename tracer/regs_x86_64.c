/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registers of a call on x86-64: its own, x32's, which are the same, and those of
 * 32-bit calls. The kernel shows a thread's set by the kind of code that it runs, and
 * a 64-bit program may make a 32-bit call (int 0x80): its arguments are then in other
 * registers of the long set.
 */
#include "regs.h"

#ifdef __x86_64__

#include <linux/audit.h>
#include <seccomp.h>
#include <sys/user.h>

#define X32_MARK 0x40000000

/* struct user_regs_struct of the i386, which has no header here. */
struct short_regs {
	uint32_t bx, cx, dx, si, di, bp, ax, ds, es, fs, gs, orig_ax, ip, cs,
		flags, sp, ss;
};

static bool is_long(const struct regs_raw *raw)
{
	return raw->n == sizeof(struct user_regs_struct);
}

static struct user_regs_struct *as_long(struct regs_raw *raw)
{
	return (struct user_regs_struct *)(void *)raw->bytes;
}

static struct short_regs *as_short(struct regs_raw *raw)
{
	return (struct short_regs *)(void *)raw->bytes;
}

static bool decode(const struct regs_raw *raw, struct regs *ret)
{
	const struct user_regs_struct *u = (const void *)raw->bytes;

	if (!is_long(raw))
		return false;
	*ret = (struct regs){
		.nr = (int)u->orig_rax,
		.args = { u->rdi, u->rsi, u->rdx, u->r10, u->r8, u->r9 },
		.result = (int64_t)u->rax,
		.sp = u->rsp,
	};
	return true;
}

static int skip(pid_t tid, struct regs_raw *raw, int64_t result)
{
	(void)tid;
	as_long(raw)->orig_rax = (unsigned long long)-1;
	as_long(raw)->rax = (unsigned long long)result;
	return 0;
}

static void set_first(struct regs_raw *raw, int64_t value)
{
	as_long(raw)->rdi = (unsigned long long)value;
}

static void set_result(struct regs_raw *raw, int64_t result)
{
	as_long(raw)->rax = (unsigned long long)result;
}

static bool decode_short(const struct short_regs *u, struct regs *ret)
{
	*ret = (struct regs){
		.nr = (int)u->orig_ax,
		.args = { u->bx, u->cx, u->dx, u->si, u->di, u->bp },
		.result = regs_narrow_result(u->ax),
		.sp = u->sp,
	};
	return true;
}

static bool decode_i386(const struct regs_raw *raw, struct regs *ret)
{
	const struct user_regs_struct *u = (const void *)raw->bytes;

	if (raw->n == sizeof(struct short_regs))
		return decode_short((const void *)raw->bytes, ret);
	if (!is_long(raw))
		return false;
	*ret = (struct regs){
		.nr = (int)u->orig_rax,
		.args = { (uint32_t)u->rbx, (uint32_t)u->rcx, (uint32_t)u->rdx,
			  (uint32_t)u->rsi, (uint32_t)u->rdi, (uint32_t)u->rbp },
		.result = regs_narrow_result(u->rax),
		.sp = u->rsp,
	};
	return true;
}

static int skip_i386(pid_t tid, struct regs_raw *raw, int64_t result)
{
	if (is_long(raw))
		return skip(tid, raw, result);
	as_short(raw)->orig_ax = (uint32_t)-1;
	as_short(raw)->ax = (uint32_t)result;
	return 0;
}

static void set_first_i386(struct regs_raw *raw, int64_t value)
{
	if (is_long(raw))
		as_long(raw)->rbx = (unsigned long long)value;
	else
		as_short(raw)->bx = (uint32_t)value;
}

static void set_result_i386(struct regs_raw *raw, int64_t result)
{
	if (is_long(raw))
		set_result(raw, result);
	else
		as_short(raw)->ax = (uint32_t)result;
}

const struct regs_abi regs_abis[] = {
	{ .arch = SCMP_ARCH_X86_64, .audit = AUDIT_ARCH_X86_64,
	  .mask = UINT64_MAX,
	  .nr_execve = 59, .nr_execveat = 322, .nr_restart = 219,
	  .size = sizeof(struct user_regs_struct),
	  .decode = decode, .skip = skip, .set_first = set_first,
	  .set_result = set_result },
	{ .arch = SCMP_ARCH_X86, .audit = AUDIT_ARCH_I386,
	  .mask = UINT32_MAX,
	  .nr_execve = 11, .nr_execveat = 358, .nr_restart = 0,
	  .size = sizeof(struct short_regs),
	  .decode = decode_i386, .skip = skip_i386,
	  .set_first = set_first_i386, .set_result = set_result_i386 },
	{ .arch = SCMP_ARCH_X32, .audit = AUDIT_ARCH_X86_64, .mark = X32_MARK,
	  .mask = UINT64_MAX,
	  .nr_execve = X32_MARK | 520, .nr_execveat = X32_MARK | 545,
	  .nr_restart = X32_MARK | 219,
	  .size = sizeof(struct user_regs_struct),
	  .decode = decode, .skip = skip, .set_first = set_first,
	  .set_result = set_result },
	{ .arch = 0 },
};

#endif
