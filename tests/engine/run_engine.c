/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The language as data: every .test file in tests/engine (or those named), cases of three
 * lines with blank lines between, # for comments:
 *
 *	condition                       %%FAIL
 *	event (harness/fake_event.h)    condition
 *	true, false or unknown          offset: the exact message
 *
 * In a %%FAIL case a first line `%%DEPTH n` may set the limit on nesting, and \n, \t, \xHH
 * in a condition stand for bytes. Each file is a cmocka test of its own.
 */
#include "harness/test.h"

#include <errno.h>
#include <glob.h>

#include "array.h"
#include "cleanup.h"
#include "strbuf.h"

#include "engine/env.h"
#include "engine/field.h"
#include "engine/filter.h"
#include "harness/fake_event.h"

static const char *const truth_names[] = {
	[TRUTH_FALSE] = "false",
	[TRUTH_TRUE] = "true",
	[TRUTH_UNKNOWN] = "unknown",
};

struct reader {
	const char *path;
	FILE *file;
	char *line;
	size_t size;
	unsigned number;
	unsigned bad;
	struct engine_env env;
};

/* The next line without its newline; NULL at the end. */
static const char *next_line(struct reader *r)
{
	ssize_t n = getline(&r->line, &r->size, r->file);

	if (n < 0)
		return NULL;
	r->number++;
	while (n > 0 && (r->line[n - 1] == '\n' || r->line[n - 1] == '\r'))
		r->line[--n] = '\0';
	return r->line;
}

static const char *next_case(struct reader *r)
{
	const char *line = next_line(r);

	while (line && (!*line || *line == '#'))
		line = next_line(r);
	return line;
}

__attribute__((format(printf, 2, 3))) static void
complain(struct reader *r, const char *fmt, ...)
{
	va_list ap;

	r->bad++;
	fprintf(stderr, "# %s:%u: ", r->path, r->number);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

/* The condition's text with \n, \t and \xHH as bytes. */
static char *unescape(const char *s, size_t *ret_n)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
	unsigned c;

	for (; *s; s++) {
		if (s[0] == '\\' && s[1] == 'n') {
			strbuf_addch(&b, '\n');
			s++;
		} else if (s[0] == '\\' && s[1] == 't') {
			strbuf_addch(&b, '\t');
			s++;
		} else if (sscanf(s, "\\x%2x", &c) == 1) {
			strbuf_addch(&b, (char)c);
			s += 3;
		} else {
			strbuf_addch(&b, *s);
		}
	}
	*ret_n = b.n;
	return strbuf_take(&b);
}

static int compile(struct reader *r, struct span text, unsigned depth,
		   struct program **ret, struct filter_error *err)
{
	struct ast *root;
	int status = filter_parse(r->env.arena, text, depth, &root, err);

	if (status < 0)
		return status;
	return filter_compile(&r->env, root, NULL, NULL, ret, err);
}

static enum truth evaluate(struct reader *r, const struct program *p,
			   struct fake_event *f)
{
	CLEANUP(eval_done) struct eval e;

	eval_init(&e, &r->env);
	e.ev = &f->ev;
	return program_run(p, &e);
}

static void check_verdict(struct reader *r, const struct program *p,
			  const char *event, const char *want)
{
	CLEANUP(freep) struct fake_event *f = xcalloc(1, sizeof(*f));
	enum truth got;

	if (!fake_event_init(f, span_of(event))) {
		complain(r, "the event is not understood: %s", event);
	} else {
		got = evaluate(r, p, f);
		if (strcmp(truth_names[got], want) != 0)
			complain(r, "want %s, got %s", want, truth_names[got]);
	}
	fake_event_done(f);
}

/* A condition is followed by as many pairs of event and verdict as there are. */
static void run_good(struct reader *r, const char *line)
{
	CLEANUP(freep) struct filter_error *err = xcalloc(1, sizeof(*err));
	struct program *p = NULL;
	size_t n;
	char *text = unescape(line, &n);

	if (compile(r, span_make(text, n), FILTER_DEPTH_LOADER, &p, err) < 0)
		complain(r, "%u: %s", err->pos.offset, err->text);
	for (line = next_line(r); line && *line; line = next_line(r)) {
		CLEANUP(freep) char *event = xstrdup(line);

		line = next_line(r);
		if (line && p)
			check_verdict(r, p, event, line);
	}
	free(text);
}

static void run_fail(struct reader *r)
{
	CLEANUP(freep) struct filter_error *err = xcalloc(1, sizeof(*err));
	CLEANUP(strbuf_done) struct strbuf got = STRBUF_INIT;
	unsigned depth = FILTER_DEPTH_LOADER;
	struct program *p;
	const char *line = next_line(r);
	size_t n;
	char *text;

	if (line && sscanf(line, "%%%%DEPTH %u", &depth) == 1)
		line = next_line(r);
	text = unescape(line ? line : "", &n);
	if (compile(r, span_make(text, n), depth, &p, err) < 0)
		strbuf_addf(&got, "%u: %s", err->pos.offset, err->text);
	line = next_line(r);
	if (!line || strcmp(got.data, line) != 0)
		complain(r, "want %s\n#   got %s", line ? line : "", got.data);
	free(text);
}

static void a_file_of_cases_holds(void **state)
{
	struct arena arena = ARENA_INIT;
	struct reader r = { .path = *state, .env = { .arena = &arena } };
	const char *line;
	unsigned cases = 0;

	r.file = fopen(r.path, "re");
	assert_non_null(r.file);
	for (line = next_case(&r); line; line = next_case(&r), cases++) {
		if (strcmp(line, "%%FAIL") == 0)
			run_fail(&r);
		else
			run_good(&r, line);
	}
	fclose(r.file);
	free(r.line);
	arena_done(&arena);
	assert_int_not_equal(cases, 0);
	assert_int_equal(r.bad, 0);
}

int main(int argc, char **argv)
{
	struct CMUnitTest tests[64] = { 0 };
	glob_t found = { 0 };
	size_t n = 0;
	int status;

	if (argc < 2 && glob("tests/engine/*.test", 0, NULL, &found) != 0)
		return 1;
	for (size_t i = 0; n < ARRAY_SIZE(tests) &&
			   i < (argc < 2 ? found.gl_pathc : (size_t)argc - 1);
	     i++)
		tests[n++] = (struct CMUnitTest){
			.name = argc < 2 ? found.gl_pathv[i] : argv[i + 1],
			.test_func = a_file_of_cases_holds,
			.initial_state = argc < 2 ? found.gl_pathv[i] :
						    argv[i + 1],
		};
	status = _cmocka_run_group_tests("engine", tests, n, NULL, NULL);
	globfree(&found);
	return status;
}
