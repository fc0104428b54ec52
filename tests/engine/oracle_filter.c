/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every single-condition case of the oracle (rules/visible/filter/cases.jsonl in
 * ../shared/oracle or FALCO_RUN_ORACLE) through filter_parse() and
 * filter_compile(): the verdict, the text and place of errors, the condition
 * printed back, and what -L lists of it must be Falco's. Prints a line of counts
 * for each question; exits with 1 when a bar is missed, with 77 without an oracle.
 *
 * usage: oracle_filter [differences to show]
 */
#include <errno.h>
#include <stdio.h>

#include "arena.h"
#include "cleanup.h"
#include "error.h"
#include "json_node.h"
#include "strbuf.h"

#include "engine/env.h"
#include "engine/event_info.h"
#include "engine/filter.h"

/* Where the condition begins in the file that each case was put in. */
#define CONDITION_OFFSET 33

enum question {
	VERDICT,
	TEXT,
	PLACE,
	COMPILED,
	WARNINGS,
	FIELDS,
	OPERATORS,
	EVENTS,
	QUESTION_COUNT,
};

static const struct {
	const char *name;
	unsigned bar; /* per thousand */
} questions[QUESTION_COUNT] = {
	[VERDICT] = { "verdicts", 990 },   [TEXT] = { "texts", 970 },
	[PLACE] = { "places", 970 },	   [COMPILED] = { "compiled", 990 },
	[WARNINGS] = { "warnings", 990 },  [FIELDS] = { "fields", 990 },
	[OPERATORS] = { "operators", 990 }, [EVENTS] = { "events", 990 },
};

struct run {
	size_t asked[QUESTION_COUNT], good[QUESTION_COUNT];
	long show;
	struct engine_env env;
	/* the case at hand */
	struct json_object *c;
	struct strbuf warnings, fields, operators;
};

static const char *text_of(struct json_object *object, const char *key)
{
	struct json_object *item = json_get(object, key);

	return json_text(item) ? json_text(item) : "";
}

static void answer(struct run *run, enum question q, bool good, const char *want,
		   const char *got)
{
	run->asked[q]++;
	run->good[q] += good;
	if (good || run->show-- <= 0)
		return;
	printf("%s: %.150s\n\twant %.300s\n\tgot  %.300s\n", questions[q].name,
	       text_of(run->c, "condition"), want, got);
}

static void on_warning(void *ctx, const char *text, struct filter_pos pos)
{
	struct run *run = ctx;

	(void)pos;
	strbuf_addf(&run->warnings, "%s\n", text);
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The lines of `lines`, sorted, as the oracle's lists are. */
static char *sorted(const struct strbuf *lines)
{
	char *copy = xstrdup(lines->data), *save = NULL, *line;
	const char **items = xcalloc(lines->n + 1, sizeof(*items));
	struct strbuf out = STRBUF_INIT;
	size_t n = 0;

	for (line = strtok_r(copy, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		items[n++] = line;
	qsort(items, n, sizeof(*items), compare_texts);
	for (size_t i = 0; i < n; i++)
		strbuf_addf(&out, "%s\n", items[i]);
	free(items);
	free(copy);
	return strbuf_take(&out);
}

static char *lines_of(struct json_object *array)
{
	struct strbuf out = STRBUF_INIT;

	for (size_t i = 0; i < json_count(array); i++)
		strbuf_addf(&out, "%s\n", json_text(json_at(array, i)));
	return strbuf_take(&out);
}

static void on_use(void *ctx, enum filter_use use, struct span text,
		   struct filter_pos pos)
{
	struct run *run = ctx;
	struct strbuf *out = use == FILTER_USE_FIELD	? &run->fields :
			     use == FILTER_USE_OPERATOR ? &run->operators :
							  NULL;

	(void)pos;
	if (!out)
		return;
	strbuf_addspan(out, text);
	strbuf_addch(out, '\n');
}

static void ask_list(struct run *run, enum question q, const char *key,
		     const struct strbuf *lines)
{
	struct json_object *array = json_get(run->c, key);
	CLEANUP(freep) char *got = sorted(lines);
	CLEANUP(freep) char *want = lines_of(array);

	if (array)
		answer(run, q, strcmp(want, got) == 0, want, got);
}

/* The names of the events, as -L lists them, without what it always adds. */
static size_t name_events(const struct interest *set, struct strbuf *out)
{
	size_t n = 0;

	for (unsigned i = 0; i < EVENT_TYPE_COUNT; i++) {
		const char *name = event_info(i)->name;
		bool repeats = false;

		name = name ? name : "NA";
		for (unsigned k = 0; k < i && !repeats; k++)
			repeats = interest_has(set, k) &&
				  strcmp(event_info(k)->name ?
						 event_info(k)->name : "NA",
					 name) == 0;
		if (!interest_has(set, i) || repeats ||
		    i == EVENT_GENERIC_E || i == EVENT_GENERIC_X ||
		    i == EVENT_ASYNCEVENT_E)
			continue;
		strbuf_addf(out, "%s\n", name);
		n++;
	}
	for (unsigned i = 0; i < GENERIC_COUNT; i++) {
		if (!interest_has_generic(set, i))
			continue;
		strbuf_addf(out, "%s\n", generic_name(i));
		n++;
	}
	strbuf_adds(out, "asyncevent\n");
	return n + 1;
}

static void ask_events(struct run *run, const struct ast *root)
{
	CLEANUP(strbuf_done) struct strbuf names = STRBUF_INIT;
	struct json_object *events = json_get(run->c, "events");
	struct interest set;
	size_t n;

	if (!events || filter_events(NULL, root, &set, NULL) < 0)
		return;
	n = name_events(&set, &names);
	if (json_object_is_type(events, json_type_array))
		ask_list(run, EVENTS, "events", &names);
	else
		answer(run, EVENTS, (size_t)json_object_get_int(events) == n,
		       "", "");
}

static void ask_good(struct run *run, const struct ast *root)
{
	CLEANUP(strbuf_done) struct strbuf printed = STRBUF_INIT;
	struct json_object *compiled = json_get(run->c, "compiled");

	filter_print(root, &printed);
	if (compiled)
		answer(run, COMPILED,
		       strcmp(printed.data, json_text(compiled)) == 0,
		       json_text(compiled), printed.data);
	strbuf_reset(&run->fields);
	strbuf_reset(&run->operators);
	filter_walk(root, on_use, run);
	ask_list(run, FIELDS, "fields", &run->fields);
	ask_list(run, OPERATORS, "operators", &run->operators);
	ask_events(run, root);
}

static void ask_warnings(struct run *run)
{
	struct strbuf want = STRBUF_INIT;
	struct json_object *warnings = json_get(run->c, "warnings");

	for (size_t i = 0; i < json_count(warnings); i++) {
		struct json_object *warning = json_at(warnings, i);
		const char *code = json_text(json_at(warning, 0));

		if (strcmp(code, "LOAD_COMPILE_CONDITION") == 0)
			strbuf_addf(&want, "%s\n",
				    json_text(json_at(warning, 1)));
	}
	answer(run, WARNINGS, strcmp(want.data, run->warnings.data) == 0,
	       want.data, run->warnings.data);
	strbuf_done(&want);
}

static void ask_place(struct run *run, const struct filter_error *err)
{
	struct json_object *at = json_get(run->c, "at");
	char want[32], got[32];

	if (!at)
		return;
	snprintf(want, sizeof(want), "%d",
		 json_object_get_int(json_at(at, 2)) - CONDITION_OFFSET);
	snprintf(got, sizeof(got), "%u", err->pos.offset);
	answer(run, PLACE, strcmp(want, got) == 0, want, got);
}

static void ask_bad(struct run *run, int r, const struct filter_error *err)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	bool fatal = strcmp(text_of(run->c, "code"), "FATAL") == 0;
	const char *want = text_of(run->c, "error");

	strbuf_addf(&text, fatal ? "Runtime error: %s. Exiting." : "%s",
		    err->text);
	answer(run, TEXT, strcmp(text.data, want) == 0 &&
			  fatal == (r == -ENOTSUP), want, text.data);
	ask_place(run, err);
}

static void run_case(struct run *run)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	bool want = strcmp(text_of(run->c, "verdict"), "ok") == 0;
	struct span text = span_of(text_of(run->c, "condition"));
	struct filter_error *err = arena_zalloc(&arena, sizeof(*err));
	struct program *program;
	struct ast *root;
	int r;

	strbuf_reset(&run->warnings);
	r = filter_parse(&arena, text, FILTER_DEPTH_LOADER, &root, err);
	if (r == 0)
		r = filter_compile(&run->env, root, on_warning, run, &program,
				   err);
	answer(run, VERDICT, want == (r == 0), text_of(run->c, "error"),
	       r ? err->text : "ok");
	/* An undefined macro is the loader's to name. */
	if (r < 0 && !want &&
	    strcmp(text_of(run->c, "code"), "LOAD_ERR_VALIDATE") != 0)
		ask_bad(run, r, err);
	if (r == 0 && want) {
		ask_good(run, root);
		ask_warnings(run);
	}
}

static int report(const struct run *run)
{
	int status = 0;

	for (int q = 0; q < QUESTION_COUNT; q++) {
		size_t least = run->asked[q] * questions[q].bar / 1000;

		printf("%-10s %zu of %zu\n", questions[q].name, run->good[q],
		       run->asked[q]);
		if (run->good[q] < least || !run->asked[q])
			status = 1;
	}
	return status;
}

static int run_file(struct run *run, const char *path)
{
	CLEANUP(fclosep) FILE *file = fopen(path, "re");
	CLEANUP(freep) char *line = NULL;
	size_t size = 0;

	if (!file) {
		printf("there is no %s\n", path);
		return 77;
	}
	while (getline(&line, &size, file) > 0) {
		struct json_object *c = json_tokener_parse(line);

		if (!c)
			return 1;
		run->c = c;
		run_case(run);
		json_object_put(c);
	}
	return report(run);
}

int main(int argc, char **argv)
{
	const char *oracle = getenv("FALCO_RUN_ORACLE");
	CLEANUP(strbuf_done) struct strbuf path = STRBUF_INIT;
	struct arena arena = ARENA_INIT;
	struct run run = { 0 };
	int status;

	strbuf_addf(&path, "%s/rules/visible/filter/cases.jsonl",
		    oracle ? oracle : "../shared/oracle");
	run.show = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
	run.env.arena = &arena;
	run.warnings = run.fields = run.operators = (struct strbuf)STRBUF_INIT;
	status = run_file(&run, path.data);
	strbuf_done(&run.warnings);
	strbuf_done(&run.fields);
	strbuf_done(&run.operators);
	arena_done(&arena);
	return status;
}
