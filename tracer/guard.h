/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Self-protection: the workload may share our user, and must not end, stop, trace or
 * change who watches it. The filter asks about calls that could (guard.def), by their
 * arguments; whom they mean is decided here, in our pid namespace. A signal to
 * everybody, or to the group in which somebody stands for us, is not refused: we send
 * it to all others ourselves.
 */
#pragma once

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct call;

#define GUARD_ABIS_MAX 4

enum guard_row {
#define GUARD(name, whom, arg, when, when_arg) GUARD_##name##_##when,
#include "guard.def"
	GUARD_ROW_COUNT
};

struct guard {
	int proc_fd;   /* /proc, borrowed */
	pid_t monitor; /* our own process */
	pid_t front;   /* who stands for us; 0: nobody */
	pid_t keeper;  /* 0: none */
	/* The rows' numbers in each of regs_abis. */
	int numbers[GUARD_ABIS_MAX][GUARD_ROW_COUNT];
};

enum guard_answer {
	GUARD_PASS,   /* it is not about us */
	GUARD_REFUSE, /* -EPERM */
	GUARD_DO,     /* guard_send() is to do it in the caller's place */
};

/* Guards the calling process; who else is to be, may be added. */
void guard_init(struct guard *g, int proc_fd, pid_t front);

/* Calls fn with the number of each call that may be asked about. */
void guard_calls(const struct guard *g,
		 void (*fn)(void *ctx, uint32_t arch, int nr), void *ctx);

/*
 * The filter `rest` with what asks about these calls in front of it, by `action`
 * (SECCOMP_RET_*). ret->filter is the caller's to free. 0, or -EINVAL: too long.
 */
int guard_program(const struct guard *g, uint32_t action,
		  const struct sock_fprog *rest, struct sock_fprog *ret);

/* Is the call one of which some are asked about? None of them sleeps. */
bool guard_has(const struct guard *g, const struct call *call);

/* What is to become of a call. Reads /proc where it must know whom it means. */
enum guard_answer guard_judge(const struct guard *g, const struct call *call);

/* Is the call one by which a thread attaches to another (ptrace(2))? */
bool guard_attaches(const struct guard *g, const struct call *call);
/* Or by which it asks to be traced by its parent? */
bool guard_asks(const struct guard *g, const struct call *call);

/* After GUARD_DO: sends the signal to whom the caller may send it, but for us and the
 * caller. The result that the kernel would give: 0 or a negative errno. */
int guard_send(const struct guard *g, const struct call *call);

/* After that: to the caller too, if it is meant. */
void guard_send_last(const struct guard *g, const struct call *call);
