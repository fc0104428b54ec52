/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fields_fd.c, fields_socket.c and fields_fdlist.c: what descriptors are and what
 * they are called, with and without a descriptor to ask.
 */
#include <arpa/inet.h>
#include <netinet/in.h>

#include "harness/fake_state.h"
#include "harness/test.h"

#include "array.h"

static struct ip_address ip(const char *text)
{
	struct ip_address a = { .family = strchr(text, ':') ? AF_INET6 :
							      AF_INET };

	assert_int_equal(inet_pton(a.family, text, a.bytes), 1);
	return a;
}

/* The event's descriptor is a connected socket; the client is this machine. */
static void connected(struct fake_state *s, const char *client,
		      const char *server)
{
	fake_fd(s, 3,
		strchr(client, ':') ? FD_KIND_IPV6_SOCKET : FD_KIND_IPV4_SOCKET,
		NULL);
	s->fd.l4proto = IPPROTO_TCP;
	s->fd.connected = true;
	s->fd.role = FD_ROLE_CLIENT;
	s->fd.client = ip(client);
	s->fd.server = ip(server);
	s->fd.client_port = 59204;
	s->fd.server_port = 443;
	s->fd.client_is_local = true;
	s->fd_parts[FD_PART_ROLE] = OUTCOME_VALUE;
	s->fd_parts[FD_PART_CLIENT] = OUTCOME_VALUE;
	s->fd_parts[FD_PART_SERVER] = OUTCOME_VALUE;
}

static void shows(struct fake_state *s, const char *format, const char *want)
{
	assert_string_equal(fake_output(s, format), want);
}

static enum outcome asked(struct fake_state *s, const char *field)
{
	return fake_field(s, field)->outcome;
}

/* --- Files ----------------------------------------------------------------- */

static void a_file_has_a_name_and_a_directory(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_READ_X);
	fake_fd(&s, 3, FD_KIND_FILE, "/etc/shadow");
	shows(&s, "%fd.num %fd.type %fd.typechar", "3 file f");
	shows(&s, "%fd.name %fd.directory %fd.filename",
	      "/etc/shadow /etc shadow");
	shows(&s, "%fd.uid %fd.containername %fd.containerdirectory",
	      "1003 :/etc/shadow :/etc");
	shows(&s, "%fd.ip %fd.sip %fd.cport %fd.sockfamily %fd.l4proto",
	      "<NA> <NA> <NA> <NA> <NA>");
	shows(&s, "%fd.is_server %fd.connected %fd.name_changed",
	      "false false false");
	fake_state_done(&s);
}

static void a_directory_is_its_own_directory(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_READ_X);
	fake_fd(&s, 3, FD_KIND_DIRECTORY, "/etc");
	shows(&s, "%fd.directory %fd.filename %fd.type", "/etc <NA> directory");
	fake_state_done(&s);
}

static void odd_names_have_directories_too(void **state)
{
	static const char *const rows[][3] = {
		{ "/vmlinuz", "/", "vmlinuz" }, { "plain", "/", "/" },
		{ "/a/b/", "/a/b/", "" },	 { "", "/", "/" },
		{ "/", "/", "" },
	};
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_READ_X);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		fake_fd(&s, 3, FD_KIND_FILE, rows[i][0]);
		shows(&s, "%fd.directory", rows[i][1]);
		shows(&s, "%fd.filename", rows[i][2]);
	}
	fake_state_done(&s);
}

static void a_file_is_on_a_device(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_READ_X);
	fake_fd(&s, 3, FD_KIND_FILE, "/x");
	shows(&s, "%fd.dev %fd.ino", "0 0");
	s.fd.dev = 0xfe00;
	s.fd.ino = 409614;
	s.fd.upper_layer = true;
	s.fd_parts[FD_PART_FILE] = s.fd_parts[FD_PART_LAYERS] = OUTCOME_VALUE;
	shows(&s, "%fd.dev %fd.dev.major %fd.dev.minor %fd.ino",
	      "FE00 254 0 409614");
	shows(&s, "%fd.is_upper_layer %fd.is_lower_layer", "true false");
	assert_string_equal(fake_json(&s, "%fd.dev %fd.dev.major"),
			    "{\"fd.dev\":\"FE00\",\"fd.dev.major\":254}");
	s.fd.dev = 0x12300845; /* minor 0x12345, major 8 */
	shows(&s, "%fd.dev.major %fd.dev.minor", "8 74565");
	fake_state_done(&s);
}

static void every_kind_has_a_letter(void **state)
{
	static const struct {
		enum fd_kind kind;
		const char *want;
	} rows[] = {
		{ FD_KIND_IPV4_SERVER, "ipv4 4" },
		{ FD_KIND_UNIX_SOCKET, "unix u" },
		{ FD_KIND_FIFO, "pipe p" },
		{ FD_KIND_MEMFD, "memfd m" },
		{ FD_KIND_PIDFD, "pidfd P" },
		{ FD_KIND_UNKNOWN, "<NA> o" },
	};
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_READ_X);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		fake_fd(&s, 3, rows[i].kind, NULL);
		shows(&s, "%fd.type %fd.typechar", rows[i].want);
	}
	fake_state_done(&s);
}

/* --- Without a descriptor -------------------------------------------------- */

static void events_without_descriptors_have_no_fd_fields(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_MKDIR_2_X);
	fake_fd(&s, 3, FD_KIND_FILE, "/x");
	shows(&s, "%fd.num %fd.name %fd.typechar %fd.directory",
	      "<NA> <NA> <NA> <NA>");
	fake_state_done(&s);
}

static void a_failed_open_has_the_name_that_was_wanted(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_OPENAT_2_X);
	s.cwd = SPAN("/tmp/");
	fake_param_int(&s, "fd", -2);
	fake_param_int(&s, "dirfd", -100);
	fake_param_text(&s, "name", "sub//nosuch");
	s.fd.fd = -2;
	s.fd_parts[FD_PART_NUM] = OUTCOME_VALUE;
	shows(&s, "%fd.num %fd.typechar %fd.type", "-1 f <NA>");
	shows(&s, "%fd.name %fd.directory %fd.filename",
	      "/tmp/sub//nosuch /tmp/sub/ <NA>");
	shows(&s, "%fd.nameraw", "sub/nosuch");
	fake_state_done(&s);
}

static void other_failures_derive_what_falco_derives(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SOCKET_CONNECT_X);
	s.fd_parts[FD_PART_NUM] = OUTCOME_VALUE;
	s.fd.fd = 977;
	fake_param_int(&s, "res", -9);
	shows(&s, "%fd.num %fd.name %fd.typechar", "977 NULL o");
	fake_state_done(&s);
	fake_state_init(&s, EVENT_SOCKET_ACCEPT4_6_X);
	fake_param_int(&s, "fd", -11);
	shows(&s, "%fd.name %fd.typechar", "NULL 4");
	fake_state_done(&s);
	fake_state_init(&s, EVENT_SYSCALL_MMAP_X);
	s.fd_parts[FD_PART_NUM] = OUTCOME_VALUE;
	s.fd.fd = -1;
	shows(&s, "[%fd.name|%fd.nameraw|%fd.directory|%fd.typechar]",
	      "[||/|o]");
	fake_state_done(&s);
}

/* --- At entry -------------------------------------------------------------- */

static void at_entry_a_name_is_known_and_a_kind_is_not(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_OPENAT_2_X);
	s.ev.phase = PHASE_ENTRY;
	fake_fd(&s, 0, FD_KIND_FILE, "/etc/shadow");
	s.fd_parts[FD_PART_KIND] = OUTCOME_UNKNOWN;
	s.fd_parts[FD_PART_NUM] = OUTCOME_UNKNOWN;
	fake_param_int(&s, "flags", 1);
	assert_span_text(fake_field(&s, "fd.name")->text, "/etc/shadow");
	assert_int_equal(asked(&s, "fd.type"), OUTCOME_UNKNOWN);
	assert_int_equal(asked(&s, "fd.typechar"), OUTCOME_UNKNOWN);
	assert_int_equal(asked(&s, "fd.num"), OUTCOME_UNKNOWN);
	assert_int_equal(asked(&s, "fd.directory"), OUTCOME_VALUE);
	assert_true(fake_field(&s, "fd.directory")->maybe);
	assert_int_equal(fake_field(&s, "fd.directory")->list->n, 2);
	assert_true(fake_field(&s, "fd.filename")->maybe);
	fake_state_done(&s);
}

static void only_files_are_opened_for_writing(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_OPENAT_2_X);
	s.ev.phase = PHASE_ENTRY;
	fake_fd(&s, 0, FD_KIND_FILE, "/usr/bin/ls");
	s.fd_parts[FD_PART_KIND] = OUTCOME_UNKNOWN;
	fake_param_int(&s, "flags", 2);
	assert_span_text(fake_field(&s, "fd.directory")->text, "/usr/bin");
	assert_false(fake_field(&s, "fd.directory")->maybe);
	fake_state_done(&s);
}

static void a_connect_knows_its_server_at_entry(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SOCKET_CONNECT_X);
	s.ev.phase = PHASE_ENTRY;
	connected(&s, "127.0.0.1", "10.0.0.1");
	s.fd.connected = false;
	s.fd_parts[FD_PART_ROLE] = OUTCOME_UNKNOWN;
	s.fd_parts[FD_PART_CLIENT] = OUTCOME_UNKNOWN;
	assert_int_equal(asked(&s, "fd.sport"), OUTCOME_VALUE);
	assert_true(fake_field(&s, "fd.sport")->maybe);
	assert_int_equal(fake_field(&s, "fd.sport")->u, 443);
	assert_int_equal(asked(&s, "fd.name"), OUTCOME_UNKNOWN);
	assert_int_equal(asked(&s, "fd.cip"), OUTCOME_UNKNOWN);
	assert_int_equal(asked(&s, "fd.ip"), OUTCOME_UNKNOWN);
	assert_int_equal(asked(&s, "fd.rip"), OUTCOME_UNKNOWN);
	assert_int_equal(asked(&s, "fd.connected"), OUTCOME_UNKNOWN);
	assert_span_text(fake_field(&s, "fd.type")->text, "ipv4");
	fake_state_done(&s);
}

/* --- Sockets --------------------------------------------------------------- */

static void a_connection_has_two_ends(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SOCKET_CONNECT_X);
	connected(&s, "127.0.0.1", "10.0.0.1");
	shows(&s, "%fd.name", "127.0.0.1:59204->10.0.0.1:443");
	shows(&s, "%fd.cip:%fd.cport %fd.sip:%fd.sport",
	      "127.0.0.1:59204 10.0.0.1:443");
	shows(&s, "%fd.lip:%fd.lport %fd.rip:%fd.rport",
	      "127.0.0.1:59204 10.0.0.1:443");
	shows(&s, "%fd.cproto %fd.sproto %fd.lproto %fd.rproto",
	      "59204 443 59204 443");
	shows(&s, "%fd.type %fd.l4proto %fd.sockfamily %fd.is_server "
		  "%fd.connected",
	      "ipv4 tcp ip false true");
	s.fd.client_is_local = false;
	s.fd.server_is_local = true;
	shows(&s, "%fd.lport %fd.rport %fd.is_server", "443 59204 true");
	assert_string_equal(fake_json(&s, "%fd.sport %fd.sip"),
			    "{\"fd.sip\":\"10.0.0.1\",\"fd.sport\":443}");
	fake_state_done(&s);
}

static void ipv6_is_written_short(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SOCKET_CONNECT_X);
	connected(&s, "::1", "2001:db8::1");
	shows(&s, "%fd.name %fd.typechar", "::1:59204->2001:db8::1:443 6");
	connected(&s, "::ffff:127.0.0.1", "::ffff:10.1.2.3");
	shows(&s, "%fd.name", "127.0.0.1:59204->10.1.2.3:443");
	fake_state_done(&s);
}

static void a_listener_has_one_end(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SOCKET_LISTEN_X);
	connected(&s, "0.0.0.0", "127.0.0.1");
	s.fd.kind = FD_KIND_IPV4_SERVER;
	s.fd.role = FD_ROLE_SERVER;
	s.fd_parts[FD_PART_CLIENT] = OUTCOME_ABSENT;
	shows(&s, "%fd.name %fd.sip %fd.sport", "127.0.0.1:443 127.0.0.1 443");
	shows(&s, "%fd.cip %fd.lip %fd.rport", "<NA> <NA> <NA>");
	shows(&s, "[%fd.cproto|%fd.sproto|%fd.lproto]", "[||<NA>]");
	shows(&s, "%fd.is_server", "true");
	assert_int_equal(fake_field(&s, "fd.port")->list->n, 1);
	fake_state_done(&s);
}

static void a_new_socket_has_no_ends(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SOCKET_SOCKET_X);
	fake_fd(&s, 3, FD_KIND_IPV4_SOCKET, NULL);
	shows(&s, "[%fd.name|%fd.sip|%fd.sport|%fd.is_server|%fd.l4proto]",
	      "[|<NA>|<NA>|false|<NA>]");
	s.fd.kind = FD_KIND_IPV6_SOCKET;
	shows(&s, "%fd.is_server", "true");
	fake_state_done(&s);
}

static void either_end_is_a_candidate_of_conditions(void **state)
{
	struct fake_state s;
	const struct value *v;

	(void)state;
	fake_state_init(&s, EVENT_SOCKET_CONNECT_X);
	connected(&s, "127.0.0.1", "10.0.0.1");
	v = fake_field(&s, "fd.port");
	assert_true(v->is_list);
	assert_int_equal(v->list->n, 2);
	assert_int_equal(v->list->items[0].u, 59204);
	assert_int_equal(v->list->items[1].u, 443);
	v = fake_field(&s, "fd.net");
	assert_int_equal(v->list->items[1].ip->bytes[0], 10);
	assert_int_equal(v->list->items[1].type, VALUE_IPNET);
	assert_int_equal(fake_field(&s, "fd.lnet")->ip->bytes[0], 127);
	assert_int_equal(fake_field(&s, "fd.rnet")->ip->bytes[0], 10);
	shows(&s, "%fd.ip %fd.port %fd.net %fd.snet %fd.proto",
	      "<NA> <NA> <NA> <NA> <NA>");
	fake_state_done(&s);
}

static void unix_sockets_show_both_pointers(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SOCKET_CONNECT_X);
	fake_fd(&s, 4, FD_KIND_UNIX_SOCKET, NULL);
	shows(&s, "[%fd.name]", "[]");
	s.fd.name = SPAN("/run/s.sock");
	s.fd_parts[FD_PART_UNIX] = OUTCOME_VALUE;
	shows(&s, "%fd.name %fd.sockfamily", "/run/s.sock unix");
	s.fd.connected = true;
	s.fd.source_pointer = 0xffff888107b29200;
	shows(&s, "%fd.name", "ffff888107b29200->0 /run/s.sock");
	fake_state_done(&s);
}

/* --- Many descriptors ------------------------------------------------------ */

static void open_some(struct fake_state *s)
{
	s->nfds = 3;
	s->fds[0] = (struct fd_info){ .fd = 0,
				      .kind = FD_KIND_FILE,
				      .name = SPAN("/dev/null") };
	s->fds[1] = (struct fd_info){ .fd = 3,
				      .kind = FD_KIND_IPV4_SOCKET,
				      .client = ip("127.0.0.1"),
				      .server = ip("10.0.0.1"),
				      .client_port = 5,
				      .server_port = 6,
				      .role = FD_ROLE_CLIENT };
	s->fds[2] = (struct fd_info){ .fd = 4,
				      .kind = FD_KIND_IPV4_SERVER,
				      .server = ip("0.0.0.0"),
				      .server_port = 80,
				      .role = FD_ROLE_SERVER };
}

static void types_are_listed_once(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_CLOSE_X);
	assert_int_equal(asked(&s, "fd.types"), OUTCOME_ABSENT);
	open_some(&s);
	shows(&s, "%fd.types %fd.types[3] %fd.types[9]",
	      "(file,ipv4) (ipv4) <NA>");
	assert_string_equal(fake_json(&s, "%fd.types"),
			    "{\"fd.types\":[\"file\",\"ipv4\"]}");
	fake_state_done(&s);
}

static void the_standard_descriptors_are_three(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_CLOSE_X);
	open_some(&s);
	s.fds[1].fd = 1;
	shows(&s, "%proc.stdin.type %proc.stdin.name", "file /dev/null");
	shows(&s, "%proc.stdout.type %proc.stdout.name",
	      "ipv4 127.0.0.1:5->10.0.0.1:6");
	shows(&s, "%proc.stderr.type %proc.stderr.name", "<NA> <NA>");
	fake_state_done(&s);
}

static void a_poll_lists_what_it_waits_for(void **state)
{
	static const struct poll_item items[] = {
		{ 3, 1 }, { 4, 4 }, { 77, 0 }
	};
	static const struct poll_list fds = { items, 3 };
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_POLL_X);
	open_some(&s);
	shows(&s, "%fdlist.nums", "<NA>");
	fake_param(&s, "fds")->poll = &fds;
	shows(&s, "%fdlist.nums|%fdlist.names",
	      "3,4,77|127.0.0.1:5->10.0.0.1:6,0.0.0.0:80,<NA>");
	shows(&s, "%fdlist.cips|%fdlist.sips|%fdlist.cports|%fdlist.sports",
	      "127.0.0.1|10.0.0.1,0.0.0.0|5|6");
	shows(&s, "%evt.arg.fds", "3:41 4:44 77:?0");
	fake_state_done(&s);
	fake_state_init(&s, EVENT_SYSCALL_CLOSE_X);
	shows(&s, "%fdlist.nums", "<NA>");
	fake_state_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_has_a_name_and_a_directory),
		cmocka_unit_test(a_directory_is_its_own_directory),
		cmocka_unit_test(odd_names_have_directories_too),
		cmocka_unit_test(a_file_is_on_a_device),
		cmocka_unit_test(every_kind_has_a_letter),
		cmocka_unit_test(events_without_descriptors_have_no_fd_fields),
		cmocka_unit_test(a_failed_open_has_the_name_that_was_wanted),
		cmocka_unit_test(other_failures_derive_what_falco_derives),
		cmocka_unit_test(at_entry_a_name_is_known_and_a_kind_is_not),
		cmocka_unit_test(only_files_are_opened_for_writing),
		cmocka_unit_test(a_connect_knows_its_server_at_entry),
		cmocka_unit_test(a_connection_has_two_ends),
		cmocka_unit_test(ipv6_is_written_short),
		cmocka_unit_test(a_listener_has_one_end),
		cmocka_unit_test(a_new_socket_has_no_ends),
		cmocka_unit_test(either_end_is_a_candidate_of_conditions),
		cmocka_unit_test(unix_sockets_show_both_pointers),
		cmocka_unit_test(types_are_listed_once),
		cmocka_unit_test(the_standard_descriptors_are_three),
		cmocka_unit_test(a_poll_lists_what_it_waits_for),
	};

	return RUN_TESTS(tests);
}
