/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Help for who writes rules: see author.h.
 */
#include "author.h"

#include <errno.h>

#include "engine/engine.h"
#include "tracer/tracer.h"

#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "setup.h"

#define TESTS_MAX (16u << 20)

static const struct foresight foresight = {
	.event = tracer_foresee,
	.event_free = tracer_foreseen_free,
	.calls = tracer_foresee_calls,
};

bool author_is_wanted(const struct options *options)
{
	return options_has(options, OPT_EXPLAIN) ||
	       options_has(options, OPT_LINT) || options_has(options, OPT_TEST);
}

int author_explain(struct setup *s, struct strbuf *out, struct error *err)
{
	return engine_explain(s->engine, options_last(s->options, OPT_EXPLAIN),
			      &foresight, out, err);
}

int author_lint(struct setup *s, struct strbuf *out, struct error *err)
{
	size_t n = engine_lint(s->engine, &foresight, out);
	size_t nrules = engine_rule_count(s->engine);

	(void)err;
	strbuf_addf(out, "%zu rule%s looked at, %zu doubt%s\n", nrules,
		    nrules == 1 ? "" : "s", n, n == 1 ? "" : "s");
	return n ? -EINVAL : 0;
}

static int run_tests(struct setup *s, const char *path, struct strbuf *out,
		     size_t *ret_failed, struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	size_t n;
	int ret = path_read(path, TESTS_MAX, &text, &n);

	if (ret < 0)
		return error_set(err, ret, "cannot read %s: %s", path,
				 strerror(-ret));

	return engine_test(s->engine, path, span_make(text, n), out, ret_failed,
			   err);
}

int author_test(struct setup *s, struct strbuf *out, struct error *err)
{
	size_t failed = 0;
	int ret = 0;

	for (size_t i = 0; i < s->options->given[OPT_TEST].n && !ret; i++) {
		size_t n = 0;

		ret = run_tests(s, s->options->given[OPT_TEST].items[i], out,
				&n, err);
		failed += n;
	}
	return ret == 0 && failed ? -EINVAL : ret;
}

/* --- A run ------------------------------------------------------------------- */

static void say_why(void *ctx, const char *line)
{
	struct author_why *why = ctx;

	if (why->n < AUTHOR_WHY_LINES)
		log_say(why->log, LOG_LEVEL_NOTICE, "why: %s", line);
	if (why->n++ == AUTHOR_WHY_LINES)
		log_say(why->log, LOG_LEVEL_NOTICE,
			"why: the rest is only counted");
}

int author_watch(struct setup *s, struct error *err)
{
	const char *rule = options_last(s->options, OPT_WHY);
	int ret;

	if (!rule)
		return 0;
	s->why = (struct author_why){ .log = &s->log };
	ret = engine_watch(s->engine, rule, say_why, &s->why, err);
	if (ret == 0)
		engine_ready(s->engine);

	return ret;
}

void author_watch_end(const struct setup *s)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;

	engine_watch_summary(s->engine, &text);
	if (text.n)
		log_say(&s->log, LOG_LEVEL_NOTICE, "why: %s", text.data);
}
