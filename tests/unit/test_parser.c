/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grammar: what a condition becomes, shown by printing it back, macros being
 * replaced, and what -L finds in it. Errors are tests/engine/errors.test.
 */
#include "harness/test.h"

#include <errno.h>

#include "arena.h"
#include "cleanup.h"
#include "strbuf.h"

#include "engine/ast.h"
#include "engine/filter.h"
#include "engine/parser.h"

static int begin(void **state)
{
	*state = calloc(1, sizeof(struct arena));
	return *state ? 0 : -1;
}

static int end(void **state)
{
	arena_done(*state);
	free(*state);
	return 0;
}

static struct ast *parse(struct arena *arena, const char *text)
{
	static struct filter_error err;
	struct ast *root = NULL;

	if (filter_parse(arena, span_of(text), FILTER_DEPTH_LOADER, &root,
			 &err) < 0)
		fail_msg("%s: %s", text, err.text);
	return root;
}

static void prints_as(struct arena *arena, const char *text, const char *want)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	filter_print(parse(arena, text), &b);
	assert_string_equal(b.data, want);
}

static void and_binds_tighter_than_or(void **state)
{
	prints_as(*state, "a or b and c", "(a or (b and c))");
	prints_as(*state, "a and b or c", "((a and b) or c)");
	prints_as(*state, "(a or b) and c", "((a or b) and c)");
	prints_as(*state, "a or b or c", "(a or b or c)");
	prints_as(*state, "a or (b or c)", "(a or (b or c))");
}

static void nots_cancel(void **state)
{
	prints_as(*state, "not not a", "a");
	prints_as(*state, "not not not a", "not a");
	prints_as(*state, "not(a and b)", "not (a and b)");
	prints_as(*state, "not a and b", "(not a and b)");
}

static void keywords_need_no_blank_before_a_parenthesis(void **state)
{
	prints_as(*state, "(a)and(b)", "(a and b)");
	prints_as(*state, "(a)or(b)", "(a or b)");
	prints_as(*state, "not(a)and b", "(not a and b)");
}

static void a_word_that_begins_like_a_keyword_is_a_word(void **state)
{
	prints_as(*state, "nota", "nota");
	prints_as(*state, "a.b = orx", "a.b = orx");
	prints_as(*state, "a.b inx", "a.b in x");
	prints_as(*state, "a.b intersects(x)", "a.b intersects (x)");
}

static void operators_keep_their_spelling(void **state)
{
	prints_as(*state, "a.b==x", "a.b == x");
	prints_as(*state, "a.b=x", "a.b = x");
	prints_as(*state, "a.b<=-5", "a.b <= -5");
	prints_as(*state, "a.b exists", "a.b exists");
}

static void modifiers_want_a_list_or_a_name(void **state)
{
	prints_as(*state, "a.b startswith oneof (x, y)",
		  "a.b startswith oneof (x, y)");
	prints_as(*state, "a.b = anyof list", "a.b = anyof list");
	prints_as(*state, "a.b = anyof", "a.b = anyof");
	prints_as(*state, "a.b = anyof and c", "(a.b = anyof and c)");
}

static void texts_are_quoted_only_where_they_must(void **state)
{
	prints_as(*state, "a.b = \"x\"", "a.b = x");
	prints_as(*state, "a.b = \"x y\"", "a.b = \"x y\"");
	prints_as(*state, "a.b = 'x\"y'", "a.b = \"x\\\"y\"");
	prints_as(*state, "a.b = \"\\t\"", "a.b = \"\\t\"");
	prints_as(*state, "a.b = x\\y", "a.b = \"x\\\\y\"");
	prints_as(*state, "a.b in (\"a, b\", c, '')", "a.b in (\"a, b\", c, )");
	prints_as(*state, "a.b[\"x y\"] = 1", "a.b[\"x y\"] = 1");
}

static void transformers_nest(void **state)
{
	prints_as(*state, "len( tolower( a.b ) )>3", "len(tolower(a.b)) > 3");
	prints_as(*state, "join(\",\", (a.b, 5, 'x', len(c.d))) = e",
		  "join(,,(a.b,5,x,len(c.d))) = e");
	prints_as(*state, "getopt(a.b, \"x:\")[x] exists",
		  "getopt(a.b,x:)[x] exists");
	prints_as(*state, "a.b = val( c.d )", "a.b = val(c.d)");
	prints_as(*state, "join(x.y, ()) exists", "join(x.y,()) exists");
}

static void a_value_that_looks_like_a_list_name_is_kept(void **state)
{
	struct ast *root = parse(*state, "a.b in names");

	assert_int_equal(root->items[1]->kind, AST_VALUE);
	assert_span_text(root->items[1]->text, "names");
}

static void nesting_is_counted_in_productions(void **state)
{
	struct strbuf b = STRBUF_INIT;
	struct filter_error err;
	struct ast *root;
	int n = 198;

	for (int i = 0; i < n; i++)
		strbuf_addch(&b, '(');
	strbuf_adds(&b, "a.b=x");
	for (int i = 0; i < n; i++)
		strbuf_addch(&b, ')');
	assert_int_equal(filter_parse(*state, strbuf_span(&b), 1000, &root,
				      &err),
			 0);
	assert_int_equal(filter_parse(*state, strbuf_span(&b), 995, &root, &err),
			 -EINVAL);
	assert_string_equal(err.text, "exceeded max depth limit of 995");
	strbuf_done(&b);
}

static void positions_are_those_of_the_checks(void **state)
{
	struct ast *root = parse(*state, "a.b=x and\n  c.d=y");

	assert_int_equal(root->items[1]->pos.offset, 12);
	assert_int_equal(root->items[1]->pos.line, 2);
	assert_int_equal(root->items[1]->pos.column, 3);
	assert_int_equal(root->items[1]->items[1]->pos.offset, 16);
}

struct macros {
	struct ast *with;
	struct strbuf seen;
};

static struct ast *on_macro(void *ctx, struct span name, struct filter_pos pos)
{
	struct macros *m = ctx;

	strbuf_addf(&m->seen, "%.*s@%u ", SPAN_FMT(name), pos.offset);
	return span_is(name, "m") ? m->with : NULL;
}

static void macros_are_replaced_and_the_tree_is_not_touched(void **state)
{
	struct macros m = { .with = parse(*state, "x.y = 1 or n"),
			    .seen = STRBUF_INIT };
	struct ast *root = parse(*state, "a.b=1 and (m or not m) and o");
	struct ast *got = filter_replace_macros(*state, root, on_macro, &m);
	struct strbuf b = STRBUF_INIT;

	filter_print(got, &b);
	assert_string_equal(b.data, "(a.b = 1 and ((x.y = 1 or n) or "
				    "not (x.y = 1 or n)) and o)");
	strbuf_reset(&b);
	filter_print(root, &b);
	assert_string_equal(b.data, "(a.b = 1 and (m or not m) and o)");
	assert_string_equal(m.seen.data, "m@11 m@20 o@27 ");
	strbuf_done(&b);
	strbuf_done(&m.seen);
}

static void on_use(void *ctx, enum filter_use use, struct span text,
		   struct filter_pos pos)
{
	(void)pos;
	strbuf_addf(ctx, "%c:%.*s ", "fomv"[use], SPAN_FMT(text));
}

static void each_use_is_told_once_in_order(void **state)
{
	struct strbuf b = STRBUF_INIT;

	filter_walk(parse(*state, "m and a.b[1] in (x, y) and a.b[1] = oneof "
				  "(x, z) and not m and len(c.d) exists"),
		    on_use, &b);
	assert_string_equal(b.data, "m:m o:in f:a.b[1] v:x v:y o:= oneof v:z "
				    "o:exists f:c.d ");
	strbuf_done(&b);
}

static void equal_conditions_have_equal_hashes(void **state)
{
	struct ast *a = parse(*state, "a.b == x and c.d in (x, y)");
	struct ast *b = parse(*state, "a.b=\"x\"  and (c.d in ('x',y))");
	struct ast *c = parse(*state, "a.b == x and c.d in (\"x, y\")");

	assert_true(ast_equal(a, b));
	assert_int_equal(ast_hash(a).a, ast_hash(b).a);
	assert_int_equal(ast_hash(a).b, ast_hash(b).b);
	assert_false(ast_equal(a, c));
	assert_int_not_equal(ast_hash(a).a, ast_hash(c).a);
}

static void what_prints_alike_need_not_be_alike(void **state)
{
	struct ast *a = parse(*state, "concat(\"a,b\", c.d) = x");
	struct ast *b = parse(*state, "concat(\"a\", \"b\", c.d) = x");

	assert_false(ast_equal(a, b));
	assert_int_not_equal(ast_hash(a).a, ast_hash(b).a);
}

static void a_left_side_alone_says_where_it_ends(void **state)
{
	struct ast *node;

	assert_int_equal(parser_lhs(*state, SPAN("proc.name rest"), &node), 9);
	assert_int_equal(parser_lhs(*state, SPAN("len(a.b)x"), &node), 8);
	assert_int_equal(parser_lhs(*state, SPAN("proc"), &node), 0);
	assert_int_equal(parser_lhs(*state, SPAN("len(a.b"), &node), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(and_binds_tighter_than_or),
		TEST(nots_cancel),
		TEST(keywords_need_no_blank_before_a_parenthesis),
		TEST(a_word_that_begins_like_a_keyword_is_a_word),
		TEST(operators_keep_their_spelling),
		TEST(modifiers_want_a_list_or_a_name),
		TEST(texts_are_quoted_only_where_they_must),
		TEST(transformers_nest),
		TEST(a_value_that_looks_like_a_list_name_is_kept),
		TEST(nesting_is_counted_in_productions),
		TEST(positions_are_those_of_the_checks),
		TEST(macros_are_replaced_and_the_tree_is_not_touched),
		TEST(each_use_is_told_once_in_order),
		TEST(equal_conditions_have_equal_hashes),
		TEST(what_prints_alike_need_not_be_alike),
		TEST(a_left_side_alone_says_where_it_ends),
	};

	return RUN_TESTS(tests);
}
