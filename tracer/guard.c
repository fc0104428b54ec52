/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom a call means: see guard.h. Numbers come from the workload and mean something
 * in its pid namespace; in one below ours we have no number, and cannot be meant but
 * by a group or a descriptor.
 */
#include "guard.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array.h"
#include "cleanup.h"
#include "strbuf.h"

#include "call.h"
#include "procfs.h"
#include "regs.h"

#define FDINFO_MAX 4096

enum whom { WHOM_PID, WHOM_FD };

struct row {
	const char *name;
	enum whom whom;
	uint8_t arg;
	bool is_kill;
};

static const struct row rows[] = {
#define GUARD(name, whom, arg, when, when_arg) \
	{ #name, WHOM_##whom, arg, SCMP_SYS(name) == SCMP_SYS(kill) },
#include "guard.def"
};

void guard_init(struct guard *g, int proc_fd, pid_t front)
{
	*g = (struct guard){ .proc_fd = proc_fd, .monitor = getpid(),
			     .front = front };
	for (size_t i = 0; regs_abis[i].arch && i < GUARD_ABIS_MAX; i++) {
		for (size_t row = 0; row < ARRAY_SIZE(rows); row++)
			g->numbers[i][row] = seccomp_syscall_resolve_name_arch(
				regs_abis[i].arch, rows[row].name);
	}
}

void guard_calls(const struct guard *g,
		 void (*fn)(void *ctx, uint32_t arch, int nr), void *ctx)
{
	for (size_t i = 0; regs_abis[i].arch && i < GUARD_ABIS_MAX; i++) {
		for (size_t row = 0; row < ARRAY_SIZE(rows); row++)
			fn(ctx, regs_abis[i].arch, g->numbers[i][row]);
	}
}

/* The rows' numbers in the call's ABI; NULL: not one of ours, or the call is none. */
static const int *numbers_of(const struct guard *g, const struct call *call)
{
	size_t abi = 0;

	while (abi < GUARD_ABIS_MAX && regs_abis[abi].arch &&
	       regs_abis[abi].arch != call->arch)
		abi++;
	if (abi == GUARD_ABIS_MAX || !regs_abis[abi].arch || call->nr < 0)
		return NULL;
	return g->numbers[abi];
}

static const struct row *find_row(const struct guard *g,
				  const struct call *call)
{
	const int *numbers = numbers_of(g, call);

	for (size_t i = 0; numbers && i < ARRAY_SIZE(rows); i++) {
		if (call->nr == numbers[i])
			return &rows[i];
	}
	return NULL;
}

bool guard_has(const struct guard *g, const struct call *call)
{
	return find_row(g, call);
}

bool guard_attaches(const struct guard *g, const struct call *call)
{
	const int *numbers = numbers_of(g, call);

	return numbers && call->nr == numbers[GUARD_ptrace_ATTACHES] &&
	       (call->args[0] == PTRACE_ATTACH || call->args[0] == PTRACE_SEIZE);
}

bool guard_asks(const struct guard *g, const struct call *call)
{
	const int *numbers = numbers_of(g, call);

	return numbers && call->nr == numbers[GUARD_ptrace_ATTACHES] &&
	       call->args[0] == PTRACE_TRACEME;
}

static bool is_ours(const struct guard *g, pid_t pid)
{
	return pid > 0 &&
	       (pid == g->monitor || pid == g->front || pid == g->keeper);
}

/* The process of a thread's number as the caller has it; 0: none of ours. */
static pid_t process_of(const struct guard *g, pid_t caller, pid_t tid)
{
	struct procfs_status status;

	if (procfs_status(g->proc_fd, caller, &status) < 0 || status.depth ||
	    procfs_status(g->proc_fd, tid, &status) < 0)
		return 0;
	return (pid_t)status.tgid;
}

static pid_t number_after(const struct strbuf *text, const char *word)
{
	const char *p = text->n ? strstr(text->data, word) : NULL;

	return p ? (pid_t)strtol(p + strlen(word), NULL, 10) : 0;
}

static bool is_directory_of(const struct guard *g, pid_t caller, int fd,
			    pid_t pid)
{
	struct stat theirs, ours;
	char name[32];

	snprintf(name, sizeof(name), "fd/%d", fd);
	if (procfs_stat_link(g->proc_fd, caller, name, &theirs) < 0 ||
	    procfs_stat_link(g->proc_fd, pid, "", &ours) < 0)
		return false;
	return theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
}

/* What a descriptor of the caller's is about; 0: none of ours, or not to be told. */
static pid_t process_behind(const struct guard *g, pid_t caller, int fd)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	const pid_t ours[] = { g->monitor, g->front, g->keeper };
	char name[32];

	snprintf(name, sizeof(name), "fdinfo/%d", fd);
	procfs_read(g->proc_fd, caller, name, FDINFO_MAX, &text);
	for (size_t i = 0; i < ARRAY_SIZE(ours); i++) {
		if (ours[i] > 0 && (number_after(&text, "\nPid:") == ours[i] ||
				    is_directory_of(g, caller, fd, ours[i])))
			return ours[i];
	}
	return 0;
}

/* --- Groups ------------------------------------------------------------------ */

/* Whom a kill(2) with this number is for, when that is more than one. */
struct crowd {
	bool everybody;
	pid_t group;
	int number;
};

static pid_t group_of(const struct guard *g, pid_t pid)
{
	struct procfs_stat stat;

	if (pid <= 0 || procfs_stat(g->proc_fd, pid, &stat) < 0)
		return 0;
	return (pid_t)stat.pgrp;
}

static bool is_nested(const struct guard *g, pid_t tid)
{
	struct procfs_status status;

	return procfs_status(g->proc_fd, tid, &status) < 0 || status.depth;
}

/* The caller's own group may reach beyond its namespace; no other number does. */
static bool find_crowd(const struct guard *g, const struct call *call,
		       struct crowd *ret)
{
	int whom = (int)call->args[0];

	*ret = (struct crowd){ .number = (int)call->args[1] };
	if (whom == 0)
		ret->group = group_of(g, call->tid);
	else if (is_nested(g, call->tid))
		return false;
	else if (whom == -1)
		ret->everybody = true;
	else
		ret->group = -whom;
	return true;
}

/* A job's stop is to stop whoever stands for it. */
static enum guard_answer judge_crowd(const struct guard *g,
				     const struct call *call)
{
	struct crowd crowd;

	if (!find_crowd(g, call, &crowd))
		return GUARD_PASS;
	if (crowd.everybody)
		return GUARD_DO;
	if (crowd.group == group_of(g, g->monitor) ||
	    crowd.group == group_of(g, g->keeper))
		return GUARD_REFUSE;
	if (crowd.number != SIGSTOP && crowd.group &&
	    crowd.group == group_of(g, g->front))
		return GUARD_DO;

	return GUARD_PASS;
}

enum guard_answer guard_judge(const struct guard *g, const struct call *call)
{
	const struct row *row = find_row(g, call);
	int whom;
	pid_t pid;

	if (!row || guard_asks(g, call))
		return GUARD_PASS;
	whom = (int)call->args[row->arg];
	if (row->is_kill && whom <= 0)
		return judge_crowd(g, call);
	if (whom < 0 || (whom == 0 && row->whom == WHOM_PID))
		return GUARD_PASS;
	pid = row->whom == WHOM_FD ? process_behind(g, call->tid, whom) :
				     process_of(g, call->tid, whom);

	return is_ours(g, pid) ? GUARD_REFUSE : GUARD_PASS;
}

/* --- Sending in the caller's place ------------------------------------------- */

#define CAP_KILL_BIT 5
#define ROUNDS_MAX 64

struct sending {
	const struct guard *g;
	struct crowd crowd;
	struct procfs_status caller;
	ARRAY(pid_t) seen;
	bool news, sent, refused;
};

/* As the kernel's kill_ok_by_cred(). */
static bool may_send(const struct procfs_status *caller,
		     const struct procfs_status *target)
{
	uint32_t real = caller->uid[0], effective = caller->uid[1];

	return caller->cap_effective >> CAP_KILL_BIT & 1 ||
	       effective == target->uid[2] || effective == target->uid[0] ||
	       real == target->uid[2] || real == target->uid[0];
}

static bool is_meant(const struct sending *s, pid_t pid)
{
	if (is_ours(s->g, pid) || pid == s->caller.tgid)
		return false;
	if (s->crowd.everybody)
		return pid > 1;

	return group_of(s->g, pid) == s->crowd.group;
}

static bool was_seen(const struct sending *s, pid_t pid)
{
	for (size_t i = 0; i < s->seen.n; i++) {
		if (s->seen.items[i] == pid)
			return true;
	}
	return false;
}

static void send_to(void *ctx, pid_t pid)
{
	struct sending *s = ctx;
	struct procfs_status target;

	if (!is_meant(s, pid) || was_seen(s, pid) ||
	    procfs_status(s->g->proc_fd, pid, &target) < 0)
		return;
	*array_push(&s->seen) = pid;
	s->news = true;
	if (may_send(&s->caller, &target) && !kill(pid, s->crowd.number))
		s->sent = true;
	else
		s->refused = true;
}

/* Until nobody is new: whoever was not ended yet may have forked. */
int guard_send(const struct guard *g, const struct call *call)
{
	struct sending s = { .g = g };
	unsigned rounds = 0;

	if (!find_crowd(g, call, &s.crowd) ||
	    procfs_status(g->proc_fd, call->tid, &s.caller) < 0)
		return -ESRCH;
	do {
		s.news = false;
		procfs_processes(g->proc_fd, send_to, &s);
	} while (s.news && ++rounds < ROUNDS_MAX);
	array_done(&s.seen);
	if (s.sent || (s.crowd.everybody && s.refused) ||
	    group_of(g, call->tid) == s.crowd.group)
		return 0;

	return s.refused ? -EPERM : -ESRCH;
}

void guard_send_last(const struct guard *g, const struct call *call)
{
	struct procfs_status caller;
	struct crowd crowd;

	if (find_crowd(g, call, &crowd) && !crowd.everybody &&
	    group_of(g, call->tid) == crowd.group &&
	    procfs_status(g->proc_fd, call->tid, &caller) == 0)
		kill((pid_t)caller.tgid, crowd.number);
}
