/* SPDX-License-Identifier: Apache-2.0 */
/*
 * symtab.h and grow.h: names to things, and arrays and texts inside an arena.
 */
#include "harness/test.h"

#include "arena.h"
#include "cleanup.h"

#include "engine/grow.h"
#include "engine/symtab.h"

static void an_empty_table_has_no_names(void **state)
{
	CLEANUP(symtab_done) struct symtab t = SYMTAB_INIT;

	(void)state;
	assert_null(symtab_get(&t, SPAN("a")));
	assert_null(symtab_get(&t, SPAN("")));
}

static void a_name_gives_its_last_value(void **state)
{
	CLEANUP(symtab_done) struct symtab t = SYMTAB_INIT;
	int one, two;

	(void)state;
	symtab_set(&t, SPAN("a"), &one);
	symtab_set(&t, SPAN("ab"), &two);
	assert_ptr_equal(symtab_get(&t, SPAN("a")), &one);
	symtab_set(&t, SPAN("a"), &two);
	assert_ptr_equal(symtab_get(&t, SPAN("a")), &two);
	assert_int_equal(t.n, 2);
}

static void names_may_hold_any_byte(void **state)
{
	CLEANUP(symtab_done) struct symtab t = SYMTAB_INIT;
	int one, two;

	(void)state;
	symtab_set(&t, span_make("a\0b", 3), &one);
	symtab_set(&t, span_make("a\0c", 3), &two);
	assert_ptr_equal(symtab_get(&t, span_make("a\0b", 3)), &one);
	assert_null(symtab_get(&t, SPAN("a")));
}

static void thousands_of_names_are_all_found(void **state)
{
	CLEANUP(symtab_done) struct symtab t = SYMTAB_INIT;
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	static int values[5000];
	size_t n;

	(void)state;
	for (size_t i = 0; i < 5000; i++) {
		const char *name = arena_printf(&arena, &n, "name%zu", i);

		symtab_set(&t, span_make(name, n), &values[i]);
	}
	for (size_t i = 0; i < 5000; i++) {
		const char *name = arena_printf(&arena, &n, "name%zu", i);

		assert_ptr_equal(symtab_get(&t, span_make(name, n)),
				 &values[i]);
	}
	assert_int_equal(t.n, 5000);
}

static void an_arena_array_keeps_what_was_pushed(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	ARRAY(size_t) a = ARRAY_INIT;

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		*grow_push(&arena, &a) = i;
	assert_int_equal(a.n, 1000);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(a.items[i], i);
}

static void a_pushed_item_is_clear(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	ARRAY(size_t) a = ARRAY_INIT;

	(void)state;
	memset(arena_alloc(&arena, 1024), 0xff, 1024);
	arena_reset(&arena);
	assert_int_equal(*grow_push(&arena, &a), 0);
}

static void texts_are_joined_by_one_space(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct text t = { 0 };

	(void)state;
	text_set(&arena, &t, SPAN("a"));
	text_append(&arena, &t, SPAN("b c"));
	text_append(&arena, &t, SPAN(""));
	text_append(&arena, &t, SPAN("d"));
	assert_span_text(text_span(&t), "a b c d");
}

static void an_unset_text_is_empty(void **state)
{
	struct text t = { 0 };

	(void)state;
	assert_span_text(text_span(&t), "");
}

static void a_million_appends_cost_no_square(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct text t = { 0 };
	size_t bytes = 0;

	(void)state;
	for (size_t i = 0; i < 200000; i++)
		text_append(&arena, &t, SPAN("x"));
	for (struct arena_block *b = arena.head; b; b = b->next)
		bytes += b->size;
	assert_int_equal(t.n, 400000);
	assert_true(bytes < 8 * t.n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_table_has_no_names),
		cmocka_unit_test(a_name_gives_its_last_value),
		cmocka_unit_test(names_may_hold_any_byte),
		cmocka_unit_test(thousands_of_names_are_all_found),
		cmocka_unit_test(an_arena_array_keeps_what_was_pushed),
		cmocka_unit_test(a_pushed_item_is_clear),
		cmocka_unit_test(texts_are_joined_by_one_space),
		cmocka_unit_test(an_unset_text_is_empty),
		cmocka_unit_test(a_million_appends_cost_no_square),
	};

	return RUN_TESTS(tests);
}
