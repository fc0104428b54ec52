/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run before it has a program: see run_setup.h.
 */
#include "run_setup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/engine.h"
#include "tracer/tracer.h"

#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "author.h"
#include "events.h"
#include "heap.h"
#include "interpreter.h"
#include "metrics_plan.h"
#include "paths.h"
#include "status.h"

void run_done(struct run *r)
{
	tracer_place_free(r->place);
	setup_done(&r->setup);
	front_done(&r->front);
	free(r->path);
}

int run_failure(const struct run *r, const struct error *err)
{
	setup_say_failure(&r->setup, -EINVAL, err);
	return STATUS_FAILURE;
}

/* The kernel's word is about the file, or about one that the file names. */
static void add_reason(const struct run *r, const char *name, int code,
		       struct strbuf *out)
{
	CLEANUP(strbuf_done) struct strbuf missing = STRBUF_INIT;

	if (code == -ENOENT && r->path &&
	    interpreter_missing(r->path, &missing)) {
		strbuf_adds(out, "its interpreter ");
		log_quote(out, strbuf_span(&missing));
		strbuf_adds(out, " is missing");
	} else {
		strbuf_adds(out, code == -ENOENT ? "no such program" :
						   strerror(-code));
	}
	if (code == -ENOEXEC && r->path && interpreter_is_unnamed(r->path))
		strbuf_addf(out, " (a script without #! in its first line: "
				 "falco-run -- sh %s)", name);
}

int run_not_started(const struct run *r, int code)
{
	CLEANUP(strbuf_done) struct strbuf name = STRBUF_INIT;
	CLEANUP(strbuf_done) struct strbuf reason = STRBUF_INIT;

	log_quote(&name, span_of(r->command[0]));
	add_reason(r, name.data, code, &reason);
	log_say(&r->setup.log, LOG_LEVEL_ERROR, "cannot run %s: %s", name.data,
		reason.data);
	return status_of_exec(code);
}

void run_find_program(struct run *r)
{
	r->found = path_find_executable(r->command[0], getenv("PATH"),
					&r->path);
}

/* --- What can be wrong ------------------------------------------------------ */

static int check_options(const struct options *o, struct error *err)
{
	CLEANUP(strbuf_done) struct strbuf name = STRBUF_INIT;

	if (o->stray) {
		log_quote(&name, span_of(o->stray));
		return error_set(err, -EINVAL,
				 "%s stands before --, where only options can: "
				 "write falco-run [options] -- command",
				 name.data);
	}
	if (!*o->command)
		return error_set(err, -EINVAL,
				 "no command after --: write falco-run "
				 "[options] -- command [arguments]");

	return 0;
}

/* The sources that there are: one. */
static int check_sources(const struct options *o, struct error *err)
{
	if (options_has(o, OPT_ENABLE_SOURCE) ||
	    options_has(o, OPT_DISABLE_SOURCE))
		return error_set(err, -EINVAL,
				 "a program can only be watched through the "
				 "source syscall: leave out --enable-source "
				 "and --disable-source");

	return 0;
}

/* What nobody but a parent can do. */
static int check_in_place(const struct setup *s, struct error *err)
{
	const struct config *c = &s->config;
	const char *what = NULL;

	if (!options_has(s->options, OPT_IN_PLACE))
		return 0;
	if (options_has(s->options, OPT_FAIL_ON))
		what = "--fail-on";
	else if (options_has(s->options, OPT_SECONDS))
		what = "-M (timeout(1) can be put before falco-run)";
	else if (c->reopen_on_sigusr1)
		what = "falco_run.reopen_on_sigusr1";
	else if (c->reload_on_sighup)
		what = "falco_run.reload_on_sighup";
	else if (c->monitor_exit == MONITOR_EXIT_KILL && getpid() == 1)
		what = "falco_run.on_monitor_exit kill as PID 1";
	if (what)
		return error_set(err, -EINVAL,
				 "--in-place: falco-run becomes the program, and "
				 "nobody is left for %s",
				 what);
	return 0;
}

static int engine_named(const char *name, enum tracer_engine *ret,
			struct error *err)
{
	for (int i = TRACER_AUTO; name && i < TRACER_ENGINE_COUNT; i++)
		if (!strcmp(name, i == TRACER_AUTO ?
					  "auto" :
					  tracer_engine_name(
						  (enum tracer_engine)i))) {
			*ret = (enum tracer_engine)i;
			return 0;
		}

	return error_set(err, -EINVAL,
			 "--engine %s: there are auto, notify, trace and "
			 "ptrace", name);
}

/* Options over the configuration. */
static int apply_options(struct setup *s, struct error *err)
{
	const char *engine = options_last(s->options, OPT_ENGINE);
	const char *fail_on = options_last(s->options, OPT_FAIL_ON);
	struct config *c = &s->config;
	int ret = 0;

	c->wait_all |= options_has(s->options, OPT_WAIT_ALL);
	c->alerts_on_stdout |= options_has(s->options, OPT_ALERTS_ON_STDOUT);
	if (engine)
		ret = engine_named(engine, &c->tracer_engine, err);
	if (ret < 0 || !fail_on)
		return ret;
	c->has_fail_on = true;
	if (priority_parse(fail_on, &c->fail_on_priority) < 0)
		return error_set(err, -EINVAL,
				 "--fail-on %s: there are emergency, alert, "
				 "critical, error, warning, notice, "
				 "informational and debug",
				 fail_on);
	return 0;
}

/* `reserve` is NULL at a reload, for which nobody waits. */
static int find_rules(struct setup *s, void **reserve, struct error *err)
{
	int ret = setup_find_rules(s, err);

	if (ret == 0 && reserve)
		*reserve = heap_prepare(setup_rules_size(s) * HEAP_OF_RULES);

	return ret == 0 ? setup_load_rules(s, err) : ret;
}

/* Falco passes over rules files that are not there; with none left, they are named. */
static int nothing_to_watch(const struct setup *s, struct error *err)
{
	const struct span_list *wanted = &s->config.rules_files;
	struct span source = engine_unknown_source(s->engine);

	if (source.n)
		return error_set(err, -EINVAL,
				 "no rule is loaded and enabled: the source "
				 "%.*s is not here, only syscall is",
				 SPAN_FMT(source));
	if (!s->rules.paths.n && !s->builtin_rules && wanted->n)
		return error_set(err, -EINVAL,
				 "of the configuration's rules_files none is "
				 "there (%.*s%s): -r names others, --ruleset "
				 "default takes the built-in rules",
				 SPAN_FMT(wanted->items[0]),
				 wanted->n > 1 ? ", ..." : "");

	return error_set(err, -EINVAL,
			 "no rule is loaded and enabled: there would be "
			 "nothing to watch for");
}

static int load_rules(struct setup *s, void **reserve, struct error *err)
{
	int ret = options_has(s->options, OPT_EVENTS) ?
			  events_load(s, err) :
			  find_rules(s, reserve, err);

	if (ret < 0)
		return ret;
	setup_select_rules(s);
	ret = author_watch(s, err);
	if (ret < 0)
		return ret;
	return engine_rule_count(s->engine) ? 0 : nothing_to_watch(s, err);
}

int run_configure(struct setup *s, struct error *err)
{
	int ret = check_options(s->options, err);

	if (ret == 0)
		ret = check_sources(s->options, err);
	if (ret == 0)
		ret = setup_config(s, err);
	if (ret == 0)
		ret = apply_options(s, err);
	if (ret == 0)
		ret = check_in_place(s, err);
	if (ret == 0)
		ret = metrics_plan_check(s, err);
	if (ret == 0 && s->config.replay)
		return error_set(err, -EINVAL,
				 "engine.kind replay reads a capture and runs "
				 "no command");
	return ret;
}

int run_load_rules(struct setup *s, void **reserve, struct error *err)
{
	setup_engine(s);
	return load_rules(s, reserve, err);
}

int run_prepare_again(struct setup *s, struct error *err)
{
	int ret = run_configure(s, err);

	return ret < 0 ? ret : run_load_rules(s, NULL, err);
}

