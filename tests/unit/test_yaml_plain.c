/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is read without libyaml is what libyaml reads: rules files, texts about the edges,
 * and both with something changed, thousands of times.
 */
#include "harness/test.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "cleanup.h"
#include "engine/yaml.h"
#include "engine/yaml_plain.h"
#include "error.h"
#include "strbuf.h"

#define CHANGES 400

static bool same_mark(struct yaml_mark a, struct yaml_mark b)
{
	return a.line == b.line && a.column == b.column &&
	       a.offset == b.offset;
}

static bool same(const struct yaml_node *a, const struct yaml_node *b)
{
	if (a->kind != b->kind || a->n != b->n || a->weight != b->weight ||
	    !same_mark(a->mark, b->mark) || !span_eq(a->text, b->text))
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (a->kind == NODE_SEQUENCE && !same(a->items[i], b->items[i]))
			return false;
		if (a->kind == NODE_MAP &&
		    (!same(a->pairs[i].key, b->pairs[i].key) ||
		     !same(a->pairs[i].value, b->pairs[i].value)))
			return false;
	}
	return true;
}

/* Whether it was taken; then libyaml must say the same. */
static bool check(struct span text)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	const struct yaml_node *root;
	struct yaml_stream stream = { NULL, 0 };
	struct yaml_mark where;
	struct error err;

	if (!yaml_plain_read(&arena, text, &root))
		return false;
	if (yaml_read_by_library(&arena, text, &stream, &where, &err))
		fail_msg("taken, but: %s\n%.*s", err.text, SPAN_FMT(text));
	if (stream.n != 1 || !same(root, stream.documents[0]))
		fail_msg("read otherwise:\n%.*s", SPAN_FMT(text));
	return true;
}

static const char *const taken[] = {
	"- a: b\n",
	"a: b",
	"- rule: a b\n  desc: >\n    one\n    two\n\n    three\n  tags: [x, y]\n",
	"- a: |\n   one\n\n     two\n   three\n- b: >-\n    x\n\n\n- c: >+\n    x\n\n",
	"# c\n- a: one\n   two # three\n  b: c#d\n  # e\n  d: \"x: y\"\n",
	"- a:\n  - x\n  - y: z\n    w: [[a, b], [c,\n d e\n f]]\n  b:\n",
	"- a: [ # c\n     x, # d\n     y:z, 'q''s \\', '', \"r\",\n  ]\n",
	"- a: null\n  b: ~\n  c: ''\n  d:   \n  e: x\n",
	"a:\n   text\n   - of more\n   lines\nb:\n",
	"- x\n- -y\n- z\n  z\n",
	"- a: >\n\n      x\n      y\n",
	"- a: >\n    x\n      y\n    z\n   \n",
};

static const char *const declined[] = {
	"", "text", "- a\n b: c\n", "a: b: c\n", "- &x a\n", "- *x\n",
	"{a: b}", "--- \n- a\n", "- a\n...\n", "- a: 'x\n  y'\n",
	"- a: \"\\n\"\n", "- a:\tb\n", "- a: [x\n", "- a: >2\n     x\n",
	"- a: \xc3\xa4\n", "-\n- a\n", "? a\n: b\n", "- a: %b\n",
	"- a: !x b\n", "- a: b\n   c: d\n", "- a: >\n\n    x\n   y\n",
	"a: [x]: y\n", "a: [x: y]\n", "a: [\n...\n]\n",
};

static void what_is_usual_is_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(taken); i++)
		if (!check(span_of(taken[i])))
			fail_msg("declined:\n%s", taken[i]);
}

static void what_is_not_is_declined(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(declined); i++)
		if (check(span_of(declined[i])))
			fail_msg("taken:\n%s", declined[i]);
}

static void read_file(const char *path, struct strbuf *out)
{
	CLEANUP(fclosep) FILE *f = fopen(path, "re");
	char part[4096];
	size_t n;

	assert_non_null(f);
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		strbuf_add(out, part, n);
}

static void each_rules_file(void (*fn)(struct span text))
{
	glob_t files;

	assert_int_equal(glob("rules/*.yaml", 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;

		read_file(files.gl_pathv[i], &text);
		fn(strbuf_span(&text));
	}
	globfree(&files);
}

static void must_be_taken(struct span text)
{
	assert_true(check(text));
}

static void the_built_in_rules_are_taken(void **state)
{
	(void)state;
	each_rules_file(must_be_taken);
}

/* A byte or more replaced, taken out or put in, by those that mean something. */
static void change(struct strbuf *text)
{
	static const char *const pieces[] = {
		" ", "\n", "-", "- ", ":", ": ", "#", " #", "[", "]", ",", ">",
		"|", "'", "\"", "\n\n", "  ", "\t", "~", "...", "---", "{", "?",
		"&a", "*a", "!", "%", "\n   ", "\n- ", "key: ",
	};
	const char *piece = pieces[(size_t)rand() % ARRAY_SIZE(pieces)];
	size_t at = (size_t)rand() % (text->n + 1);
	size_t skip = at + (size_t)rand() % 3;
	CLEANUP(strbuf_done) struct strbuf changed = STRBUF_INIT;

	strbuf_add(&changed, text->data, at);
	strbuf_adds(&changed, piece);
	if (skip < text->n)
		strbuf_add(&changed, text->data + skip, text->n - skip);
	strbuf_reset(text);
	strbuf_addspan(text, strbuf_span(&changed));
}

static void change_often(struct span original, unsigned times)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;

	for (unsigned i = 0; i < times; i++) {
		if (i % 8 == 0) {
			strbuf_reset(&text);
			strbuf_addspan(&text, original);
		}
		change(&text);
		check(strbuf_span(&text));
	}
}

/* A piece of a file is changed faster than the whole. */
static void change_pieces(struct span text)
{
	for (unsigned i = 0; i < CHANGES / 8; i++) {
		size_t at = (size_t)rand() % text.n;
		const char *start = memmem(text.data + at, text.n - at, "\n- ", 3);
		size_t n = 1500;

		if (!start)
			continue;
		at = (size_t)(start - text.data) + 1;
		if (n > text.n - at)
			n = text.n - at;
		change_often(span_make(text.data + at, n), 8);
	}
}

static void what_is_changed_is_read_alike_or_declined(void **state)
{
	const char *given = getenv("TEST_CHANGES");
	unsigned times = given ? (unsigned)strtoul(given, NULL, 10) : CHANGES;

	(void)state;
	srand(1);
	for (size_t i = 0; i < ARRAY_SIZE(taken); i++)
		change_often(span_of(taken[i]), times);
	each_rules_file(change_pieces);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_usual_is_taken),
		cmocka_unit_test(what_is_not_is_declined),
		cmocka_unit_test(the_built_in_rules_are_taken),
		cmocka_unit_test(what_is_changed_is_read_alike_or_declined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
