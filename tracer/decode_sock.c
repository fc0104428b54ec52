/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses, tuples and messages. Addresses come from the caller's memory, tuples
 * from the socket, completed by the address where the socket has no peer.
 */
#include <errno.h>
#include <sys/socket.h>

#include "decode.h"
#include "maps.h"

/* struct msghdr, in words of the caller's size. */
enum { MSG_NAME, MSG_NAME_SIZE, MSG_IOV, MSG_IOV_N, MSG_CONTROL, MSG_CONTROL_SIZE,
       MSG_FLAGS, MSG_WORDS };

static uint64_t msg_word(const struct live_event *le, unsigned i)
{
	unsigned word = live_event_word(le);
	/* msg_namelen is an int, padded on 64 bits. */
	unsigned size = i == MSG_NAME_SIZE ? 4 : word;

	return decode_block_number(le, i * word, size);
}

/* struct msghdr, or the first member of one of several struct mmsghdr, which are a
 * word longer. */
static uint64_t msg_address(const struct live_event *le, unsigned arg)
{
	return le->call.args[arg] +
	       (uint64_t)le->call.part * (MSG_WORDS + 1) * live_event_word(le);
}

static enum outcome read_msg(struct live_event *le, unsigned arg)
{
	return decode_block(le, msg_address(le, arg),
			    MSG_WORDS * live_event_word(le));
}

static enum outcome address_at(struct live_event *le, uint64_t address,
			       uint64_t size, struct sock_addr *ret)
{
	struct remote memory = live_event_memory(le);
	union socket_name name = { 0 };
	ssize_t got;

	size = size > sizeof(struct sockaddr_un) ? sizeof(struct sockaddr_un) :
						   size;
	if (!address || !size)
		return OUTCOME_ABSENT;
	got = remote_read(&memory, address, name.bytes, (size_t)size);
	if (got < 0)
		return live_event_unread(le, (int)got);
	if (!live_event_valid(le) || (uint64_t)got < size)
		return OUTCOME_ABSENT;
	*ret = (struct sock_addr){ 0 };
	if (!socket_name_read(&name, (socklen_t)got, &le->arena, ret))
		return OUTCOME_ABSENT;
	return OUTCOME_VALUE;
}

/* arg[0]: an address, arg[1]: its size. */
enum outcome decode_sockaddr(struct live_event *le, const struct source *s,
			     struct value *v)
{
	struct sock_addr *addr = arena_zalloc(&le->arena, sizeof(*addr));

	v->addr = addr;
	return address_at(le, le->call.args[s->arg[0]],
			  (uint32_t)le->call.args[s->arg[1]], addr);
}

enum outcome decode_msg_name(struct live_event *le, unsigned arg,
			     struct value *v)
{
	struct sock_addr *addr = arena_zalloc(&le->arena, sizeof(*addr));
	enum outcome got = read_msg(le, arg);

	v->addr = addr;
	if (got != OUTCOME_VALUE)
		return got;
	return address_at(le, msg_word(le, MSG_NAME),
			  msg_word(le, MSG_NAME_SIZE), addr);
}

enum outcome decode_sender(struct live_event *le, unsigned arg,
			   struct value *v)
{
	struct sock_addr *addr = arena_zalloc(&le->arena, sizeof(*addr));
	struct remote memory = live_event_memory(le);
	uint32_t size = 0;

	v->addr = addr;
	if (remote_read(&memory, le->call.args[arg + 1], &size,
			sizeof(size)) != sizeof(size))
		return OUTCOME_ABSENT;
	return address_at(le, le->call.args[arg], size, addr);
}

/* --- Tuples ---------------------------------------------------------------- */

static void fill_tuple(struct sock_tuple *t, const struct sock_addr *from,
		       const struct sock_addr *to)
{
	t->source = from->ip;
	t->source_port = from->port;
	t->dest = to->ip;
	t->dest_port = to->port;
}

static bool is_unset(const struct ip_address *ip)
{
	static const uint8_t zero[16];

	return memcmp(ip->bytes, zero, sizeof(zero)) == 0;
}

static bool read_ends(struct live_event *le, struct fd_look *look,
		      struct sock_addr *local, struct sock_addr *peer)
{
	const struct socket_facts *f = &look->facts;

	*local = *peer = (struct sock_addr){ 0 };
	socket_name_read(&f->local, f->local_size, &le->arena, local);
	if (f->has_peer)
		socket_name_read(&f->peer, f->peer_size, &le->arena, peer);
	return f->domain == AF_INET || f->domain == AF_INET6 ||
	       f->domain == AF_UNIX;
}

static void put_tuple(struct live_event *le, int domain, bool inbound,
		      const struct sock_addr *local,
		      const struct sock_addr *peer, struct value *v)
{
	struct sock_tuple *t = arena_zalloc(&le->arena, sizeof(*t));

	t->family = (uint16_t)domain;
	if (inbound)
		fill_tuple(t, peer, local);
	else
		fill_tuple(t, local, peer);
	if (inbound)
		t->path = local->path.n ? local->path : peer->path;
	else
		t->path = peer->path.n ? peer->path : local->path;
	t->source.family = t->dest.family = (uint8_t)domain;
	v->tuple = t;
}

/* The two ends of `fd`; `given` stands in for a peer the socket does not have. */
static enum outcome tuple_of(struct live_event *le, int64_t fd, bool inbound,
			     const struct sock_addr *given, struct value *v)
{
	struct fd_look *look = live_event_look(le, fd);
	struct fd_owner owner = live_event_owner(le);
	struct sock_addr local, peer;
	enum outcome got = fd_look_socket(&owner, look);

	if (got != OUTCOME_VALUE)
		return got;
	if (!read_ends(le, look, &local, &peer))
		return OUTCOME_ABSENT;
	if (given && given->family == look->facts.domain &&
	    (!look->facts.has_peer || is_unset(&peer.ip)))
		peer = *given;
	put_tuple(le, look->facts.domain, inbound, &local, &peer, v);
	return OUTCOME_VALUE;
}

static bool connect_is_under_way(const struct live_event *le)
{
	return le->call.ended && le->call.result == -EINPROGRESS;
}

static enum outcome sent_tuple(struct live_event *le, uint64_t address,
			       uint64_t size, bool inbound, struct value *v)
{
	struct sock_addr given = { 0 };
	enum outcome got = address_at(le, address, size, &given);

	return tuple_of(le, live_event_fd_arg(le, 0), inbound,
			got == OUTCOME_VALUE ? &given : NULL, v);
}

/* Is there a tuple? Of a call that succeeded, or has set out to connect. */
static enum outcome tuple_wanted(const struct live_event *le)
{
	enum outcome got = live_event_result(le);

	if (got != OUTCOME_VALUE)
		return got;
	return le->call.result >= 0 || connect_is_under_way(le) ?
		       OUTCOME_VALUE :
		       OUTCOME_ABSENT;
}

/* Of the descriptor in argument 0, local end first. arg[0]: the peer's address,
 * arg[1]: its size. */
enum outcome decode_tuple_out(struct live_event *le, const struct source *s,
			      struct value *v)
{
	enum outcome got = tuple_wanted(le);

	if (got != OUTCOME_VALUE)
		return got;
	return sent_tuple(le, le->call.args[s->arg[0]],
			  (uint32_t)le->call.args[s->arg[1]], false, v);
}

/* Remote end first; of the accepted descriptor, or of argument 0 with the sender's
 * address in arg[0]. */
enum outcome decode_tuple_in(struct live_event *le, const struct source *s,
			     struct value *v)
{
	enum outcome got = tuple_wanted(le);
	struct value sender = { 0 };

	if (got != OUTCOME_VALUE)
		return got;
	if (le->row->flags & ROW_ACCEPTS)
		return tuple_of(le, le->call.result, true, NULL, v);
	got = decode_sender(le, s->arg[0], &sender);
	return tuple_of(le, live_event_fd_arg(le, 0), true,
			got == OUTCOME_VALUE ? sender.addr : NULL, v);
}

/* arg[0]: struct msghdr. */
static enum outcome msg_tuple(struct live_event *le, const struct source *s,
			      bool inbound, struct value *v)
{
	enum outcome got = tuple_wanted(le);

	if (got == OUTCOME_VALUE)
		got = read_msg(le, s->arg[0]);
	if (got != OUTCOME_VALUE)
		return got;
	return sent_tuple(le, msg_word(le, MSG_NAME),
			  msg_word(le, MSG_NAME_SIZE), inbound, v);
}

enum outcome decode_tuple_msg_out(struct live_event *le,
				  const struct source *s, struct value *v)
{
	return msg_tuple(le, s, false, v);
}

enum outcome decode_tuple_msg_in(struct live_event *le, const struct source *s,
				 struct value *v)
{
	return msg_tuple(le, s, true, v);
}

/* --- Queues of listening sockets ------------------------------------------- */

static enum outcome read_queue(struct live_event *le, uint32_t *ret_len,
			       uint32_t *ret_max)
{
	struct fd_owner owner = live_event_owner(le);
	enum outcome got = live_event_result(le);
	struct fd_look *look;

	*ret_len = *ret_max = 0;
	if (got != OUTCOME_VALUE || le->call.result < 0)
		return got;
	look = live_event_look(le, live_event_fd_arg(le, 0));
	if (fd_look_socket(&owner, look) == OUTCOME_VALUE) {
		*ret_len = look->facts.queue;
		*ret_max = look->facts.queue_max;
	}
	return OUTCOME_VALUE;
}

enum outcome decode_queue_pct(struct live_event *le, const struct source *s,
			      struct value *v)
{
	uint32_t len, max;
	enum outcome got = read_queue(le, &len, &max);

	(void)s;
	v->u = max ? (uint64_t)len * 100 / max : 0;
	return got;
}

enum outcome decode_queue_len(struct live_event *le, const struct source *s,
			      struct value *v)
{
	uint32_t len, max;
	enum outcome got = read_queue(le, &len, &max);

	(void)s;
	v->u = len;
	return got;
}

enum outcome decode_queue_max(struct live_event *le, const struct source *s,
			      struct value *v)
{
	uint32_t len, max;
	enum outcome got = read_queue(le, &len, &max);

	(void)s;
	v->u = max;
	return got;
}

/* --- Messages -------------------------------------------------------------- */

static enum outcome msg_bytes(struct live_event *le, const struct source *s,
			      size_t n, struct value *v)
{
	enum outcome got = read_msg(le, s->arg[0]);

	if (got != OUTCOME_VALUE)
		return got;
	return decode_iov_bytes(le, msg_word(le, MSG_IOV),
				msg_word(le, MSG_IOV_N),
				live_event_shown(le, n), &v->text);
}

/* arg[0]: struct msghdr. */
enum outcome decode_msg_out_data(struct live_event *le, const struct source *s,
				 struct value *v)
{
	if (le->ev.phase == PHASE_ENTRY)
		return OUTCOME_UNKNOWN;
	return msg_bytes(le, s,
			 live_event_succeeded(le) && le->call.result ?
				 (size_t)le->call.result :
				 SIZE_MAX,
			 v);
}

enum outcome decode_msg_in_data(struct live_event *le, const struct source *s,
				struct value *v)
{
	enum outcome got = live_event_result(le);

	if (got != OUTCOME_VALUE)
		return got;
	if (le->call.result <= 0)
		return OUTCOME_ABSENT;
	return msg_bytes(le, s, (size_t)le->call.result, v);
}

enum outcome decode_msg_size(struct live_event *le, const struct source *s,
			     struct value *v)
{
	enum outcome got = read_msg(le, s->arg[0]);
	uint64_t total;

	if (got != OUTCOME_VALUE)
		return got;
	got = decode_iov_total(le, msg_word(le, MSG_IOV),
			       msg_word(le, MSG_IOV_N), &total);
	if (got == OUTCOME_VALUE)
		decode_number(v, total);
	return got;
}

/* arg[0]: struct msghdr; what the call put behind msg_control. */
enum outcome decode_msg_control(struct live_event *le, const struct source *s,
				struct value *v)
{
	enum outcome got = live_event_result(le);
	uint64_t n;

	if (got != OUTCOME_VALUE)
		return got;
	if (le->call.result < 0)
		return OUTCOME_ABSENT;
	got = read_msg(le, s->arg[0]);
	if (got != OUTCOME_VALUE)
		return got;
	n = msg_word(le, MSG_CONTROL_SIZE);
	return decode_bytes(le, msg_word(le, MSG_CONTROL),
			    live_event_shown(le, n), &v->text);
}

/* What was received; 0 of a failure. */
enum outcome decode_recv_size(struct live_event *le, const struct source *s,
			      struct value *v)
{
	(void)s;
	v->u = le->call.result > 0 ? (uint32_t)le->call.result : 0;
	return live_event_result(le);
}

/* --- One of several messages ----------------------------------------- */

/* msg_len, which the kernel sets: the bytes of the message. */
static enum outcome one_length(struct live_event *le, unsigned arg,
				 uint64_t *ret)
{
	enum outcome got = live_event_result(le);
	struct remote memory = live_event_memory(le);
	uint32_t n = 0;

	*ret = 0;
	if (got != OUTCOME_VALUE || le->call.result <= 0)
		return got;
	if (remote_read(&memory,
			msg_address(le, arg) + MSG_WORDS * live_event_word(le),
			&n, sizeof(n)) != sizeof(n))
		return OUTCOME_ABSENT;
	*ret = n;
	return OUTCOME_VALUE;
}

/* arg[0]: struct mmsghdr. A success has the message's length. */
enum outcome decode_mmsg_result(struct live_event *le, const struct source *s,
				struct value *v)
{
	uint64_t n;
	enum outcome got = one_length(le, s->arg[0], &n);

	v->i = le->call.ended && le->call.result < 0 ? le->call.result :
						       (int64_t)n;
	return got;
}

enum outcome decode_mmsg_size(struct live_event *le, const struct source *s,
			      struct value *v)
{
	return one_length(le, s->arg[0], &v->u);
}

enum outcome decode_mmsg_out_data(struct live_event *le,
				  const struct source *s, struct value *v)
{
	return decode_mmsg_in_data(le, s, v);
}

enum outcome decode_mmsg_in_data(struct live_event *le, const struct source *s,
				 struct value *v)
{
	uint64_t n;
	enum outcome got = one_length(le, s->arg[0], &n);

	if (got != OUTCOME_VALUE || !n)
		return got == OUTCOME_VALUE ? OUTCOME_ABSENT : got;
	return msg_bytes(le, s, (size_t)n, v);
}

/* --- Options --------------------------------------------------------------- */

/* arg[0]: the level, arg[1]: the option. Only SOL_SOCKET's have names. */
enum outcome decode_sockopt_name(struct live_event *le, const struct source *s,
				 struct value *v)
{
	bool named = (uint32_t)le->call.args[s->arg[0]] == SOL_SOCKET;

	v->u = named ? map_value(MAP_SOCKOPT_NAME,
				 (uint32_t)le->call.args[s->arg[1]]) :
		       0;
	return OUTCOME_VALUE;
}

/* arg[0]: the size, or (arg[1] not 0) where it is. */
enum outcome decode_sockopt_length(struct live_event *le,
				   const struct source *s, struct value *v)
{
	struct remote memory = live_event_memory(le);
	uint32_t n = (uint32_t)le->call.args[s->arg[0]];
	ssize_t got;

	if (s->arg[1] && live_event_result(le) != OUTCOME_VALUE)
		return live_event_result(le);
	if (s->arg[1]) {
		got = remote_read(&memory, le->call.args[s->arg[0]], &n,
				  sizeof(n));
		if (got != sizeof(n))
			return live_event_unread(le, got < 0 ? (int)got :
							       -EFAULT);
	}
	v->u = n;
	return OUTCOME_VALUE;
}

/* Falco's names of options (SOCKOPT_OPTIONS in flags.def) that are no ints. */
static enum value_type option_type(uint64_t name)
{
	static const struct {
		uint8_t name, type;
	} types[] = {
		{ 4, VALUE_ERRNO },	{ 0x14, VALUE_RELTIME },
		{ 0x15, VALUE_RELTIME }, { 0x35, VALUE_UINT64 },
		{ 0, VALUE_BYTEBUF },	{ 0xd, VALUE_BYTEBUF },
		{ 0x11, VALUE_BYTEBUF }, { 0x19, VALUE_BYTEBUF },
		{ 0x1a, VALUE_BYTEBUF }, { 0x1b, VALUE_BYTEBUF },
		{ 0x1c, VALUE_BYTEBUF }, { 0x1f, VALUE_BYTEBUF },
		{ 0x33, VALUE_BYTEBUF }, { 0x34, VALUE_BYTEBUF },
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (types[i].name == name)
			return types[i].type;
	}
	return VALUE_UINT32;
}

static uint64_t number_at(struct span bytes, size_t from, size_t size)
{
	uint64_t x = 0;

	for (size_t i = 0; i < size && from + i < bytes.n; i++)
		x |= (uint64_t)(unsigned char)bytes.data[from + i] << (8 * i);
	return x;
}

/* SO_RCVTIMEO_NEW and SO_SNDTIMEO_NEW (socket.h) are wide everywhere. */
static unsigned time_size(const struct live_event *le, unsigned arg)
{
	uint32_t name = (uint32_t)le->call.args[arg];

	return name == 66 || name == 67 ? sizeof(uint64_t) : le->long_size;
}

/* The value of an option by its own type. arg[0]: the level, then the option, the
 * value's address and the size (arg[1] not 0: where it is). */
enum outcome decode_sockopt_value(struct live_event *le,
				  const struct source *s, struct value *v)
{
	unsigned word = time_size(le, s->arg[0] + 1U);
	struct source at = { .arg = { s->arg[0], s->arg[0] + 1 } };
	struct source length = { .arg = { s->arg[0] + 3, s->arg[1] } };
	struct value name = { 0 }, size = { 0 };
	struct span bytes;
	enum outcome got = decode_sockopt_length(le, &length, &size);

	if (got != OUTCOME_VALUE)
		return got;
	decode_sockopt_name(le, &at, &name);
	v->type = (uint8_t)option_type(name.u);
	got = decode_bytes(le, le->call.args[s->arg[0] + 2],
			   live_event_shown(le, size.u), &bytes);
	if (got != OUTCOME_VALUE)
		return got;
	if (v->type == VALUE_BYTEBUF)
		v->text = bytes;
	else if (v->type == VALUE_RELTIME)
		v->u = number_at(bytes, 0, word) * 1000000000 +
		       number_at(bytes, word, word) * 1000;
	else if (v->type == VALUE_ERRNO)
		v->i = -(int64_t)(int32_t)number_at(bytes, 0, 4);
	else
		v->u = number_at(bytes, 0, v->type == VALUE_UINT64 ? 8 : 4);
	return OUTCOME_VALUE;
}
