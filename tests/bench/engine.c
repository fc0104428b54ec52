/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What judging costs: the recordings beside this file (record.c made them) against
 * the rules named on the command line, as fast as it goes. A call is judged at its
 * beginning and, where a rule may match, matched at its end. The baseline walks the
 * tree of each enabled rule in turn; it has the same comparisons and the same cache
 * of fields, but no index, no folding and nothing shared. Each figure is the best
 * of several rounds: what else runs on the machine only ever adds.
 *
 *	engine RULES.yaml...
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "array.h"
#include "cleanup.h"
#include "strbuf.h"

#include "engine/engine.h"
#include "engine/event_info.h"
#include "engine/field.h"
#include "engine/filter.h"
#include "engine/rules.h"
#include "engine/state.h"
#include "harness/ast_walk.h"
#include "harness/fake_event.h"
#include "launcher/heap.h"

#define LOADS 15
#define ROUNDS 7
#define LOAD_MS_MAX 15.0
#define LOAD_MB_MAX 8.0

struct call {
	const char *name;
	struct fake_event begin, end;
};

struct walked {
	struct ast_walk *walk;
	struct rule *rule;
};

struct bench {
	struct {
		struct strbuf *items;
		size_t n, cap;
	} files;
	struct {
		struct call **items;
		size_t n, cap;
	} calls;
	struct arena arena;   /* the walks and their fields */
	struct arena scratch; /* of one event */
	struct engine *engine;
	struct walked *walked;
	size_t nwalked;
	struct engine_env env; /* of the walks */
	struct eval eval;
	size_t nmatches;
};

/* The processor's time, not the clock's: others may be busy here. */
static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static _Noreturn void give_up(const char *why, const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", why, what);
	exit(1);
}

static struct strbuf read_file(const char *path)
{
	CLEANUP(fclosep) FILE *file = fopen(path, "rbe");
	struct strbuf text = STRBUF_INIT;
	char piece[4096];
	size_t n;

	if (!file)
		give_up("cannot read", path);
	while ((n = fread(piece, 1, sizeof(piece), file)) > 0)
		strbuf_add(&text, piece, n);
	return text;
}

/* --- Loading -------------------------------------------------------------------- */

static struct engine *load(const struct bench *b)
{
	struct engine_options options;
	struct engine *e;

	engine_options_default(&options);
	options.container_plugin = true;
	e = engine_new(&options);
	for (size_t i = 0; i < b->files.n; i++) {
		struct load_result *result;

		if (engine_load(e, "rules.yaml", strbuf_span(&b->files.items[i]),
				&result) < 0)
			give_up("rules have errors", "falco-run -V says which");
		load_result_free(result);
	}
	engine_ready(e);
	return e;
}

struct load_cost {
	double ms;
	long kb;
};

/* In a child, whose peak is its own. */
static size_t size_of(const struct bench *b)
{
	size_t bytes = 0;

	for (size_t i = 0; i < b->files.n; i++)
		bytes += b->files.items[i].n;
	return bytes;
}

/* As a run does it: with its heap prepared, in the time that is measured. */
static struct load_cost load_once(const struct bench *b)
{
	struct load_cost cost = { 0 };
	struct rusage before, after;
	int ends[2];
	pid_t pid;

	if (pipe(ends) < 0)
		give_up("no pipe", "");
	pid = fork();
	if (pid == 0) {
		getrusage(RUSAGE_SELF, &before);
		cost.ms = -now() * 1000;
		heap_prepare(size_of(b) * HEAP_OF_RULES);
		load(b);
		cost.ms += now() * 1000;
		getrusage(RUSAGE_SELF, &after);
		cost.kb = after.ru_maxrss - before.ru_maxrss;
		_exit(write(ends[1], &cost, sizeof(cost)) != sizeof(cost));
	}
	if (read(ends[0], &cost, sizeof(cost)) != sizeof(cost))
		give_up("loading failed", "");
	close(ends[0]);
	close(ends[1]);
	waitpid(pid, NULL, 0);
	return cost;
}

static void measure_loading(const struct bench *b)
{
	struct load_cost best = load_once(b);

	for (int i = 1; i < LOADS; i++) {
		struct load_cost cost = load_once(b);

		best.ms = cost.ms < best.ms ? cost.ms : best.ms;
		best.kb = cost.kb > best.kb ? cost.kb : best.kb;
	}
	printf("load: %zu files, %zu KB: %.1f ms (%.2f of %.0f), peak %.1f MB "
	       "(%.2f of %.0f)\n",
	       b->files.n, size_of(b) / 1024, best.ms, best.ms / LOAD_MS_MAX,
	       LOAD_MS_MAX, (double)best.kb / 1024,
	       (double)best.kb / 1024 / LOAD_MB_MAX, LOAD_MB_MAX);
}

/* --- The recordings ------------------------------------------------------------- */

/* The words of the processes of one recording, by number. */
struct processes {
	char **items;
	size_t n, cap;
};

static void init_event(struct fake_event *f, const char *line)
{
	if (!fake_event_init(f, span_of(line)))
		give_up("not understood", line);
}

/* "NAME NUMBER words | words" */
static void add_call(struct bench *b, const struct processes *p, char *line)
{
	struct call *call = xcalloc(1, sizeof(*call));
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	char *number = strchr(line, ' '), *words, *end = strstr(line, " |");
	size_t i;

	if (!number || !end)
		give_up("not understood", line);
	*number = *end = '\0';
	i = strtoul(number + 1, &words, 10);
	if (i >= p->n)
		give_up("no such process", number + 1);
	strbuf_addf(&text, "%s@entry%s%s", line, p->items[i], words);
	init_event(&call->begin, text.data);
	strbuf_reset(&text);
	strbuf_addf(&text, "%s%s%s%s", line, p->items[i], words, end + 2);
	init_event(&call->end, text.data);
	call->name = event_name(&call->begin.ev);
	call->begin.ev.arena = call->end.ev.arena = &b->scratch;
	*array_push(&b->calls) = call;
}

static void add_line(struct bench *b, struct processes *p, char *line)
{
	char *words = line;

	if (line[0] != '=') {
		add_call(b, p, line);
		return;
	}
	if (strtoul(line + 1, &words, 10) >= 1000)
		give_up("not understood", line);
	while (p->n <= strtoul(line + 1, NULL, 10))
		*array_push(p) = NULL;
	p->items[p->n - 1] = xstrdup(words);
}

static void read_recording(struct bench *b, const char *path)
{
	struct strbuf text = read_file(path);
	struct processes p = { 0 };
	char *rest = text.data, *line;

	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line)
			add_line(b, &p, line);
	for (size_t i = 0; i < p.n; i++)
		free(p.items[i]);
	free(p.items);
	strbuf_done(&text);
}

static void read_recordings(struct bench *b)
{
	glob_t found = { 0 };

	if (glob("tests/bench/*.txt", 0, NULL, &found) != 0)
		give_up("no recordings", "tests/bench/*.txt");
	for (size_t i = 0; i < found.gl_pathc; i++)
		read_recording(b, found.gl_pathv[i]);
	globfree(&found);
}

/* --- The baseline --------------------------------------------------------------- */

static void make_walks(struct bench *b)
{
	CLEANUP(freep) struct filter_error *err = xcalloc(1, sizeof(*err));
	struct compiled *c = b->engine->compiled;

	b->env.options = b->engine->env.options;
	b->env.arena = &b->arena;
	b->walked = xcalloc(c->nrules, sizeof(*b->walked));
	for (size_t i = 0; i < c->nrules; i++) {
		struct walked *w = &b->walked[b->nwalked];

		if (!c->rules[i].enabled)
			continue;
		w->rule = &c->rules[i];
		if (ast_walk_new(&b->env, w->rule->ast, &w->walk, err) < 0)
			give_up("cannot walk", err->text);
		b->nwalked++;
	}
	eval_init(&b->eval, &b->env);
}

/* The first truth that is not FALSE, or is TRUE where only that counts. */
static enum truth walk_event(struct bench *b, struct event *ev)
{
	enum truth t = TRUTH_FALSE;

	eval_begin(&b->eval, ev);
	for (size_t i = 0; i < b->nwalked && t == TRUTH_FALSE; i++)
		t = ast_walk_run(b->walked[i].walk, &b->eval);
	return t;
}

static void walk_call(struct bench *b, struct call *call)
{
	if (walk_event(b, &call->begin.ev) == TRUTH_FALSE)
		return;
	b->nmatches += walk_event(b, &call->end.ev) == TRUTH_TRUE;
}

/* --- Judging -------------------------------------------------------------------- */

static void no_alert(void *ctx, const struct rule_info *rule)
{
	(void)ctx;
	(void)rule;
}

static void judge_call(struct bench *b, struct call *call)
{
	if (engine_judge(b->engine, &call->begin.ev) == TRUTH_FALSE)
		return;
	b->nmatches += engine_match(b->engine, &call->end.ev, no_alert, NULL);
}

typedef void call_fn(struct bench *b, struct call *call);

static void judge_calls(struct bench *b, call_fn *fn, struct call **calls,
			size_t n)
{
	for (size_t i = 0; i < n; i++) {
		fn(b, calls[i]);
		arena_reset(&b->scratch);
	}
}

/* Seconds for one of the n calls, at best. */
static double measure(struct bench *b, call_fn *fn, struct call **calls,
		      size_t n)
{
	double best = 1e9;

	for (int round = 0; round < ROUNDS; round++) {
		double start = now(), spent = 0, times;

		for (times = 0; spent < 2e-3; times++) {
			judge_calls(b, fn, calls, n);
			spent = now() - start;
		}
		spent /= times * (double)n;
		best = spent < best ? spent : best;
	}
	return best;
}

static void measure_type(struct bench *b, const char *name, struct call **calls,
			 size_t n)
{
	double program = measure(b, judge_call, calls, n);
	double walk = measure(b, walk_call, calls, n);

	printf("%-18s %6zu %12.0f %12.0f %8.1f\n", name, n, 1 / program,
	       1 / walk, walk / program);
}

static size_t count_matches(struct bench *b, call_fn *fn)
{
	b->nmatches = 0;
	judge_calls(b, fn, b->calls.items, b->calls.n);
	return b->nmatches;
}

static int by_name(const void *a, const void *b)
{
	const struct call *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static void measure_types(struct bench *b)
{
	size_t n = b->calls.n, from = 0;

	struct call **calls = b->calls.items;
	struct call **wanted = xcalloc(n, sizeof(*wanted));
	size_t nwanted = 0;

	measure_type(b, "all", calls, n);
	for (size_t i = 0; i < n; i++)
		if (index_bucket(&b->engine->index, &calls[i]->begin.ev)->n)
			wanted[nwanted++] = calls[i];
	measure_type(b, "that rules want", wanted, nwanted);
	free(wanted);
	qsort(calls, n, sizeof(*calls), by_name);
	for (size_t i = 1; i <= n; i++) {
		if (i < n && by_name(&calls[from], &calls[i]) == 0)
			continue;
		measure_type(b, calls[from]->name, calls + from, i - from);
		from = i;
	}
}

static void free_bench(struct bench *b)
{
	for (size_t i = 0; i < b->calls.n; i++) {
		fake_event_done(&b->calls.items[i]->begin);
		fake_event_done(&b->calls.items[i]->end);
		free(b->calls.items[i]);
	}
	array_done(&b->calls);
	for (size_t i = 0; i < b->files.n; i++)
		strbuf_done(&b->files.items[i]);
	array_done(&b->files);
	engine_free(b->engine);
	arena_done(&b->arena);
	arena_done(&b->scratch);
	free(b->walked);
	eval_done(&b->eval);
}

int main(int argc, char **argv)
{
	struct bench b = { 0 };
	size_t matches, walked;

	for (int i = 1; i < argc; i++)
		*array_push(&b.files) = read_file(argv[i]);
	measure_loading(&b);
	b.engine = load(&b);
	make_walks(&b);
	read_recordings(&b);
	matches = count_matches(&b, judge_call);
	walked = count_matches(&b, walk_call);
	printf("%zu rules enabled, %zu calls, %zu alerts (walk: %zu)\n\n",
	       engine_rule_count(b.engine), b.calls.n, matches, walked);
	printf("%-18s %6s %12s %12s %8s\n", "calls per second", "in it",
	       "program", "AST walk", "ratio");
	measure_types(&b);
	free_bench(&b);
	return matches == walked ? 0 : 1;
}
