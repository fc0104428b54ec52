/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena.h, array.h, alloc.h and cleanup.h: who owns what, and for how long.
 */
#include <fcntl.h>

#include "harness/test.h"

#include "arena.h"
#include "array.h"
#include "cleanup.h"

static void an_arena_aligns_for_any_type(void **state)
{
	CLEANUP(arena_done) struct arena a = ARENA_INIT;

	(void)state;
	for (size_t n = 0; n < 200; n++) {
		void *p = arena_alloc(&a, n);

		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		memset(p, 0xff, n);
	}
}

static void an_arena_takes_more_than_a_block(void **state)
{
	CLEANUP(arena_done) struct arena a = ARENA_INIT;
	char *big;

	(void)state;
	big = arena_zalloc(&a, 10 * ARENA_BLOCK);
	assert_int_equal(big[10 * ARENA_BLOCK - 1], 0);
	memset(big, 1, 10 * ARENA_BLOCK);
	assert_string_equal(arena_strdup(&a, "after"), "after");
	assert_int_equal(big[0], 1);
}

static void an_arena_may_begin_small_and_grows_by_doubling(void **state)
{
	CLEANUP(arena_done) struct arena a = { .first = 64 };

	(void)state;
	arena_alloc(&a, 16);
	assert_int_equal(a.head->size, 64);
	arena_alloc(&a, 64);
	assert_int_equal(a.head->size, 128);
	for (int i = 0; i < 1000; i++)
		arena_alloc(&a, 64);
	assert_int_equal(a.head->size, ARENA_BLOCK);
	arena_reset(&a);
	assert_int_equal(a.head->size, ARENA_BLOCK);
}

static void what_an_arena_gave_stays_until_reset(void **state)
{
	CLEANUP(arena_done) struct arena a = ARENA_INIT;
	char *texts[500];
	size_t n;

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 500; i++)
			texts[i] = arena_printf(&a, &n, "text %d of %d", i, round);
		for (int i = 0; i < 500; i++) {
			char want[40];

			snprintf(want, sizeof(want), "text %d of %d", i, round);
			assert_string_equal(texts[i], want);
		}
		assert_int_equal(n, strlen(texts[499]));
		arena_reset(&a);
	}
}

static void an_arena_may_be_used_after_done(void **state)
{
	struct arena a = ARENA_INIT;

	(void)state;
	arena_done(&a);
	assert_string_equal(arena_strndup(&a, "abc", 2), "ab");
	arena_done(&a);
	arena_done(&a);
}

static void a_pushed_element_is_cleared(void **state)
{
	ARRAY(struct span) spans = ARRAY_INIT;

	(void)state;
	for (size_t i = 0; i < 100; i++) {
		struct span *s = array_push(&spans);

		assert_null(s->data);
		*s = span_make("xyz", i % 4);
	}
	assert_int_equal(spans.n, 100);
	assert_int_equal(spans.items[99].n, 3);
	array_done(&spans);
	assert_int_equal(spans.n, 0);
	assert_null(spans.items);
}

static void array_size_counts_elements(void **state)
{
	const struct span three[] = { SPAN("a"), SPAN("b"), SPAN("c") };

	(void)state;
	assert_int_equal(ARRAY_SIZE(three), 3);
}

static void a_taken_pointer_is_not_freed_here(void **state)
{
	char *kept;

	(void)state;
	{
		CLEANUP(freep) char *local = xstrdup("kept");

		kept = TAKE_PTR(local);
		assert_null(local);
	}
	assert_string_equal(kept, "kept");
	free(kept);
}

static void a_descriptor_is_closed_at_the_end_of_its_scope(void **state)
{
	int number, taken;

	(void)state;
	{
		CLEANUP(closep) int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
		CLEANUP(closep) int other = dup(fd);
		CLEANUP(closep) int none = -1;

		assert_true(fd >= 0 && other >= 0 && none == -1);
		number = fd;
		taken = TAKE_FD(other);
		assert_int_equal(other, -1);
	}
	assert_int_equal(fcntl(number, F_GETFD), -1);
	assert_true(fcntl(taken, F_GETFD) >= 0);
	close(taken);
}

static void allocations_of_nothing_are_pointers(void **state)
{
	void *a, *b, *c;

	(void)state;
	a = xmalloc(0);
	b = xcalloc(0, 8);
	c = xreallocarray(NULL, 0, 8);
	assert_non_null(a);
	assert_non_null(b);
	assert_non_null(c);
	free(a);
	free(b);
	free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_arena_aligns_for_any_type),
		cmocka_unit_test(an_arena_takes_more_than_a_block),
		cmocka_unit_test(an_arena_may_begin_small_and_grows_by_doubling),
		cmocka_unit_test(what_an_arena_gave_stays_until_reset),
		cmocka_unit_test(an_arena_may_be_used_after_done),
		cmocka_unit_test(a_pushed_element_is_cleared),
		cmocka_unit_test(array_size_counts_elements),
		cmocka_unit_test(a_taken_pointer_is_not_freed_here),
		cmocka_unit_test(a_descriptor_is_closed_at_the_end_of_its_scope),
		cmocka_unit_test(allocations_of_nothing_are_pointers),
	};

	return RUN_TESTS(tests);
}
