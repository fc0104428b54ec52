/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ends of threads and processes as events, procexit: made when the table hears of an
 * end, from what it had read while there was something to read. Who ends whom is
 * trusted to the kernel: waitpid(2) where it was us who reaped, else the pidfd.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "array.h"
#include "cleanup.h"

#include "decode.h"
#include "live.h"
#include "procfs.h"

/* linux/pidfd.h of 6.13, its exit_code of 6.15. */
struct exit_info {
	uint64_t mask;
	uint64_t cgroup;
	uint32_t ids[11];
	int32_t exit_code;
};
#define GET_INFO _IOWR(0xFF, 11, struct exit_info)
#define INFO_EXIT (UINT64_C(1) << 3)

/* reaper_tid of who leaves no children, and of whom that is not known. */
#define REAPER_NONE 0
#define REAPER_UNKNOWN (-1)

static enum outcome exit_number(struct live_event *le, uint64_t bits,
				struct value *v)
{
	if (!le->call.ended)
		return OUTCOME_ABSENT;
	decode_number(v, bits);
	return OUTCOME_VALUE;
}

static enum outcome exit_status(struct live_event *le, const struct source *s,
				struct value *v)
{
	(void)s;
	return exit_number(le, (uint64_t)le->call.result, v);
}

static enum outcome exit_ret(struct live_event *le, const struct source *s,
			     struct value *v)
{
	(void)s;
	return exit_number(le, (uint64_t)le->call.result >> 8 & 0xff, v);
}

static enum outcome exit_sig(struct live_event *le, const struct source *s,
			     struct value *v)
{
	(void)s;
	return exit_number(le, (uint64_t)le->call.result & 0x7f, v);
}

static enum outcome exit_core(struct live_event *le, const struct source *s,
			      struct value *v)
{
	(void)s;
	return exit_number(le, (uint64_t)le->call.result >> 7 & 1, v);
}

/* Whoever has got the children of a process that has just ended. Its threads leave
 * none: they stay the process's. */
static int64_t reaper_of(struct live *l, const struct process_entry *e)
{
	const struct process_entry *child =
		e->leader == e ? processes_child(l->processes, e) : NULL;
	struct procfs_stat st;

	if (!child)
		return REAPER_NONE;
	/* It may have ended before its parent, and not be heard of yet. */
	if (procfs_stat(l->proc_fd, child->tid, &st) < 0)
		return REAPER_NONE;
	return st.ppid == e->tid ? REAPER_UNKNOWN : st.ppid;
}

static enum outcome exit_reaper(struct live_event *le, const struct source *s,
				struct value *v)
{
	(void)s;
	decode_number(v, (uint64_t)reaper_of(le->live, le->thread));
	return OUTCOME_VALUE;
}

static const struct source exit_sources[] = {
	{ .read = exit_status }, { .read = exit_ret },	  { .read = exit_sig },
	{ .read = exit_core },	 { .read = exit_reaper },
};

static const struct syscall_row exit_row = {
	.name = "procexit",
	.type = EVENT_PROCEXIT_1_E,
	.sources = exit_sources,
	.nsources = ARRAY_SIZE(exit_sources),
};

/* There once it has been reaped. */
static bool ask_pidfd(int pidfd, int *ret)
{
	struct exit_info info = { .mask = INFO_EXIT };

	if (pidfd < 0 || ioctl(pidfd, GET_INFO, &info) < 0 ||
	    !(info.mask & INFO_EXIT))
		return false;
	*ret = info.exit_code;
	return true;
}

/* There until it has been reaped; 0 to those who may not see it. */
static bool ask_zombie(int proc_fd, pid_t tid, int *ret)
{
	CLEANUP(closep) int fd =
		procfs_open(proc_fd, tid, "stat", O_RDONLY | O_CLOEXEC);
	const char *state, *code;
	char text[1024];
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0 ||
	    (geteuid() && st.st_uid != geteuid()))
		return false;
	n = read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return false;
	text[n] = '\0';
	state = strrchr(text, ')');
	code = strrchr(text, ' ');
	if (!state || code < state || (state[2] != 'Z' && state[2] != 'X'))
		return false;
	*ret = (int)strtol(code, NULL, 10);
	return true;
}

static void on_end(void *ctx, struct process_entry *e, const int *status)
{
	struct live *l = ctx;
	struct call call = { .tid = e->tid };
	struct live_event *le;
	int code = 0;

	/* It may be reaped between two questions, never the other way round. */
	call.ended = status || ask_pidfd(e->pidfd, &code) ||
		     ask_zombie(l->proc_fd, e->tid, &code) ||
		     ask_pidfd(e->pidfd, &code);
	call.result = status ? *status : code;
	processes_tick(l->processes);
	le = live_event_alone(l, &call, &exit_row, e);
	l->on_exit(l->on_exit_ctx, &le->ev);
}

void live_tell_exits(struct live *l, void (*fn)(void *ctx, struct event *ev),
		     void *ctx)
{
	l->on_exit = fn;
	l->on_exit_ctx = ctx;
	processes_on_end(l->processes, on_end, l);
}

void live_watch(struct live *l, struct process_entry *e)
{
	e->leader->watched = true;
	processes_keep(l->processes, e);
	processes_keep(l->processes, e->leader);
}

void live_born(struct live *l, pid_t tid)
{
	struct process_entry *e =
		l->on_exit ? processes_find(l->processes, tid) : NULL;

	if (!e)
		return;
	processes_tick(l->processes);
	live_watch(l, e);
}

void live_execed(struct live *l, pid_t tid)
{
	struct process_entry *e =
		l->on_exit ? processes_find(l->processes, tid) : NULL;

	if (!e)
		return;
	processes_tick(l->processes);
	processes_renew(l->processes, e);
	live_watch(l, e->leader);
}
