/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The meaning of a configuration: see config_check.h. Each check is one
 * function and one row; the rows run in order and the first mistake ends the
 * run.
 */
#include "config_check.h"

#include <errno.h>
#include <strings.h>

#include "error.h"
#include "strbuf.h"

#include "config.h"
#include "config_checking.h"
#include "tree.h"

/* A word that a key may hold, and what it means. */
struct word {
	const char *text;
	int meaning;
};

static const struct word engine_words[] = {
	{ "auto", TRACER_AUTO },
	{ "notify", TRACER_NOTIFY },
	{ "trace", TRACER_TRACE },
	{ "ptrace", TRACER_PTRACE },
};

static const struct word monitor_words[] = {
	{ "continue", MONITOR_EXIT_CONTINUE },
	{ "kill", MONITOR_EXIT_KILL },
};

#define HOLD_LIMIT_MAX_MS 3600000

static const struct word io_uring_words[] = { { "deny", 0 }, { "allow", 1 } };

static const struct word matching_words[] = { { "first", 0 }, { "all", 1 } };

#define FIND_WORD(words, text, ret) \
	find_word(words, ARRAY_SIZE(words), text, ret)

static bool find_word(const struct word *words, size_t n, const char *text,
		      int *ret)
{
	for (size_t i = 0; text && i < n; i++)
		if (strcasecmp(words[i].text, text) == 0) {
			*ret = words[i].meaning;
			return true;
		}

	return false;
}

int checking_bad(const struct checking *k, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return error_set(k->err, -EINVAL, "Error reading config file (%s): %s",
			 k->path ? k->path : "no file", text);
}

void checking_notice(const struct checking *k, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	*array_push(&k->c->notices) = arena_strdup(&k->c->arena, text);
}

int checking_bad_entry(const struct checking *k, const struct tree *node,
		       const char *what)
{
	return error_set(k->err, -EINVAL, "%s%s", tree_place(node).text, what);
}

const char *checking_text(const struct tree *node)
{
	return node && node->kind == TREE_SCALAR ? node->text : NULL;
}

struct tree checking_list(const struct config *c, struct span key)
{
	const struct tree *node = tree_child(c->root, key);

	return node && node->kind == TREE_LIST ? *node : (struct tree){ 0 };
}

struct span_list config_texts(struct arena *arena, const struct tree *node)
{
	size_t max = node->kind == TREE_LIST ? node->n : 1;
	struct span *items = arena_alloc(arena, max * sizeof(*items));
	struct span_list list = { items, 0 };

	if (node->kind == TREE_SCALAR)
		items[list.n++] = span_of(node->text);
	for (size_t i = 0; node->kind == TREE_LIST && i < node->n; i++)
		if (node->items[i]->kind == TREE_SCALAR)
			items[list.n++] = span_of(node->items[i]->text);

	return list;
}

/* --- Names -----------------------------------------------------------------
 */

static int check_priority(struct checking *k)
{
	struct config *c = k->c;

	c->priority = PRIORITY_DEBUG;
	if (!c->priority_text ||
	    !priority_parse(c->priority_text, &c->priority))
		return 0;

	return error_set(k->err, -EINVAL,
			 "Unknown priority \"%s\"--must be one of emergency, "
			 "alert, critical, error, warning, notice, "
			 "informational, debug",
			 c->priority_text);
}

static int check_log_level(struct checking *k)
{
	struct config *c = k->c;

	c->log_level = LOG_LEVEL_INFO;
	if (!c->log_level_text ||
	    !log_level_parse(c->log_level_text, &c->log_level))
		return 0;

	return error_set(k->err, -EINVAL, "Unknown log level %s",
			 c->log_level_text);
}

static int check_libs_severity(struct checking *k)
{
	static const struct word words[] = {
		{ "fatal", 0 },   { "critical", 0 }, { "error", 0 },
		{ "warning", 0 }, { "notice", 0 },   { "info", 0 },
		{ "debug", 0 },   { "trace", 0 },
	};
	int ignored;

	if (!k->c->libs_severity ||
	    FIND_WORD(words, k->c->libs_severity, &ignored))
		return 0;

	return error_set(k->err, -EINVAL, "Unknown sinsp log severity %s",
			 k->c->libs_severity);
}

static int check_matching(struct checking *k)
{
	int all = 0;

	if (k->c->rule_matching &&
	    !FIND_WORD(matching_words, k->c->rule_matching, &all))
		return error_set(k->err, -EINVAL,
				 "Unknown rule matching strategy \"%s\"--must "
				 "be one of first, all",
				 k->c->rule_matching);

	k->c->match_all = all;
	return 0;
}

/* --- Engine ----------------------------------------------------------------
 */

static int check_engine_kind(struct checking *k)
{
	static const char *const falcos[] = { "kmod", "modern_ebpf", "nodriver",
					      "replay" };
	struct config *c = k->c;
	int engine;

	if (!c->engine_kind)
		return 0;
	c->drop_failed =
		(c->kmod_drop_failed && !strcmp(c->engine_kind, "kmod")) ||
		(c->ebpf_drop_failed && !strcmp(c->engine_kind, "modern_ebpf"));
	if (FIND_WORD(engine_words, c->engine_kind, &engine)) {
		if (!c->engine)
			c->engine = c->engine_kind;
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(falcos); i++)
		if (!strcmp(c->engine_kind, falcos[i]))
			return 0;

	return checking_bad(k, "engine.kind '%s' is not a valid kind.",
			    c->engine_kind);
}

static int check_replay(struct checking *k)
{
	struct config *c = k->c;

	c->replay = c->engine_kind && !strcmp(c->engine_kind, "replay");
	if (c->replay && (!c->capture_file || !*c->capture_file))
		return checking_bad(k, "engine.kind is 'replay' but no "
				       "engine.replay.capture_file specified.");
	if (c->capture_mode && strcmp(c->capture_mode, "rules") &&
	    strcmp(c->capture_mode, "all_rules"))
		return checking_bad(k, "capture.mode '%s' is not a valid mode.",
				    c->capture_mode);

	return 0;
}

static int check_own(struct checking *k)
{
	struct config *c = k->c;
	int engine = TRACER_AUTO, monitor = MONITOR_EXIT_CONTINUE, allow = 0;

	if (c->engine && !FIND_WORD(engine_words, c->engine, &engine))
		return checking_bad(k,
				    "falco_run.engine '%s' is not one of auto, "
				    "notify, trace, ptrace",
				    c->engine);
	if (c->on_monitor_exit &&
	    !FIND_WORD(monitor_words, c->on_monitor_exit, &monitor))
		return checking_bad(
			k,
			"falco_run.on_monitor_exit '%s' is not one of "
			"continue, kill",
			c->on_monitor_exit);
	if (c->io_uring && !FIND_WORD(io_uring_words, c->io_uring, &allow))
		return checking_bad(
			k,
			"falco_run.sandbox.io_uring '%s' is not one of "
			"deny, allow",
			c->io_uring);
	c->has_fail_on = c->fail_on != NULL;
	if (c->fail_on && priority_parse(c->fail_on, &c->fail_on_priority) < 0)
		return checking_bad(k,
				    "falco_run.fail_on '%s' is not a priority",
				    c->fail_on);
	if (c->hold_limit_ms < 0 || c->hold_limit_ms > HOLD_LIMIT_MAX_MS)
		return checking_bad(k,
				    "falco_run.hold_limit_ms is 0 (none) to "
				    "3600000");
	c->tracer_engine = (enum tracer_engine)engine;
	c->monitor_exit = (enum monitor_exit)monitor;
	c->allow_io_uring = allow;
	return 0;
}

/* --- Outputs ---------------------------------------------------------------
 */

static bool is_empty(const char *text)
{
	return !text || !*text;
}

static int check_outputs(struct checking *k)
{
	struct config *c = k->c;

	if (c->file_enabled && is_empty(c->file_name))
		return checking_bad(k, "file output enabled but no filename in "
				       "configuration block");
	if (c->program_enabled && is_empty(c->program))
		return checking_bad(k,
				    "program output enabled but no program in "
				    "configuration block");
	if (c->http_enabled && is_empty(c->http_url))
		return checking_bad(
			k, "http output enabled but no url in configuration "
			   "block");

	return 0;
}

static int check_drop_action(struct checking *k, struct span action,
			     bool *ignoring)
{
	static const struct word words[] = {
		{ "ignore", 0 },
		{ "log", 1 },
		{ "alert", 1 },
		{ "exit", 0 },
	};
	char text[64];
	int acts = 0;

	snprintf(text, sizeof(text), "%.*s", SPAN_FMT(action));
	if (!FIND_WORD(words, text, &acts))
		return checking_bad(
			k, "available actions for syscall event drops are "
			   "\"ignore\", \"log\", \"alert\", and \"exit\"");
	if (acts && *ignoring)
		return checking_bad(
			k,
			"syscall event drop action \"%s\" does not make "
			"sense with the \"ignore\" action",
			text);
	*ignoring |= !strcmp(text, "ignore");
	return 0;
}

static int check_drops(struct checking *k)
{
	const struct span_list *actions = &k->c->drops_actions;
	bool ignoring = false;
	int ret = 0;

	if (k->c->max_timeouts == 0)
		return error_set(k->err, -EINVAL,
				 "Error reading config file(%s): the maximum "
				 "consecutive timeouts without an event must "
				 "be an unsigned integer > 0",
				 k->path ? k->path : "no file");
	if (!(k->c->drops_threshold >= 0 && k->c->drops_threshold <= 1))
		return checking_bad(
			k, "syscall event drops threshold must be a double "
			   "in the range [0, 1]");
	for (size_t i = 0; i < actions->n && ret == 0; i++)
		ret = check_drop_action(k, actions->items[i], &ignoring);

	return ret;
}

int config_check(struct config *c, const char *path, struct error *err)
{
	static int (*const checks[])(struct checking *) = {
		check_engine_kind,   check_replay,   check_own,
		check_rules_file,    check_priority, check_log_level,
		check_libs_severity, check_matching, check_outputs,
		check_metrics,       check_drops,    check_plugins,
		check_static_fields, check_appends,  check_choices,
	};
	struct checking k = { c, path, err };
	int ret = 0;

	for (size_t i = 0; i < ARRAY_SIZE(checks) && ret == 0; i++)
		ret = checks[i](&k);

	return ret;
}
