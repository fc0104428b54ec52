/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of events, and what the engines want to know of a call: whether it is
 * to be intercepted, and how its end is seen.
 */
#include "live.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include "array.h"
#include "clock.h"

#include "compat.h"
#include "decode.h"
#include "procfs.h"
#include "resolve.h"
#include "stack.h"
#include "target.h"
#include "timers.h"
#include "truth.h"
#include "tracer.h"

/*
 * A program that is traced while it execs gets no privilege from its file, unless its
 * tracer has CAP_SYS_PTRACE (execve(2)). Where no_new_privs had to be set, for want of
 * CAP_SYS_ADMIN, there is none to lose.
 */
static bool would_strip(uint64_t capabilities)
{
	return capabilities >> CAP_SYS_ADMIN & 1 &&
	       !(capabilities >> CAP_SYS_PTRACE & 1);
}

struct live *live_new(int proc_fd, struct tracer_stats *stats)
{
	struct live *l = xcalloc(1, sizeof(*l));
	struct procfs_status us;

	l->proc_fd = proc_fd;
	l->stats = stats;
	l->index = syscall_index_new();
	l->processes = processes_new(proc_fd, stats);
	processes_set_patience(l->processes, &l->patience);
	l->users = users_new(proc_fd);
	if (procfs_status(proc_fd, getpid(), &us) < 0)
		us.cap_effective = UINT64_C(1) << CAP_SYS_ADMIN;
	l->strips = would_strip(us.cap_effective);
	l->sees_all = us.cap_effective >> CAP_SYS_PTRACE & 1;
	l->closes = !l->sees_all && geteuid() == 0;
	l->snaplen = LIVE_SNAPLEN;
	return l;
}

void live_stand_in(struct live *l, pid_t front)
{
	processes_stand_in(l->processes, front);
}

void live_set_limit(struct live *l, unsigned ms)
{
	l->patience.limit_ms = ms;
}

void live_set_snaplen(struct live *l, unsigned n)
{
	n = n ? n : LIVE_SNAPLEN;
	l->snaplen = n < LIVE_PARAM_MAX ? n : LIVE_PARAM_MAX;
}

static void free_list(struct live_event *le)
{
	while (le) {
		struct live_event *next = le->next;

		arena_done(&le->arena);
		free(le);
		le = next;
	}
}

void live_free(struct live *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < LIVE_EVENT_BUCKETS; i++)
		free_list(l->alive[i]);
	free_list(l->pool);
	users_free(l->users);
	unwinder_free(l->unwinder);
	processes_free(l->processes);
	syscall_index_free(l->index);
	free(l);
}

/* --- Which calls, and how -------------------------------------------------- */

static bool row_is_wanted(const void *ctx, const struct syscall_row *row)
{
	const struct interest *interest = ctx;

	if (row->flags & ROW_STATE)
		return true;
	if (row->flags & ROW_BEARS &&
	    (interest_has(interest, EVENT_PROCEXIT_1_E) ||
	     interest_has(interest, EVENT_SIGNALDELIVER_E)))
		return true;
	if (row->type == EVENT_GENERIC_X)
		return interest_has_generic(interest, row->generic);
	return interest_has(interest, row->type);
}

static bool row_sets_cwd(const void *ctx, const struct syscall_row *row)
{
	(void)ctx;
	return row->flags & ROW_SETS_CWD;
}

struct caller {
	void (*fn)(void *ctx, uint32_t arch, int nr, const struct call_when *when);
	void *ctx;
};

static void call_always(void *ctx, uint32_t arch, int nr)
{
	const struct caller *c = ctx;

	c->fn(c->ctx, arch, nr, NULL);
}

void live_calls(struct live *l, const struct interest *interest, uint32_t arch,
		void (*fn)(void *ctx, uint32_t arch, int nr,
			   const struct call_when *when),
		void *ctx)
{
	struct caller caller = { fn, ctx };
	const struct sharing_call *sharing;
	size_t n;

	syscall_index_numbers(l->index, arch, row_is_wanted, interest,
			      call_always, &caller);
	sharing = sharing_calls(interest, &n);
	for (size_t i = 0; i < n; i++) {
		struct call_when when = { sharing[i].arg, sharing[i].bit };
		int nr = syscall_number(sharing[i].name, arch);

		if (nr >= 0)
			fn(ctx, arch, nr, when.bit ? &when : NULL);
	}
	/* What a closed process has for a directory is remembered. */
	if (l->closes)
		syscall_index_numbers(l->index, arch, row_sets_cwd, NULL,
				      call_always, &caller);
}

bool live_may_block(const struct call *call)
{
	const struct syscall_row *row =
		syscall_by_number(call->arch, call->nr);

	return row && row->flags & ROW_BLOCKS;
}

static const struct syscall_row *find_row(const struct live *l,
					  const struct call *call)
{
	const struct syscall_entry *entry =
		syscall_index_find(l->index, call->arch, call->nr);

	return entry ? entry->row : NULL;
}

bool live_bears(const struct live *l, const struct call *call)
{
	const struct syscall_row *row = find_row(l, call);

	return row && row->flags & ROW_BEARS;
}

bool live_follows_births(const struct live *l, const struct interest *interest)
{
	for (size_t i = 0; i < syscall_rows(); i++) {
		const struct syscall_row *row = syscall_row(i);

		if (row->flags & ROW_BEARS && interest_has(interest, row->type))
			return true;
	}
	return l->on_exit;
}

bool live_follows(struct live *l, const struct interest *interest,
		  const struct call *call)
{
	const struct syscall_row *row = find_row(l, call);

	if (!row || !(row->flags & (ROW_BEARS | ROW_EXECS)))
		return false;
	if (row->flags & ROW_BEARS)
		return l->on_exit || interest_has(interest, row->type);
	return l->on_exit && live_confirm(l, call) != CONFIRM_NEVER;
}

bool live_wants(const struct live *l, const struct interest *interest,
		const struct call *call)
{
	const struct syscall_row *row = find_row(l, call);

	return row && interest_has(interest, row->type);
}

bool live_shares_numbers(struct live *l, pid_t tid)
{
	struct process_entry *e = processes_find(l->processes, tid);

	return e &&
	       processes_part(l->processes, e, PROCESS_IDS, &e) == OUTCOME_VALUE &&
	       !e->info.in_child_pidns;
}

pid_t live_child_number(struct live *l, pid_t caller, pid_t child)
{
	struct procfs_status caller_status, status;

	if (live_shares_numbers(l, caller))
		return child;
	if (procfs_status(l->proc_fd, caller, &caller_status) < 0 ||
	    procfs_status(l->proc_fd, child, &status) < 0 ||
	    caller_status.depth != status.depth)
		return child;
	return (pid_t)status.vtid;
}

/* --- Events ---------------------------------------------------------------- */

static struct live_event **slot_of(struct live *l, pid_t tid)
{
	struct live_event **slot =
		&l->alive[(unsigned)tid % LIVE_EVENT_BUCKETS];

	while (*slot && (*slot)->call.tid != tid)
		slot = &(*slot)->next;
	return slot;
}

/* An exec by another thread than the first one changes that thread's number to the
 * process's: its event is found by the process. */
static struct live_event **exec_slot(struct live *l, pid_t pid)
{
	for (size_t i = 0; i < LIVE_EVENT_BUCKETS; i++) {
		struct live_event **slot = &l->alive[i];

		for (; *slot; slot = &(*slot)->next) {
			if ((*slot)->row->flags & ROW_EXECS &&
			    (*slot)->ev.pid == pid)
				return slot;
		}
	}
	return NULL;
}

static void insert(struct live *l, struct live_event *le)
{
	struct live_event **head =
		&l->alive[(unsigned)le->call.tid % LIVE_EVENT_BUCKETS];

	le->next = *head;
	*head = le;
}

static struct live_event *take_from_pool(struct live *l)
{
	struct live_event *le = l->pool;

	if (le) {
		l->pool = le->next;
		return le;
	}
	le = xcalloc(1, sizeof(*le));
	le->live = l;
	le->arena.first = LIVE_EVENT_BLOCK;
	return le;
}

static void unlink_event(struct live *l, struct live_event **slot)
{
	struct live_event *le = *slot;

	*slot = le->next;
	arena_reset(&le->arena);
	le->next = l->pool;
	l->pool = le;
}

/* A successful execveat is reported as Falco does, who sees both as one. */
static enum event_type type_of(const struct live_event *le)
{
	if (le->row->flags & ROW_AT && le->call.ended && le->call.result < 0)
		return EVENT_SYSCALL_EXECVEAT_X;
	return le->row->type;
}

struct live_event *live_event_new(struct live *l, const struct call *call,
				  const struct syscall_row *row)
{
	struct live_event *le = take_from_pool(l);

	le->call = *call;
	le->entry = NULL;
	le->row = row;
	le->existed = -1;
	le->counted = le->begun = le->given.known = false;
	le->supposed.known = false;
	le->sharing_known = le->shut_out = le->let_in = false;
	le->others = NULL;
	le->ev.generic = row->generic;
	le->ev.claim = CLAIM_SURE;
	le->ev.arena = &le->arena;
	le->ev.resolver = &live_resolver;
	le->ev.cpu = -1;
	fd_look_start(&le->fd, -1);
	insert(l, le);
	return le;
}

struct live_event *live_event_alone(struct live *l, const struct call *call,
				    const struct syscall_row *row,
				    struct process_entry *thread)
{
	struct live_event *le = live_event_new(l, call, row);

	le->begun = true;
	le->thread = thread;
	le->ev.type = row->type;
	le->ev.phase = PHASE_EXIT;
	le->ev.tid = call->tid;
	le->ev.pid = thread ? thread->leader->tid : call->tid;
	decode_start(le);
	live_event_number(le);
	return le;
}

/* Of a descriptor nothing counts past a phase but its lexical name, and what was
 * looked at before it was closed. */
static void forget_fd(struct live_event *le)
{
	struct fd_look *look = &le->fd;
	struct span name = look->info.name, raw = look->info.nameraw;
	uint8_t named = look->outcome[FD_PART_NAME];

	le->others = NULL;
	if (le->row->flags & ROW_CLOSES && look->link_read)
		return;
	fd_look_start(look, -1);
	if (!(le->row->flags & ROW_OPENS) || named == OUTCOME_UNKNOWN)
		return;
	look->info.name = name;
	look->info.nameraw = raw;
	look->outcome[FD_PART_NAME] = named;
}

/* A filter of the workload's own is asked before ours is obeyed. */
static bool installs_filter(const struct live_event *le)
{
	const uint64_t *args = le->call.args;

	if (!(le->row->flags & ROW_FILTERS))
		return false;
	if (le->row->type == EVENT_SYSCALL_PRCTL_X)
		return args[0] == PR_SET_SECCOMP &&
		       args[1] == SECCOMP_MODE_FILTER;
	return args[0] == SECCOMP_SET_MODE_FILTER;
}

/* Memory may be closed to us after a drop of privileges, and after this. */
static bool closes_itself(const struct syscall_row *row, const uint64_t *args)
{
	return row->type == EVENT_SYSCALL_PRCTL_X &&
	       args[0] == PR_SET_DUMPABLE && args[1] != 1;
}

static bool may_close_memory(const struct live_event *le)
{
	return le->row->flags & ROW_SETS_IDS ||
	       closes_itself(le->row, le->call.args);
}

/* Of a directory by its number, or a path that begins in one, it is not known where it
 * leads. */
static void tell_cwd(struct live_event *le)
{
	struct span link = { .n = 0 };
	const struct value *path;
	char buf[4096];
	ssize_t n = 0;

	if (!le->thread->leader->hides)
		return;
	if (le->ev.type == EVENT_SYSCALL_CHDIR_X) {
		path = event_param(&le->ev, 1);
		if (path->outcome == OUTCOME_VALUE &&
		    target_try(le, AT_FDCWD, path->text, true, X_OK, NULL) < 0)
			return;
		if (path->outcome == OUTCOME_VALUE)
			n = target_link(le, AT_FDCWD, path->text, buf,
					sizeof(buf));
	}
	if (n > 0)
		link = span_make(buf, (size_t)n);
	processes_move_cwd(le->live->processes, le->thread, link);
}

/* The table's news that this call brings. */
static void tell_processes(struct live_event *le)
{
	struct processes *p = le->live->processes;
	struct process_entry *e = le->thread;
	bool ended = le->ev.phase == PHASE_EXIT && le->call.ended;

	if (!e)
		return;
	if (le->ev.phase == PHASE_ENTRY && installs_filter(le))
		le->live->stats->blind[BLIND_SECCOMP]++;
	if (le->row->flags & ROW_EXECS) {
		if (ended && le->call.result >= 0)
			processes_renew(p, e);
		return;
	}
	if (le->ev.phase == PHASE_ENTRY) {
		processes_settle(p, e);
		sharing_note(le);
	}
	if (le->row->flags & ROW_SETS_ROOT)
		processes_move_root(p, e);
	if (may_close_memory(le))
		processes_move_ids(p, e);
	if (le->row->flags & ROW_SETS_CWD && le->ev.phase == PHASE_ENTRY)
		tell_cwd(le);
	if (le->ev.phase == PHASE_ENTRY && may_close_memory(le)) {
		struct remote memory = live_event_memory(le);

		remote_prepare(&memory);
	}
}

void live_event_number(struct live_event *le)
{
	struct live *l = le->live;

	le->ev.time_ns = clock_ns(CLOCK_REALTIME);
	if (le->ev.phase == PHASE_ENTRY) {
		le->ev.num = l->delivered + 1;
		return;
	}
	if (!le->counted)
		le->ev.num = ++l->delivered;
	le->counted = true;
}

/* An event that is alive at another entry has lost its end: its thread died in the
 * call, and the number is somebody else's now. */
static bool is_lost(const struct live_event *le,
		    const struct syscall_entry *entry, enum event_phase phase)
{
	return phase == PHASE_ENTRY || le->entry != entry;
}

static struct live_event *event_of(struct live *l, const struct call *call,
				   const struct syscall_entry *entry,
				   enum event_phase phase)
{
	struct live_event **slot = slot_of(l, call->tid);
	struct live_event *le;

	if (*slot && is_lost(*slot, entry, phase))
		unlink_event(l, slot);
	slot = slot_of(l, call->tid);
	if (!*slot && call->exec_done)
		slot = exec_slot(l, call->tid);
	if (!slot || !*slot)
		return live_event_new(l, call, entry->row);
	le = *slot;
	if (le->call.tid != call->tid) {
		*slot = le->next;
		le->call.tid = call->tid;
		insert(l, le);
	}
	return le;
}

/* After an exec the registers, and so the call's number, are the new image's. */
static const struct syscall_entry *entry_of(struct live *l,
					    const struct call *call)
{
	struct live_event **slot = slot_of(l, call->tid);

	if (call->exec_done && !*slot)
		slot = exec_slot(l, call->tid);
	if (call->exec_done && slot && *slot)
		return (*slot)->entry;
	return syscall_index_find(l->index, call->arch, call->nr);
}

/* The arguments stay those of the entry: at the end registers may be others. */
static void refresh_call(struct live_event *le, const struct call *call)
{
	struct call now = *call;

	if (le->begun) {
		memcpy(now.args, le->call.args, sizeof(now.args));
		now.nr = le->call.nr;
		now.arch = le->call.arch;
		now.starts = le->call.starts;
	}
	le->call = now;
}

/* What the call of a 32-bit program is to its row. */
static void settle(struct live_event *le, const struct syscall_entry *entry)
{
	le->entry = entry;
	compat_settle(le, entry);
	le->ev.generic = le->row->generic;
}

/* What nobody has seen of a new image is what it was given. */
static void fill_image(struct live_event *le)
{
	if (!le->given.known || !le->thread || !live_event_succeeded(le))
		return;
	if (processes_give(le->live->processes, le->thread, &le->given,
			   le->call.supposed))
		le->ev.claim = CLAIM_UNVERIFIED;
}

/* Its end will be seen, or its answer tells whether it was still there. */
static bool is_held(const struct call *call, enum event_phase phase)
{
	return call->attached || (phase == PHASE_ENTRY && call->still_valid);
}

struct event *live_begin(struct live *l, const struct call *call,
			 enum event_phase phase)
{
	const struct syscall_entry *entry = entry_of(l, call);
	struct live_event *le;
	bool carried;

	if (!entry)
		return NULL;
	le = event_of(l, call, entry, phase);
	carried = le->begun;
	/* What is told of a supposed end was read before the thread was let go. */
	if (!call->supposed)
		processes_tick(l->processes);
	refresh_call(le, call);
	le->begun = true;
	le->ev.phase = phase;
	le->ev.tid = call->tid;
	le->thread = processes_find(l->processes, call->tid);
	if (le->thread && is_held(call, phase))
		processes_hold(l->processes, le->thread);
	le->ev.pid = le->thread ? le->thread->leader->tid : call->tid;
	if (!carried)
		settle(le, entry);
	le->ev.type = type_of(le);
	if (carried) {
		forget_fd(le);
		decode_carry_on(le);
	} else {
		decode_start(le);
	}
	live_event_number(le);
	tell_processes(le);
	if (call->supposed)
		le->ev.claim = CLAIM_UNVERIFIED;
	else if (le->shut_out && phase != PHASE_ENTRY)
		truth_check(le);
	fill_image(le);
	if (l->on_exit && le->thread)
		live_watch(l, le->thread);
	return &le->ev;
}

unsigned live_parts(struct event *ev)
{
	const struct live_event *le = live_event_of(ev);

	if (!(le->row->flags & ROW_MANY) || !live_event_succeeded(le))
		return 1;
	return le->call.result > IOV_MAX ? IOV_MAX :
					   (unsigned)le->call.result;
}

void live_end(struct live *l, struct event *ev)
{
	struct live_event **slot;

	if (!ev)
		return;
	slot = slot_of(l, live_event_of(ev)->call.tid);
	if (!live_event_of(ev)->counted)
		l->delivered++;
	if (*slot)
		unlink_event(l, slot);
}

/* --- The end of a call ----------------------------------------------------- */

struct live_event *live_event_aside(struct live *l, const struct call *call)
{
	struct live_event *le =
		live_event_of(live_begin(l, call, PHASE_ENTRY));

	le->let_in = le->counted = true;
	return le;
}

static bool opens_quickly(struct live_event *le, uint64_t flags)
{
	unsigned param = (unsigned)decode_path_param(le->ev.type);
	const struct value *path = event_param(&le->ev, param);
	struct target_look look;

	if (flags & O_PATH)
		return true;
	/* A path that cannot be read fails in the kernel too. */
	if (path->outcome == OUTCOME_ABSENT)
		return true;
	if (path->outcome != OUTCOME_VALUE)
		return false;
	target_look(le, (int)decode_path_dirfd(le, param), path->text,
		    !(flags & O_NOFOLLOW), &look);
	if (flags & O_CREAT && look.known)
		le->existed = look.exists;
	if (!look.known || look.served)
		return false;
	if (S_ISFIFO(look.mode))
		return flags & O_NONBLOCK;
	return !look.exists || S_ISREG(look.mode) || S_ISDIR(look.mode) ||
	       S_ISLNK(look.mode) || look.memory;
}

uint64_t live_open_flags(struct live_event *le)
{
	static const struct {
		enum event_type type;
		unsigned arg;
	} places[] = {
		{ EVENT_SYSCALL_OPEN_X, 1 },
		{ EVENT_SYSCALL_OPENAT_2_X, 2 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		if (places[i].type == le->ev.type)
			return le->call.args[places[i].arg];
	}
	if (le->ev.type == EVENT_SYSCALL_CREAT_X)
		return O_CREAT | O_WRONLY | O_TRUNC;
	if (decode_block(le, le->call.args[2], 24) != OUTCOME_VALUE)
		return O_PATH;
	return decode_block_number(le, 0, 8);
}

/* Whoever is to be traced by its parent must be traced by nobody. */
static bool asks_to_be_traced(const struct live_event *le)
{
	return le->row->type == EVENT_SYSCALL_PTRACE_X &&
	       le->call.args[0] == PTRACE_TRACEME;
}

enum confirm live_confirm(struct live *l, const struct call *call)
{
	struct live_event *le = *slot_of(l, call->tid);
	const struct syscall_row *row;

	if (!le) {
		row = find_row(l, call);
		if (!row)
			return CONFIRM_NEVER;
		return row->confirm == CONFIRM_OPEN ? CONFIRM_CLEAN :
						      row->confirm;
	}
	le->thread = processes_find(l->processes, call->tid);
	live_event_capture(le);
	if (asks_to_be_traced(le) ||
	    (le->row->confirm == CONFIRM_EXEC && l->strips &&
	     live_gains_privilege(le)))
		return CONFIRM_NEVER;
	/* An interrupt would fail a call that waits for its own memory. */
	if (le->row->confirm == CONFIRM_QUICK && le->thread &&
	    le->thread->leader->stalls)
		return CONFIRM_CLEAN;
	if (le->row->confirm != CONFIRM_OPEN)
		return le->row->confirm;
	return opens_quickly(le, live_open_flags(le)) ? CONFIRM_QUICK :
						   CONFIRM_CLEAN;
}

/* Calls that set user or group: which, and by how many arguments. */
static const struct {
	enum event_type type;
	unsigned n;
	bool group;
} setters[] = {
	{ EVENT_SYSCALL_SETUID_X, 1, false },
	{ EVENT_SYSCALL_SETREUID_X, 2, false },
	{ EVENT_SYSCALL_SETRESUID_X, 3, false },
	{ EVENT_SYSCALL_SETGID_X, 1, true },
	{ EVENT_SYSCALL_SETREGID_X, 2, true },
	{ EVENT_SYSCALL_SETRESGID_X, 3, true },
};

/* Would one of the arguments be news? UINT32_MAX changes nothing. */
static bool differ(const uint64_t *args, unsigned n, const uint32_t ids[4])
{
	for (unsigned i = 0; i < 4 * n; i++) {
		uint32_t id = (uint32_t)args[i / 4];

		if (id != UINT32_MAX && id != ids[i % 4])
			return true;
	}
	return false;
}

/* What takes capabilities away closes nothing; of who cannot be asked it counts as a
 * change. */
static bool changes_ids(const struct live *l, const struct call *call,
			const struct syscall_row *row)
{
	struct procfs_status st;

	if (!(row->flags & ROW_SETS_IDS) || row->type == EVENT_SYSCALL_CAPSET_X)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(setters); i++) {
		if (setters[i].type == row->type &&
		    procfs_status(l->proc_fd, call->tid, &st) == 0)
			return differ(call->args, setters[i].n,
				      setters[i].group ? st.gid : st.uid);
	}
	return true;
}

bool live_closes(struct live *l, const struct call *call)
{
	const struct syscall_row *row = l->sees_all ? NULL : find_row(l, call);

	if (!row)
		return false;
	return (l->closes && changes_ids(l, call, row)) ||
	       closes_itself(row, call->args);
}

bool live_never_sleeps(struct live *l, const struct call *call)
{
	const struct syscall_row *row = find_row(l, call);
	struct event *ev;
	bool quick;

	if (!row || row->flags & ROW_BLOCKS)
		return false;
	if (row->type == EVENT_GENERIC_X)
		return timers_may_set(row->generic);
	if (row->confirm != CONFIRM_OPEN)
		return true;
	ev = live_begin(l, call, PHASE_ENTRY);
	live_event_of(ev)->counted = true;
	quick = live_confirm(l, call) == CONFIRM_QUICK;
	live_end(l, ev);
	return quick;
}

/* --- News ------------------------------------------------------------------ */

void live_exec(struct live *l, pid_t tid)
{
	processes_exec(l->processes, tid);
}

void live_exited(struct live *l, pid_t tid, int status)
{
	processes_end(l->processes, tid, &status);
}

int live_poll_fd(const struct live *l)
{
	return processes_poll_fd(l->processes);
}

void live_reap(struct live *l)
{
	processes_reap(l->processes);
}

size_t live_count(const struct live *l)
{
	return processes_count(l->processes);
}
