/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The descriptor that an event is about, and others of the thread. What a call
 * creates is not known at entry; what it closes is looked at before it does.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

#include "array.h"

#include "decode.h"
#include "procfs.h"
#include "socket_facts.h"
#include "tracer.h"

struct fd_owner live_event_owner(struct live_event *le)
{
	struct processes *p = le->live->processes;

	return (struct fd_owner){
		.proc_fd = le->live->proc_fd,
		.tid = le->call.tid,
		.pidfd = le->thread ? le->thread->pidfd : -1,
		.root = le->thread ? processes_root(p, le->thread) :
				     span_make("", 0),
		.arena = &le->arena,
		.stats = le->live->stats,
	};
}

struct fd_look *live_event_look(struct live_event *le, int64_t fd)
{
	struct other_fd *other;

	for (other = le->others; other; other = other->next) {
		if (other->look.info.fd == fd)
			return &other->look;
	}
	other = arena_alloc(&le->arena, sizeof(*other));
	other->next = le->others;
	le->others = other;
	fd_look_start(&other->look, fd);
	return &other->look;
}

enum outcome live_fd(struct event *ev, int64_t fd, enum fd_part part,
		     const struct fd_info **ret)
{
	struct live_event *le = live_event_of(ev);
	struct fd_owner owner = live_event_owner(le);
	struct fd_look *look = live_event_look(le, fd);
	enum outcome got;

	/* A number alone says nothing: is it open? */
	if (part == FD_PART_NUM)
		got = fd_look_part(&owner, look, FD_PART_KIND);
	else
		got = fd_look_part(&owner, look, part);
	if (got == OUTCOME_VALUE)
		*ret = &look->info;
	return got;
}

/* --- Which descriptor the event is about ----------------------------------- */

static bool copies(const struct live_event *le)
{
	uint32_t command = (uint32_t)le->call.args[1];

	return !(le->row->flags & ROW_COPIES_IF_ASKED) || command == F_DUPFD ||
	       command == F_DUPFD_CLOEXEC;
}

static enum outcome created_fd(const struct live_event *le, int64_t *ret)
{
	if (le->call.result >= 0)
		*ret = le->call.result;
	else
		*ret = le->row->flags & ROW_ERRNO_FD ? le->call.result : -1;
	return live_event_result(le);
}

static enum outcome pair_fd(struct live_event *le, int64_t *ret)
{
	struct source second = { .arg = { le->row->fd_arg, 1 } };
	struct value v = { .type = VALUE_FD };
	enum outcome got = decode_int_at(le, &second, &v);

	*ret = v.i;
	return got;
}

static enum outcome copied_fd(const struct live_event *le, int64_t *ret)
{
	*ret = live_event_fd_arg(le, le->row->fd_arg);
	if (!copies(le))
		return OUTCOME_VALUE;
	if (live_event_succeeded(le))
		*ret = le->call.result;
	return le->ev.phase == PHASE_ENTRY ? OUTCOME_UNKNOWN : OUTCOME_VALUE;
}

/* The number, as far as it is known. */
static enum outcome number_of(struct live_event *le, int64_t *ret)
{
	switch (le->row->fd) {
	case ROW_FD_USED:
		*ret = live_event_fd_arg(le, le->row->fd_arg);
		return OUTCOME_VALUE;
	case ROW_FD_COPIED:
		return copied_fd(le, ret);
	case ROW_FD_CREATED:
		return created_fd(le, ret);
	case ROW_FD_PAIR:
		return pair_fd(le, ret);
	case ROW_FD_NONE:
		break;
	}
	*ret = -1;
	return OUTCOME_ABSENT;
}

/* --- What the event knows of it -------------------------------------------- */

static bool under_way(const struct live_event *le)
{
	return le->call.ended && (le->call.result >= 0 ||
				  le->call.result == -EINPROGRESS);
}

/* The address that an argument names as the peer, or that the kernel has put there.
 * Foreign families give none. */
static enum outcome peer_address(struct live_event *le, struct value *v)
{
	struct source sent = { .arg = { 4, 5 } };

	if (le->ev.type == EVENT_SOCKET_CONNECT_X) {
		*v = *event_param(&le->ev, 3);
		return v->outcome;
	}
	if (le->ev.type == EVENT_SOCKET_SENDTO_X)
		return decode_sockaddr(le, &sent, v);
	if (le->ev.type == EVENT_SOCKET_RECVFROM_X)
		return decode_sender(le, 4, v);
	return decode_msg_name(le, 1, v);
}

/* FNV-1a over what a conversation is known by. */
static uint64_t mix(uint64_t hash, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);
	return hash;
}

/* A socket without a peer gets another name with another peer. The last few are
 * remembered; one that is forgotten is taken for new again. */
static bool is_new_peer(struct live_event *le, const struct fd_look *look)
{
	const struct sock_addr *peer = &look->peer_hint;
	uint64_t hash = UINT64_C(0xcbf29ce484222325), *place;
	bool is_new;

	hash = mix(hash, look->link.data, look->link.n);
	hash = mix(hash, &peer->port, sizeof(peer->port));
	hash = mix(hash, peer->ip.bytes, sizeof(peer->ip.bytes));
	hash = mix(hash, peer->path.data, peer->path.n);
	place = &le->live->spoken[hash % LIVE_SPOKEN];
	is_new = *place != hash;
	if (le->ev.phase == PHASE_EXIT)
		*place = hash;
	return is_new;
}

static void hint_peer(struct live_event *le, struct fd_look *look)
{
	struct value address = { .type = VALUE_SOCKADDR };
	bool hears = le->row->flags & ROW_HEARS;
	struct fd_owner owner;

	if (le->ev.phase != PHASE_ENTRY && !under_way(le))
		return;
	/* What it hears is not there before. */
	if (hears && le->ev.phase != PHASE_EXIT)
		return;
	if (peer_address(le, &address) != OUTCOME_VALUE)
		return;
	look->peer_given = true;
	look->peer_hint = *address.addr;
	if (le->ev.type == EVENT_SOCKET_CONNECT_X) {
		look->role_hint = FD_ROLE_CLIENT;
		look->info.name_changed = true;
		return;
	}
	/* Who is heard from a port that was picked for him has begun. */
	if (hears)
		look->role_hint = socket_port_is_picked(address.addr->port) ?
					  FD_ROLE_SERVER :
					  FD_ROLE_CLIENT;
	owner = live_event_owner(le);
	look->info.name_changed =
		fd_look_socket(&owner, look) == OUTCOME_VALUE &&
		!look->facts.has_peer && is_new_peer(le, look);
}

static void give_hints(struct live_event *le, struct fd_look *look)
{
	unsigned flags = le->row->flags;

	if (flags & ROW_NAMES)
		look->info.name_changed = le->ev.phase != PHASE_EXIT ||
					  le->call.result >= 0;
	if (flags & ROW_ACCEPTS) {
		look->role_hint = FD_ROLE_SERVER;
		look->info.name_changed = true;
	}
	if (flags & (ROW_ADDRESSED | ROW_HEARS))
		hint_peer(le, look);
}

/* --- Names of what is opened ----------------------------------------------- */

/* Lexical, and the same whatever comes of the open. */
static enum outcome opened_name(struct live_event *le)
{
	unsigned param = (unsigned)decode_path_param(le->ev.type);
	struct fd_info *info = &le->fd.info;
	const struct value *path;
	enum outcome got;

	if (le->fd.outcome[FD_PART_NAME] != OUTCOME_PENDING)
		return le->fd.outcome[FD_PART_NAME];
	path = event_param(&le->ev, param);
	got = path->outcome;
	if (got == OUTCOME_VALUE)
		/* As Falco has it here, and only here: with no slash. */
		got = live_path_from(&le->ev, decode_path_dirfd(le, param),
				     path->text, SPAN("<UNKNOWN>"),
				     &info->name);
	if (got == OUTCOME_VALUE)
		info->nameraw = path->text;
	le->fd.outcome[FD_PART_NAME] = (uint8_t)got;
	return got;
}

/* --- The answer ------------------------------------------------------------ */

struct fd_look *live_event_own_look(struct live_event *le, int64_t fd)
{
	struct fd_look *look = &le->fd;

	if (look->facts_outcome == OUTCOME_PENDING && !look->link_read) {
		struct span name = look->info.name, raw = look->info.nameraw;
		uint8_t named = look->outcome[FD_PART_NAME];

		fd_look_start(look, fd);
		look->info.name = name;
		look->info.nameraw = raw;
		look->outcome[FD_PART_NAME] = named;
		give_hints(le, look);
	}
	look->info.fd = fd;
	return look;
}

/* A connect brings its own end of the conversation, a message to a socket without
 * a peer the other one. */
static bool is_undecided(struct live_event *le, enum fd_part part)
{
	struct fd_owner owner;

	if (le->ev.phase != PHASE_ENTRY)
		return false;
	if (le->ev.type == EVENT_SOCKET_CONNECT_X)
		return part == FD_PART_CLIENT;
	if (!(le->row->flags & ROW_HEARS) || part == FD_PART_NUM ||
	    part == FD_PART_FILE || part == FD_PART_NAME)
		return false;
	owner = live_event_owner(le);
	return fd_look_socket(&owner, &le->fd) == OUTCOME_VALUE &&
	       le->fd.facts.type == SOCK_DGRAM && !le->fd.facts.has_peer;
}

/* What was opened is not looked for under a number that is a guess. */
static enum outcome supposed_part(struct live_event *le, enum fd_part part)
{
	const struct supposed_file *file = &le->supposed;
	struct fd_info *info = &le->fd.info;

	if (part == FD_PART_KIND)
		info->kind = file->is_directory ? FD_KIND_DIRECTORY :
						  FD_KIND_FILE;
	info->dev = file->dev;
	info->ino = file->ino;
	return part == FD_PART_KIND || (part == FD_PART_FILE && file->known) ?
		       OUTCOME_VALUE :
		       OUTCOME_ABSENT;
}

static bool is_supposed(const struct live_event *le)
{
	return le->call.supposed && le->row->flags & ROW_OPENS &&
	       le->call.result >= 0;
}

/* Has it opened something, being one that hides, or the child of one? Nobody may look. */
static bool is_hidden(const struct live_event *le)
{
	return le->row->flags & ROW_OPENS && live_event_succeeded(le) &&
	       le->thread;
}

static enum outcome own_part(struct live_event *le, enum fd_part part)
{
	struct fd_owner owner = live_event_owner(le);
	enum outcome got;

	if (part == FD_PART_NUM)
		return OUTCOME_VALUE;
	if (is_supposed(le))
		return supposed_part(le, part);
	got = fd_look_part(&owner, &le->fd, part);
	if (got != OUTCOME_FAILED || !is_hidden(le))
		return got;
	if (!le->supposed.known)
		live_suppose_file(le);
	return supposed_part(le, part);
}

enum outcome live_event_fd(struct event *ev, enum fd_part part,
			   const struct fd_info **ret)
{
	struct live_event *le = live_event_of(ev);
	enum outcome got;
	int64_t fd;

	if (part == FD_PART_NAME && le->row->flags & ROW_OPENS) {
		got = opened_name(le);
		if (got == OUTCOME_VALUE)
			*ret = &le->fd.info;
		return got;
	}
	got = number_of(le, &fd);
	/* A copy is the same file under either number. */
	if (got == OUTCOME_UNKNOWN && le->row->fd == ROW_FD_COPIED &&
	    part != FD_PART_NUM)
		got = OUTCOME_VALUE;
	if (got != OUTCOME_VALUE)
		return got;
	live_event_own_look(le, fd);
	if (is_undecided(le, part))
		return OUTCOME_UNKNOWN;
	got = own_part(le, part);
	if (got == OUTCOME_VALUE)
		*ret = &le->fd.info;
	return got;
}

/* What others may write is to be read now, and compared at the end. */
static void let_in(struct live_event *le)
{
	le->let_in = true;
	if (le->block.outcome == OUTCOME_UNKNOWN)
		le->block.outcome = OUTCOME_PENDING;
	for (size_t i = 0; i < le->row->nsources; i++) {
		if (le->row->sources[i].kept &&
		    le->ev.params[i].outcome == OUTCOME_UNKNOWN)
			le->ev.params[i].outcome = OUTCOME_PENDING;
	}
}

static void read_kept(struct live_event *le)
{
	for (size_t i = 0; i < le->row->nsources; i++) {
		if (le->row->sources[i].kept)
			event_param(&le->ev, (unsigned)i);
	}
}

void live_event_capture(struct live_event *le)
{
	const struct fd_info *info;

	read_kept(le);
	if (le->shut_out && !le->let_in) {
		let_in(le);
		read_kept(le);
	}
	if (!(le->row->flags & ROW_CLOSES))
		return;
	for (unsigned part = 0; part < FD_PART_COUNT; part++)
		live_event_fd(&le->ev, (enum fd_part)part, &info);
}

/* --- All descriptors ------------------------------------------------------- */

struct fd_numbers {
	int64_t *items;
	size_t n, cap;
};

static void add_fd(void *ctx, int fd)
{
	struct fd_numbers *numbers = ctx;

	*array_push(numbers) = fd;
}

enum outcome live_fds(struct event *ev, const int64_t **ret, size_t *ret_n)
{
	struct live_event *le = live_event_of(ev);
	struct fd_numbers numbers = { 0 };
	int64_t *copy;
	int got = procfs_fds(le->live->proc_fd, le->call.tid, add_fd,
			     &numbers);

	if (got == 0) {
		copy = arena_alloc(&le->arena,
				   numbers.n * sizeof(*copy) + 1);
		if (numbers.n)
			memcpy(copy, numbers.items, numbers.n * sizeof(*copy));
		*ret = copy;
		*ret_n = numbers.n;
	}
	array_done(&numbers);
	if (got == 0)
		return OUTCOME_VALUE;
	if (got == -ESRCH)
		return OUTCOME_ABSENT;
	le->live->stats->blind[BLIND_PROC]++;
	return OUTCOME_FAILED;
}
