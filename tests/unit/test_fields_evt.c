/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fields_evt.c and fields_fspath.c: what the event says of itself, at the entry of
 * a call and after its end.
 */
#include "harness/fake_state.h"
#include "harness/test.h"

#include "array.h"

static void assert_outcome(struct fake_state *s, const char *field,
			   enum outcome want)
{
	const struct value *v = fake_field(s, field);

	if (v->outcome != want)
		print_error("%s: outcome %d, not %d\n", field, v->outcome,
			    want);
	assert_int_equal(v->outcome, want);
}

static void assert_bool(struct fake_state *s, const char *field, bool want)
{
	assert_outcome(s, field, OUTCOME_VALUE);
	assert_int_equal(fake_field(s, field)->b, want);
}

static void assert_text(struct fake_state *s, const char *field,
			const char *want)
{
	assert_outcome(s, field, OUTCOME_VALUE);
	assert_span_text(fake_field(s, field)->text, want);
}

/* openat of a relative path, complete. */
static void openat_of(struct fake_state *s, int64_t fd, const char *path,
		      uint64_t flags)
{
	fake_state_init(s, EVENT_SYSCALL_OPENAT_2_X);
	s->nprocesses = 1;
	s->cwd = SPAN("/tmp/");
	fake_param_int(s, "fd", fd);
	fake_param_int(s, "dirfd", -100);
	fake_param_text(s, "name", path);
	fake_param_int(s, "flags", (int64_t)flags);
	fake_param_int(s, "mode", 0644);
}

/* The same before the kernel ran it. */
static void openat_entry(struct fake_state *s, uint64_t flags)
{
	openat_of(s, 0, "x", flags);
	s->ev.phase = PHASE_ENTRY;
	fake_param_outcome(s, "fd", OUTCOME_UNKNOWN);
	fake_param(s, "flags")->partial = flags & 4;
	s->fd_parts[FD_PART_KIND] = OUTCOME_UNKNOWN;
	s->fd_parts[FD_PART_NUM] = OUTCOME_UNKNOWN;
}

/* --- Time ------------------------------------------------------------------ */

static void times_are_shown_in_many_ways(void **state)
{
	static const struct {
		const char *field, *want;
	} rows[] = {
		{ "%evt.time", "17:35:48.518937838" },
		{ "%evt.time.s", "17:35:48" },
		{ "%evt.time.iso8601", "2018-08-17T17:35:48.518937838+0000" },
		{ "%evt.datetime", "2018-08-17 17:35:48.518937838" },
		{ "%evt.datetime.s", "2018-08-17 17:35:48" },
		{ "%evt.rawtime", "1534527348518937838" },
		{ "%evt.rawtime.s", "1534527348" },
		{ "%evt.rawtime.ns", "518937838" },
		{ "%evt.reltime", "1000000005" },
		{ "%evt.reltime.s", "1" },
		{ "%evt.reltime.ns", "000000005" },
		{ "%evt.outputtime", "17:35:48.518937838" },
		{ "%evt.around[1534527348518000000]", "<NA>" },
	};
	struct fake_state s;

	(void)state;
	setenv("TZ", "UTC", 1);
	fake_state_init(&s, EVENT_SYSCALL_CLOSE_X);
	s.ev.time_ns = 1534527348518937838;
	s.env.first_event_ns = s.ev.time_ns - 1000000005;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(fake_output(&s, rows[i].field),
				    rows[i].want);
	assert_int_equal(
		fake_field_arg(&s, "evt.around", "1534527348518000000")->u, 1);
	fake_state_done(&s);
}

static void times_are_unknown_before_the_end(void **state)
{
	static const char *const fields[] = { "evt.num",     "evt.time",
					      "evt.rawtime", "evt.reltime",
					      "evt.deltatime" };
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_CLOSE_X);
	s.ev.phase = PHASE_ENTRY;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		assert_outcome(&s, fields[i], OUTCOME_UNKNOWN);
	fake_state_done(&s);
}

static void deltatime_counts_from_the_last_asking(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_CLOSE_X);
	s.ev.time_ns = 1000;
	assert_int_equal(fake_field(&s, "evt.deltatime")->u, 0);
	s.ev.phase = PHASE_ENTRY;
	s.ev.time_ns = 1500;
	assert_outcome(&s, "evt.deltatime", OUTCOME_UNKNOWN);
	s.ev.phase = PHASE_EXIT;
	s.ev.time_ns = 1700;
	assert_int_equal(fake_field(&s, "evt.deltatime")->u, 700);
	assert_int_equal(fake_field(&s, "evt.deltatime")->u, 0);
	fake_state_done(&s);
}

/* --- Kind ------------------------------------------------------------------ */

static void an_event_says_what_it_is(void **state)
{
	struct fake_state s;

	(void)state;
	openat_of(&s, 3, "/etc/passwd", 1);
	assert_text(&s, "evt.type", "openat");
	assert_text(&s, "syscall.type", "openat");
	assert_text(&s, "evt.category", "file");
	assert_text(&s, "evt.dir", "<");
	assert_text(&s, "evt.source", "syscall");
	assert_bool(&s, "evt.is_async", false);
	assert_outcome(&s, "evt.asynctype", OUTCOME_ABSENT);
	assert_outcome(&s, "evt.io_dir", OUTCOME_ABSENT);
	assert_outcome(&s, "evt.pluginname", OUTCOME_ABSENT);
	assert_outcome(&s, "evt.hostname", OUTCOME_ABSENT);
	/* the first event of that name is an old one, the present one is not it */
	assert_int_equal(fake_field(&s, "evt.type.is.openat")->u, 0);
	s.ev.type = EVENT_SYSCALL_RENAME_X;
	assert_int_equal(fake_field(&s, "evt.type.is.rename")->u, 1);
	assert_int_equal(fake_field(&s, "evt.type.is.open")->u, 0);
	fake_state_done(&s);
}

static void a_generic_event_is_its_call(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_GENERIC_X);
	s.ev.generic = GENERIC_kexec_load;
	assert_text(&s, "evt.type", "kexec_load");
	assert_text(&s, "evt.args", "");
	assert_outcome(&s, "evt.rawres", OUTCOME_ABSENT);
	fake_state_done(&s);
}

static void the_category_of_io_is_that_of_its_descriptor(void **state)
{
	static const struct {
		enum fd_kind kind;
		const char *want;
	} rows[] = {
		{ FD_KIND_FILE, "file" },	 { FD_KIND_DIRECTORY, "file" },
		{ FD_KIND_IPV6_SOCKET, "net" },	 { FD_KIND_UNIX_SOCKET, "ipc" },
		{ FD_KIND_FIFO, "ipc" },	 { FD_KIND_EVENT, "ipc" },
		{ FD_KIND_MEMFD, "unknown" },	 { FD_KIND_NETLINK, "unknown" },
		{ FD_KIND_EVENTPOLL, "unknown" },
	};
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_READ_X);
	assert_text(&s, "evt.category", "unknown");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		fake_fd(&s, 3, rows[i].kind, NULL);
		assert_text(&s, "evt.category", rows[i].want);
	}
	assert_text(&s, "evt.io_dir", "read");
	assert_bool(&s, "evt.is_io_read", true);
	assert_bool(&s, "evt.is_io_write", false);
	assert_bool(&s, "evt.is_io", true);
	fake_state_done(&s);
}

static void syslog_is_a_write_to_dev_log(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_WRITE_X);
	fake_fd(&s, 3, FD_KIND_FILE, "/dev/log");
	assert_bool(&s, "evt.is_syslog", true);
	fake_fd(&s, 3, FD_KIND_FILE, "/dev/null");
	assert_bool(&s, "evt.is_syslog", false);
	fake_state_done(&s);
}

/* --- Result ---------------------------------------------------------------- */

static void results_have_names(void **state)
{
	struct fake_state s;

	(void)state;
	openat_of(&s, 3, "x", 1);
	assert_text(&s, "evt.res", "SUCCESS");
	assert_int_equal(fake_field(&s, "evt.rawres")->i, 3);
	assert_bool(&s, "evt.failed", false);
	assert_int_equal(fake_field(&s, "evt.count.error")->u, 0);
	fake_param_int(&s, "fd", -2);
	assert_text(&s, "evt.res", "ENOENT");
	assert_bool(&s, "evt.failed", true);
	assert_int_equal(fake_field(&s, "evt.count.error")->u, 1);
	assert_int_equal(fake_field(&s, "evt.count.error.file")->u, 1);
	assert_outcome(&s, "evt.count.error.net", OUTCOME_ABSENT);
	fake_param_int(&s, "fd", -4000);
	assert_text(&s, "evt.res", "-4000");
	fake_state_done(&s);
}

static void a_result_is_unknown_before_the_end(void **state)
{
	struct fake_state s;

	(void)state;
	openat_entry(&s, 1);
	assert_outcome(&s, "evt.res", OUTCOME_UNKNOWN);
	assert_outcome(&s, "evt.rawres", OUTCOME_UNKNOWN);
	assert_outcome(&s, "evt.failed", OUTCOME_UNKNOWN);
	assert_outcome(&s, "evt.arg.fd", OUTCOME_UNKNOWN);
	assert_outcome(&s, "evt.args", OUTCOME_UNKNOWN);
	assert_text(&s, "evt.type", "openat");
	fake_state_done(&s);
}

static void what_could_not_be_followed_has_no_result(void **state)
{
	struct fake_state s;

	(void)state;
	openat_of(&s, 0, "x", 1);
	s.ev.phase = PHASE_UNCONFIRMED;
	fake_param_outcome(&s, "fd", OUTCOME_ABSENT);
	assert_outcome(&s, "evt.res", OUTCOME_ABSENT);
	assert_outcome(&s, "evt.failed", OUTCOME_ABSENT);
	assert_text(&s, "evt.arg.fd", "<NA>");
	fake_state_done(&s);
}

static void meta_events_have_no_result(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_PROCEXIT_1_E);
	fake_param_int(&s, "status", 256);
	assert_outcome(&s, "evt.rawres", OUTCOME_ABSENT);
	assert_outcome(&s, "syscall.type", OUTCOME_ABSENT);
	assert_outcome(&s, "evt.count.exit", OUTCOME_ABSENT);
	fake_state_done(&s);
}

static void buflen_is_what_was_moved(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_READ_X);
	fake_param_int(&s, "res", 832);
	assert_outcome(&s, "evt.buflen", OUTCOME_ABSENT);
	fake_fd(&s, 3, FD_KIND_FILE, "/x");
	assert_int_equal(fake_field(&s, "evt.buflen")->u, 832);
	assert_int_equal(fake_field(&s, "evt.buflen.file.in")->u, 832);
	assert_outcome(&s, "evt.buflen.out", OUTCOME_ABSENT);
	assert_outcome(&s, "evt.buflen.net", OUTCOME_ABSENT);
	fake_param_int(&s, "res", -9);
	assert_outcome(&s, "evt.buflen", OUTCOME_ABSENT);
	fake_state_done(&s);
}

static void a_buffer_is_bytes(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_READ_X);
	assert_text(&s, "evt.buffer", "");
	fake_param(&s, "data")->text = span_make("\x7f" "ELF\0", 5);
	assert_int_equal(fake_field(&s, "evt.buffer")->text.n, 5);
	assert_string_equal(fake_output(&s, "%evt.buffer"), ".ELF.");
	s.env.options.buffer_base64 = true;
	assert_string_equal(fake_output(&s, "%evt.buffer"), "f0VMRgA=");
	fake_state_done(&s);
	fake_state_init(&s, EVENT_SYSCALL_CLOSE_X);
	assert_outcome(&s, "evt.buffer", OUTCOME_ABSENT);
	fake_state_done(&s);
}

/* --- Parameters ------------------------------------------------------------ */

static void parameters_are_asked_by_name_and_number(void **state)
{
	struct fake_state s;

	(void)state;
	openat_of(&s, -2, "x", 0x1001);
	assert_text(&s, "evt.arg.flags", "O_RDONLY|O_CLOEXEC");
	assert_text(&s, "evt.arg.fd", "ENOENT");
	assert_text(&s, "evt.arg.name", "/tmp/x");
	assert_span_text(fake_field_arg(&s, "evt.arg", "1")->text, "AT_FDCWD");
	assert_span_text(fake_field_arg(&s, "evt.arg", "4")->text, "0644");
	assert_int_equal(fake_field_arg(&s, "evt.arg", "9")->outcome,
			 OUTCOME_ABSENT);
	assert_int_equal(fake_field_arg(&s, "evt.arg", "-1")->outcome,
			 OUTCOME_ABSENT);
	assert_outcome(&s, "evt.arg.oldpath", OUTCOME_ABSENT);
	assert_text(&s, "evt.args",
		    "fd=-2(ENOENT) dirfd=-100(AT_FDCWD) name=x(/tmp/x) "
		    "flags=4097(O_RDONLY|O_CLOEXEC) mode=0644 dev=<NA> "
		    "ino=<NA>");
	fake_state_done(&s);
}

static void raw_parameters_keep_their_type(void **state)
{
	struct fake_state s;

	(void)state;
	openat_of(&s, 7, "x", 0x1001);
	assert_int_equal(fake_field(&s, "evt.rawarg.fd")->i, 7);
	assert_int_equal(fake_field(&s, "evt.rawarg.fd")->type, VALUE_FD);
	assert_text(&s, "evt.rawarg.name", "x");
	assert_outcome(&s, "evt.rawarg.ino", OUTCOME_ABSENT);
	assert_outcome(&s, "evt.rawarg.oldpath", OUTCOME_ABSENT);
	assert_string_equal(fake_json(&s, "%evt.rawarg.flags %evt.rawarg.fd"),
			    "{\"evt.rawarg.fd\":7,"
			    "\"evt.rawarg.flags\":\"1001\"}");
	fake_state_done(&s);
}

static void partial_flags_have_no_text_yet(void **state)
{
	struct fake_state s;

	(void)state;
	openat_entry(&s, 5);
	assert_outcome(&s, "evt.arg.flags", OUTCOME_UNKNOWN);
	assert_outcome(&s, "evt.rawarg.flags", OUTCOME_UNKNOWN);
	fake_state_done(&s);
	openat_entry(&s, 1);
	assert_text(&s, "evt.arg.flags", "O_RDONLY");
	fake_state_done(&s);
}

/* --- The open family ------------------------------------------------------- */

static void opening_modes_are_read_from_the_flags(void **state)
{
	static const struct {
		uint64_t flags;
		bool read, write, exec;
	} rows[] = {
		{ 1, true, false, false },   { 2, false, true, false },
		{ 3, true, true, false },    { 1 | 4, true, false, true },
		{ 2 | 0x2000, false, true, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fake_state s;

		openat_of(&s, 3, "x", rows[i].flags);
		fake_param_int(&s, "mode", 0755);
		assert_bool(&s, "evt.is_open_read", rows[i].read);
		assert_bool(&s, "evt.is_open_write", rows[i].write);
		assert_bool(&s, "evt.is_open_exec", rows[i].exec);
		fake_param_int(&s, "mode", 0644);
		assert_bool(&s, "evt.is_open_exec", false);
		fake_state_done(&s);
	}
}

static void opening_modes_are_final_at_entry(void **state)
{
	struct fake_state s;

	(void)state;
	openat_entry(&s, 2 | 4);
	assert_bool(&s, "evt.is_open_read", false);
	assert_bool(&s, "evt.is_open_write", true);
	assert_outcome(&s, "evt.is_open_create", OUTCOME_UNKNOWN);
	fake_state_done(&s);
	openat_entry(&s, 1);
	assert_bool(&s, "evt.is_open_create", false);
	fake_state_done(&s);
}

static void creation_is_known_after_the_end(void **state)
{
	struct fake_state s;

	(void)state;
	openat_of(&s, 3, "x", 2 | 4 | 0x4000);
	assert_bool(&s, "evt.is_open_create", true);
	fake_param_int(&s, "flags", 2 | 4);
	assert_bool(&s, "evt.is_open_create", false);
	fake_param_int(&s, "flags", 2 | 0x2000);
	assert_bool(&s, "evt.is_open_create", true);
	fake_param_int(&s, "fd", -13);
	assert_bool(&s, "evt.is_open_create", false);
	fake_state_done(&s);
}

static void other_calls_open_nothing(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_CLOSE_X);
	assert_bool(&s, "evt.is_open_read", false);
	assert_bool(&s, "evt.is_open_write", false);
	assert_bool(&s, "evt.is_open_exec", false);
	assert_bool(&s, "evt.is_open_create", false);
	fake_state_done(&s);
}

static void creat_may_make_programs(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_CREAT_X);
	fake_param_int(&s, "mode", 0700);
	assert_bool(&s, "evt.is_open_exec", true);
	assert_bool(&s, "evt.is_open_write", false);
	fake_state_done(&s);
}

/* --- Paths ----------------------------------------------------------------- */

static void abspath_joins_directory_and_name(void **state)
{
	struct fake_state s;

	(void)state;
	openat_of(&s, -9, "rel", 1);
	assert_text(&s, "evt.abspath", "/tmp/rel");
	fake_param_int(&s, "dirfd", 888);
	assert_text(&s, "evt.abspath", "<UNKNOWN>/rel");
	fake_state_done(&s);
	fake_state_init(&s, EVENT_SYSCALL_RENAMEAT2_X);
	s.cwd = SPAN("/w");
	fake_param_int(&s, "olddirfd", -100);
	fake_param_text(&s, "oldpath", "a");
	fake_param_int(&s, "newdirfd", -100);
	fake_param_text(&s, "newpath", "b");
	assert_text(&s, "evt.abspath", "/w/a");
	assert_text(&s, "evt.abspath.src", "/w/a");
	assert_text(&s, "evt.abspath.dst", "/w/b");
	fake_state_done(&s);
	fake_state_init(&s, EVENT_SYSCALL_CLOSE_X);
	assert_outcome(&s, "evt.abspath", OUTCOME_ABSENT);
	fake_state_done(&s);
}

static void paths_of_renames_count_when_they_succeed(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_RENAME_X);
	s.cwd = SPAN("/w/");
	fake_param_int(&s, "res", 0);
	fake_param_text(&s, "oldpath", "a");
	fake_param_text(&s, "newpath", "/b");
	assert_text(&s, "fs.path.source", "/w/a");
	assert_text(&s, "fs.path.sourceraw", "a");
	assert_text(&s, "fs.path.target", "/b");
	assert_outcome(&s, "fs.path.name", OUTCOME_ABSENT);
	fake_param_int(&s, "res", -2);
	assert_outcome(&s, "fs.path.source", OUTCOME_ABSENT);
	assert_outcome(&s, "fs.path.targetraw", OUTCOME_ABSENT);
	fake_state_done(&s);
}

static void paths_are_partial_before_the_end(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_UNLINK_2_X);
	s.ev.phase = PHASE_ENTRY;
	fake_param_outcome(&s, "res", OUTCOME_UNKNOWN);
	fake_param_text(&s, "path", "/etc/x");
	assert_text(&s, "fs.path.name", "/etc/x");
	assert_true(fake_field(&s, "fs.path.name")->maybe);
	fake_state_done(&s);
	openat_entry(&s, 1);
	fake_param_text(&s, "name", "/etc/y");
	assert_text(&s, "fs.path.name", "/etc/y");
	assert_false(fake_field(&s, "fs.path.name")->maybe);
	fake_state_done(&s);
}

static void directories_that_falco_does_not_know(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_MKDIRAT_X);
	s.cwd = SPAN("/w/");
	s.nfds = 1;
	s.fds[0] = (struct fd_info){ .fd = 3,
				     .kind = FD_KIND_DIRECTORY,
				     .name = SPAN("/d") };
	fake_param_int(&s, "res", 0);
	fake_param_int(&s, "dirfd", -100);
	fake_param_text(&s, "path", "sub");
	assert_text(&s, "fs.path.name", "<UNKNOWN>sub");
	fake_fd(&s, 3, FD_KIND_DIRECTORY, "/d");
	assert_text(&s, "fs.path.name", "/d/sub");
	fake_param_text(&s, "path", "/abs");
	assert_text(&s, "fs.path.name", "/abs");
	fake_param_text(&s, "path", "");
	assert_text(&s, "fs.path.name", "");
	fake_state_done(&s);
}

static void a_failed_openat_has_an_unknown_relative_path(void **state)
{
	struct fake_state s;

	(void)state;
	openat_of(&s, -2, "nosuch", 1);
	assert_text(&s, "fs.path.name", "<UNKNOWN>");
	assert_text(&s, "fs.path.nameraw", "nosuch");
	fake_param_text(&s, "name", "/etc/nosuch");
	assert_text(&s, "fs.path.name", "/etc/nosuch");
	fake_param_outcome(&s, "name", OUTCOME_ABSENT);
	assert_text(&s, "fs.path.name", "<UNKNOWN>");
	assert_text(&s, "fs.path.nameraw", "<NA>");
	assert_outcome(&s, "fd.name", OUTCOME_ABSENT);
	fake_state_done(&s);
}

static void fchmod_acts_on_its_descriptor(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_FCHMOD_X);
	fake_param_int(&s, "res", 0);
	fake_fd(&s, 3, FD_KIND_FILE, "/etc/motd");
	assert_text(&s, "fs.path.name", "/etc/motd");
	assert_text(&s, "fs.path.nameraw", "/etc/motd");
	fake_state_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_shown_in_many_ways),
		cmocka_unit_test(times_are_unknown_before_the_end),
		cmocka_unit_test(deltatime_counts_from_the_last_asking),
		cmocka_unit_test(an_event_says_what_it_is),
		cmocka_unit_test(a_generic_event_is_its_call),
		cmocka_unit_test(the_category_of_io_is_that_of_its_descriptor),
		cmocka_unit_test(syslog_is_a_write_to_dev_log),
		cmocka_unit_test(results_have_names),
		cmocka_unit_test(a_result_is_unknown_before_the_end),
		cmocka_unit_test(what_could_not_be_followed_has_no_result),
		cmocka_unit_test(meta_events_have_no_result),
		cmocka_unit_test(buflen_is_what_was_moved),
		cmocka_unit_test(a_buffer_is_bytes),
		cmocka_unit_test(parameters_are_asked_by_name_and_number),
		cmocka_unit_test(raw_parameters_keep_their_type),
		cmocka_unit_test(partial_flags_have_no_text_yet),
		cmocka_unit_test(opening_modes_are_read_from_the_flags),
		cmocka_unit_test(opening_modes_are_final_at_entry),
		cmocka_unit_test(creation_is_known_after_the_end),
		cmocka_unit_test(other_calls_open_nothing),
		cmocka_unit_test(creat_may_make_programs),
		cmocka_unit_test(abspath_joins_directory_and_name),
		cmocka_unit_test(paths_of_renames_count_when_they_succeed),
		cmocka_unit_test(paths_are_partial_before_the_end),
		cmocka_unit_test(directories_that_falco_does_not_know),
		cmocka_unit_test(a_failed_openat_has_an_unknown_relative_path),
		cmocka_unit_test(fchmod_acts_on_its_descriptor),
	};

	return RUN_TESTS(tests);
}
