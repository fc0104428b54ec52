/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fds.h on the descriptors of a real child.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "harness/child.h"
#include "harness/test.h"

#include "arena.h"
#include "cleanup.h"

#include "tracer/fds.h"
#include "tracer/tracer.h"

static struct tracer_stats stats;
static struct arena arena;

static struct fd_owner owner_of(const struct child *c)
{
	memset(&stats, 0, sizeof(stats));
	return (struct fd_owner){ .proc_fd = proc_fd(), .tid = c->pid,
				  .pidfd = -1, .root = SPAN(""),
				  .arena = &arena, .stats = &stats };
}

/* A part that must be there. */
static const struct fd_info *part(const struct fd_owner *owner,
				  struct fd_look *l, enum fd_part which)
{
	assert_int_equal(fd_look_part(owner, l, which), OUTCOME_VALUE);
	return &l->info;
}

static enum fd_kind kind_of(const struct child *c, int64_t fd)
{
	struct fd_owner owner = owner_of(c);
	struct fd_look l;

	fd_look_start(&l, fd);
	return part(&owner, &l, FD_PART_KIND)->kind;
}

static char file_name[64];

static void open_files(void *arg)
{
	int ends[2];

	(void)arg;
	child_tell(open(file_name, O_RDONLY));
	child_tell(open("/etc", O_RDONLY | O_DIRECTORY));
	child_tell(open("/dev/null", O_RDWR));
	if (pipe(ends) == 0)
		child_tell(ends[0]);
	child_tell(memfd_create("my memory", 0));
	unlink(file_name);
}

static void make_file(void)
{
	int fd;

	snprintf(file_name, sizeof(file_name), "/tmp/test_fds.XXXXXX");
	fd = mkstemp(file_name);
	assert_true(fd >= 0);
	close(fd);
}

static void files_have_kinds_and_names(void **state)
{
	struct fd_owner owner;
	struct fd_look l;
	struct child c;

	(void)state;
	make_file();
	c = child_start(open_files, NULL);
	owner = owner_of(&c);
	fd_look_start(&l, c.told[0]);
	assert_int_equal(part(&owner, &l, FD_PART_KIND)->kind, FD_KIND_FILE);
	/* It is deleted by now; its name does not say so. */
	assert_span_text(part(&owner, &l, FD_PART_NAME)->name, file_name);
	assert_int_equal(part(&owner, &l, FD_PART_NUM)->fd, c.told[0]);
	assert_int_equal(kind_of(&c, c.told[1]), FD_KIND_DIRECTORY);
	assert_int_equal(kind_of(&c, c.told[2]), FD_KIND_FILE);
	assert_int_equal(kind_of(&c, c.told[3]), FD_KIND_FIFO);
	assert_int_equal(kind_of(&c, c.told[4]), FD_KIND_MEMFD);
	fd_look_start(&l, c.told[3]);
	assert_span_text(part(&owner, &l, FD_PART_NAME)->name, "");
	fd_look_start(&l, c.told[4]);
	assert_span_text(part(&owner, &l, FD_PART_NAME)->name, "my memory");
	assert_int_equal(fd_look_part(&owner, &l, FD_PART_ROLE),
			 OUTCOME_ABSENT);
	child_end(&c);
}

static void names_are_below_the_targets_root(void **state)
{
	struct fd_owner owner;
	struct fd_look l;
	struct child c;

	(void)state;
	make_file();
	c = child_start(open_files, NULL);
	owner = owner_of(&c);
	owner.root = SPAN("/tmp");
	fd_look_start(&l, c.told[0]);
	assert_span_text(part(&owner, &l, FD_PART_NAME)->name, file_name + 4);
	child_end(&c);
}

static void a_file_has_device_and_inode(void **state)
{
	struct fd_owner owner;
	struct fd_look l;
	struct child c;
	struct stat st;

	(void)state;
	make_file();
	c = child_start(open_files, NULL);
	owner = owner_of(&c);
	fd_look_start(&l, c.told[1]);
	assert_int_equal(stat("/etc", &st), 0);
	assert_int_equal(part(&owner, &l, FD_PART_FILE)->ino, st.st_ino);
	assert_int_equal(l.info.dev, fd_dev_encode(st.st_dev));
	assert_int_equal(fd_dev_encode(makedev(254, 0)), 0xfe00);
	assert_int_equal(fd_dev_encode(makedev(1, 0x123)), 0x100123);
	child_end(&c);
}

static void what_is_not_open_is_absent(void **state)
{
	struct child c = child_start(open_files, NULL);
	struct fd_owner owner = owner_of(&c);
	static const int64_t none[] = { -1, -100, 999, INT32_MAX };
	struct fd_look l;

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		for (unsigned p = FD_PART_KIND; p < FD_PART_COUNT; p++) {
			fd_look_start(&l, none[i]);
			assert_int_equal(fd_look_part(&owner, &l,
						      (enum fd_part)p),
					 OUTCOME_ABSENT);
		}
	}
	child_end(&c);
	fd_look_start(&l, 0);
	assert_int_equal(fd_look_part(&owner, &l, FD_PART_KIND),
			 OUTCOME_ABSENT);
	assert_int_equal(stats.blind[BLIND_PROC], 0);
}

static void open_nameless(void *arg)
{
	sigset_t set;

	(void)arg;
	sigemptyset(&set);
	child_tell(eventfd(0, 0));
	child_tell(epoll_create1(0));
	child_tell(signalfd(-1, &set, 0));
	child_tell(timerfd_create(CLOCK_MONOTONIC, 0));
	child_tell(inotify_init());
	child_tell(syscall(SYS_pidfd_open, getpid(), 0));
	child_tell(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
	child_tell(socket(AF_UNIX, SOCK_DGRAM, 0));
}

static void nameless_files_have_kinds(void **state)
{
	static const enum fd_kind kinds[] = {
		FD_KIND_EVENT,	 FD_KIND_EVENTPOLL, FD_KIND_SIGNALFD,
		FD_KIND_TIMERFD, FD_KIND_INOTIFY,   FD_KIND_PIDFD,
		FD_KIND_NETLINK, FD_KIND_UNIX_SOCKET,
	};
	struct child c = child_start(open_nameless, NULL);
	struct fd_owner owner = owner_of(&c);
	char want[32];
	struct fd_look l;

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		assert_int_equal(kind_of(&c, c.told[i]), kinds[i]);
	fd_look_start(&l, c.told[5]);
	snprintf(want, sizeof(want), "/proc/%d", c.pid);
	assert_span_text(part(&owner, &l, FD_PART_NAME)->name, want);
	child_end(&c);
}

/* --- Sockets --------------------------------------------------------------- */

/* A loopback address of the family, any port. */
static socklen_t loopback(int family, union socket_name *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->any.sa_family = (sa_family_t)family;
	if (family == AF_INET) {
		ret->in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		return sizeof(ret->in);
	}
	ret->in6.sin6_addr = in6addr_loopback;
	return sizeof(ret->in6);
}

/* Tells the listener, the client's and the server's end; then their ports. */
static void talk_tcp(void *arg)
{
	int family = *(int *)arg;
	union socket_name name;
	socklen_t size = loopback(family, &name);
	int server = socket(family, SOCK_STREAM, 0), client, accepted;

	if (bind(server, &name.any, size) || listen(server, 7) ||
	    getsockname(server, &name.any, &size))
		_exit(1);
	client = socket(family, SOCK_STREAM, 0);
	if (connect(client, &name.any, size))
		_exit(1);
	accepted = accept(server, NULL, NULL);
	child_tell(server);
	child_tell(client);
	child_tell(accepted);
	child_tell(ntohs(name.in.sin_port));
	getsockname(client, &name.any, &size);
	child_tell(ntohs(name.in.sin_port));
}

static void check_ends(const struct child *c, int64_t fd, enum fd_role role)
{
	struct fd_owner owner = owner_of(c);
	const struct fd_info *info;
	struct fd_look l;

	fd_look_start(&l, fd);
	info = part(&owner, &l, FD_PART_ROLE);
	assert_int_equal(info->role, role);
	part(&owner, &l, FD_PART_CLIENT);
	part(&owner, &l, FD_PART_SERVER);
	assert_int_equal(info->server_port, c->told[3]);
	assert_int_equal(info->client_port, c->told[4]);
	assert_true(info->server_is_local);
	assert_true(info->client_is_local);
	part(&owner, &l, FD_PART_KIND);
	assert_int_equal(info->l4proto, IPPROTO_TCP);
	assert_true(info->connected);
	assert_int_equal(fd_look_part(&owner, &l, FD_PART_UNIX),
			 OUTCOME_ABSENT);
}

static void check_tcp(int family, enum fd_kind talks, enum fd_kind listens)
{
	struct child c = child_start(talk_tcp, &family);
	struct fd_owner owner = owner_of(&c);
	struct fd_look l;

	assert_int_equal(kind_of(&c, c.told[0]), listens);
	assert_int_equal(kind_of(&c, c.told[1]), talks);
	assert_int_equal(kind_of(&c, c.told[2]), talks);
	check_ends(&c, c.told[1], FD_ROLE_CLIENT);
	check_ends(&c, c.told[2], FD_ROLE_SERVER);
	fd_look_start(&l, c.told[0]);
	assert_int_equal(part(&owner, &l, FD_PART_SERVER)->server_port,
			 c.told[3]);
	assert_int_equal(fd_look_part(&owner, &l, FD_PART_CLIENT),
			 OUTCOME_ABSENT);
	assert_int_equal(l.facts.queue, 0);
	assert_int_equal(l.facts.queue_max, 7);
	child_end(&c);
}

static void both_ends_of_tcp_are_read(void **state)
{
	(void)state;
	check_tcp(AF_INET, FD_KIND_IPV4_SOCKET, FD_KIND_IPV4_SERVER);
}

static void both_ends_of_tcp6_are_read(void **state)
{
	int fd = socket(AF_INET6, SOCK_STREAM, 0);
	union socket_name name;
	socklen_t size = loopback(AF_INET6, &name);
	bool works = fd >= 0 && !bind(fd, &name.any, size);

	(void)state;
	close(fd);
	if (!works)
		skip();
	check_tcp(AF_INET6, FD_KIND_IPV6_SOCKET, FD_KIND_IPV6_SERVER);
}

static bool reads_ends_from_tables(void *arg)
{
	const struct child *c = arg;
	struct fd_owner owner = owner_of(c);
	struct fd_look l;

	fd_look_start(&l, c->told[1]);
	return fd_look_part(&owner, &l, FD_PART_SERVER) == OUTCOME_VALUE &&
	       l.info.server_port == c->told[3] &&
	       l.info.client_port == c->told[4] &&
	       l.info.server.bytes[0] == 127 &&
	       l.info.role == FD_ROLE_CLIENT;
}

static void proc_net_stands_in_for_the_socket(void **state)
{
	int family = AF_INET;
	struct child c = child_start(talk_tcp, &family);

	(void)state;
	assert_true(without_call(SYS_pidfd_getfd, EPERM,
				 reads_ends_from_tables, &c));
	assert_true(without_call(SYS_pidfd_open, ENOSYS,
				 reads_ends_from_tables, &c));
	child_end(&c);
}

static bool fails_and_counts(void *arg)
{
	const struct child *c = arg;
	struct fd_owner owner = owner_of(c);
	struct fd_look l;

	fd_look_start(&l, c->told[7]);
	return fd_look_part(&owner, &l, FD_PART_KIND) == OUTCOME_FAILED &&
	       stats.blind[BLIND_PROC] == 1;
}

static void what_nobody_tells_is_failed_and_counted(void **state)
{
	struct child c = child_start(open_nameless, NULL);

	(void)state;
	assert_true(without_call(SYS_pidfd_getfd, EPERM, fails_and_counts,
				 &c));
	child_end(&c);
}

static void bind_udp(void *arg)
{
	union socket_name name;
	socklen_t size = loopback(AF_INET, &name);
	int bound = socket(AF_INET, SOCK_DGRAM, 0);
	int unbound = socket(AF_INET, SOCK_DGRAM, 0);

	(void)arg;
	if (bind(bound, &name.any, size) ||
	    getsockname(bound, &name.any, &size))
		_exit(1);
	child_tell(bound);
	child_tell(unbound);
	child_tell(ntohs(name.in.sin_port));
}

static void a_bound_socket_has_a_server_alone(void **state)
{
	struct child c = child_start(bind_udp, NULL);
	struct fd_owner owner = owner_of(&c);
	struct fd_look l;

	(void)state;
	fd_look_start(&l, c.told[0]);
	assert_int_equal(part(&owner, &l, FD_PART_KIND)->kind,
			 FD_KIND_IPV4_SERVER);
	assert_int_equal(l.info.l4proto, IPPROTO_UDP);
	assert_false(l.info.connected);
	assert_int_equal(part(&owner, &l, FD_PART_SERVER)->server_port,
			 c.told[2]);
	assert_int_equal(fd_look_part(&owner, &l, FD_PART_CLIENT),
			 OUTCOME_ABSENT);
	child_end(&c);
}

static void a_new_socket_has_no_ends(void **state)
{
	struct child c = child_start(bind_udp, NULL);
	struct fd_owner owner = owner_of(&c);
	struct fd_look l;

	(void)state;
	fd_look_start(&l, c.told[1]);
	assert_int_equal(part(&owner, &l, FD_PART_KIND)->kind,
			 FD_KIND_IPV4_SOCKET);
	assert_int_equal(part(&owner, &l, FD_PART_ROLE)->role, FD_ROLE_NONE);
	assert_int_equal(fd_look_part(&owner, &l, FD_PART_SERVER),
			 OUTCOME_ABSENT);
	assert_int_equal(fd_look_part(&owner, &l, FD_PART_CLIENT),
			 OUTCOME_ABSENT);
	child_end(&c);
}

static void an_address_stands_in_for_a_peer(void **state)
{
	struct child c = child_start(bind_udp, NULL);
	struct fd_owner owner = owner_of(&c);
	struct fd_look l;

	(void)state;
	fd_look_start(&l, c.told[0]);
	l.role_hint = FD_ROLE_CLIENT;
	l.peer_given = true;
	l.peer_hint = (struct sock_addr){ .family = AF_INET, .port = 53,
					  .ip = { AF_INET, { 9, 9, 9, 9 } } };
	assert_int_equal(part(&owner, &l, FD_PART_SERVER)->server_port, 53);
	assert_int_equal(l.info.server.bytes[0], 9);
	assert_false(l.info.server_is_local);
	assert_int_equal(l.info.client_port, c.told[2]);
	assert_int_equal(part(&owner, &l, FD_PART_KIND)->kind,
			 FD_KIND_IPV4_SOCKET);
	child_end(&c);
}

static void listen_unix(void *arg)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	socklen_t size;
	int server = socket(AF_UNIX, SOCK_STREAM, 0), client, pair[2];

	(void)arg;
	/* An abstract name. */
	snprintf(un.sun_path + 1, sizeof(un.sun_path) - 1, "test_fds.%d",
		 getpid());
	size = (socklen_t)(sizeof(un.sun_family) + 1 +
			   strlen(un.sun_path + 1));
	client = socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(server, (struct sockaddr *)&un, size) || listen(server, 1) ||
	    connect(client, (struct sockaddr *)&un, size) ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		_exit(1);
	child_tell(server);
	child_tell(client);
	child_tell(pair[0]);
}

static void unix_sockets_have_names(void **state)
{
	struct child c = child_start(listen_unix, NULL);
	struct fd_owner owner = owner_of(&c);
	char want[32];
	struct fd_look l;

	(void)state;
	snprintf(want, sizeof(want), "test_fds.%d", c.pid);
	for (size_t i = 0; i < 2; i++) {
		fd_look_start(&l, c.told[i]);
		assert_int_equal(part(&owner, &l, FD_PART_KIND)->kind,
				 FD_KIND_UNIX_SOCKET);
		assert_span_text(part(&owner, &l, FD_PART_UNIX)->name, want);
		assert_int_equal(fd_look_part(&owner, &l, FD_PART_SERVER),
				 OUTCOME_ABSENT);
	}
	fd_look_start(&l, c.told[2]);
	assert_span_text(part(&owner, &l, FD_PART_UNIX)->name, "");
	child_end(&c);
}

/* --- Pure parts ------------------------------------------------------------ */

static void addresses_too_short_are_refused(void **state)
{
	union socket_name name = { 0 };
	struct sock_addr addr = { 0 };

	(void)state;
	name.any.sa_family = AF_INET;
	assert_false(socket_name_read(&name, 0, &arena, &addr));
	assert_false(socket_name_read(&name, 1, &arena, &addr));
	assert_false(socket_name_read(&name, 8, &arena, &addr));
	assert_true(socket_name_read(&name, 16, &arena, &addr));
	name.any.sa_family = AF_INET6;
	assert_false(socket_name_read(&name, 23, &arena, &addr));
	assert_true(socket_name_read(&name, 24, &arena, &addr));
	name.any.sa_family = AF_NETLINK;
	assert_false(socket_name_read(&name, 12, &arena, &addr));
}

static void unix_paths_need_no_end(void **state)
{
	union socket_name name = { 0 };
	struct sock_addr addr = { 0 };

	(void)state;
	name.any.sa_family = AF_UNIX;
	memset(name.un.sun_path, 'p', sizeof(name.un.sun_path));
	assert_true(socket_name_read(&name, sizeof(name.un), &arena, &addr));
	assert_int_equal(addr.path.n, 108);
	assert_true(socket_name_read(&name, 5000, &arena, &addr));
	assert_int_equal(addr.path.n, 108);
	assert_true(socket_name_read(&name, 2, &arena, &addr));
	assert_int_equal(addr.path.n, 0);
	assert_true(socket_name_read(&name, 5, &arena, &addr));
	assert_span_text(addr.path, "ppp");
	name.un.sun_path[0] = '\0';
	assert_true(socket_name_read(&name, 5, &arena, &addr));
	assert_span_text(addr.path, "pp");
}

static void ipv4_in_ipv6_becomes_ipv4(void **state)
{
	struct sock_addr local = { .family = AF_INET6, .port = 40000,
				   .ip = { AF_INET6, { [10] = 0xff, 0xff, 10,
						       1, 2, 3 } } };
	struct sock_addr peer = { .family = AF_INET6, .port = 80,
				  .ip = { AF_INET6, { [10] = 0xff, 0xff, 127,
						      0, 0, 1 } } };
	struct fd_info info = { 0 };

	(void)state;
	fd_info_ends(&info, FD_ROLE_CLIENT, &local, &peer);
	assert_int_equal(info.client.family, AF_INET);
	assert_int_equal(info.client.bytes[0], 10);
	assert_int_equal(info.client.bytes[4], 0);
	assert_int_equal(info.server.family, AF_INET);
	assert_true(info.server_is_local);
	fd_info_ends(&info, FD_ROLE_SERVER, &local, &peer);
	assert_int_equal(info.server_port, 40000);
	assert_int_equal(info.client_port, 80);
}

static int free_arena(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_have_kinds_and_names),
		cmocka_unit_test(names_are_below_the_targets_root),
		cmocka_unit_test(a_file_has_device_and_inode),
		cmocka_unit_test(what_is_not_open_is_absent),
		cmocka_unit_test(nameless_files_have_kinds),
		cmocka_unit_test(both_ends_of_tcp_are_read),
		cmocka_unit_test(both_ends_of_tcp6_are_read),
		cmocka_unit_test(proc_net_stands_in_for_the_socket),
		cmocka_unit_test(what_nobody_tells_is_failed_and_counted),
		cmocka_unit_test(a_bound_socket_has_a_server_alone),
		cmocka_unit_test(a_new_socket_has_no_ends),
		cmocka_unit_test(an_address_stands_in_for_a_peer),
		cmocka_unit_test(unix_sockets_have_names),
		cmocka_unit_test(addresses_too_short_are_refused),
		cmocka_unit_test(unix_paths_need_no_end),
		cmocka_unit_test(ipv4_in_ipv6_becomes_ipv4),
	};

	return cmocka_run_group_tests(tests, NULL, free_arena);
}
