/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compat.h: calls of 32-bit programs, with arguments where such programs have them:
 * in memory below 4 GB of a child.
 */
#include <errno.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "harness/live_case.h"
#include "harness/test.h"

#define NOWHERE 8

/* Where the words lie, in the child as in us. */
static uint32_t *words;

static void make_words(const uint32_t *from, size_t n)
{
	words = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	assert_ptr_not_equal(words, MAP_FAILED);
	memcpy(words, from, n * sizeof(*from));
}

/* The event of a call of i386 at its end. */
static struct event *event_of(const struct child *c, int nr, uint64_t a,
			      uint64_t b, uint64_t d, uint64_t e, uint64_t f)
{
	struct call call = { .tid = c->pid, .arch = SCMP_ARCH_X86, .nr = nr,
			     .args = { a, b, d, e, f, 0 } };

	entry(&call);
	return ended(&call, 0);
}

static void socketcall_is_what_it_asks_for(void **state)
{
	const uint32_t args[] = { 9, 77, 16 };
	struct child c;
	struct event *ev;

	(void)state;
	make_words(args, 3);
	c = child_start(in_usr_lib, NULL);
	ev = event_of(&c, 102, 4, (uintptr_t)words, 0, 0, 0);
	assert_int_equal(ev->type, EVENT_SOCKET_LISTEN_X);
	is_number(ev, 1, 9);
	is_number(ev, 2, 77);
	live_end(live_case.live, ev);
	/* A number that none has, and arguments that lie nowhere. */
	ev = event_of(&c, 102, 99, (uintptr_t)words, 0, 0, 0);
	assert_int_equal(ev->type, EVENT_GENERIC_X);
	assert_int_equal(ev->generic, GENERIC_socketcall);
	live_end(live_case.live, ev);
	ev = event_of(&c, 102, 4, NOWHERE, 0, 0, 0);
	assert_int_equal(ev->generic, GENERIC_socketcall);
	live_end(live_case.live, ev);
	child_end(&c);
}

static void ipc_has_its_arguments_in_an_order_of_its_own(void **state)
{
	const uint32_t value[] = { 5 };
	struct child c;
	struct event *ev;

	(void)state;
	make_words(value, 1);
	c = child_start(in_usr_lib, NULL);
	/* The upper half of the number is a version. */
	ev = event_of(&c, 117, 0x10003, 40, 2, 16, (uintptr_t)words);
	assert_int_equal(ev->type, EVENT_SYSCALL_SEMCTL_X);
	is_number(ev, 1, 40);
	is_number(ev, 2, 2);
	is_number(ev, 4, 5);
	live_end(live_case.live, ev);
	ev = event_of(&c, 117, 23, 1, 4096, 0600, 0);
	assert_int_equal(ev->type, EVENT_GENERIC_X);
	assert_int_equal(ev->generic, GENERIC_shmget);
	live_end(live_case.live, ev);
	child_end(&c);
}

static void an_old_mmap_has_a_block_of_arguments(void **state)
{
	const uint32_t args[] = { 0, 8192, PROT_READ, MAP_SHARED, 3, 4096 };
	struct child c;
	struct event *ev;

	(void)state;
	make_words(args, 6);
	c = child_start(in_usr_lib, NULL);
	ev = event_of(&c, 90, (uintptr_t)words, 0, 0, 0, 0);
	assert_int_equal(ev->type, EVENT_SYSCALL_MMAP_X);
	is_number(ev, 5, 8192);
	is_number(ev, 8, 3);
	is_number(ev, 9, 4096);
	live_end(live_case.live, ev);
	child_end(&c);
}

static void ids_of_16_bits_and_halves_of_64_are_made_whole(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct event *ev = event_of(&c, 23, 0xffff, 0, 0, 0, 0);

	(void)state;
	assert_int_equal(ev->type, EVENT_SYSCALL_SETUID_X);
	is_number(ev, 1, UINT32_MAX);
	live_end(live_case.live, ev);
	ev = event_of(&c, 180, 3, NOWHERE, 1, 7, 1);
	assert_int_equal(ev->type, EVENT_SYSCALL_PREAD_X);
	is_number(ev, 4, UINT64_C(0x100000007));
	live_end(live_case.live, ev);
	ev = event_of(&c, 140, 3, 1, 2, NOWHERE, SEEK_END);
	assert_int_equal(ev->type, EVENT_SYSCALL_LSEEK_X);
	is_number(ev, 2, UINT64_C(0x100000002));
	is_number(ev, 3, SEEK_END);
	live_end(live_case.live, ev);
	ev = event_of(&c, 19, 3, (uint32_t)-5, SEEK_CUR, 0, 0);
	is_number(ev, 2, (uint64_t)-5);
	live_end(live_case.live, ev);
	child_end(&c);
}

static void a_generic_call_has_the_number_of_a_native_program(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct event *ev = event_of(&c, 193, NOWHERE, 0, 0, 0, 0);

	(void)state;
	assert_int_equal(ev->generic, GENERIC_truncate);
	is_number(ev, 1, (uint64_t)SCMP_SYS(truncate));
	live_end(live_case.live, ev);
	child_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(socketcall_is_what_it_asks_for),
		cmocka_unit_test(ipc_has_its_arguments_in_an_order_of_its_own),
		cmocka_unit_test(an_old_mmap_has_a_block_of_arguments),
		cmocka_unit_test(ids_of_16_bits_and_halves_of_64_are_made_whole),
		cmocka_unit_test(
			a_generic_call_has_the_number_of_a_native_program),
	};

	return cmocka_run_group_tests(tests, live_case_setup,
				      live_case_teardown);
}
