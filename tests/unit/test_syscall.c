/* SPDX-License-Identifier: Apache-2.0 */
/*
 * syscall.h, maps.h: the table is whole, and agrees with the schema.
 */
#include <fcntl.h>
#include <linux/audit.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "harness/child.h"
#include "harness/test.h"

#include "array.h"
#include "interest.h"

#include "tracer/live.h"
#include "tracer/maps.h"
#include "tracer/syscall.h"

/* How many parameters each event has. */
#define P(name, type, format) 1
#define PF(name, type, format, set) 1
#define PD(name, type, format, index) 1
#define EVENT(code, symbol, name, category, class, flags, ...) \
	[code] = { #symbol, \
		   (int)(sizeof((int[]){ 0, __VA_ARGS__ }) / sizeof(int)) - 1 },
static const struct {
	const char *symbol;
	int nparams;
} schema[EVENT_TYPE_COUNT] = {
#include "events.def"
};

static void every_parameter_has_a_source(void **state)
{
	(void)state;
	for (size_t i = 0; i < syscall_rows(); i++) {
		const struct syscall_row *row = syscall_row(i);

		if ((int)row->nsources != schema[row->type].nparams)
			print_error("%s: %zu sources\n", row->name,
				    row->nsources);
		assert_int_equal(row->nsources, schema[row->type].nparams);
		for (size_t k = 0; k < row->nsources; k++)
			assert_non_null(row->sources[k].read);
	}
}

static void no_call_has_two_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < syscall_rows(); i++) {
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(syscall_row(i)->name,
						syscall_row(k)->name);
	}
}

/* Events that no call of its own makes: seen some other way, or not at all. */
static bool has_no_call(const char *symbol)
{
	static const char *const prefixes[] = { "ITER_",  "PROCEXIT", "DROP",
						"SCHEDSWITCH", "SCAPEVENT",
						"PROCINFO", "CPU_", "NOTIF",
						"INFRA", "PAGE_", "PLUGIN",
						"CONTAINER", "USER_", "GROUP_",
						"ASYNC", "SIGNALDELIVER" };

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		if (strncmp(symbol, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	}
	/* The entries of five calls are not delivered; execveat's row tells a
	 * failure from a success itself. */
	return symbol[strlen(symbol) - 1] == 'E' ||
	       strcmp(symbol, "SYSCALL_EXECVEAT_X") == 0;
}

static bool has_row(int type)
{
	for (size_t i = 0; i < syscall_rows(); i++) {
		if ((int)syscall_row(i)->type == type)
			return true;
	}
	return false;
}

static void every_call_of_the_schema_has_a_row(void **state)
{
	(void)state;
	for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
		if (!schema[type].symbol || has_no_call(schema[type].symbol))
			continue;
		if (!has_row(type))
			print_error("%s has no row\n", schema[type].symbol);
		assert_true(has_row(type));
	}
}

static void numbers_lead_to_rows_and_back(void **state)
{
	struct syscall_index *x = syscall_index_new();
	uint32_t arch = seccomp_arch_native();
	const struct syscall_row *row =
		syscall_index_find(x, arch, SYS_openat)->row;

	(void)state;
	assert_non_null(row);
	assert_string_equal(row->name, "openat");
	assert_ptr_equal(syscall_by_number(arch, SYS_openat), row);
	assert_int_equal(syscall_number(row->name, arch), SYS_openat);
	row = syscall_index_find(x, arch, SYS_getrandom)->row;
	assert_int_equal(row->type, EVENT_GENERIC_X);
	assert_int_equal(syscall_generic_code(row->generic), 318);
	assert_null(syscall_index_find(x, arch, -1));
	assert_null(syscall_index_find(x, arch, 100000));
	assert_null(syscall_by_number(arch, 100000));
	syscall_index_free(x);
}

static void another_architecture_has_other_numbers(void **state)
{
	struct syscall_index *x = syscall_index_new();

	(void)state;
	assert_string_equal(
		syscall_index_find(x, AUDIT_ARCH_X86_64, 257)->row->name, "openat");
	assert_string_equal(syscall_index_find(x, AUDIT_ARCH_I386, 295)->row->name,
			    "openat");
	assert_string_equal(
		syscall_index_find(x, AUDIT_ARCH_AARCH64, 56)->row->name, "openat");
	assert_null(syscall_index_find(x, 12345, 1));
	syscall_index_free(x);
}

static void calls_newer_than_libseccomp_are_known(void **state)
{
	uint32_t arch = seccomp_arch_native();
	const struct syscall_row *row = syscall_by_number(arch, 462);

	(void)state;
	assert_non_null(row);
	assert_string_equal(row->name, "mseal");
	assert_int_equal(syscall_number(row->name, arch), 462);
}

static void note_call(void *ctx, uint32_t arch, int nr,
		      const struct call_when *when)
{
	bool *wanted = ctx;

	(void)arch;
	nr &= ~0x40000000;
	if (nr < 1024 && !when)
		wanted[nr] = true;
}

static struct live *a_live(void)
{
	static struct tracer_stats stats;

	return live_new(proc_fd(), &stats);
}

static void only_what_is_wanted_is_intercepted(void **state)
{
	bool wanted[1024] = { false };
	struct interest interest = { 0 };
	struct live *l = a_live();

	(void)state;
	interest_add(&interest, EVENT_SYSCALL_OPENAT_2_X);
	interest_add_generic(&interest, GENERIC_getrandom);
	live_calls(l, &interest, seccomp_arch_native(), note_call, wanted);
	live_free(l);
	assert_true(wanted[SYS_openat]);
	assert_true(wanted[SYS_getrandom]);
	assert_false(wanted[SYS_openat2]);
	assert_false(wanted[SYS_read]);
	/* The process table wants these always. */
	assert_true(wanted[SYS_execve]);
	assert_true(wanted[SYS_execveat]);
	assert_true(wanted[SYS_chroot]);
	assert_true(wanted[SYS_setresuid]);
}

/* --- 32-bit programs ------------------------------------------------------- */

static const char *name_of(struct syscall_index *x, uint32_t arch, int nr)
{
	const struct syscall_entry *e = syscall_index_find(x, arch, nr);

	return e ? e->row->name : "none";
}

static void a_32_bit_call_is_the_call_that_a_64_bit_program_makes(void **state)
{
	static const struct {
		int nr;
		const char *name;
	} calls[] = {
		{ 5, "open" },	   { 11, "execve" },   { 22, "umount2" },
		{ 90, "mmap" },	   { 140, "lseek" },   { 192, "mmap2" },
		{ 195, "stat" },   { 213, "setuid" },  { 221, "fcntl" },
		{ 239, "sendfile" }, { 300, "newfstatat" }, { 359, "socket" },
		{ 422, "futex" },  { 102, "socketcall" }, { 117, "ipc" },
	};
	struct syscall_index *x = syscall_index_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		const char *want = calls[i].nr == 192 ? "mmap" : calls[i].name;

		assert_string_equal(name_of(x, SCMP_ARCH_X86, calls[i].nr),
				    want);
	}
	assert_string_equal(name_of(x, SCMP_ARCH_ARM, 289), "send");
	assert_string_equal(name_of(x, SCMP_ARCH_ARM, 195), "stat");
	syscall_index_free(x);
}

static void x32_numbers_have_their_mark(void **state)
{
	struct syscall_index *x = syscall_index_new();

	(void)state;
	assert_string_equal(name_of(x, SCMP_ARCH_X32, 0x40000000 | 2), "open");
	assert_string_equal(name_of(x, SCMP_ARCH_X32, 0x40000000 | 520),
			    "execve");
	assert_string_equal(name_of(x, SCMP_ARCH_X32, 2), "none");
	syscall_index_free(x);
}

/* Calls that no kernel ever did anything for. */
static bool is_empty(const char *name)
{
	static const char *const names[] = { "break", "stty", "gtty",	 "ftime",
					     "prof",  "lock", "mpx",	 "ulimit",
					     "profil", "idle", "pciconfig_iobase",
					     "pciconfig_read",
					     "pciconfig_write", "afs_syscall",
					     "putpmsg", "vserver", "security",
					     "tuxcall", "vm86old" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

static void every_number_that_libseccomp_knows_has_a_row(void **state)
{
	static const uint32_t arches[] = { SCMP_ARCH_X86_64, SCMP_ARCH_X86,
					   SCMP_ARCH_X32, SCMP_ARCH_AARCH64,
					   SCMP_ARCH_ARM };
	struct syscall_index *x = syscall_index_new();
	unsigned missing = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(arches); i++) {
		int mark = arches[i] == SCMP_ARCH_X32 ? 0x40000000 : 0;

		for (int nr = 0; nr < 600; nr++) {
			char *name = seccomp_syscall_resolve_num_arch(
				arches[i], nr | mark);

			if (name && !is_empty(name) &&
			    !syscall_index_find(x, arches[i], nr | mark)) {
				print_error("%x: %s\n", arches[i], name);
				missing++;
			}
			free(name);
		}
	}
	assert_int_equal(missing, 0);
	syscall_index_free(x);
}

static void a_part_that_is_wanted_wants_its_multiplexer(void **state)
{
	bool wanted[1024] = { false };
	struct interest interest = { 0 };
	struct live *l = a_live();

	(void)state;
	interest_add(&interest, EVENT_SOCKET_CONNECT_X);
	live_calls(l, &interest, SCMP_ARCH_X86, note_call, wanted);
	assert_true(wanted[102]);
	assert_true(wanted[362]);
	assert_false(wanted[117]);
	assert_false(wanted[359]);
	live_free(l);
}

static void parts_have_the_arguments_that_they_take(void **state)
{
	struct syscall_index *x = syscall_index_new();
	const struct syscall_row *socketcall =
		syscall_index_find(x, SCMP_ARCH_X86, 102)->row;

	(void)state;
	for (unsigned i = 1; i <= 20; i++)
		assert_non_null(syscall_part(socketcall, i));
	assert_null(syscall_part(socketcall, 0));
	assert_null(syscall_part(socketcall, 21));
	assert_string_equal(syscall_part(socketcall, 3)->row->name, "connect");
	assert_int_equal(syscall_part(socketcall, 3)->n, 3);
	syscall_index_free(x);
}

static void a_column_says_what_blocks(void **state)
{
	struct call call = { .arch = seccomp_arch_native() };

	(void)state;
	call.nr = SYS_accept4;
	assert_true(live_may_block(&call));
	call.nr = SYS_openat;
	assert_false(live_may_block(&call));
	call.nr = 100000;
	assert_false(live_may_block(&call));
}

static void flags_become_falcos(void **state)
{
	(void)state;
	assert_int_equal(map_value(MAP_OPEN_FLAGS, O_CREAT | O_TRUNC), 0x104);
	/* Any bit of O_SYNC and of O_TMPFILE counts. */
	assert_int_equal(map_value(MAP_OPEN_FLAGS, O_DSYNC), 0x90);
	assert_int_equal(map_value(MAP_OPEN_FLAGS, O_DIRECTORY), 0x2400);
	assert_int_equal(map_value(MAP_CLONE_FLAGS, CLONE_NEWUSER), 0x100000);
	assert_int_equal(map_value(MAP_CLONE_FLAGS, 0x11), 0);
	assert_int_equal(map_value(MAP_SOCKET_FLAGS, SOCK_CLOEXEC | 1),
			 0x1000);
	assert_int_equal(map_value(MAP_SHUTDOWN_HOW, 77), 0xff);
	assert_int_equal(map_value(MAP_FCNTL, F_DUPFD_CLOEXEC), 26);
	assert_int_equal(map_value(MAP_FCNTL, 424242), 0);
	assert_int_equal(map_value(MAP_PTRACE_REQUEST, 16), 11);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_parameter_has_a_source),
		cmocka_unit_test(no_call_has_two_rows),
		cmocka_unit_test(every_call_of_the_schema_has_a_row),
		cmocka_unit_test(numbers_lead_to_rows_and_back),
		cmocka_unit_test(another_architecture_has_other_numbers),
		cmocka_unit_test(calls_newer_than_libseccomp_are_known),
		cmocka_unit_test(only_what_is_wanted_is_intercepted),
		cmocka_unit_test(
			a_32_bit_call_is_the_call_that_a_64_bit_program_makes),
		cmocka_unit_test(x32_numbers_have_their_mark),
		cmocka_unit_test(every_number_that_libseccomp_knows_has_a_row),
		cmocka_unit_test(a_part_that_is_wanted_wants_its_multiplexer),
		cmocka_unit_test(parts_have_the_arguments_that_they_take),
		cmocka_unit_test(a_column_says_what_blocks),
		cmocka_unit_test(flags_become_falcos),
	};

	return RUN_TESTS(tests);
}
