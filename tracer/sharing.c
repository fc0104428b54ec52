/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Remembering what intercepted calls bring about, and looking at whom they do not
 * tell of. In doubt memory is shared: that costs time, the other mistake an event.
 */
#include "sharing.h"

#include <errno.h>
#include <linux/kcmp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "array.h"

#include "decode.h"
#include "live_event.h"
#include "mappings.h"
#include "procfs.h"

/* The empty directory's two links, which task/ has besides one for each thread. */
#define TASK_LINKS 2

static const struct sharing_call calls[] = {
	{ "clone", 0, CLONE_VM },
	{ "clone3", 0, 0 },
	{ "mmap", 3, MAP_SHARED }, /* MAP_SHARED_VALIDATE has the bit too */
	{ "mmap2", 3, MAP_SHARED },
	{ "mremap", 0, 0 },
	{ "shmat", 0, 0 },
	{ "userfaultfd", 0, 0 },
	{ "process_vm_writev", 0, 0 },
	{ "mount", 0, 0 },
	{ "fsopen", 0, 0 },
};

/* Is a parameter read from memory while that may still change? An exec's are the
 * new image's in the end. */
static bool reads_memory(const struct syscall_row *row)
{
	for (size_t i = 0; i < row->nsources; i++) {
		if (row->sources[i].kept && !(row->flags & ROW_EXECS))
			return true;
	}
	return false;
}

const struct sharing_call *sharing_calls(const struct interest *interest,
					 size_t *ret_n)
{
	*ret_n = 0;
	for (size_t i = 0; !*ret_n && i < syscall_rows(); i++) {
		const struct syscall_row *row = syscall_row(i);

		if (interest_has(interest, row->type) && reads_memory(row))
			*ret_n = ARRAY_SIZE(calls);
	}
	return calls;
}

/* --- Looking --------------------------------------------------------------- */

static bool has_threads(const struct live *l, pid_t pid)
{
	struct procfs_status status;
	struct stat st;
	char path[32];

	snprintf(path, sizeof(path), "%d/task", pid);
	if (!fstatat(l->proc_fd, path, &st, 0) && st.st_nlink > TASK_LINKS)
		return st.st_nlink > TASK_LINKS + 1;
	return procfs_status(l->proc_fd, pid, &status) < 0 || status.threads > 1;
}

/* A thread that is alone has no clone of another under way. */
static bool is_crowded(const struct live *l, struct process_entry *e)
{
	if (e->sharing.threads)
		e->sharing.threads = has_threads(l, e->tid);
	return e->sharing.threads;
}

/* Does the process use its parent's address space, and whose besides? True: and that
 * is known to have no shared mapping. */
static bool look_at_parent(struct live *l, struct process_entry *e)
{
	struct process_entry *parent = processes_parent(l->processes, e);
	long r;

	if (!parent)
		return false;
	r = syscall(SYS_kcmp, e->tid, parent->tid, KCMP_VM, 0, 0);
	e->sharing.borrowed = r == 0;
	e->sharing.unsure = r < 0 && errno != ESRCH;
	e->sharing.lent |= e->sharing.unsure;
	if (r == 0)
		e->sharing.lent |= !parent->sharing.known ||
				   parent->sharing.lent ||
				   has_threads(l, parent->tid);
	return r == 0 && parent->sharing.known && !parent->sharing.mappings;
}

/* What a call of another thread brings, that is under way, has been noted: it stays. */
static void look(struct live *l, struct process_entry *e)
{
	struct sharing_state *s = &e->sharing;

	s->known = true;
	s->threads = has_threads(l, e->tid);
	s->lent |= l->memory_lent;
	if (!look_at_parent(l, e) && (!s->mappings || !s->threads))
		s->mappings = mappings_any_shared(l->proc_fd, e->tid);
}

/* --- What calls bring ------------------------------------------------------ */

/* Marks the process and those whose address space it uses. */
static void mark(struct live *l, struct process_entry *e,
		 void (*set)(struct sharing_state *s))
{
	if (!e->sharing.known)
		look(l, e);
	set(&e->sharing);
	while (e && (e->sharing.borrowed || e->sharing.unsure)) {
		e = processes_parent(l->processes, e);
		if (e)
			set(&e->sharing);
	}
}

static void set_moved(struct sharing_state *s)
{
	s->own = (struct mappings_own){ 0 };
}

static void set_mappings(struct sharing_state *s)
{
	s->mappings = true;
	set_moved(s);
}

static void set_threads(struct sharing_state *s)
{
	s->threads = true;
}

static void set_lent(struct sharing_state *s)
{
	s->lent = true;
}

static void lend(struct live *l, struct process_entry *e)
{
	mark(l, e, set_lent);
	l->memory_lent = true;
}

/* A thread dies with its process, and a vfork's caller waits for the child, and is its
 * parent; any other child runs beside us, and who its parent is may change. */
static void note_flags(struct live *l, struct process_entry *e, uint64_t flags)
{
	if (!(flags & CLONE_VM))
		return;
	if (!e->sharing.known)
		look(l, e);
	if (!e->sharing.borrowed && flags & CLONE_THREAD)
		e->sharing.threads = true;
	else if (e->sharing.borrowed || !(flags & CLONE_VFORK) || flags & CLONE_PARENT)
		lend(l, e);
}

static void note_clone(struct live_event *le, struct process_entry *e)
{
	note_flags(le->live, e, le->call.args[0]);
}

/* Where others may change the flags before they are read, nobody knows them. */
static void note_clone3(struct live_event *le, struct process_entry *e)
{
	if (decode_block(le, le->call.args[0], 64) == OUTCOME_VALUE)
		note_flags(le->live, e, decode_block_number(le, 0, 8));
	else
		mark(le->live, e, set_lent);
	mark(le->live, e, set_threads);
}

static void note_mapping(struct live_event *le, struct process_entry *e)
{
	mark(le->live, e, set_mappings);
}

/* A shared one may come to where a private one was. */
static void note_move(struct live_event *le, struct process_entry *e)
{
	mark(le->live, e, set_moved);
}

/* Who holds its descriptor can move pages, and make wait for them. */
static void note_userfaultfd(struct live_event *le, struct process_entry *e)
{
	lend(le->live, e);
	le->live->patience.served = true;
}

/* Files of a FUSE file system can be mapped. */
static void note_mount(struct live_event *le, struct process_entry *e)
{
	const struct value *type = event_param(&le->ev, 3);

	(void)e;
	if (type->outcome != OUTCOME_VALUE ||
	    span_starts_with(type->text, SPAN("fuse")))
		le->live->patience.served = true;
}

static void note_fsopen(struct live_event *le, struct process_entry *e)
{
	(void)e;
	le->live->patience.served = true;
}

static void note_foreign_writer(struct live_event *le, struct process_entry *e)
{
	(void)e;
	le->live->foreign_writer = true;
}

static const struct {
	const char *name;
	void (*note)(struct live_event *le, struct process_entry *e);
} notes[] = {
	{ "clone", note_clone },
	{ "clone3", note_clone3 },
	{ "mmap", note_mapping },
	{ "mmap2", note_mapping },
	{ "mremap", note_move },
	{ "shmat", note_mapping },
	{ "userfaultfd", note_userfaultfd },
	{ "process_vm_writev", note_foreign_writer },
	{ "mount", note_mount },
	{ "fsopen", note_fsopen },
};

/* Rules may want all of its calls, not only those that share. */
static bool is_sharing(const struct live_event *le, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		if (!strcmp(calls[i].name, name))
			return !calls[i].bit ||
			       le->call.args[calls[i].arg] & calls[i].bit;
	}
	return false;
}

void sharing_note(struct live_event *le)
{
	if (!le->thread ||
	    !(le->row->flags & ROW_SHARES || le->row->type == EVENT_GENERIC_X))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(notes); i++) {
		if (!strcmp(notes[i].name, le->row->name) &&
		    is_sharing(le, le->row->name))
			notes[i].note(le, le->thread->leader);
	}
}

enum sharing sharing_of(struct live_event *le)
{
	struct process_entry *e = le->thread->leader;
	struct live *l = le->live;

	if (!e->sharing.known)
		look(l, e);
	if (l->foreign_writer || e->sharing.lent || is_crowded(l, e))
		return SHARING_ALL;
	/* 32-bit programs have more calls that map. */
	return e->sharing.mappings || live_event_word(le) == 4 ?
		       SHARING_MAPPINGS :
		       SHARING_NONE;
}

void sharing_renew(struct process_entry *leader)
{
	leader->sharing = (struct sharing_state){ .known = true };
}

void sharing_doubt(struct process_entry *leader)
{
	leader->sharing.known = false;
	set_moved(&leader->sharing);
}
