/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render.c, render_value.c, print.c, json.c and names.c: values as text and as JSON.
 */
#include <arpa/inet.h>
#include <sys/socket.h>

#include "harness/fake_state.h"
#include "harness/test.h"

#include "array.h"
#include "json_node.h"
#include "strbuf.h"

#include "engine/event_info.h"
#include "engine/json.h"
#include "engine/print.h"
#include "engine/render.h"

/* name=raw(resolved) of one parameter, as evt.args shows it. */
static const char *param(struct fake_state *s, const char *name)
{
	struct eval e = { .env = &s->env, .ev = &s->ev };
	struct strbuf raw = STRBUF_INIT, resolved = STRBUF_INIT;
	const char *out;

	render_param(&e, (unsigned)event_param_index(s->ev.type, name), &raw,
		     &resolved);
	if (resolved.n)
		strbuf_addf(&raw, "(%s)", resolved.data);
	out = arena_strndup(&s->arena, raw.data, raw.n);
	strbuf_done(&raw);
	strbuf_done(&resolved);
	return out;
}

/* A parameter with an integer. */
static void assert_int_shows(enum event_type type, const char *name, int64_t i,
			     const char *want)
{
	struct fake_state s;

	fake_state_init(&s, type);
	fake_param_int(&s, name, i);
	assert_string_equal(param(&s, name), want);
	fake_state_done(&s);
}

static void numbers_follow_their_format(void **state)
{
	static const struct {
		enum event_type type;
		const char *name;
		int64_t i;
		const char *want;
	} rows[] = {
		{ EVENT_SYSCALL_BRK_4_X, "res", 0x55E4772CC000,
		  "55E4772CC000" },
		{ EVENT_SYSCALL_MMAP_X, "length", 8192, "8192" },
		{ EVENT_SYSCALL_MMAP_X, "res", 139714487488512,
		  "139714487488512" },
		{ EVENT_SYSCALL_LSEEK_X, "offset", -60, "-60" },
		{ EVENT_SYSCALL_OPEN_X, "mode", 0600, "0600" },
		{ EVENT_SYSCALL_OPEN_X, "mode", 0, "0" },
		{ EVENT_SYSCALL_OPEN_X, "dev", 0xfe00, "FE00" },
		{ EVENT_SYSCALL_LCHOWN_X, "gid", 0xffffffff, "-1" },
		{ EVENT_SYSCALL_LCHOWN_X, "uid", 5, "5" },
		{ EVENT_SOCKET_LISTEN_X, "backlog", -1, "-1" },
		{ EVENT_SYSCALL_PRCTL_X, "option", 15, "15(PR_SET_NAME)" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_shows(rows[i].type, rows[i].name, rows[i].i,
				 rows[i].want);
}

static void errors_have_names(void **state)
{
	(void)state;
	assert_int_shows(EVENT_SYSCALL_CLOSE_X, "res", 0, "0");
	assert_int_shows(EVENT_SYSCALL_CLOSE_X, "res", -9, "-9(EBADF)");
	assert_int_shows(EVENT_SYSCALL_CLOSE_X, "res", -4000, "-4000");
	assert_int_shows(EVENT_SYSCALL_CLOSE_X, "res", INT64_MIN,
			 "-9223372036854775808");
	assert_string_equal(errno_name(2), "ENOENT");
	assert_string_equal(errno_name(11), "EAGAIN");
	assert_string_equal(errno_name(95), "EOPNOTSUPP");
	assert_string_equal(errno_name(133), "EHWPOISON");
	assert_null(errno_name(0));
	assert_null(errno_name(-2));
	assert_null(errno_name(134));
	assert_null(errno_name(1 << 20));
}

static void signals_have_names(void **state)
{
	(void)state;
	assert_int_shows(EVENT_SYSCALL_KILL_X, "sig", 15, "15(SIGTERM)");
	assert_int_shows(EVENT_SYSCALL_KILL_X, "sig", 0, "0");
	assert_int_shows(EVENT_SYSCALL_KILL_X, "sig", 99, "99");
	assert_int_shows(EVENT_SYSCALL_PPOLL_X, "sigmask", 1 << 9, "SIGUSR1");
	assert_int_shows(EVENT_SYSCALL_PPOLL_X, "sigmask", 3, "SIGHUP SIGINT");
	assert_int_shows(EVENT_SYSCALL_PPOLL_X, "sigmask", 0, "");
	assert_string_equal(signal_name(9), "SIGKILL");
	assert_null(signal_name(0));
	assert_null(signal_name(64));
}

static void flags_are_joined(void **state)
{
	static const struct {
		enum event_type type;
		const char *name;
		int64_t i;
		const char *want;
	} rows[] = {
		{ EVENT_SYSCALL_OPEN_X, "flags", 0x1001,
		  "4097(O_RDONLY|O_CLOEXEC)" },
		{ EVENT_SYSCALL_OPEN_X, "flags", 3, "3(O_RDWR)" },
		{ EVENT_SYSCALL_OPEN_X, "flags", 0, "0(O_NONE)" },
		{ EVENT_SYSCALL_MMAP_X, "flags", 10,
		  "10(MAP_PRIVATE|MAP_ANONYMOUS)" },
		{ EVENT_SYSCALL_FUTEX_X, "op", 129,
		  "129(FUTEX_PRIVATE_FLAG|FUTEX_WAKE)" },
		{ EVENT_SYSCALL_UNSHARE_X, "flags", 0, "0" },
		{ EVENT_SOCKET_SOCKET_X, "domain", 1, "1(AF_LOCAL|AF_UNIX)" },
		{ EVENT_SOCKET_SOCKET_X, "domain", 99, "99" },
		{ EVENT_SYSCALL_CHMOD_X, "mode", 04755,
		  "04755(S_IXOTH|S_IROTH|S_IXGRP|S_IRGRP|S_IXUSR|S_IWUSR|"
		  "S_IRUSR|S_ISUID)" },
		{ EVENT_SYSCALL_MKNODAT_X, "mode", 060600,
		  "060600(S_IWUSR|S_IRUSR|S_IFCHR)" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_shows(rows[i].type, rows[i].name, rows[i].i,
				 rows[i].want);
}

static void times_and_spans(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	assert_int_shows(EVENT_SYSCALL_NANOSLEEP_X, "interval", 998237,
			 "998237(0.000998237s)");
	assert_int_shows(EVENT_SYSCALL_NANOSLEEP_X, "interval", 0, "0(0s)");
	assert_int_shows(EVENT_SYSCALL_NANOSLEEP_X, "interval", -1, "none");
	assert_int_shows(EVENT_SYSCALL_EXECVE_19_X, "exe_ino_ctime",
			 1663687649147483648, "2022-09-20 15:27:29.147483648");
}

static void users_and_groups(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_SETUID_X);
	s.user = (struct user_info){ .uid = 1000, .name = SPAN("ann") };
	fake_param_int(&s, "uid", 1000);
	assert_string_equal(param(&s, "uid"), "1000(ann)");
	fake_param_int(&s, "uid", 1234);
	assert_string_equal(param(&s, "uid"), "1234(<NA>)");
	fake_param_int(&s, "uid", 0);
	assert_string_equal(param(&s, "uid"), "0(root)");
	fake_state_done(&s);
	assert_int_shows(EVENT_SYSCALL_SETRESGID_X, "rgid", 0xffffffff,
			 "-1(<NONE>)");
}

static void descriptors_show_what_they_are(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_CLOSE_X);
	fake_param_int(&s, "fd", 3);
	assert_string_equal(param(&s, "fd"), "3");
	fake_fd(&s, 3, FD_KIND_FILE, "/etc/ld.so.cache");
	assert_string_equal(param(&s, "fd"), "3(<f>/etc/ld.so.cache)");
	s.fd.l4proto = 6;
	s.fd.kind = FD_KIND_IPV4_SOCKET;
	assert_string_equal(param(&s, "fd"), "3(<4t>)");
	s.fd.l4proto = 17;
	assert_string_equal(param(&s, "fd"), "3(<4u>)");
	s.nfds = 1;
	s.fds[0] = (struct fd_info){ .fd = 7,
				     .kind = FD_KIND_DIRECTORY,
				     .name = SPAN("/d") };
	fake_param_int(&s, "fd", 7);
	assert_string_equal(param(&s, "fd"), "7(<d>/d)");
	fake_param_int(&s, "fd", -1);
	assert_string_equal(param(&s, "fd"), "-1(EPERM)");
	fake_param_int(&s, "fd", -100);
	assert_string_equal(param(&s, "fd"), "-100(AT_FDCWD)");
	fake_state_done(&s);
}

static void pids_show_names_of_the_chain(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_KILL_X);
	s.nprocesses = 2;
	s.processes[0].pid = s.processes[0].tid = 100;
	s.processes[0].comm = SPAN("cat");
	s.processes[1].pid = s.processes[1].tid = 50;
	s.processes[1].comm = SPAN("bash");
	fake_param_int(&s, "pid", 100);
	assert_string_equal(param(&s, "pid"), "100(cat)");
	fake_param_int(&s, "pid", 50);
	assert_string_equal(param(&s, "pid"), "50(bash)");
	fake_param_int(&s, "pid", 999999);
	assert_string_equal(param(&s, "pid"), "999999");
	fake_param_int(&s, "pid", -5);
	assert_string_equal(param(&s, "pid"), "-5");
	fake_state_done(&s);
}

static void relative_paths_are_resolved(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_FCHMODAT_X);
	s.cwd = SPAN("/w/");
	fake_param_int(&s, "dirfd", -100);
	fake_param_text(&s, "filename", "x");
	assert_string_equal(param(&s, "filename"), "x(/w/x)");
	fake_param_text(&s, "filename", "/x");
	assert_string_equal(param(&s, "filename"), "/x");
	fake_param_text(&s, "filename", "");
	assert_string_equal(param(&s, "filename"), "");
	fake_param_text(&s, "filename", "z");
	fake_param_int(&s, "dirfd", 44);
	assert_string_equal(param(&s, "filename"), "z(z)");
	fake_state_done(&s);
}

static void addresses(void **state)
{
	struct sock_addr a = { .family = AF_INET, .port = 8081 };
	struct sock_tuple t = { .family = AF_INET6,
				.source_port = 1,
				.dest_port = 2 };
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SOCKET_CONNECT_X);
	assert_string_equal(param(&s, "tuple"), "NULL");
	assert_string_equal(param(&s, "addr"), "<NA>");
	a.ip.family = AF_INET;
	inet_pton(AF_INET, "127.0.0.1", a.ip.bytes);
	fake_param(&s, "addr")->addr = &a;
	assert_string_equal(param(&s, "addr"), "127.0.0.1:8081");
	a.family = AF_UNIX;
	a.path = SPAN("/run/s");
	assert_string_equal(param(&s, "addr"), "/run/s");
	a.family = 16;
	assert_string_equal(param(&s, "addr"), "family 16");
	t.source.family = t.dest.family = AF_INET6;
	t.dest.bytes[15] = 1;
	fake_param(&s, "tuple")->tuple = &t;
	assert_string_equal(param(&s, "tuple"), ":::1->::1:2");
	t.family = AF_UNIX;
	t.source_pointer = 0xabc;
	t.path = SPAN("p");
	assert_string_equal(param(&s, "tuple"), "abc->0 p");
	fake_state_done(&s);
}

static void bytes_are_made_printable(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_READ_X);
	fake_param(&s, "data")->text = span_make("a\0b\n\x80\x7f~", 7);
	assert_string_equal(param(&s, "data"), "a.b...~");
	fake_param(&s, "data")->text.n = 0;
	assert_string_equal(param(&s, "data"), "NULL");
	fake_param_outcome(&s, "data", OUTCOME_ABSENT);
	assert_string_equal(param(&s, "data"), "NULL");
	fake_state_done(&s);
}

static void dynamic_parameters_print_as_their_members(void **state)
{
	struct fake_state s;
	struct value *v;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_PTRACE_X);
	v = fake_param(&s, "addr");
	v->type = VALUE_UINT64;
	v->u = 0x5629FCFF12C0;
	assert_string_equal(param(&s, "addr"), "5629FCFF12C0");
	v->type = VALUE_SIGTYPE;
	v->u = 9;
	assert_string_equal(param(&s, "addr"), "9(SIGKILL)");
	fake_state_done(&s);
	fake_state_init(&s, EVENT_SOCKET_SETSOCKOPT_X);
	v = fake_param(&s, "val");
	v->type = VALUE_UINT64;
	v->u = 255;
	assert_string_equal(param(&s, "val"), "255");
	v->outcome = OUTCOME_ABSENT;
	assert_string_equal(param(&s, "val"), "NULL");
	fake_state_done(&s);
}

/* --- Pieces ---------------------------------------------------------------- */

static void assert_printed(struct strbuf *b, const char *want)
{
	assert_string_equal(b->data, want);
	strbuf_done(b);
	*b = (struct strbuf)STRBUF_INIT;
}

static void doubles_are_short(void **state)
{
	static const struct {
		double d;
		const char *want;
	} rows[] = { { 0, "0.0" },	   { 0.005, "0.005" },
		     { 0.1953125, "0.1953125" }, { 100, "100.0" },
		     { 1.0 / 3, "0.3333333333333333" } };
	struct strbuf b = STRBUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		print_double(rows[i].d, &b);
		assert_printed(&b, rows[i].want);
	}
}

static void base64_is_padded(void **state)
{
	static const char *const rows[][2] = { { "", "" },
					       { "f", "Zg==" },
					       { "fo", "Zm8=" },
					       { "foo", "Zm9v" },
					       { "foobar", "Zm9vYmFy" } };
	struct strbuf b = STRBUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		print_base64(span_of(rows[i][0]), &b);
		assert_printed(&b, rows[i][1]);
	}
}

static void widths_cut_numbers(void **state)
{
	struct value v = { .u = UINT64_MAX };
	struct strbuf b = STRBUF_INIT;

	(void)state;
	print_number(&v, VALUE_UINT16, FORMAT_DEC, &b);
	assert_printed(&b, "65535");
	print_number(&v, VALUE_INT8, FORMAT_DEC, &b);
	assert_printed(&b, "-1");
	print_number(&v, VALUE_INT32, FORMAT_HEX, &b);
	assert_printed(&b, "FFFFFFFF");
	print_number(&v, VALUE_UINT64, FORMAT_DEC, &b);
	assert_printed(&b, "18446744073709551615");
}

/* --- JSON ------------------------------------------------------------------ */

static void text_is_escaped(void **state)
{
	static const struct {
		struct span text;
		const char *want;
	} rows[] = {
		{ SPAN("plain / text"), "plain / text" },
		{ SPAN("\"\\\b\f\n\r\t"), "\\\"\\\\\\b\\f\\n\\r\\t" },
		{ SPAN("\x01\x1f\x7f"), "\\u0001\\u001f\x7f" },
		{ { "a\0b", 3 }, "a\\u0000b" },
		{ SPAN("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f" },
		{ SPAN("\xe2\x82\xac\xf0\x9f\x90\xa7"),
		  "\xe2\x82\xac\xf0\x9f\x90\xa7" },
	};
	struct strbuf b = STRBUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		json_escape(rows[i].text, &b);
		assert_printed(&b, rows[i].want);
	}
}

static void broken_utf8_is_replaced(void **state)
{
#define BAD "\xef\xbf\xbd"
	static const char *const rows[][2] = {
		{ "\x80", BAD },
		{ "\xff" "a", BAD "a" },
		{ "\xc3", BAD },
		{ "\xc3(", BAD "(" },
		{ "\xc0\xaf", BAD BAD },
		{ "\xe2\x82", BAD },
		{ "\xe2\x82" "a", BAD "a" },
		{ "\xed\xa0\x80", BAD BAD BAD },
		{ "\xf0\x9f\x90", BAD },
		{ "\xf4\x90\x80\x80", BAD BAD BAD BAD },
		{ "\xe0\x80\x80", BAD BAD BAD },
	};
	struct strbuf b = STRBUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		json_escape(span_of(rows[i][0]), &b);
		assert_printed(&b, rows[i][1]);
	}
}

/* The first row is what Falco made of a socket's name in the oracle's captures. */
static void broken_utf8_is_read_leniently_in_fields(void **state)
{
	static const char *const rows[][2] = {
		{ "abs\xac\xabL", "abs\xcc\xabL" },
		{ "gr\xc3\xbc\xf0\x9f\x90\xa7", "gr\xc3\xbc\xf0\x9f\x90\xa7" },
		{ "a\xc3", "a" BAD },
		{ "\xc3\"x", "\xc3\xa2x" },
		{ "\xc0\xaf/", BAD "/" },
		{ "\xe2\x82", BAD BAD },
		{ "\xed\xa0\x80.", BAD "." },
		{ "\xf0\x80\x80\x80.", BAD "." },
		{ "\xf4\x90\x80\x80", "\xf0\x90\x80\x80" },
		{ "\xff\xfe", BAD BAD },
	};
	struct strbuf b = STRBUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		json_lenient_utf8(span_of(rows[i][0]), &b);
		assert_printed(&b, rows[i][1]);
	}
}

static void objects_are_sorted(void **state)
{
	struct json_object *object = json_object_new_object();
	struct json_object *inner;
	struct strbuf b = STRBUF_INIT;

	(void)state;
	json_add_text(object, "b", "x\n");
	json_add(object, "a.b", json_digits("18446744073709551615"));
	inner = json_add_array(object, "a");
	json_append(inner, json_object_new_boolean(true));
	json_append(inner, NULL);
	json_append(inner, json_object_new_int(-3));
	json_add_object(object, "B");
	json_print(object, &b);
	assert_printed(&b, "{\"B\":{},\"a\":[true,null,-3],"
			   "\"a.b\":18446744073709551615,\"b\":\"x\\n\"}");
	json_print_pretty(object, &b);
	assert_printed(&b, "{\n  \"B\": {},\n  \"a\": [\n    true,\n    null,\n"
			   "    -3\n  ],\n  \"a.b\": 18446744073709551615,\n"
			   "  \"b\": \"x\\n\"\n}");
	json_object_put(object);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_follow_their_format),
		cmocka_unit_test(errors_have_names),
		cmocka_unit_test(signals_have_names),
		cmocka_unit_test(flags_are_joined),
		cmocka_unit_test(times_and_spans),
		cmocka_unit_test(users_and_groups),
		cmocka_unit_test(descriptors_show_what_they_are),
		cmocka_unit_test(pids_show_names_of_the_chain),
		cmocka_unit_test(relative_paths_are_resolved),
		cmocka_unit_test(addresses),
		cmocka_unit_test(bytes_are_made_printable),
		cmocka_unit_test(dynamic_parameters_print_as_their_members),
		cmocka_unit_test(doubles_are_short),
		cmocka_unit_test(base64_is_padded),
		cmocka_unit_test(widths_cut_numbers),
		cmocka_unit_test(text_is_escaped),
		cmocka_unit_test(broken_utf8_is_replaced),
		cmocka_unit_test(broken_utf8_is_read_leniently_in_fields),
		cmocka_unit_test(objects_are_sorted),
	};

	return RUN_TESTS(tests);
}
