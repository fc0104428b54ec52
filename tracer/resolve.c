/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers about processes, users and paths for the event at hand; descriptors are
 * in resolve_fd.c. Decides what is not known yet: at entry, everything that the
 * call is about to change.
 */
#include "resolve.h"

#include <fcntl.h>
#include <unistd.h>

#include "cleanup.h"
#include "strbuf.h"

#include "decode.h"
#include "paths.h"
#include "stack.h"
#include "target.h"
#include "tracer.h"

/* What an exec replaces. */
static const bool replaced[PROCESS_PART_COUNT] = {
	[PROCESS_COMM] = true,	  [PROCESS_ARGS] = true,
	[PROCESS_EXEPATH] = true, [PROCESS_EXEFILE] = true,
	[PROCESS_ENV] = true,	  [PROCESS_MEMORY] = true,
	[PROCESS_FDS] = true,
};

/* What else a call may change, by its row's flags. */
static const struct {
	unsigned flag;
	enum process_part part;
} changed[] = {
	{ ROW_SETS_IDS, PROCESS_USER },
	{ ROW_SETS_CWD, PROCESS_CWD },
	{ ROW_SETS_GROUP, PROCESS_SESSION },
	{ ROW_SETS_MEMORY, PROCESS_MEMORY },
};

bool live_gains_privilege(struct live_event *le)
{
	bool at = le->row->flags & ROW_AT;
	const struct value *path =
		event_param(&le->ev, (unsigned)le->row->nsources - 1);
	int dirfd = at ? live_event_fd_arg(le, 0) : AT_FDCWD;
	struct target_look look;

	if (path->outcome != OUTCOME_VALUE || !path->text.n)
		return true;
	target_look(le, dirfd, path->text, true, &look);
	return !look.known || look.privileged;
}

static bool is_open(struct live_event *le, int up, enum process_part part)
{
	if (up > 0 || le->ev.phase == PHASE_EXIT)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(changed); i++) {
		if (le->row->flags & changed[i].flag &&
		    changed[i].part == part)
			return true;
	}
	if (!(le->row->flags & ROW_EXECS))
		return false;
	return replaced[part] || (part == PROCESS_USER && live_gains_privilege(le));
}

/* By whom the program is started is us, as where it is a child of ours: rules ask. */
static struct process_entry *starter(struct live_event *le)
{
	return processes_find(le->live->processes, getpid());
}

static struct process_entry *entry_up(struct live_event *le, int up)
{
	struct process_entry *e = le->thread;

	if (!e || up == RESOLVE_THREAD)
		return e;
	if (le->call.starts && up > 0 && --up == 0)
		return starter(le);
	e = e->leader;
	while (e && up-- > 0)
		e = processes_parent(le->live->processes, e);
	return e;
}

static enum outcome ask(struct live_event *le, struct process_entry *e,
			enum process_part part, const struct process **ret)
{
	struct processes *p = le->live->processes;
	struct process_entry *owner;
	enum outcome got;

	/* The parent's number may have changed with the parent's end. */
	if (part == PROCESS_IDS)
		processes_parent(p, e);
	got = processes_part(p, e, part, &owner);
	if (got != OUTCOME_VALUE)
		return got;
	if (part == PROCESS_IDS && e != e->leader)
		owner->info.ppid = e->leader->info.ppid;
	*ret = &owner->info;
	return got;
}

enum outcome live_process(struct event *ev, int up, enum process_part part,
			  const struct process **ret)
{
	struct live_event *le = live_event_of(ev);
	struct process_entry *e;

	if (is_open(le, up, part))
		return ev->phase == PHASE_ENTRY ? OUTCOME_UNKNOWN :
						  OUTCOME_ABSENT;
	e = entry_up(le, up);
	return e ? ask(le, e, part, ret) : OUTCOME_ABSENT;
}

static int64_t leader_id(const struct process *process, enum leader_kind kind)
{
	static const size_t offsets[LEADER_KIND_COUNT] = {
		[LEADER_SESSION] = offsetof(struct process, sid),
		[LEADER_PGROUP] = offsetof(struct process, pgid),
		[LEADER_VIRTUAL_PGROUP] = offsetof(struct process, vpgid),
	};
	int64_t id;

	memcpy(&id, (const char *)process + offsets[kind], sizeof(id));
	return id;
}

/* The last ancestor in a row that has the same id. */
static struct process_entry *oldest_kin(struct live_event *le,
					enum leader_kind kind, int64_t id)
{
	struct process_entry *found = NULL;
	const struct process *process;

	for (int up = 0;; up++) {
		struct process_entry *e = entry_up(le, up);

		if (!e ||
		    ask(le, e, PROCESS_SESSION, &process) != OUTCOME_VALUE ||
		    leader_id(process, kind) != id)
			return found;
		found = e;
	}
}

enum outcome live_leader(struct event *ev, enum leader_kind kind,
			 enum process_part part, const struct process **ret)
{
	struct live_event *le = live_event_of(ev);
	const struct process *session, *ids;
	enum outcome got = live_process(ev, RESOLVE_THREAD, PROCESS_SESSION,
					&session);
	struct process_entry *e = NULL;
	int64_t id;

	if (got != OUTCOME_VALUE)
		return got;
	id = leader_id(session, kind);
	if (id <= 0)
		return OUTCOME_ABSENT;
	got = live_process(ev, RESOLVE_THREAD, PROCESS_IDS, &ids);
	if (got != OUTCOME_VALUE)
		return got;
	/* An id of a child namespace is no number of ours. */
	if (kind == LEADER_PGROUP || !ids->in_child_pidns)
		e = processes_find(le->live->processes, (pid_t)id);
	if (!e)
		e = oldest_kin(le, kind, id);
	if (!e)
		return OUTCOME_ABSENT;
	if (le->thread && e->leader == le->thread->leader)
		return live_process(ev, 0, part, ret);
	return ask(le, e, part, ret);
}

/* The directory that a relative path starts at, with its slash; *ret stays as it is
 * where there is none. */
static enum outcome path_base(struct event *ev, int64_t dirfd, struct span *ret)
{
	struct live_event *le = live_event_of(ev);
	const struct process *process;
	const struct fd_info *info;
	enum outcome got;
	char *base;

	if (dirfd == AT_FDCWD) {
		got = live_process(ev, RESOLVE_THREAD, PROCESS_CWD, &process);
		if (got == OUTCOME_VALUE)
			*ret = process->cwd;
		return got == OUTCOME_UNKNOWN ? got : OUTCOME_VALUE;
	}
	got = live_fd(ev, dirfd, FD_PART_NAME, &info);
	if (got != OUTCOME_VALUE || !info->name.n)
		return OUTCOME_VALUE;
	base = arena_alloc(&le->arena, info->name.n + 1);
	memcpy(base, info->name.data, info->name.n);
	base[info->name.n] = '/';
	*ret = span_make(base, info->name.n +
				       (info->name.data[info->name.n - 1] != '/'));
	return OUTCOME_VALUE;
}

enum outcome live_path_from(struct event *ev, int64_t dirfd, struct span path,
			    struct span unknown, struct span *ret)
{
	struct live_event *le = live_event_of(ev);
	struct span base = span_make("", 0);
	enum outcome got = OUTCOME_VALUE;

	if (path.n && path.data[0] != '/') {
		base = unknown;
		got = path_base(ev, dirfd, &base);
	}
	if (got == OUTCOME_VALUE)
		*ret = paths_join(&le->arena, base, path);
	return got;
}

static enum outcome live_path(struct event *ev, int64_t dirfd, struct span path,
			      struct span *ret)
{
	return live_path_from(ev, dirfd, path, SPAN("<UNKNOWN>/"), ret);
}

/* Whose files of names are asked, as for users_user(). */
static pid_t names_of(struct live_event *le)
{
	return le->thread && processes_shares_root(le->live->processes,
						   le->thread) ?
		       0 :
		       le->call.tid;
}

static enum outcome live_user(struct event *ev, uint32_t uid,
			      const struct user_info **ret)
{
	struct live_event *le = live_event_of(ev);
	const struct user_info *user =
		users_user(le->live->users, names_of(le), uid);

	if (user)
		*ret = user;
	return user ? OUTCOME_VALUE : OUTCOME_ABSENT;
}

static enum outcome live_group(struct event *ev, uint32_t gid,
			       const struct group_info **ret)
{
	struct live_event *le = live_event_of(ev);
	const struct group_info *group =
		users_group(le->live->users, names_of(le), gid);

	if (group)
		*ret = group;
	return group ? OUTCOME_VALUE : OUTCOME_ABSENT;
}

static struct unwinder *unwinder_of(struct live *l)
{
	if (!l->unwinder && !l->no_unwinder) {
		l->unwinder = unwinder_new();
		l->no_unwinder = !l->unwinder;
	}

	return l->unwinder;
}

/* The stack of an exec is gone with its image. */
static enum outcome live_stack(struct event *ev, struct span *ret)
{
	struct live_event *le = live_event_of(ev);
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	struct unwinder *u;

	if (ev->phase == PHASE_ENTRY)
		return OUTCOME_UNKNOWN;
	if (ev->phase != PHASE_EXIT || !le->call.attached || le->call.exec_done)
		return OUTCOME_ABSENT;
	u = unwinder_of(le->live);
	if (!u || unwinder_stack(u, le->call.tid, &text) < 0) {
		le->live->stats->blind[BLIND_STACK]++;
		return OUTCOME_FAILED;
	}

	*ret = span_make(arena_strndup(&le->arena, text.data, text.n), text.n);
	return OUTCOME_VALUE;
}

const struct resolver live_resolver = {
	.param = decode_param,
	.process = live_process,
	.leader = live_leader,
	.event_fd = live_event_fd,
	.fd = live_fd,
	.fds = live_fds,
	.path = live_path,
	.stack = live_stack,
	.user = live_user,
	.group = live_group,
};
