/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading and writing the register set, whatever the architecture. The size that
 * the kernel gives back tells a 32-bit task from a native one.
 */
#include "regs.h"

#include <assert.h>
#include <elf.h>
#include <errno.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

struct raw {
	_Alignas(16) unsigned char bytes[REGS_SIZE_MAX];
};

static int raw_read(pid_t tid, struct raw *ret)
{
	struct iovec v = { ret->bytes, sizeof(ret->bytes) };

	if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &v) < 0)
		return -errno;
	if (v.iov_len != regs_native.size)
		return -ENOEXEC;

	return 0;
}

int regs_read(pid_t tid, struct regs *ret)
{
	struct raw raw;
	int r;

	assert(regs_native.size <= sizeof(raw.bytes));
	r = raw_read(tid, &raw);
	if (r < 0)
		return r;

	regs_native.decode(raw.bytes, ret);
	return 0;
}

int regs_skip(pid_t tid, int64_t result)
{
	struct raw raw;
	struct iovec v = { raw.bytes, regs_native.size };
	int r;

	r = raw_read(tid, &raw);
	if (r < 0)
		return r;
	r = regs_native.skip(tid, raw.bytes, result);
	if (r < 0)
		return r;

	return ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &v) < 0 ? -errno : 0;
}

int regs_set_result(pid_t tid, int64_t result)
{
	struct raw raw;
	struct iovec v = { raw.bytes, regs_native.size };
	int r;

	if (!regs_native.set_result)
		return -ENOSYS;
	r = raw_read(tid, &raw);
	if (r < 0)
		return r;
	regs_native.set_result(raw.bytes, result);

	return ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &v) < 0 ? -errno : 0;
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
