/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tracer can say of calls without one: see include/foresight.h. The live
 * resolver is asked about a call of nobody. It answers UNKNOWN where it would have
 * to wait for the end; whatever else it says is replaced by a value that stands for
 * any. So this cannot disagree with what happens at a real stop.
 */
#include "foresight.h"

#include "alloc.h"
#include "array.h"

#include "decode.h"
#include "live.h"
#include "regs.h"
#include "resolve.h"
#include "tracer.h"

/* A live event of a thread that is not there, and what stands for any answer. */
struct foreseen {
	struct live_event le; /* first: the event is a pointer to it */
	struct live live;
	struct tracer_stats stats;
	struct resolver resolver;
	struct process process;
	struct fd_info fd;
	struct user_info user;
	struct group_info group;
	struct sock_addr addr;
	struct sock_tuple tuple;
	struct poll_list poll;
};

static struct foreseen *foreseen_of(struct event *ev)
{
	return (struct foreseen *)ev;
}

/* --- A value that stands for any -------------------------------------------- */

static void any_value(struct foreseen *f, struct value *v)
{
	enum value_type type = v->type;

	*v = (struct value){ .type = type, .outcome = OUTCOME_VALUE };
	if (type == VALUE_CHARBUF || type == VALUE_BYTEBUF ||
	    type == VALUE_FSPATH || type == VALUE_FSRELPATH)
		v->text = span_make("", 0);
	else if (type == VALUE_SOCKADDR)
		v->addr = &f->addr;
	else if (type == VALUE_SOCKTUPLE)
		v->tuple = &f->tuple;
	else if (type == VALUE_FDLIST)
		v->poll = &f->poll;
}

/* --- The resolver ------------------------------------------------------------ */

static void foreseen_param(struct event *ev, unsigned i)
{
	decode_param(ev, i);
	if (ev->params[i].outcome != OUTCOME_UNKNOWN)
		any_value(foreseen_of(ev), &ev->params[i]);
}

/* What is not waited for is there. */
static enum outcome settled(enum outcome got)
{
	return got == OUTCOME_UNKNOWN ? got : OUTCOME_VALUE;
}

static enum outcome foreseen_process(struct event *ev, int up,
				     enum process_part part,
				     const struct process **ret)
{
	*ret = &foreseen_of(ev)->process;
	return settled(live_process(ev, up, part, ret));
}

static enum outcome foreseen_leader(struct event *ev, enum leader_kind kind,
				    enum process_part part,
				    const struct process **ret)
{
	*ret = &foreseen_of(ev)->process;
	return settled(live_leader(ev, kind, part, ret));
}

static enum outcome foreseen_event_fd(struct event *ev, enum fd_part part,
				      const struct fd_info **ret)
{
	struct foreseen *f = foreseen_of(ev);
	const struct fd_info *ignored;

	if (f->le.row->fd == ROW_FD_NONE)
		return OUTCOME_ABSENT;
	*ret = &f->fd;
	return settled(live_event_fd(ev, part, &ignored));
}

static enum outcome foreseen_fd(struct event *ev, int64_t fd, enum fd_part part,
				const struct fd_info **ret)
{
	(void)fd;
	(void)part;
	*ret = &foreseen_of(ev)->fd;
	return OUTCOME_VALUE;
}

static enum outcome foreseen_fds(struct event *ev, const int64_t **ret,
				 size_t *ret_n)
{
	*ret = &foreseen_of(ev)->fd.fd;
	*ret_n = 1;
	return OUTCOME_VALUE;
}

static enum outcome foreseen_path(struct event *ev, int64_t dirfd,
				  struct span path, struct span *ret)
{
	(void)ev;
	(void)dirfd;
	*ret = path;
	return OUTCOME_VALUE;
}

static enum outcome foreseen_user(struct event *ev, uint32_t uid,
				  const struct user_info **ret)
{
	(void)uid;
	*ret = &foreseen_of(ev)->user;
	return OUTCOME_VALUE;
}

static enum outcome foreseen_group(struct event *ev, uint32_t gid,
				   const struct group_info **ret)
{
	(void)gid;
	*ret = &foreseen_of(ev)->group;
	return OUTCOME_VALUE;
}

static const struct resolver foreseen_resolver = {
	.param = foreseen_param,
	.process = foreseen_process,
	.leader = foreseen_leader,
	.event_fd = foreseen_event_fd,
	.fd = foreseen_fd,
	.fds = foreseen_fds,
	.path = foreseen_path,
	.user = foreseen_user,
	.group = foreseen_group,
};

/* --- The door ---------------------------------------------------------------- */

static const struct syscall_row *row_of(enum event_type type, unsigned generic)
{
	for (size_t i = 0; i < syscall_rows(); i++) {
		const struct syscall_row *row = syscall_row(i);

		if (row->type == type &&
		    (type != EVENT_GENERIC_X || row->generic == generic))
			return row;
	}
	return NULL;
}

struct event *tracer_foresee(enum event_type type, unsigned generic)
{
	const struct syscall_row *row = row_of(type, generic);
	struct foreseen *f;

	if (!row)
		return NULL;
	f = xcalloc(1, sizeof(*f));
	f->live.proc_fd = -1;
	f->live.stats = &f->stats;
	f->le.live = &f->live;
	f->le.row = row;
	f->le.ev = (struct event){
		.type = type,
		.phase = PHASE_ENTRY,
		.generic = (uint16_t)generic,
		.num = 1,
		.arena = &f->le.arena,
		.resolver = &foreseen_resolver,
	};
	decode_start(&f->le);
	return &f->le.ev;
}

void tracer_foreseen_free(struct event *ev)
{
	if (!ev)
		return;
	arena_done(&foreseen_of(ev)->le.arena);
	free(foreseen_of(ev));
}

static bool is_among(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static enum frequency frequency_of(const char *name)
{
	static const char *const seldom[] = {
		"kexec_load",  "kexec_file_load", "io_uring_setup",
		"init_module", "finit_module",	  "delete_module",
		"mount",       "umount",	  "umount2",
		"pivot_root",  "chroot",	  "setns",
		"unshare",     "reboot",	  "swapon",
		"swapoff",     "acct",		  "quotactl",
		"bpf",	       "userfaultfd",	  "perf_event_open",
		"ptrace",      "settimeofday",	  "clock_settime",
		"sethostname", "setdomainname",	  "capset",
		"iopl",	       "ioperm",	  "syslog",
	};
	static const char *const often[] = {
		"read",	    "write",	   "close",	   "mmap",
		"munmap",   "mprotect",	   "brk",	   "futex",
		"fstat",    "newfstatat",  "lseek",	   "poll",
		"ppoll",    "epoll_wait",  "epoll_pwait",  "epoll_pwait2",
		"pread",    "pread64",	   "pwrite",	   "pwrite64",
		"readv",    "writev",	   "preadv",	   "pwritev",
		"recv",	    "recvfrom",	   "recvmsg",	   "recvmmsg",
		"send",	    "sendto",	   "sendmsg",	   "sendmmsg",
		"select",   "pselect6",	   "ioctl",	   "fcntl",
		"stat",	    "lstat",	   "access",	   "nanosleep",
		"sendfile", "getdents64",  "clock_nanosleep", "sched_yield",
		"rt_sigprocmask", "rt_sigaction", "epoll_ctl", "splice",
	};

	if (is_among(often, ARRAY_SIZE(often), name))
		return FREQUENCY_OFTEN;
	return is_among(seldom, ARRAY_SIZE(seldom), name) ? FREQUENCY_SELDOM :
							    FREQUENCY_USUAL;
}

struct telling {
	const struct interest *events;
	foresight_call_fn *fn;
	void *ctx;
};

/* Of those that are seen for who shares memory nobody asks. */
static bool is_asked_for(const struct telling *t, const struct syscall_row *row)
{
	if (row->type == EVENT_GENERIC_X)
		return interest_has_generic(t->events, row->generic);
	return !(row->flags & ROW_SHARES) || interest_has(t->events, row->type);
}

static void tell_call(void *ctx, uint32_t arch, int nr,
		      const struct call_when *when)
{
	const struct telling *t = ctx;
	const struct syscall_row *row = syscall_by_number(arch, nr);

	if (row && !when && is_asked_for(t, row))
		t->fn(t->ctx, row->name, row->flags & ROW_STATE,
		      frequency_of(row->name));
}

void tracer_foresee_calls(const struct interest *events, foresight_call_fn *fn,
			  void *ctx)
{
	struct live live = { .index = syscall_index_new() };
	struct telling telling = { events, fn, ctx };

	live_calls(&live, events, regs_abis[0].arch, tell_call, &telling);
	syscall_index_free(live.index);
}
