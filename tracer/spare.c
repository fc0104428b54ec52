/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signal that is to be handled is to be seen by the call, and leaves it as it is.
 * Nothing is done where the kernel is not known to restart calls by their result
 * (gVisor, which does not know PTRACE_GET_SYSCALL_INFO).
 */
#include "spare.h"

#include <errno.h>
#include <signal.h>

#include "array.h"
#include "clock.h"

#include "live.h"
#include "monitor.h"
#include "procfs.h"
#include "regs.h"
#include "syscall.h"
#include "tracee.h"

/* What an argument says of the time limit. */
enum limit {
	LIMIT_NONE, /* there is none */
	LIMIT_MS,   /* an int of milliseconds, negative: none */
	LIMIT_AT,   /* it is where this points to, NULL: none */
};

static const struct {
	const char *name;
	enum limit limit;
	unsigned arg;
} sleepers[] = {
	{ "epoll_wait", LIMIT_MS, 3 },	    { "epoll_pwait", LIMIT_MS, 3 },
	{ "epoll_pwait2", LIMIT_AT, 3 },    { "rt_sigtimedwait", LIMIT_AT, 2 },
	{ "rt_sigtimedwait_time64", LIMIT_AT, 2 },
	{ "semop", LIMIT_NONE, 0 },	    { "semtimedop", LIMIT_AT, 3 },
	{ "semtimedop_time64", LIMIT_AT, 3 }, { "io_getevents", LIMIT_AT, 4 },
};

/* The longest time for which nobody asks how long it is. */
#define LONG_MS 10000

/* How long it may sleep, in ms: 0: as long as it takes; negative: it is no such call. */
static int64_t limit_of(const struct regs *regs)
{
	for (size_t i = 0; i < ARRAY_SIZE(sleepers); i++) {
		uint64_t arg = regs->args[sleepers[i].arg];

		if (regs->nr != syscall_number(sleepers[i].name, regs->arch))
			continue;
		if (sleepers[i].limit == LIMIT_MS)
			return (int32_t)arg < 0 ? 0 : (int32_t)arg;
		return sleepers[i].limit == LIMIT_AT && arg ? LONG_MS : 0;
	}
	return -1;
}

/* Where a call that may sleep was woken: its time limit. -ENODATA: it is none, or was not. */
static int64_t woken(const struct tracee *t, struct regs *ret)
{
	bool can_ask = true;
	int64_t ms;

	if (regs_read_call(t->tid, &can_ask, ret) < 0 || !can_ask || ret->nr < 0 ||
	    (ret->result != -EINTR && ret->result != -RESTART_ALWAYS))
		return -ENODATA;
	ms = limit_of(ret);
	return ms < 0 ? -ENODATA : ms;
}

/* Has it, or one like it, been made anew within its time limit? */
static bool is_again(const struct tracee *t, uint64_t now, int64_t ms)
{
	return ms && t->spared_ns && t->spared_ms == ms &&
	       now - t->spared_ns < (uint64_t)ms * 1000000;
}

/* A second signal, to be handled, may come before the call is made anew: it ends it. */
void spare_signalled(struct monitor *m, struct tracee *t, int sig)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);
	struct regs regs;
	int64_t ms = woken(t, &regs);
	bool spared = ms >= 0 && regs.result == -RESTART_ALWAYS;

	if (ms < 0 || (spared && !t->spared_ns))
		return;
	if (live_ignores(m->live, t->tid, sig)) {
		if (spared || is_again(t, now, ms) ||
		    live_is_signalled(m->live, t->tid))
			return;
		t->spared_ns = now;
		t->spared_ms = ms;
		regs_set_result(t->tid, regs.arch, -RESTART_ALWAYS);
	} else if (spared) {
		regs_set_result(t->tid, regs.arch, -EINTR);
	}
}

void spare_interrupted(struct monitor *m, struct tracee *t)
{
	struct regs regs;

	if (woken(t, &regs) >= 0 && regs.result == -EINTR &&
	    !live_is_signalled(m->live, t->tid))
		regs_set_result(t->tid, regs.arch, -RESTART_ALWAYS);
}
