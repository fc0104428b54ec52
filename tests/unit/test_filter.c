/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seccomp program, run by a small interpreter of classic BPF for every number
 * of every ABI: what is wanted comes to us, and nothing else does.
 */
#include "harness/test.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>

#include "error.h"
#include "tracer/filter.h"
#include "tracer/regs.h"

#define NUMBERS 700
#define MANY 400

/* A word of the data that the program looks at. */
static uint32_t load(const struct seccomp_data *data, uint32_t offset)
{
	uint32_t word;

	assert_true(offset + sizeof(word) <= sizeof(*data));
	memcpy(&word, (const char *)data + offset, sizeof(word));
	return word;
}

static bool jumps(const struct sock_filter *f, uint32_t a)
{
	switch (BPF_OP(f->code)) {
	case BPF_JEQ:
		return a == f->k;
	case BPF_JGT:
		return a > f->k;
	case BPF_JGE:
		return a >= f->k;
	case BPF_JSET:
		return a & f->k;
	default:
		fail_msg("jump %x", f->code);
		return false;
	}
}

static uint32_t run(const struct sock_fprog *p, const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (unsigned pc = 0; pc < p->len; pc++) {
		const struct sock_filter *f = &p->filter[pc];

		if (f->code == (BPF_RET | BPF_K))
			return f->k;
		if (f->code == (BPF_LD | BPF_W | BPF_ABS))
			a = load(data, f->k);
		else if (f->code == (BPF_JMP | BPF_JA))
			pc += f->k;
		else if (BPF_CLASS(f->code) == BPF_JMP)
			pc += jumps(f, a) ? f->jt : f->jf;
		else
			fail_msg("code %x", f->code);
	}
	fail_msg("ran off the end");
	return 0;
}

static uint32_t action(const struct filter *f, int nr)
{
	struct seccomp_data data = { .nr = nr, .arch = regs_abis[0].audit };

	return run(filter_program(f), &data);
}

static struct filter *make(enum filter_kind kind, bool io_uring,
			   const int *calls, size_t n)
{
	struct filter *f = filter_new(kind, io_uring);
	struct error err;

	for (size_t i = 0; i < n; i++)
		filter_add(f, regs_abis[0].arch, calls[i]);
	assert_int_equal(filter_build(f, &err), 0);
	return f;
}

static void what_is_wanted_and_only_that_comes_to_us(void **state)
{
	const int calls[] = { SCMP_SYS(openat), SCMP_SYS(execve),
			      SCMP_SYS(connect) };
	struct filter *f = make(FILTER_NOTIFY, true, calls, 3);

	(void)state;
	for (int nr = 0; nr < NUMBERS; nr++) {
		bool wanted = nr == calls[0] || nr == calls[1] ||
			      nr == calls[2];

		assert_int_equal(action(f, nr), wanted ?
							SECCOMP_RET_USER_NOTIF :
							SECCOMP_RET_ALLOW);
	}
	filter_free(f);
}

static void a_tracer_is_asked_by_trace(void **state)
{
	const int calls[] = { SCMP_SYS(openat) };
	struct filter *f = make(FILTER_TRACE, true, calls, 1);

	(void)state;
	assert_int_equal(action(f, SCMP_SYS(openat)) & SECCOMP_RET_ACTION_FULL,
			 SECCOMP_RET_TRACE);
	assert_int_equal(action(f, SCMP_SYS(read)), SECCOMP_RET_ALLOW);
	filter_free(f);
}

static void a_set_of_every_number_is_a_program_too(void **state)
{
	struct filter *f = filter_new(FILTER_NOTIFY, true);

	(void)state;
	for (int nr = 0; nr < 450; nr++)
		filter_add(f, regs_abis[0].arch, nr);
	assert_int_equal(filter_count(f), 450);
	assert_int_equal(filter_build(f, NULL), 0);
	for (int nr = 0; nr < NUMBERS; nr++)
		assert_int_equal(action(f, nr), nr < 450 ?
							SECCOMP_RET_USER_NOTIF :
							SECCOMP_RET_ALLOW);
	filter_free(f);
}

static const uint64_t none[6];

static void without_a_program_what_is_refused_is_in_the_set(void **state)
{
	const int calls[] = { SCMP_SYS(openat) };
	struct filter *f = make(FILTER_NONE, false, calls, 1);

	(void)state;
	assert_true(filter_has(f, regs_abis[0].arch, SCMP_SYS(openat), none));
	assert_true(filter_has(f, regs_abis[0].arch, SCMP_SYS(io_uring_setup), none));
	assert_false(filter_has(f, regs_abis[0].arch, SCMP_SYS(read), none));
	assert_true(filter_has(f, 12345, SCMP_SYS(read), none));
	assert_null(filter_program(f)->filter);
	filter_free(f);
	f = make(FILTER_NONE, true, calls, 1);
	assert_false(filter_has(f, regs_abis[0].arch, SCMP_SYS(io_uring_setup), none));
	filter_free(f);
}

static void an_empty_set_allows_everything(void **state)
{
	struct filter *f = make(FILTER_NOTIFY, true, NULL, 0);

	(void)state;
	for (int nr = 0; nr < NUMBERS; nr++)
		assert_int_equal(action(f, nr), SECCOMP_RET_ALLOW);
	filter_free(f);
}

static void a_call_added_twice_or_unknown_here_counts_once_or_not(void **state)
{
	struct filter *f = filter_new(FILTER_NOTIFY, true);

	(void)state;
	filter_add(f, regs_abis[0].arch, 2);
	filter_add(f, regs_abis[0].arch, 2);
	filter_add(f, regs_abis[0].arch, -10001);
	filter_add(f, 12345, 2);
	assert_int_equal(filter_count(f), 1);
	filter_free(f);
}

static uint32_t action_with(const struct filter *f, int nr, uint64_t arg1)
{
	struct seccomp_data data = { .nr = nr,
				     .arch = regs_abis[0].audit,
				     .args = { 0, arg1 } };

	return run(filter_program(f), &data);
}

static void a_call_may_be_wanted_for_a_bit_of_an_argument(void **state)
{
	const uint32_t arch = regs_abis[0].arch;
	struct filter *f = filter_new(FILTER_NOTIFY, true);

	(void)state;
	filter_add_when(f, arch, SCMP_SYS(mmap), 1, 0x100);
	filter_add_when(f, arch, SCMP_SYS(clone), 1, 0x100);
	filter_add(f, arch, SCMP_SYS(clone));
	filter_add(f, arch, SCMP_SYS(read));
	filter_add_when(f, arch, SCMP_SYS(read), 1, 0x100);
	filter_add_when(f, arch, SCMP_SYS(write), 1, 0x100);
	filter_add_when(f, arch, SCMP_SYS(write), 1, 0x1);
	filter_add_when(f, arch, SCMP_SYS(close), 1, 0x100);
	filter_add_when(f, arch, SCMP_SYS(close), 0, 0x1);
	assert_int_equal(filter_build(f, NULL), 0);
	assert_int_equal(action_with(f, SCMP_SYS(write), 0x1),
			 SECCOMP_RET_USER_NOTIF);
	assert_int_equal(action_with(f, SCMP_SYS(write), 0x300),
			 SECCOMP_RET_USER_NOTIF);
	assert_int_equal(action_with(f, SCMP_SYS(write), 0x2),
			 SECCOMP_RET_ALLOW);
	assert_int_equal(action(f, SCMP_SYS(close)), SECCOMP_RET_USER_NOTIF);
	assert_int_equal(action_with(f, SCMP_SYS(mmap), 0x180),
			 SECCOMP_RET_USER_NOTIF);
	assert_int_equal(action_with(f, SCMP_SYS(mmap), 0xff),
			 SECCOMP_RET_ALLOW);
	assert_int_equal(action(f, SCMP_SYS(clone)), SECCOMP_RET_USER_NOTIF);
	assert_int_equal(action(f, SCMP_SYS(read)), SECCOMP_RET_USER_NOTIF);
	filter_free(f);
}

static void check_among(const struct filter *f, uint64_t number, uint64_t pointer,
			bool wanted)
{
	struct seccomp_data data = { .nr = SCMP_SYS(rt_sigaction),
				     .arch = regs_abis[0].audit,
				     .args = { number, pointer } };
	const uint64_t args[6] = { number, pointer };

	assert_int_equal(run(filter_program(f), &data),
			 wanted ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ALLOW);
	assert_int_equal(filter_has(f, regs_abis[0].arch, data.nr, args), wanted);
}

static void a_call_may_be_wanted_for_some_numbers_where_a_pointer_follows(void **state)
{
	const uint64_t numbers = 1 << 3 | 1 << 4 | 1 << 10 | UINT64_MAX << 35;
	const uint32_t arch = regs_abis[0].arch;
	struct filter *f = filter_new(FILTER_NOTIFY, true);

	(void)state;
	filter_add_among(f, arch, SCMP_SYS(rt_sigaction), 0, numbers);
	filter_add_among(f, arch, SCMP_SYS(read), 0, numbers);
	filter_add(f, arch, SCMP_SYS(read));
	assert_int_equal(filter_build(f, NULL), 0);
	for (uint64_t i = 0; i < 70; i++) {
		check_among(f, i, 0x1000, i && i <= 64 && numbers >> (i - 1) & 1);
		check_among(f, i, 0, false);
	}
	check_among(f, UINT64_MAX, 1, false);
	assert_int_equal(action(f, SCMP_SYS(read)), SECCOMP_RET_USER_NOTIF);
	filter_free(f);
}

static void io_uring_gets_enosys_unless_it_is_allowed(void **state)
{
	const uint32_t enosys = SECCOMP_RET_ERRNO | ENOSYS;
	struct filter *denied = make(FILTER_NOTIFY, false, NULL, 0);
	struct filter *allowed = make(FILTER_NOTIFY, true, NULL, 0);

	(void)state;
	assert_int_equal(action(denied, SCMP_SYS(io_uring_setup)), enosys);
	assert_int_equal(action(denied, SCMP_SYS(io_uring_enter)), enosys);
	assert_int_equal(action(denied, SCMP_SYS(io_uring_register)), enosys);
	assert_int_equal(action(allowed, SCMP_SYS(io_uring_setup)),
			 SECCOMP_RET_ALLOW);
	filter_free(denied);
	filter_free(allowed);
}

static void io_uring_that_is_wanted_comes_to_us_first(void **state)
{
	const int calls[] = { SCMP_SYS(io_uring_setup) };
	struct filter *f = make(FILTER_NOTIFY, false, calls, 1);

	(void)state;
	assert_int_equal(action(f, SCMP_SYS(io_uring_setup)),
			 SECCOMP_RET_USER_NOTIF);
	assert_int_equal(action(f, SCMP_SYS(io_uring_enter)),
			 SECCOMP_RET_ERRNO | ENOSYS);
	filter_free(f);
}

/* The data of a call as the kernel has it for this ABI. */
static uint32_t action_of(const struct filter *f, const struct regs_abi *abi,
			  int nr)
{
	struct seccomp_data data = { .nr = nr | abi->mark, .arch = abi->audit };

	return run(filter_program(f), &data);
}

static void every_abi_has_numbers_of_its_own(void **state)
{
	struct filter *f = filter_new(FILTER_NOTIFY, true);

	(void)state;
	for (const struct regs_abi *a = regs_abis; a->arch; a++) {
		filter_add(f, a->arch, (int)(a - regs_abis) * 10 | a->mark);
		filter_add(f, a->arch, 100 | a->mark);
	}
	assert_int_equal(filter_build(f, NULL), 0);
	for (const struct regs_abi *a = regs_abis; a->arch; a++) {
		for (int nr = 0; nr < NUMBERS; nr++) {
			bool wanted = nr == 100 ||
				      nr == (int)(a - regs_abis) * 10;

			assert_int_equal(action_of(f, a, nr),
					 wanted ? SECCOMP_RET_USER_NOTIF :
						  SECCOMP_RET_ALLOW);
		}
	}
	filter_free(f);
}

static void io_uring_is_refused_in_every_abi(void **state)
{
	struct filter *f = make(FILTER_NOTIFY, false, NULL, 0);

	(void)state;
	for (const struct regs_abi *a = regs_abis; a->arch; a++) {
		for (int nr = 0; nr < NUMBERS; nr++)
			assert_int_equal(
				action_of(f, a, nr),
				regs_is_io_uring(a->arch, nr | a->mark) ?
					SECCOMP_RET_ERRNO | ENOSYS :
					SECCOMP_RET_ALLOW);
	}
	filter_free(f);
}

static void what_no_abi_of_ours_makes_comes_to_us_to_be_counted(void **state)
{
	struct filter *notify = make(FILTER_NOTIFY, false, NULL, 0);
	struct filter *trace = make(FILTER_TRACE, false, NULL, 0);
	struct seccomp_data data = { .nr = 3, .arch = AUDIT_ARCH_RISCV64 };

	(void)state;
	assert_int_equal(run(filter_program(notify), &data),
			 SECCOMP_RET_USER_NOTIF);
	assert_int_equal(run(filter_program(trace), &data), SECCOMP_RET_TRACE);
	filter_free(notify);
	filter_free(trace);
}

/* Every second number: no two of them are one range. */
static void a_program_with_long_jumps_is_right_too(void **state)
{
	struct filter *f = filter_new(FILTER_TRACE, true);

	(void)state;
	for (const struct regs_abi *a = regs_abis; a->arch; a++) {
		for (int nr = 0; nr < MANY; nr += 2)
			filter_add(f, a->arch, nr | a->mark);
	}
	assert_int_equal(filter_build(f, NULL), 0);
	for (const struct regs_abi *a = regs_abis; a->arch; a++) {
		for (int nr = 0; nr < NUMBERS; nr++)
			assert_int_equal(action_of(f, a, nr),
					 nr % 2 || nr >= MANY ?
						 SECCOMP_RET_ALLOW :
						 SECCOMP_RET_TRACE);
	}
	filter_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_wanted_and_only_that_comes_to_us),
		cmocka_unit_test(a_tracer_is_asked_by_trace),
		cmocka_unit_test(
			without_a_program_what_is_refused_is_in_the_set),
		cmocka_unit_test(a_set_of_every_number_is_a_program_too),
		cmocka_unit_test(an_empty_set_allows_everything),
		cmocka_unit_test(
			a_call_added_twice_or_unknown_here_counts_once_or_not),
		cmocka_unit_test(a_call_may_be_wanted_for_a_bit_of_an_argument),
		cmocka_unit_test(a_call_may_be_wanted_for_some_numbers_where_a_pointer_follows),
		cmocka_unit_test(io_uring_gets_enosys_unless_it_is_allowed),
		cmocka_unit_test(io_uring_that_is_wanted_comes_to_us_first),
		cmocka_unit_test(every_abi_has_numbers_of_its_own),
		cmocka_unit_test(io_uring_is_refused_in_every_abi),
		cmocka_unit_test(
			what_no_abi_of_ours_makes_comes_to_us_to_be_counted),
		cmocka_unit_test(a_program_with_long_jumps_is_right_too),
	};

	return RUN_TESTS(tests);
}
