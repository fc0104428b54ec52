/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list.c and list_events.c: the listings' shapes. The oracle's own are compared
 * where it is there (FALCO_RUN_ORACLE, or ../shared/oracle): events byte by byte,
 * fields by name, type and argument, since their descriptions are our words.
 */
#include <errno.h>

#include "harness/test.h"

#include "cleanup.h"
#include "json_node.h"
#include "strbuf.h"

#include "engine/engine.h"

static struct engine *engine_with(bool container)
{
	struct engine_options o;

	engine_options_default(&o);
	o.container_plugin = container;
	return engine_new(&o);
}

/* The listing of an engine of that kind. */
static void list(bool container, bool names, bool verbose,
		 enum list_format format, struct strbuf *out)
{
	struct engine *e = engine_with(container);

	assert_int_equal(engine_list_fields(e, NULL, names, verbose, format,
					    out),
			 0);
	engine_free(e);
}

/* The standard output of an oracle's case; false when the oracle is not there. */
static bool oracle(const char *name, struct strbuf *out)
{
	const char *root = getenv("FALCO_RUN_ORACLE");
	char path[4096];
	CLEANUP(fclosep) FILE *f = NULL;
	size_t n;

	snprintf(path, sizeof(path), "%s/rules/cli/%s/stdout",
		 root ? root : "../shared/oracle", name);
	f = fopen(path, "re");
	if (!f)
		return false;
	while ((n = fread(path, 1, sizeof(path), f)) > 0)
		strbuf_add(out, path, n);
	return true;
}

/* --- Fields ---------------------------------------------------------------- */

static void fields_are_listed_by_class(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	(void)state;
	list(false, false, false, LIST_TEXT, &b);
	assert_true(span_starts_with(
		strbuf_span(&b),
		SPAN("-------------------------------\n"
		     "Field Class:                  evt (All event types)\n"
		     "Description:                  ")));
	assert_contains(b.data, "\nEvent Sources:                syscall \n\n"
				"evt.num                       ");
	assert_contains(b.data, "\nfd.types                      "
				"(ARG_ALLOWED,EPF_IS_LIST,EPF_NO_RHS) ");
	assert_contains(b.data, "\nfd.net                        (EPF_NO_RHS,"
				"EPF_NO_TRANSFORMER,FILTER_ONLY) ");
	assert_contains(b.data,
			"\nproc.exe_ino.ctime_duration_proc_start\n"
			"                              Nanoseconds ");
	assert_null(strstr(b.data, "evt.latency"));
	assert_null(strstr(b.data, "util.cnt"));
	assert_null(strstr(b.data, "container.id"));
}

static void no_line_is_longer_than_120_columns(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	(void)state;
	list(true, false, true, LIST_TEXT, &b);
	for (const char *line = b.data; *line; line += strcspn(line, "\n") + 1)
		assert_true(strcspn(line, "\n") <= 120);
}

static void verbose_lists_show_types(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	(void)state;
	list(false, false, true, LIST_TEXT, &b);
	assert_contains(b.data, "evt.rawarg                    (Type: DYNAMIC) "
				"(ARG_REQUIRED,EPF_NO_RHS,EPF_NO_TRANSFORMER)");
}

static void markdown_is_a_table(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	(void)state;
	list(false, false, false, LIST_MARKDOWN, &b);
	assert_contains(b.data, "## Field Class: process\n\n");
	assert_contains(b.data, "Event Sources: syscall \n\n"
				"Name | Type | Description\n"
				":----|:-----|:-----------\n`proc.exe` | "
				"CHARBUF | ");
}

static void an_unknown_source_is_refused(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
	struct engine *e = engine_with(false);

	(void)state;
	assert_int_equal(engine_list_fields(e, "kettle", false, false,
					    LIST_TEXT, &b),
			 -EINVAL);
	assert_int_equal(b.n, 0);
	assert_int_equal(engine_list_fields(e, "syscall", true, false,
					    LIST_TEXT, &b),
			 0);
	assert_true(b.n > 0);
	engine_free(e);
}

static void names_are_the_oracles(void **state)
{
	static const struct {
		const char *name;
		bool container;
		enum list_format format;
	} rows[] = {
		{ "004-list-N", false, LIST_TEXT },
		{ "009-list-json-N", false, LIST_JSON },
		{ "010-list-md-N", false, LIST_MARKDOWN },
		{ "018-list-container-N", true, LIST_TEXT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(strbuf_done) struct strbuf got = STRBUF_INIT;
		CLEANUP(strbuf_done) struct strbuf want = STRBUF_INIT;

		if (!oracle(rows[i].name, &want))
			skip();
		list(rows[i].container, true, false, rows[i].format, &got);
		assert_string_equal(got.data, want.data);
	}
}

/* Takes out the texts that are ours. */
static void drop_descriptions(struct json_object *node)
{
	struct json_object_iter child;

	for (size_t i = 0; i < json_count(node); i++)
		drop_descriptions(json_at(node, i));
	if (!json_object_is_type(node, json_type_object))
		return;
	json_object_object_del(node, "desc");
	json_object_object_foreachC(node, child) drop_descriptions(child.val);
}

static void json_is_the_oracles_but_for_words(void **state)
{
	static const char *const names[] = { "008-list-json",
					     "019-list-container-json" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP(strbuf_done) struct strbuf got = STRBUF_INIT;
		CLEANUP(strbuf_done) struct strbuf want = STRBUF_INIT;
		struct json_object *ours, *theirs;

		if (!oracle(names[i], &want))
			skip();
		list(i == 1, false, false, LIST_JSON, &got);
		ours = json_tokener_parse(got.data);
		theirs = json_tokener_parse(want.data);
		drop_descriptions(ours);
		drop_descriptions(theirs);
		assert_true(json_object_equal(ours, theirs));
		json_object_put(ours);
		json_object_put(theirs);
	}
}

/* The first word of each line that does not go on from the one before. */
static void print_heads(const char *text, struct strbuf *out)
{
	for (; *text; text += strcspn(text, "\n") + 1)
		if (*text != ' ')
			strbuf_addf(out, "%.*s\n", (int)strcspn(text, " \n"),
				    text);
}

static void text_begins_as_the_oracles(void **state)
{
	static const char *const names[] = { "001-list-text",
					     "017-list-container" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP(strbuf_done) struct strbuf got = STRBUF_INIT;
		CLEANUP(strbuf_done) struct strbuf want = STRBUF_INIT;
		CLEANUP(strbuf_done) struct strbuf got_heads = STRBUF_INIT;
		CLEANUP(strbuf_done) struct strbuf want_heads = STRBUF_INIT;

		if (!oracle(names[i], &want))
			skip();
		list(i == 1, false, false, LIST_TEXT, &got);
		print_heads(got.data, &got_heads);
		print_heads(want.data, &want_heads);
		assert_string_equal(got_heads.data, want_heads.data);
	}
}

/* --- Events ---------------------------------------------------------------- */

static void events_are_the_oracles(void **state)
{
	static const char *const names[] = {
		[LIST_TEXT] = "022-list-events-text",
		[LIST_MARKDOWN] = "024-list-events-markdown",
		[LIST_JSON] = "023-list-events-json",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP(strbuf_done) struct strbuf got = STRBUF_INIT;
		CLEANUP(strbuf_done) struct strbuf want = STRBUF_INIT;

		if (!oracle(names[i], &want))
			skip();
		engine_list_events((enum list_format)i, &got);
		assert_int_equal(got.n, want.n);
		assert_memory_equal(got.data, want.data, got.n);
	}
}

static void events_show_their_parameters(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	(void)state;
	engine_list_events(LIST_TEXT, &b);
	assert_contains(b.data, "\n< close(ERRNO **res**, FD **fd**)\n");
	assert_contains(b.data, "\n> procexit(ERRNO **status**");
	assert_contains(b.data, "\n## Metaevents\n\n");
	strbuf_reset(&b);
	engine_list_events(LIST_MARKDOWN, &b);
	assert_contains(b.data, "\nNo | `<` | `read` | ERRNO **res**");
	assert_contains(b.data, "**how**: *SHUT_UNKNOWN*, *SHUT_RDWR*");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_listed_by_class),
		cmocka_unit_test(no_line_is_longer_than_120_columns),
		cmocka_unit_test(verbose_lists_show_types),
		cmocka_unit_test(markdown_is_a_table),
		cmocka_unit_test(an_unknown_source_is_refused),
		cmocka_unit_test(names_are_the_oracles),
		cmocka_unit_test(json_is_the_oracles_but_for_words),
		cmocka_unit_test(text_begins_as_the_oracles),
		cmocka_unit_test(events_are_the_oracles),
		cmocka_unit_test(events_show_their_parameters),
	};

	return RUN_TESTS(tests);
}
