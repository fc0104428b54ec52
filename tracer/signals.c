/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals as events, signaldeliver: made when an engine has a thread stopped that is
 * about to get one, or when one has ended it. Who is said to have sent it is what the
 * kernel tells the thread itself.
 */
#include <signal.h>

#include "array.h"

#include "decode.h"
#include "live.h"
#include "procfs.h"

static const struct source signal_sources[] = {
	{ .read = decode_arg, .arg = { 0 } },
	{ .read = decode_arg, .arg = { 1 } },
	{ .read = decode_arg, .arg = { 2 } },
};

static const struct syscall_row signal_row = {
	.name = "signaldeliver",
	.type = EVENT_SIGNALDELIVER_E,
	.sources = signal_sources,
	.nsources = ARRAY_SIZE(signal_sources),
};

/* What the kernel throws away unless somebody handles it, or traces the thread. */
static bool is_mild(int sig)
{
	return sig == SIGCHLD || sig == SIGCONT || sig == SIGURG ||
	       sig == SIGWINCH;
}

static uint64_t bit_of(int sig)
{
	return UINT64_C(1) << (sig - 1);
}

bool live_ignores(struct live *l, pid_t tid, int sig)
{
	struct procfs_status st;

	if (sig == SIGKILL || procfs_status(l->proc_fd, tid, &st) < 0)
		return false;
	if (st.sig_ignored & bit_of(sig))
		return true;
	return is_mild(sig) && !(st.sig_caught & bit_of(sig));
}

bool live_is_signalled(struct live *l, pid_t tid)
{
	struct procfs_status st;

	return procfs_status(l->proc_fd, tid, &st) == 0 &&
	       st.sig_pending & st.sig_caught & ~st.sig_blocked;
}

/* As Falco's driver has it: of some signals only, and of these, but SIGCHLD and the
 * real-time ones, where a process has sent them. */
static pid_t sender_of(const siginfo_t *info)
{
	static const int from_users[] = { SIGTERM, SIGHUP, SIGINT, SIGTSTP,
					  SIGQUIT };

	if (info->si_signo == SIGCHLD || info->si_signo >= SIGRTMIN)
		return info->si_pid;
	for (size_t i = 0; i < ARRAY_SIZE(from_users); i++) {
		if (info->si_signo == from_users[i] && info->si_code <= 0)
			return info->si_pid;
	}
	return 0;
}

struct event *live_signalled(struct live *l, pid_t tid, const siginfo_t *info)
{
	const struct call call = { .tid = tid,
				   .args = { (uint64_t)sender_of(info),
					     (uint64_t)tid,
					     (uint64_t)info->si_signo } };
	struct live_event *le;

	processes_tick(l->processes);
	le = live_event_alone(l, &call, &signal_row,
			      processes_find(l->processes, tid));
	return &le->ev;
}
