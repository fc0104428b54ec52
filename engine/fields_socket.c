/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields of sockets: addresses and ports by role and by side, protocol, family.
 * Ports are in host order. The resolver says which end is the client and which
 * address belongs to this machine.
 */
#include "fields.h"

#include <netinet/in.h>

#include "address.h"

/* One end of a conversation. */
struct endpoint {
	struct ip_address ip;
	uint16_t port;
};

static bool kind_is_server(enum fd_kind kind)
{
	return kind == FD_KIND_IPV4_SERVER || kind == FD_KIND_IPV6_SERVER;
}

/* An end by role. `maybe` when it counts only if the call succeeds. */
static enum outcome end_by_role(const struct fd_source *s, int end,
				struct endpoint *ret, bool *maybe)
{
	const struct fd_info *fd;
	enum outcome o = fd_source_part(s, FD_PART_ROLE, &fd);

	if (o == OUTCOME_VALUE && fd->role == FD_ROLE_NONE)
		return OUTCOME_ABSENT;
	if (o != OUTCOME_VALUE && o != OUTCOME_UNKNOWN)
		return o;
	*maybe = o == OUTCOME_UNKNOWN;
	o = fd_source_part(s, end == END_CLIENT ? FD_PART_CLIENT :
						  FD_PART_SERVER,
			   &fd);
	if (o != OUTCOME_VALUE)
		return o;
	ret->ip = end == END_CLIENT ? fd->client : fd->server;
	ret->port = end == END_CLIENT ? fd->client_port : fd->server_port;
	return OUTCOME_VALUE;
}

/* The client's end is the local one when its address is this machine's. */
static enum outcome role_of_side(const struct fd_source *s, int side, int *ret)
{
	const struct fd_info *fd;
	enum outcome o = fd_source_part(s, FD_PART_CLIENT, &fd);
	bool wants_local = side == END_LOCAL;

	if (o != OUTCOME_VALUE)
		return o;
	*ret = fd->client_is_local == wants_local ? END_CLIENT : END_SERVER;
	return OUTCOME_VALUE;
}

/* One end of the descriptor's socket, by role or by side. */
static enum outcome socket_end(const struct fd_source *s, int end,
			       struct endpoint *ret, bool *maybe)
{
	const struct fd_info *fd;
	enum outcome o = fd_source_part(s, FD_PART_KIND, &fd);

	if (o != OUTCOME_VALUE)
		return o;
	if (!fd_kind_is_inet(fd->kind) ||
	    (kind_is_server(fd->kind) && end != END_SERVER))
		return OUTCOME_ABSENT;
	if (end == END_LOCAL || end == END_REMOTE) {
		o = role_of_side(s, end, &end);
		if (o != OUTCOME_VALUE)
			return o;
	}
	return end_by_role(s, end, ret, maybe);
}

/* Both ends, whatever the role; of an unconnected socket the empty address. */
static enum outcome both_ends(const struct fd_source *s, struct endpoint *ret,
			      size_t *ret_n)
{
	const struct fd_info *fd;
	enum outcome o = fd_source_part(s, FD_PART_KIND, &fd);
	bool is_v6;
	size_t n = 0;

	if (o != OUTCOME_VALUE)
		return o;
	if (!fd_kind_is_inet(fd->kind))
		return OUTCOME_ABSENT;
	is_v6 = fd->kind == FD_KIND_IPV6_SOCKET ||
		fd->kind == FD_KIND_IPV6_SERVER;
	if (!kind_is_server(fd->kind)) {
		o = fd_source_part(s, FD_PART_CLIENT, &fd);
		if (o == OUTCOME_UNKNOWN)
			return o;
		if (o == OUTCOME_VALUE)
			ret[n++] = (struct endpoint){ fd->client,
						      fd->client_port };
	}
	o = fd_source_part(s, FD_PART_SERVER, &fd);
	if (o == OUTCOME_UNKNOWN)
		return o;
	if (o == OUTCOME_VALUE)
		ret[n++] = (struct endpoint){ fd->server, fd->server_port };
	if (n == 0) {
		ret[0] = (struct endpoint){ .port = 0 };
		ret[n++].ip.family = is_v6 ? AF_INET6 : AF_INET;
	}
	*ret_n = n;
	return OUTCOME_VALUE;
}

static void set_ip(struct arena *a, struct value *v, const struct endpoint *end)
{
	struct ip_address *ip = arena_alloc(a, sizeof(*ip));

	*ip = end->ip;
	v->ip = ip;
}

/* A list of both ends: what fd.ip, fd.port, fd.proto and fd.net compare with. */
static enum outcome give_ends(struct eval *e, struct value *ret, bool ports)
{
	struct fd_source s = { .ev = e->ev, .of_event = true };
	struct value_list *list;
	struct endpoint ends[2];
	struct value *items;
	size_t n;
	enum outcome o = both_ends(&s, ends, &n);

	if (o != OUTCOME_VALUE)
		return o;
	list = arena_zalloc(e->ev->arena, sizeof(*list));
	items = arena_zalloc(e->ev->arena, n * sizeof(*items));
	for (size_t i = 0; i < n; i++) {
		items[i].type = ret->type;
		items[i].outcome = OUTCOME_VALUE;
		if (ports)
			items[i].u = ends[i].port;
		else
			set_ip(e->ev->arena, &items[i], &ends[i]);
	}
	list->items = items;
	list->n = n;
	ret->is_list = true;
	ret->list = list;
	return OUTCOME_VALUE;
}

enum outcome extract_fd_ip(struct eval *e, const struct field_ref *ref,
			   struct value *ret)
{
	struct fd_source s = { .ev = e->ev, .of_event = true };
	struct endpoint end;
	enum outcome o;

	if (ref->info->variant == END_ANY)
		return give_ends(e, ret, false);
	o = socket_end(&s, ref->info->variant, &end, &ret->maybe);
	if (o == OUTCOME_VALUE)
		set_ip(e->ev->arena, ret, &end);

	return o;
}

enum outcome extract_fd_port(struct eval *e, const struct field_ref *ref,
			     struct value *ret)
{
	struct fd_source s = { .ev = e->ev, .of_event = true };
	struct endpoint end;
	enum outcome o;

	if (ref->info->variant == END_ANY)
		return give_ends(e, ret, true);
	o = socket_end(&s, ref->info->variant, &end, &ret->maybe);
	if (o == OUTCOME_VALUE)
		ret->u = end.port;

	return o;
}

/* Ports as text. A socket that only listens has a server, but no text for it. */
enum outcome extract_fd_proto(struct eval *e, const struct field_ref *ref,
			      struct value *ret)
{
	struct fd_source s = { .ev = e->ev, .of_event = true };
	int end = ref->info->variant;
	const struct fd_info *fd;
	struct endpoint at;
	enum outcome o = field_fd(e->ev, FD_PART_KIND, &fd);

	if (o != OUTCOME_VALUE)
		return o;
	if (kind_is_server(fd->kind) &&
	    (end == END_CLIENT || end == END_SERVER))
		return give_text(ret, SPAN(""));
	o = socket_end(&s, end, &at, &ret->maybe);
	if (o != OUTCOME_VALUE)
		return o;
	ret->text.data = arena_printf(e->ev->arena, &ret->text.n, "%u",
				      at.port);
	return OUTCOME_VALUE;
}

enum outcome extract_fd_l4proto(struct eval *e, const struct field_ref *ref,
				struct value *ret)
{
	static const char *const names[UINT8_MAX + 1] = {
		[IPPROTO_TCP] = "tcp",
		[IPPROTO_UDP] = "udp",
		[IPPROTO_ICMP] = "icmp",
		[IPPROTO_RAW] = "raw",
	};
	const struct fd_info *fd;
	enum outcome o = field_fd(e->ev, FD_PART_KIND, &fd);

	(void)ref;
	if (o != OUTCOME_VALUE)
		return o;
	if (!names[fd->l4proto])
		return give_text(ret, SPAN("<NA>"));

	return give_string(ret, names[fd->l4proto]);
}

enum outcome extract_fd_sockfamily(struct eval *e, const struct field_ref *ref,
				   struct value *ret)
{
	const struct fd_info *fd;
	enum outcome o = field_fd(e->ev, FD_PART_KIND, &fd);

	(void)ref;
	if (o != OUTCOME_VALUE)
		return o;
	if (fd_kind_is_inet(fd->kind))
		return give_text(ret, SPAN("ip"));
	if (fd->kind == FD_KIND_UNIX_SOCKET)
		return give_text(ret, SPAN("unix"));

	return OUTCOME_ABSENT;
}

/* Falco takes the empty IPv6 address of an unconnected socket for a local one. */
enum outcome extract_fd_is_server(struct eval *e, const struct field_ref *ref,
				  struct value *ret)
{
	const struct fd_info *fd;
	bool is_v6;
	enum outcome o = field_fd(e->ev, FD_PART_KIND, &fd);

	(void)ref;
	if (o != OUTCOME_VALUE)
		return o;
	if (kind_is_server(fd->kind))
		return give_bool(ret, true);
	if (!fd_kind_is_inet(fd->kind))
		return give_bool(ret, false);
	is_v6 = fd->kind == FD_KIND_IPV6_SOCKET;
	o = field_fd(e->ev, FD_PART_SERVER, &fd);
	if (o == OUTCOME_ABSENT)
		return give_bool(ret, is_v6);
	if (o != OUTCOME_VALUE)
		return o;

	return give_bool(ret, fd->server_is_local);
}

enum outcome extract_fd_connected(struct eval *e, const struct field_ref *ref,
				  struct value *ret)
{
	const struct fd_info *fd;
	enum outcome o = field_fd(e->ev, FD_PART_KIND, &fd);

	(void)ref;
	if (o != OUTCOME_VALUE)
		return o;
	/* connect changes it, and what it comes to depends on its end */
	if (e->ev->phase == PHASE_ENTRY &&
	    e->ev->type == EVENT_SOCKET_CONNECT_X && !fd->connected)
		return OUTCOME_UNKNOWN;

	return give_bool(ret, fd->connected);
}
