/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Falco's own modes: see modes.h. One row is one mode, in the order in which Falco
 * looks at them; a stage says how much is set up before it. What goes wrong is
 * "Error: text" on standard error and status 1.
 */
#include "modes.h"

#include <errno.h>
#include <unistd.h>

#include "engine/engine.h"
#include "tracer/tracer.h"

#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "author.h"
#include "config_schema.h"
#include "describe.h"
#include "dry_run.h"
#include "log.h"
#include "run.h"
#include "setup.h"
#include "status.h"
#include "support.h"
#include "validate.h"

/* How far things are set up when a mode runs. */
enum stage {
	STAGE_OPTIONS, /* nothing was read */
	STAGE_CONFIG,  /* the configuration */
	STAGE_ENGINE,  /* an engine with no rules */
	STAGE_RULES,   /* the rules were loaded */
	STAGE_COUNT
};

struct mode_row {
	enum stage stage;
	enum option_id option;
	/* Appends what goes to standard output. Returns 0 or a negative errno
	 * with err, whose text may be empty: everything was said. */
	int (*run)(struct setup *s, struct strbuf *out, struct error *err);
};

/* --- The small modes -------------------------------------------------------- */

static int run_help(struct setup *s, struct strbuf *out, struct error *err)
{
	(void)s;
	(void)err;
	options_help(out);
	return 0;
}

static int run_config_schema(struct setup *s, struct strbuf *out,
			     struct error *err)
{
	const char *part = options_last(s->options, OPT_CONFIG_SCHEMA);
	bool own = strcmp(part, "falco-run") == 0;

	if (*part && !own)
		return error_set(err, -EINVAL,
				 "Value for --config-schema must be falco-run");

	config_schema_print(own, out);
	return 0;
}

static int run_rule_schema(struct setup *s, struct strbuf *out,
			   struct error *err)
{
	(void)s;
	(void)err;
	engine_rule_schema(out);
	return 0;
}

static int run_probe(struct setup *s, struct strbuf *out, struct error *err)
{
	const char *shape = options_last(s->options, OPT_PROBE);
	bool json = !strcmp(shape, "json");
	struct tracer_probe probe;

	if (*shape && !json)
		return error_set(err, -EINVAL,
				 "Value for --probe must be json");
	tracer_probe(&probe);
	if (json)
		tracer_probe_json(&probe, out);
	else
		tracer_probe_text(&probe, out);
	if (probe.chosen == TRACER_AUTO)
		return error_set(err, -ENOSYS, "no engine works here");

	return 0;
}

/* The high-volume calls that the state does not need, in Falco's order. */
static int run_ignored(struct setup *s, struct strbuf *out, struct error *err)
{
	static const char *const names[] = {
		"sendfile", "preadv", "readv",	"pread",  "recv", "send",
		"pwritev",  "writev", "write",	"pwrite", "read",
	};

	(void)s;
	(void)err;
	strbuf_adds(out, "Ignored syscall(s):\n");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		strbuf_addf(out, "- %s\n", names[i]);
	strbuf_addch(out, '\n');
	return 0;
}

static int run_page_size(struct setup *s, struct strbuf *out,
			 struct error *err)
{
	(void)out;
	(void)err;
	log_say(&s->log, LOG_LEVEL_INFO, "Your system page size is: %ld bytes",
		sysconf(_SC_PAGESIZE));
	return 0;
}

/* --- The rows --------------------------------------------------------------- */

static const struct mode_row mode_rows[] = {
	{ STAGE_OPTIONS, OPT_HELP, run_help },
	{ STAGE_OPTIONS, OPT_CONFIG_SCHEMA, run_config_schema },
	{ STAGE_OPTIONS, OPT_RULE_SCHEMA, run_rule_schema },
	{ STAGE_OPTIONS, OPT_PROBE, run_probe },
	{ STAGE_CONFIG, OPT_IGNORED, run_ignored },
	{ STAGE_CONFIG, OPT_LIST_EVENTS, describe_events },
	{ STAGE_CONFIG, OPT_VERSION, support_version },
	{ STAGE_CONFIG, OPT_PAGE_SIZE, run_page_size },
	{ STAGE_CONFIG, OPT_PLUGIN_INFO, describe_plugin },
	{ STAGE_CONFIG, OPT_LIST_PLUGINS, describe_plugins },
	{ STAGE_ENGINE, OPT_LIST, describe_fields },
	{ STAGE_ENGINE, OPT_VALIDATE, validate_files },
	{ STAGE_RULES, OPT_EXPLAIN, author_explain },
	{ STAGE_RULES, OPT_LINT, author_lint },
	{ STAGE_RULES, OPT_TEST, author_test },
	{ STAGE_RULES, OPT_DESCRIBE_ALL, describe_rules },
	{ STAGE_RULES, OPT_DESCRIBE, describe_rules },
	{ STAGE_RULES, OPT_SUPPORT, support_bundle },
};

/* --- The stages ------------------------------------------------------------- */

static int reach_config(struct setup *s, struct error *err)
{
	return setup_config(s, err);
}

static bool is_source(const char *name)
{
	return strcmp(name, "syscall") == 0;
}

static int check_source_names(const struct options *o, enum option_id id,
			      const char *doing, struct error *err)
{
	for (size_t i = 0; i < o->given[id].n; i++)
		if (!is_source(o->given[id].items[i]))
			return error_set(err, -EINVAL,
					 "Attempted %s an unknown event "
					 "source: %s",
					 doing, o->given[id].items[i]);

	return 0;
}

static int check_sources(const struct options *o, struct error *err)
{
	int ret;

	if (options_has(o, OPT_ENABLE_SOURCE) &&
	    options_has(o, OPT_DISABLE_SOURCE))
		return error_set(err, -EINVAL,
				 "You can not mix --enable-source and "
				 "--disable-source");
	ret = check_source_names(o, OPT_ENABLE_SOURCE, "enabling", err);
	if (ret == 0)
		ret = check_source_names(o, OPT_DISABLE_SOURCE, "disabling",
					 err);
	if (ret == 0 && options_has(o, OPT_DISABLE_SOURCE))
		return error_set(err, -EINVAL,
				 "Must enable at least one event source");

	return ret;
}

/* -V and --list come before the sources are looked at. */
static int reach_engine(struct setup *s, struct error *err)
{
	(void)err;
	setup_engine(s);
	setup_find_container(s);
	return 0;
}

static int reach_rules(struct setup *s, struct error *err)
{
	int ret = check_sources(s->options, err);

	if (ret == 0)
		ret = setup_find_rules(s, err);
	if (ret == 0)
		ret = setup_load_rules(s, err);
	if (ret == 0)
		setup_select_rules(s);

	return ret;
}

static int (*const stages[STAGE_COUNT])(struct setup *, struct error *) = {
	[STAGE_CONFIG] = reach_config,
	[STAGE_ENGINE] = reach_engine,
	[STAGE_RULES] = reach_rules,
};

/* What stays to be done when no row took it: --dry-run and a replay, which alone need
 * a configuration file, as in Falco. */
static int run_rest(struct setup *s, struct error *err)
{
	int ret;

	if (!s->config_path && !s->run_mode)
		return error_set(err, -ENOENT,
				 "You must create a config file at "
				 "/etc/falco/falco.yaml or by passing -c");
	ret = dry_run(s, err);
	if (ret < 0 || options_has(s->options, OPT_DRY_RUN))
		return ret;

	return error_set(err, -ENOSYS, "replay of captures is not built yet");
}

/* Goes through stages and rows until a mode was run. */
static int run_modes(struct setup *s, struct strbuf *out, struct error *err)
{
	enum stage reached = STAGE_OPTIONS;

	for (size_t i = 0; i < ARRAY_SIZE(mode_rows); i++) {
		const struct mode_row *row = &mode_rows[i];

		while (reached < row->stage) {
			int ret = stages[++reached](s, err);

			if (ret < 0)
				return ret;
		}
		if (options_has(s->options, row->option))
			return row->run(s, out, err);
	}
	return run_rest(s, err);
}

bool modes_want_replay(const struct options *options)
{
	bool replay = false;

	for (size_t i = 0; i < options->given[OPT_SET].n; i++) {
		const char *set = options->given[OPT_SET].items[i];

		if (!strncmp(set, "engine.kind=", strlen("engine.kind=")))
			replay = !strcmp(set, "engine.kind=replay");
	}
	return replay && !options->command;
}

int modes_run(const struct options *options, const struct streams *streams,
	      char *const *argv)
{
	CLEANUP(setup_done) struct setup s;
	CLEANUP(strbuf_done) struct strbuf out = STRBUF_INIT;
	struct error err = { "" };
	int ret;

	setup_init(&s, options, author_is_wanted(options), streams->err);
	s.argv = argv;
	ret = run_modes(&s, &out, &err);
	write_all(streams->out, out.data, out.n);
	if (ret == 0)
		return STATUS_OK;

	setup_say_failure(&s, ret, &err);
	return STATUS_FALCO_ERROR;
}
