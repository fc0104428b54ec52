/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A path is the kernel's if it is the opened file's own, or leads to it. The thread
 * is stopped at its call's end; its siblings are not, and may close or replace the
 * descriptor meanwhile: that is what a reader of the event is told to expect.
 */
#include "truth.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "array.h"

#include "decode.h"
#include "target.h"
#include "tracer.h"

static void claim(struct live_event *le, enum event_claim what)
{
	static const enum blind_spot spots[] = {
		[CLAIM_CORRECTED] = BLIND_CHANGED,
		[CLAIM_UNVERIFIED] = BLIND_UNVERIFIED,
	};

	if (le->ev.claim == CLAIM_SURE && what != CLAIM_SURE)
		le->live->stats->blind[spots[what]]++;
	le->ev.claim = what;
}

/* --- What was opened ------------------------------------------------------- */

/* A descriptor's file, as the kernel has it: the look is the event's own, and what is
 * asked of the descriptor later is answered by it. */
struct opened {
	struct fd_owner owner;
	struct fd_look *look;
	struct span path; /* of its link, below the thread's root */
};

static bool look_at_opened(struct live_event *le, struct opened *ret)
{
	ret->owner = live_event_owner(le);
	ret->look = live_event_own_look(le, le->call.result);
	if (fd_look_link(&ret->owner, ret->look) != OUTCOME_VALUE)
		return false;
	ret->path = processes_strip(ret->owner.root, ret->look->link);
	return true;
}

/* "/proc/self" is another directory for whoever walks there. */
static bool is_own_proc(const struct live_event *le, struct span name,
			struct span path)
{
	static const struct span self = SPAN_INIT("/proc/self/");
	char own[32];
	struct span prefix;

	snprintf(own, sizeof(own), "/proc/%d/", (int)le->ev.pid);
	prefix = span_of(own);
	return span_starts_with(name, self) && span_starts_with(path, prefix) &&
	       span_eq(span_from(name, self.n), span_from(path, prefix.n));
}

/* O_TMPFILE: a file without a name of its own, in the directory that was given. */
static bool is_unnamed_in(struct span dir, struct span path)
{
	return span_starts_with(path, dir) && path.n > dir.n + 2 &&
	       path.data[dir.n] == '/' && path.data[dir.n + 1] == '#';
}

static bool is_named(struct live_event *le, int64_t dirfd, struct span text,
		     const struct opened *file)
{
	struct span name;

	if (live_path_from(&le->ev, dirfd, text, SPAN("<UNKNOWN>"), &name) !=
	    OUTCOME_VALUE)
		return false;
	return span_eq(name, file->path) ||
	       is_own_proc(le, name, file->path) ||
	       is_unnamed_in(name, file->path);
}

static bool leads_to(struct live_event *le, int64_t dirfd, struct span text,
		     const struct fd_look *look)
{
	return target_is(le, (int)dirfd, text, true, &look->file, look->link) ||
	       target_is(le, (int)dirfd, text, false, &look->file, look->link);
}

static enum event_claim check_opened(struct live_event *le)
{
	unsigned param = (unsigned)decode_path_param(le->ev.type);
	struct value *path = &le->ev.params[param];
	int64_t dirfd = decode_path_dirfd(le, param);
	struct opened file;
	bool known;

	known = event_param(&le->ev, param)->outcome == OUTCOME_VALUE;
	if (!look_at_opened(le, &file))
		return CLAIM_UNVERIFIED;
	if (known && is_named(le, dirfd, path->text, &file))
		return CLAIM_SURE;
	if (fd_look_file(&file.owner, file.look) != OUTCOME_VALUE)
		return CLAIM_UNVERIFIED;
	if (known && leads_to(le, dirfd, path->text, file.look))
		return CLAIM_SURE;
	path->outcome = OUTCOME_VALUE;
	path->text = file.path;
	le->fd.outcome[FD_PART_NAME] = OUTCOME_PENDING;
	return CLAIM_CORRECTED;
}

/* --- Whom a socket was connected to ---------------------------------------- */

/* No address at all means ourselves; a server's path may be bound as a relative one. */
static bool is_peer(const struct sock_addr *given, const struct sock_addr *peer)
{
	static const uint8_t none[16];

	if (given->family != peer->family || given->port != peer->port)
		return false;
	return (!memcmp(given->ip.bytes, none, sizeof(none)) ||
		!memcmp(given->ip.bytes, peer->ip.bytes, sizeof(none))) &&
	       span_eq(span_last_part(given->path), span_last_part(peer->path));
}

static enum event_claim check_connected(struct live_event *le)
{
	struct fd_owner owner = live_event_owner(le);
	struct sock_addr *peer = arena_zalloc(&le->arena, sizeof(*peer));
	struct value *given = &le->ev.params[3];
	struct fd_look look;

	event_param(&le->ev, 3);
	fd_look_start(&look, live_event_fd_arg(le, 0));
	if (fd_look_socket(&owner, &look) != OUTCOME_VALUE ||
	    !look.facts.has_peer ||
	    !socket_name_read(&look.facts.peer, look.facts.peer_size,
			      &le->arena, peer))
		return CLAIM_UNVERIFIED;
	if (given->outcome == OUTCOME_VALUE && is_peer(given->addr, peer))
		return CLAIM_SURE;
	given->outcome = OUTCOME_VALUE;
	given->addr = peer;
	return CLAIM_CORRECTED;
}

/* --- What leaves nothing behind -------------------------------------------- */

static bool is_same_value(const struct value *a, const struct value *b)
{
	if (a->outcome != b->outcome || a->outcome != OUTCOME_VALUE)
		return a->outcome == b->outcome;
	if (a->type == VALUE_SOCKADDR)
		return is_peer(a->addr, b->addr) &&
		       span_eq(a->addr->path, b->addr->path);
	return span_eq(a->text, b->text);
}

/* Is what was read at entry in memory still? */
static bool is_unchanged(struct live_event *le)
{
	for (unsigned i = 0; i < le->row->nsources; i++) {
		struct value *v = &le->ev.params[i];
		struct value before = *event_param(&le->ev, i);
		bool same;

		if (!le->row->sources[i].kept ||
		    before.outcome == OUTCOME_FAILED)
			continue;
		v->outcome = OUTCOME_PENDING;
		same = is_same_value(event_param(&le->ev, i), &before);
		*v = before;
		if (!same)
			return false;
	}
	return true;
}

/* A call that has failed has done nothing: it is told of as what it looks like. */
static enum event_claim check_memory(struct live_event *le)
{
	return le->call.result < 0 && is_unchanged(le) ? CLAIM_SURE :
							 CLAIM_UNVERIFIED;
}

/* --- All ------------------------------------------------------------------- */

static bool has_kept(const struct live_event *le)
{
	for (size_t i = 0; i < le->row->nsources; i++) {
		if (le->row->sources[i].kept)
			return true;
	}
	return false;
}

void truth_check(struct live_event *le)
{
	bool ended = le->ev.phase == PHASE_EXIT && le->call.ended;
	bool succeeded = ended && le->call.result >= 0;

	if (!has_kept(le) || !le->thread ||
	    (le->row->flags & ROW_EXECS && succeeded))
		return;
	if (!ended)
		claim(le, CLAIM_UNVERIFIED);
	else if (le->row->flags & ROW_OPENS && succeeded)
		claim(le, check_opened(le));
	else if (le->ev.type == EVENT_SOCKET_CONNECT_X &&
		 (succeeded || le->call.result == -EINPROGRESS))
		claim(le, check_connected(le));
	else
		claim(le, check_memory(le));
}
