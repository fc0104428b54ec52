/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is put in front of the filter. For each architecture: is it this one, is it this
 * call, is the argument one of those? Arguments only raise the question. Calls that
 * are in no row fall through by their number alone, so that the kernel can still keep
 * them in its bitmap of allowed calls.
 */
#include <errno.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>

#include "array.h"
#include "guard.h"
#include "regs.h"

enum when {
	WHEN_DEADLY,
	WHEN_OURS,
	WHEN_OTHER,
	WHEN_ATTACHES,
	WHEN_ALWAYS,
};

struct question {
	enum when when;
	uint8_t arg;
};

static const struct question questions[] = {
#define GUARD(name, whom, arg, when, when_arg) { WHEN_##when, when_arg },
#include "guard.def"
};

/* What the monitor does not block, or nobody can. */
static const uint32_t deadly[] = {
	SIGKILL, SIGSTOP, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS,
};

static const uint32_t attaching[] = { PTRACE_TRACEME, PTRACE_ATTACH, PTRACE_SEIZE };

struct writing {
	ARRAY(struct sock_filter) code;
	uint32_t action;
};

static void emit(struct writing *a, unsigned code, uint32_t k, size_t jt, size_t jf)
{
	*array_push(&a->code) = (struct sock_filter){
		(uint16_t)code, (uint8_t)jt, (uint8_t)jf, k
	};
}

static void load(struct writing *a, size_t offset)
{
	emit(a, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/* Is what was loaded one of these? Then the question is asked, else it goes on behind. */
static void ask_if_among(struct writing *a, const uint32_t *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		emit(a, BPF_JMP | BPF_JEQ | BPF_K, values[i], n - i, 0);
	emit(a, BPF_JMP | BPF_JA, 1, 0, 0);
	emit(a, BPF_RET | BPF_K, a->action, 0, 0);
}

static void ask(struct writing *a, const struct guard *g, enum when when)
{
	const uint32_t ours[] = { (uint32_t)g->monitor, (uint32_t)g->front };

	switch (when) {
	case WHEN_DEADLY:
		ask_if_among(a, deadly, ARRAY_SIZE(deadly));
		break;
	case WHEN_OURS:
		ask_if_among(a, ours, g->front ? 2 : 1);
		break;
	case WHEN_ATTACHES:
		ask_if_among(a, attaching, ARRAY_SIZE(attaching));
		break;
	case WHEN_OTHER:
		emit(a, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
		emit(a, BPF_RET | BPF_K, a->action, 0, 0);
		break;
	case WHEN_ALWAYS:
		emit(a, BPF_RET | BPF_K, a->action, 0, 0);
		break;
	}
}

/* The low halves: pid_t, int and the requests are 32 bits wide. */
static size_t offset_of(unsigned arg)
{
	return offsetof(struct seccomp_data, args) + arg * sizeof(uint64_t) +
	       (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0);
}

static void emit_question(struct writing *a, const struct guard *g, int nr,
			  const struct question *q)
{
	size_t start;

	load(a, offsetof(struct seccomp_data, nr));
	start = a->code.n;
	emit(a, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)nr, 0, 0);
	load(a, offset_of(q->arg));
	ask(a, g, q->when);
	a->code.items[start].jf = (uint8_t)(a->code.n - start - 1);
}

static void emit_abi(struct writing *a, const struct guard *g, size_t abi)
{
	size_t jump;

	load(a, offsetof(struct seccomp_data, arch));
	emit(a, BPF_JMP | BPF_JEQ | BPF_K, regs_abis[abi].audit, 1, 0);
	jump = a->code.n;
	emit(a, BPF_JMP | BPF_JA, 0, 0, 0);
	for (size_t i = 0; i < ARRAY_SIZE(questions); i++) {
		if (g->numbers[abi][i] >= 0)
			emit_question(a, g, g->numbers[abi][i], &questions[i]);
	}
	a->code.items[jump].k = (uint32_t)(a->code.n - jump - 1);
}

int guard_program(const struct guard *g, uint32_t action,
		  const struct sock_fprog *rest, struct sock_fprog *ret)
{
	struct writing a = { .action = action };

	for (size_t i = 0; regs_abis[i].arch && i < GUARD_ABIS_MAX; i++)
		emit_abi(&a, g, i);
	if (a.code.n + rest->len > BPF_MAXINSNS) {
		array_done(&a.code);
		return -EINVAL;
	}
	for (size_t i = 0; i < rest->len; i++)
		*array_push(&a.code) = rest->filter[i];

	*ret = (struct sock_fprog){ (unsigned short)a.code.n, a.code.items };
	return 0;
}
