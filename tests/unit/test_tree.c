/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/tree.h: YAML becomes a tree, key paths find and make their places, and
 * nothing in a file can make that go on for ever.
 */
#include "harness/test.h"

#include <errno.h>

#include "arena.h"
#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "launcher/tree.h"

static struct tree *parse(struct arena *arena, const char *text)
{
	struct error err = { "" };
	struct tree *root = NULL;

	if (tree_parse(arena, span_of(text), &root, &err) < 0)
		fail_msg("%s", err.text);
	return root;
}

static void assert_prints(const struct tree *node, const char *want)
{
	CLEANUP(strbuf_done) struct strbuf out = STRBUF_INIT;

	tree_print(node, &out);
	assert_string_equal(out.data, want);
}

static void refused(const char *text, const char *message)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct error err = { "" };
	struct tree *root = NULL;

	assert_int_equal(tree_parse(&arena, span_of(text), &root, &err),
			 -EINVAL);
	assert_contains(err.text, message);
	assert_null(root);
}

static void a_document_becomes_a_tree(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;

	(void)state;
	assert_prints(parse(&arena, "a: 1\nb: [x, {c: \"d\\\"e\"}]\nn:\n"),
		      "{\"a\": \"1\", \"b\": [\"x\", {\"c\": \"d\\\"e\"}], "
		      "\"n\": null}");
	assert_prints(parse(&arena, ""), "null");
	assert_prints(parse(&arena, "[]"), "[]");
	assert_prints(parse(&arena, "a: ~\nb: null\nc: \"null\"\n"),
		      "{\"a\": null, \"b\": null, \"c\": \"null\"}");
}

static void the_first_document_counts(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;

	(void)state;
	assert_prints(parse(&arena, "a: 1\n---\na: 2\n"), "{\"a\": \"1\"}");
}

static void the_first_of_equal_keys_counts(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct tree *root = parse(&arena, "a: 1\na: 2\n");

	(void)state;
	assert_string_equal(tree_child(root, SPAN("a"))->text, "1");
	assert_int_equal(root->n, 2);
}

static void an_alias_is_a_copy(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct tree *root = parse(&arena, "x: &a {q: 1}\ny: *a\n");

	(void)state;
	assert_prints(root, "{\"x\": {\"q\": \"1\"}, \"y\": {\"q\": \"1\"}}");
	assert_ptr_not_equal(root->items[0], root->items[1]);
}

static void places_are_remembered(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct tree *root = parse(&arena, "a:\n  b: c\n");
	const struct tree *b = root->items[0]->items[0];

	(void)state;
	assert_int_equal(b->line, 2);
	assert_int_equal(b->column, 6);
}

static void what_is_not_yaml_is_refused(void **state)
{
	(void)state;
	refused("a: [1, 2", "line 2");
	refused("a: b: c\n", "line 1");
	refused("\t- x\n", "error");
	refused("a: *nowhere\n", "");
	refused("a: \"x\\0y\"\n", "NUL");
	refused("\x01\x02\x03", "");
}

static void depth_is_limited(void **state)
{
	CLEANUP(strbuf_done) struct strbuf deep = STRBUF_INIT;

	(void)state;
	for (int i = 0; i < 500; i++)
		strbuf_addch(&deep, '[');
	for (int i = 0; i < 500; i++)
		strbuf_addch(&deep, ']');
	refused(deep.data, "deep");
}

static void an_alias_of_itself_is_refused(void **state)
{
	(void)state;
	refused("&a [*a]\n", "deep");
}

static void aliases_of_aliases_are_refused(void **state)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;

	(void)state;
	strbuf_adds(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 12; i++) {
		strbuf_addf(&text, "a%d: &a%d [", i, i);
		for (int k = 0; k < 10; k++)
			strbuf_addf(&text, "%s*a%d", k ? ", " : "", i - 1);
		strbuf_adds(&text, "]\n");
	}
	refused(text.data, "large");
}

/* --- Paths ------------------------------------------------------------------ */

static const char *text_at(struct tree *root, const char *path)
{
	struct error err = { "" };
	struct tree *node = NULL;

	if (tree_get(root, path, &node, &err) < 0)
		fail_msg("%s", err.text);
	return node && node->kind == TREE_SCALAR ? node->text : NULL;
}

static void paths_find_their_node(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct tree *root = parse(&arena, "a: {b: [x, {c: y}], d.e: z}\n");

	(void)state;
	assert_string_equal(text_at(root, "a.b[0]"), "x");
	assert_string_equal(text_at(root, "a.b[1].c"), "y");
	assert_string_equal(text_at(root, "a.d\\.e"), "z");
	assert_null(text_at(root, "a.b[2]"));
	assert_null(text_at(root, "a.b[2].c"));
	assert_null(text_at(root, "q.r.s"));
}

static void a_path_through_a_scalar_is_a_mistake(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct tree *root = parse(&arena, "a: b\n");
	struct error err = { "" };
	struct tree *node = NULL;

	(void)state;
	assert_int_equal(tree_get(root, "a.c", &node, &err), -EINVAL);
	assert_contains(err.text, "Config error at key \"a.c\"");
	assert_contains(err.text, "(key: \"c\")");
}

static void bad_path(const char *path, const char *message)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct tree *root = tree_new(&arena, TREE_MAP, NULL);
	struct tree *value = tree_new(&arena, TREE_SCALAR, "v");
	struct error err = { "" };

	assert_int_equal(tree_set(&arena, root, path, value, &err), -EINVAL);
	assert_contains(err.text, message);
}

static void bad_paths_say_where(void **state)
{
	(void)state;
	bad_path("a..b", "unexpected character at pos 2");
	bad_path(".a", "unexpected character at pos 0");
	bad_path("", "unexpected character at pos 0");
	bad_path("a[x]", "expected a numeric index, found 'x'");
	bad_path("a[0][1]", "unexpected character at pos 4");
	bad_path("a[1", "unexpected");
	bad_path("a[-]", "numeric");
	bad_path("a[99999999999999999999]", "numeric");
}

/* What a tree is after one path was set to "v". */
static void assert_set(const char *before, const char *path, const char *want)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct tree *root = parse(&arena, before);
	struct tree *value = tree_new(&arena, TREE_SCALAR, "v");
	struct error err = { "" };

	if (tree_set(&arena, root, path, value, &err) < 0)
		fail_msg("%s: %s", path, err.text);
	assert_prints(root, want);
}

static void setting_makes_what_is_missing(void **state)
{
	(void)state;
	assert_set("{}", "a.b.c", "{\"a\": {\"b\": {\"c\": \"v\"}}}");
	assert_set("{}", "a[0]", "{\"a\": [\"v\"]}");
	assert_set("{}", "a[].b", "{\"a\": [{\"b\": \"v\"}]}");
	assert_set("a: [x]", "a[]", "{\"a\": [\"x\", \"v\"]}");
	assert_set("a: [x]", "a[0]", "{\"a\": [\"v\"]}");
	assert_set("a: [x]", "a[1]", "{\"a\": [\"x\", \"v\"]}");
	assert_set("a: {b: 1}", "a", "{\"a\": \"v\"}");
	assert_set("{}", "a\\.b", "{\"a.b\": \"v\"}");
	assert_set("{}", "a\\[0\\]", "{\"a[0]\": \"v\"}");
	assert_set("{}", "a\\\\b", "{\"a\\\\b\": \"v\"}");
}

static void an_index_beyond_the_end_makes_a_map(void **state)
{
	(void)state;
	assert_set("{}", "a[2]", "{\"a\": {\"2\": \"v\"}}");
	assert_set("a: [x]", "a[5]", "{\"a\": {\"0\": \"x\", \"5\": \"v\"}}");
	assert_set("{}", "a[-1]", "{\"a\": {\"-1\": \"v\"}}");
}

/* --- Merging and expansion --------------------------------------------------- */

static void assert_merged(const char *into, const char *from,
			  enum tree_strategy strategy, const char *want)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct tree *a = parse(&arena, into), *b = parse(&arena, from);
	struct error err = { "" };

	assert_int_equal(tree_merge(&arena, a, b, strategy, &err), 0);
	assert_prints(a, want);
}

static void strategies_treat_a_key_that_is_there(void **state)
{
	(void)state;
	assert_merged("a: [1]", "a: [2]", TREE_APPEND,
		      "{\"a\": [\"1\", \"2\"]}");
	assert_merged("a: {x: 1}", "a: {y: 2}", TREE_APPEND,
		      "{\"a\": {\"y\": \"2\"}}");
	assert_merged("a: [1]", "a: [2]", TREE_OVERRIDE, "{\"a\": [\"2\"]}");
	assert_merged("a: [1]", "a: [2]\nb: 3", TREE_ADD_ONLY,
		      "{\"a\": [\"1\"], \"b\": \"3\"}");
	assert_merged("a: 1", "plain text", TREE_APPEND, "{\"a\": \"1\"}");
}

static void a_list_does_not_extend_a_scalar(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct tree *a = parse(&arena, "a: x"), *b = parse(&arena, "a: [y]");
	struct error err = { "" };

	(void)state;
	assert_int_equal(tree_merge(&arena, a, b, TREE_APPEND, &err), -EINVAL);
	assert_string_equal(err.text, "appending to a non-sequence");
}

static const char *lookup(const char *name)
{
	if (!strcmp(name, "A"))
		return "alpha";
	if (!strcmp(name, "NEST"))
		return "<${A}>";
	if (!strcmp(name, "LOOP"))
		return "${LOOP}${LOOP}";
	return NULL;
}

static void assert_expands(const char *text, const char *want)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct tree *node = tree_new(&arena, TREE_SCALAR, text);

	tree_expand(&arena, node, lookup);
	assert_string_equal(node->text, want);
}

static void variables_expand_as_falco_does_it(void **state)
{
	(void)state;
	assert_expands("x${A}y${A}", "xalphayalpha");
	assert_expands("${NOPE}|${}|${ A }", "||");
	assert_expands("$${A} ${A}", "${A} alpha");
	assert_expands("$A ${A}", "$A ${A}");
	assert_expands("${A", "${A");
	assert_expands("a$", "a$");
	assert_expands("${NEST}", "<alpha>");
}

static void a_variable_in_itself_ends(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct tree *node = tree_new(&arena, TREE_SCALAR, "${LOOP}");

	(void)state;
	tree_expand(&arena, node, lookup);
	assert_int_equal(strlen(node->text), 0);
}

static void only_values_expand(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct tree *root = parse(&arena, "\"${A}\": [\"${A}\"]");

	(void)state;
	tree_expand(&arena, root, lookup);
	assert_prints(root, "{\"${A}\": [\"alpha\"]}");
}

/* --- Scalars ---------------------------------------------------------------- */

static void truth_has_the_words_of_yaml(void **state)
{
	static const char *const yes[] = { "true", "True", "TRUE", "yes",
					   "on",   "y",	   "Y",	   "ON" };
	static const char *const no[] = { "false", "No", "n", "off" };
	static const char *const neither[] = { "tRue", "1", "", "maybe",
					       "trues", "oN", "yEs" };
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	bool b = false;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(yes); i++) {
		assert_int_equal(tree_bool(tree_new(&arena, TREE_SCALAR, yes[i]),
					   &b), 0);
		assert_true(b);
	}
	for (size_t i = 0; i < ARRAY_SIZE(no); i++) {
		b = true;
		assert_int_equal(tree_bool(tree_new(&arena, TREE_SCALAR, no[i]),
					   &b), 0);
		assert_false(b);
	}
	for (size_t i = 0; i < ARRAY_SIZE(neither); i++)
		assert_int_equal(tree_bool(tree_new(&arena, TREE_SCALAR,
						    neither[i]), &b), -EINVAL);
}

static void numbers_are_whole_words(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	int64_t i = 7;
	double d = 7;

	(void)state;
	tree_integer(tree_new(&arena, TREE_SCALAR, "-12"), &i);
	assert_int_equal(i, -12);
	assert_int_equal(tree_integer(tree_new(&arena, TREE_SCALAR, "1x"), &i),
			 -EINVAL);
	assert_int_equal(tree_integer(tree_new(&arena, TREE_SCALAR,
					       "99999999999999999999"), &i),
			 -EINVAL);
	assert_int_equal(tree_integer(tree_new(&arena, TREE_LIST, NULL), &i),
			 -EINVAL);
	assert_int_equal(i, -12);
	assert_int_equal(tree_number(tree_new(&arena, TREE_SCALAR, ".1"), &d),
			 0);
	assert_true(d > 0.09 && d < 0.11);
	assert_int_equal(tree_number(tree_new(&arena, TREE_SCALAR, "x"), &d),
			 -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_becomes_a_tree),
		cmocka_unit_test(the_first_document_counts),
		cmocka_unit_test(the_first_of_equal_keys_counts),
		cmocka_unit_test(an_alias_is_a_copy),
		cmocka_unit_test(places_are_remembered),
		cmocka_unit_test(what_is_not_yaml_is_refused),
		cmocka_unit_test(depth_is_limited),
		cmocka_unit_test(an_alias_of_itself_is_refused),
		cmocka_unit_test(aliases_of_aliases_are_refused),
		cmocka_unit_test(paths_find_their_node),
		cmocka_unit_test(a_path_through_a_scalar_is_a_mistake),
		cmocka_unit_test(bad_paths_say_where),
		cmocka_unit_test(setting_makes_what_is_missing),
		cmocka_unit_test(an_index_beyond_the_end_makes_a_map),
		cmocka_unit_test(strategies_treat_a_key_that_is_there),
		cmocka_unit_test(a_list_does_not_extend_a_scalar),
		cmocka_unit_test(variables_expand_as_falco_does_it),
		cmocka_unit_test(a_variable_in_itself_ends),
		cmocka_unit_test(only_values_expand),
		cmocka_unit_test(truth_has_the_words_of_yaml),
		cmocka_unit_test(numbers_are_whole_words),
	};

	return RUN_TESTS(tests);
}
