/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kinds and names from the text of /proc/pid/fd/N, and the parts of sockets from
 * their facts (socket_facts.c).
 */
#include "fds.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "arena.h"
#include "array.h"
#include "cleanup.h"
#include "strbuf.h"

#include "layers.h"
#include "processes.h"
#include "procfs.h"
#include "socket_facts.h"
#include "tracer.h"

/* What links of nameless files say. The first that fits counts. */
static const struct {
	const char *prefix;
	enum fd_kind kind;
} link_kinds[] = {
	{ "pipe:", FD_KIND_FIFO },
	{ "anon_inode:[eventfd]", FD_KIND_EVENT },
	{ "anon_inode:[eventpoll]", FD_KIND_EVENTPOLL },
	{ "anon_inode:[signalfd]", FD_KIND_SIGNALFD },
	{ "anon_inode:[timerfd]", FD_KIND_TIMERFD },
	{ "anon_inode:inotify", FD_KIND_INOTIFY },
	{ "anon_inode:[userfaultfd]", FD_KIND_USERFAULTFD },
	{ "anon_inode:[io_uring]", FD_KIND_IO_URING },
	{ "anon_inode:[pidfd]", FD_KIND_PIDFD },
	{ "pidfd:", FD_KIND_PIDFD },
	{ "anon_inode:bpf", FD_KIND_BPF },
	{ "anon_inode:", FD_KIND_UNKNOWN },
};

static const struct span memfd_prefix = SPAN_INIT("/memfd:");

void fd_look_start(struct fd_look *l, int64_t fd)
{
	memset(&l->info, 0, sizeof(l->info));
	memset(l->outcome, OUTCOME_PENDING, sizeof(l->outcome));
	l->info.fd = fd;
	l->outcome[FD_PART_NUM] = OUTCOME_VALUE;
	l->link_read = l->is_socket = false;
	l->link_outcome = l->file_outcome = OUTCOME_PENDING;
	l->facts_outcome = OUTCOME_PENDING;
	l->role_hint = FD_ROLE_NONE;
	l->peer_given = false;
}

static enum outcome refused(const struct fd_owner *owner, int ret)
{
	if (ret == -ESRCH || ret == -EBADF)
		return OUTCOME_ABSENT;
	owner->stats->blind[BLIND_PROC]++;
	return OUTCOME_FAILED;
}

enum outcome fd_look_link(const struct fd_owner *owner, struct fd_look *l)
{
	char name[32], link[4096];
	ssize_t n;

	if (l->link_read)
		return l->link_outcome;
	l->link_read = true;
	l->link_outcome = OUTCOME_ABSENT;
	if (l->info.fd < 0)
		return l->link_outcome;
	snprintf(name, sizeof(name), "fd/%d", (int)l->info.fd);
	n = procfs_link(owner->proc_fd, owner->tid, name, link, sizeof(link));
	if (n < 0)
		return l->link_outcome = refused(owner, (int)n);
	l->link = span_make(arena_strndup(owner->arena, link, (size_t)n),
			    (size_t)n);
	l->is_socket = span_starts_with(l->link, SPAN("socket:["));
	return l->link_outcome = OUTCOME_VALUE;
}

enum outcome fd_look_file(const struct fd_owner *owner, struct fd_look *l)
{
	struct stat st;
	char name[32];
	int ret;

	if (l->file_outcome != OUTCOME_PENDING)
		return l->file_outcome;
	if (l->info.fd < 0)
		return l->file_outcome = OUTCOME_ABSENT;
	snprintf(name, sizeof(name), "fd/%d", (int)l->info.fd);
	ret = procfs_stat_link(owner->proc_fd, owner->tid, name, &st);
	if (ret < 0)
		return l->file_outcome = refused(owner, ret);
	l->file = (struct target_file){ st.st_dev, st.st_ino, st.st_mode };
	return l->file_outcome = OUTCOME_VALUE;
}

/* The kind of what has a path: a directory, a FIFO, or a file like devices. */
static enum outcome path_kind(const struct fd_owner *owner, struct fd_look *l)
{
	enum outcome got;

	l->info.kind = FD_KIND_FILE;
	if (span_starts_with(l->link, memfd_prefix)) {
		l->info.kind = FD_KIND_MEMFD;
		return OUTCOME_VALUE;
	}
	got = fd_look_file(owner, l);
	if (got == OUTCOME_VALUE && S_ISDIR(l->file.mode))
		l->info.kind = FD_KIND_DIRECTORY;
	return got;
}

static uint8_t l4proto_of(const struct socket_facts *f)
{
	int protocol = f->protocol;

	if (f->domain != AF_INET && f->domain != AF_INET6)
		return 0;
	if (f->type == SOCK_RAW)
		return IPPROTO_RAW;
	if (protocol == IPPROTO_ICMPV6)
		protocol = IPPROTO_ICMP;
	return (uint8_t)protocol;
}

/* Does it wait to be spoken to? A stream's port that the kernel has picked, on a
 * socket that neither listens nor talks, is what a connect has left behind. */
static bool is_server(const struct fd_look *l, uint16_t port)
{
	const struct socket_facts *f = &l->facts;

	if (f->listening)
		return true;
	if (!port || f->has_peer || l->peer_given)
		return false;
	return f->type != SOCK_STREAM || !socket_port_is_picked(port);
}

static enum fd_kind ip_kind(const struct fd_look *l, bool is_v4, uint16_t port)
{
	bool server = is_server(l, port);

	if (is_v4)
		return server ? FD_KIND_IPV4_SERVER : FD_KIND_IPV4_SOCKET;
	return server ? FD_KIND_IPV6_SERVER : FD_KIND_IPV6_SOCKET;
}

static bool is_mapped(const struct ip_address *ip)
{
	static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };

	return ip->family == AF_INET6 &&
	       memcmp(ip->bytes, prefix, sizeof(prefix)) == 0;
}

/* A pair of nameless sockets is not called connected. */
static bool talks_to_somebody(const struct socket_facts *f)
{
	socklen_t nameless = sizeof(sa_family_t);

	return f->has_peer && (f->domain != AF_UNIX ||
			       f->local_size > nameless ||
			       f->peer_size > nameless);
}

static enum outcome socket_kind(const struct fd_owner *owner,
				struct fd_look *l)
{
	const struct socket_facts *f = &l->facts;
	struct sock_addr local = { 0 };
	bool has_local, is_v4;

	l->info.connected = talks_to_somebody(f) ||
			    (l->peer_given && l->role_hint == FD_ROLE_CLIENT &&
			     f->type == SOCK_STREAM);
	l->info.l4proto = l4proto_of(f);
	if (f->domain == AF_UNIX)
		l->info.kind = FD_KIND_UNIX_SOCKET;
	else if (f->domain == AF_NETLINK)
		l->info.kind = FD_KIND_NETLINK;
	if (f->domain != AF_INET && f->domain != AF_INET6)
		return OUTCOME_VALUE;
	has_local = socket_name_read(&f->local, f->local_size, owner->arena,
				     &local);
	is_v4 = f->domain == AF_INET || (has_local && is_mapped(&local.ip));
	is_v4 = is_v4 || (l->peer_given && is_mapped(&l->peer_hint.ip));
	l->info.kind = ip_kind(l, is_v4, has_local ? local.port : 0);
	return OUTCOME_VALUE;
}

static enum outcome part_kind(const struct fd_owner *owner, struct fd_look *l)
{
	enum outcome got = fd_look_link(owner, l);

	if (got != OUTCOME_VALUE)
		return got;
	l->info.kind = FD_KIND_UNKNOWN;
	if (l->is_socket) {
		got = fd_look_socket(owner, l);
		return got == OUTCOME_VALUE ? socket_kind(owner, l) : got;
	}
	for (size_t i = 0; i < ARRAY_SIZE(link_kinds); i++) {
		if (span_starts_with(l->link, span_of(link_kinds[i].prefix))) {
			l->info.kind = link_kinds[i].kind;
			return OUTCOME_VALUE;
		}
	}
	return path_kind(owner, l);
}

/* A pidfd is named for its process. */
static struct span pidfd_name(const struct fd_owner *owner,
			      const struct fd_look *l)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	const char *line;
	char name[32];
	size_t n;

	snprintf(name, sizeof(name), "fdinfo/%d", (int)l->info.fd);
	if (procfs_read(owner->proc_fd, owner->tid, name, 4096, &text) < 0)
		return span_make("", 0);
	line = strstr(text.data, "Pid:\t");
	if (!line)
		return span_make("", 0);
	line = arena_printf(owner->arena, &n, "/proc/%ld",
			    strtol(line + 5, NULL, 10));
	return span_make(line, n);
}

/* As Falco has names: paths, memory files without their prefix, nothing for what
 * never had a name. */
static enum outcome part_name(const struct fd_owner *owner, struct fd_look *l)
{
	enum outcome got = fd_look_link(owner, l);
	bool has_path = l->link_outcome == OUTCOME_VALUE && l->link.n &&
			l->link.data[0] == '/';

	if (got != OUTCOME_VALUE)
		return got;
	l->info.name = span_make("", 0);
	l->info.nameraw = span_make("", 0);
	if (l->is_socket)
		return OUTCOME_ABSENT;
	if (has_path && span_starts_with(l->link, memfd_prefix))
		l->info.name = processes_strip(
			span_make("", 0),
			span_from(l->link, memfd_prefix.n));
	else if (has_path)
		l->info.name = processes_strip(owner->root, l->link);
	else if (span_starts_with(l->link, SPAN("anon_inode:[pidfd]")) ||
		 span_starts_with(l->link, SPAN("pidfd:")))
		l->info.name = pidfd_name(owner, l);
	return OUTCOME_VALUE;
}

static enum outcome part_file(const struct fd_owner *owner, struct fd_look *l)
{
	enum outcome got = fd_look_file(owner, l);

	if (got == OUTCOME_VALUE) {
		l->info.dev = fd_dev_encode(l->file.dev);
		l->info.ino = l->file.ino;
	}
	return got;
}

static enum outcome part_layers(const struct fd_owner *owner, struct fd_look *l)
{
	enum outcome got = fd_look_link(owner, l);
	struct layers layers;

	if (got != OUTCOME_VALUE)
		return got;
	layers = layers_of_fd(owner->proc_fd, owner->tid, (int)l->info.fd);
	l->info.upper_layer = layers.upper;
	l->info.lower_layer = layers.lower;
	return OUTCOME_VALUE;
}

/* Both ends; returns whether there is a peer. */
static bool socket_ends(const struct fd_owner *owner, const struct fd_look *l,
			struct sock_addr *local, struct sock_addr *peer)
{
	const struct socket_facts *f = &l->facts;

	*local = *peer = (struct sock_addr){ 0 };
	socket_name_read(&f->local, f->local_size, owner->arena, local);
	if (f->has_peer)
		return socket_name_read(&f->peer, f->peer_size, owner->arena,
					peer);
	if (l->peer_given)
		*peer = l->peer_hint;
	return l->peer_given && peer->family == f->domain;
}

static enum outcome part_unix(const struct fd_owner *owner, struct fd_look *l)
{
	struct sock_addr local, peer;
	enum outcome got = fd_look_socket(owner, l);

	if (got != OUTCOME_VALUE)
		return got;
	if (l->facts.domain != AF_UNIX)
		return OUTCOME_ABSENT;
	socket_ends(owner, l, &local, &peer);
	l->info.name = peer.path.n ? peer.path : local.path;
	l->info.source_pointer = l->info.dest_pointer = 0;
	return OUTCOME_VALUE;
}

/* The role and both ends are set at once. A socket that is neither bound nor
 * connected has no role and no ends. */
static enum outcome part_ends(const struct fd_owner *owner, struct fd_look *l,
			      bool *ret_peer)
{
	struct sock_addr local, peer;
	const struct socket_facts *f = &l->facts;
	enum outcome got = fd_look_socket(owner, l);
	enum fd_role role = l->role_hint;

	if (got != OUTCOME_VALUE)
		return got;
	if (f->domain != AF_INET && f->domain != AF_INET6)
		return OUTCOME_ABSENT;
	*ret_peer = socket_ends(owner, l, &local, &peer);
	l->info.role = FD_ROLE_NONE;
	if (!*ret_peer && !is_server(l, local.port))
		return OUTCOME_ABSENT;
	if (!*ret_peer)
		role = FD_ROLE_SERVER;
	else if (role == FD_ROLE_NONE)
		role = socket_role(owner, f->type, local.port, peer.port);
	fd_info_ends(&l->info, role, &local, *ret_peer ? &peer : NULL);
	return OUTCOME_VALUE;
}

static enum outcome part_role(const struct fd_owner *owner, struct fd_look *l)
{
	bool peer;
	enum outcome got = part_ends(owner, l, &peer);
	bool ip = l->is_socket && (l->facts.domain == AF_INET ||
				   l->facts.domain == AF_INET6);

	return got == OUTCOME_ABSENT && ip ? OUTCOME_VALUE : got;
}

static enum outcome part_server(const struct fd_owner *owner,
				struct fd_look *l)
{
	bool peer;

	return part_ends(owner, l, &peer);
}

static enum outcome part_client(const struct fd_owner *owner,
				struct fd_look *l)
{
	bool peer = false;
	enum outcome got = part_ends(owner, l, &peer);

	return got == OUTCOME_VALUE && !peer ? OUTCOME_ABSENT : got;
}

enum outcome fd_look_socket(const struct fd_owner *owner, struct fd_look *l)
{
	enum outcome got = fd_look_link(owner, l);

	if (got != OUTCOME_VALUE)
		return got;
	if (!l->is_socket)
		return OUTCOME_ABSENT;
	if (l->facts_outcome == OUTCOME_PENDING) {
		int ret = socket_facts_read(owner, (int)l->info.fd, l->link,
					    &l->facts);

		l->facts_outcome = ret < 0 ? refused(owner, ret) :
					     OUTCOME_VALUE;
	}
	return l->facts_outcome;
}

enum outcome fd_look_part(const struct fd_owner *owner, struct fd_look *l,
			  enum fd_part part)
{
	static enum outcome (*const parts[])(const struct fd_owner *owner,
					     struct fd_look *l) = {
		[FD_PART_KIND] = part_kind,
		[FD_PART_NAME] = part_name,
		[FD_PART_ROLE] = part_role,
		[FD_PART_CLIENT] = part_client,
		[FD_PART_SERVER] = part_server,
		[FD_PART_UNIX] = part_unix,
		[FD_PART_FILE] = part_file,
		[FD_PART_LAYERS] = part_layers,
	};

	if (l->outcome[part] == OUTCOME_PENDING)
		l->outcome[part] = (uint8_t)parts[part](owner, l);
	return l->outcome[part];
}

static struct ip_address plain_ip(struct ip_address ip)
{
	if (is_mapped(&ip)) {
		memcpy(ip.bytes, ip.bytes + 12, 4);
		memset(ip.bytes + 4, 0, 12);
		ip.family = AF_INET;
	}
	return ip;
}

static bool is_loopback(const struct ip_address *ip)
{
	static const uint8_t one[16] = { [15] = 1 };

	if (ip->family == AF_INET)
		return ip->bytes[0] == 127;
	return memcmp(ip->bytes, one, sizeof(one)) == 0;
}

static bool same_ip(const struct ip_address *a, const struct ip_address *b)
{
	return a->family == b->family &&
	       memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

/* The far end is local when it is the loopback, or has our end's own address: the
 * kernel picks that for what it routes to itself. */
void fd_info_ends(struct fd_info *info, enum fd_role role,
		  const struct sock_addr *local, const struct sock_addr *peer)
{
	struct ip_address near = plain_ip(local->ip), far = { 0 };
	bool far_is_local = false;

	if (peer) {
		far = plain_ip(peer->ip);
		far_is_local = is_loopback(&far) || same_ip(&near, &far);
	}
	info->role = role;
	if (role == FD_ROLE_SERVER) {
		info->server = near;
		info->server_port = local->port;
		info->server_is_local = true;
		info->client = far;
		info->client_port = peer ? peer->port : 0;
		info->client_is_local = far_is_local;
		return;
	}
	info->client = near;
	info->client_port = local->port;
	info->client_is_local = true;
	info->server = far;
	info->server_port = peer ? peer->port : 0;
	info->server_is_local = far_is_local;
}

static bool unix_name(const struct sockaddr_un *un, socklen_t size,
		      struct arena *a, struct sock_addr *ret)
{
	size_t head = offsetof(struct sockaddr_un, sun_path);
	size_t n = size > head ? size - head : 0;
	const char *path = un->sun_path;

	n = n > sizeof(un->sun_path) ? sizeof(un->sun_path) : n;
	if (n && !path[0]) {
		path++;
		n--;
	}
	n = strnlen(path, n);
	ret->path = span_make(arena_strndup(a, path, n), n);
	return true;
}

bool socket_name_read(const union socket_name *name, socklen_t size,
		      struct arena *a, struct sock_addr *ret)
{
	if (size < sizeof(sa_family_t))
		return false;
	ret->family = name->any.sa_family;
	if (ret->family == AF_UNIX)
		return unix_name(&name->un, size, a, ret);
	if (ret->family == AF_INET && size >= sizeof(name->in)) {
		ret->ip.family = AF_INET;
		ret->port = ntohs(name->in.sin_port);
		memcpy(ret->ip.bytes, &name->in.sin_addr, 4);
		return true;
	}
	/* An address may lack the scope: the kernel takes 24 bytes too. */
	if (ret->family == AF_INET6 &&
	    size >= offsetof(struct sockaddr_in6, sin6_scope_id)) {
		ret->ip.family = AF_INET6;
		ret->port = ntohs(name->in6.sin6_port);
		memcpy(ret->ip.bytes, &name->in6.sin6_addr, 16);
		return true;
	}
	return false;
}

uint32_t fd_dev_encode(dev_t dev)
{
	uint32_t ma = major(dev), mi = minor(dev);

	return (mi & 0xff) | ma << 8 | (mi & ~UINT32_C(0xff)) << 12;
}
