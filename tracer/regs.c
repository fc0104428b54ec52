/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading and writing the register set, whatever the ABI. What the kernel says of a
 * call's ABI is believed; what the set's size says of it, only for want of that.
 */
#include "regs.h"

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

/* The highest errno. */
#define ERRNO_MAX 4095

const struct regs_abi *regs_abi(uint32_t arch)
{
	for (const struct regs_abi *a = regs_abis; a->arch; a++) {
		if (a->arch == arch)
			return a;
	}

	return NULL;
}

uint32_t regs_arch(uint32_t audit, int nr)
{
	uint32_t arch = audit;

	for (const struct regs_abi *a = regs_abis; a->arch; a++) {
		if (a->audit == audit && a->mark && nr >= 0 && nr & a->mark)
			arch = a->arch;
	}

	return arch;
}

void regs_cut(uint32_t arch, uint64_t args[6])
{
	const struct regs_abi *abi = regs_abi(arch);

	for (unsigned i = 0; abi && i < 6; i++)
		args[i] &= abi->mask;
}

bool regs_is_exec(uint32_t arch, int nr)
{
	const struct regs_abi *abi = regs_abi(arch);

	return abi && (nr == abi->nr_execve || nr == abi->nr_execveat);
}

bool regs_is_io_uring(uint32_t arch, int nr)
{
	const struct regs_abi *abi = regs_abi(arch);
	int plain = abi ? nr & ~abi->mark : -1;

	return plain >= REGS_IO_URING_FIRST && plain <= REGS_IO_URING_LAST;
}

bool regs_sets_up_io_uring(uint32_t arch, int nr)
{
	const struct regs_abi *abi = regs_abi(arch);

	return abi && nr == (REGS_IO_URING_SETUP | abi->mark);
}

int64_t regs_narrow_result(uint64_t value)
{
	int32_t narrow = (int32_t)value;

	if (narrow < 0 && narrow >= -ERRNO_MAX)
		return narrow;

	return (uint32_t)value;
}

static int raw_read(pid_t tid, struct regs_raw *ret)
{
	struct iovec v = { ret->bytes, sizeof(ret->bytes) };

	if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &v) < 0)
		return -errno;
	ret->n = v.iov_len;

	return 0;
}

static int raw_write(pid_t tid, struct regs_raw *raw)
{
	struct iovec v = { raw->bytes, raw->n };

	return ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &v) < 0 ? -errno : 0;
}

/* NULL: a set that no ABI of ours has. */
static const struct regs_abi *by_size(size_t size)
{
	const struct regs_abi *a = regs_abis;

	while (a->arch && a->size != size)
		a++;

	return a->arch ? a : NULL;
}

static int read_as(pid_t tid, uint32_t arch, struct regs_raw *raw,
		   const struct regs_abi **ret)
{
	int r = raw_read(tid, raw);

	if (r < 0)
		return r;
	*ret = arch ? regs_abi(arch) : by_size(raw->n);

	return *ret ? 0 : -ENOEXEC;
}

int regs_read(pid_t tid, uint32_t arch, struct regs *ret)
{
	const struct regs_abi *abi;
	struct regs_raw raw;
	int r = read_as(tid, arch, &raw, &abi);

	if (r < 0)
		return r;
	if (!abi->decode(&raw, ret))
		return -ENOEXEC;

	ret->arch = arch ? arch : regs_arch(abi->audit, ret->nr);
	ret->restarts = ret->nr == abi->nr_restart;
	return 0;
}

/* What the kernel says of the call, its layout alike at both kinds of stop. */
static void take_info(const struct __ptrace_syscall_info *info,
		      struct regs *ret)
{
	const struct regs_abi *abi;

	*ret = (struct regs){
		.arch = regs_arch(info->arch, (int)info->entry.nr),
		.nr = (int)info->entry.nr,
		.result = -ENOSYS,
		.sp = info->stack_pointer,
	};
	memcpy(ret->args, info->entry.args, sizeof(ret->args));
	regs_cut(ret->arch, ret->args);
	abi = regs_abi(ret->arch);
	ret->restarts = abi && ret->nr == abi->nr_restart;
}

int regs_read_call(pid_t tid, bool *can_ask, struct regs *ret)
{
	struct __ptrace_syscall_info info = { 0 };

	if (*can_ask &&
	    ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof(info), &info) < 0) {
		if (errno == ESRCH)
			return -ESRCH;
		*can_ask = false;
	}
	if (info.op != PTRACE_SYSCALL_INFO_SECCOMP &&
	    info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return regs_read(tid, 0, ret);

	take_info(&info, ret);
	return 0;
}

int regs_skip(pid_t tid, uint32_t arch, int64_t result)
{
	const struct regs_abi *abi;
	struct regs_raw raw;
	int r = read_as(tid, arch, &raw, &abi);

	if (r < 0)
		return r;
	r = abi->skip(tid, &raw, result);
	if (r < 0)
		return r;

	return raw_write(tid, &raw);
}

static int set(pid_t tid, uint32_t arch, bool first, int64_t value)
{
	const struct regs_abi *abi;
	struct regs_raw raw;
	int r = read_as(tid, arch, &raw, &abi);

	if (r < 0)
		return r;
	(first ? abi->set_first : abi->set_result)(&raw, value);

	return raw_write(tid, &raw);
}

int regs_set_first(pid_t tid, uint32_t arch, uint64_t value)
{
	return set(tid, arch, true, (int64_t)value);
}

int regs_set_result(pid_t tid, uint32_t arch, int64_t result)
{
	return set(tid, arch, false, result);
}

void regs_ask_entry(pid_t tid, struct regs *regs)
{
	struct __ptrace_syscall_info info = { 0 };

	/* What an entry stop shows for a result, everywhere. */
	regs->at_entry = regs->result == -ENOSYS;
	if (!regs->at_entry)
		return;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof(info), &info) > 0)
		regs->at_entry = info.op == PTRACE_SYSCALL_INFO_ENTRY;
}
