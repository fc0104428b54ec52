/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The meaning of a configuration: see config_check.h. Each check is one function and
 * one row; the rows run in order and the first mistake ends the run.
 */
#include "config_check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <strings.h>

#include "error.h"
#include "strbuf.h"

#include "config.h"
#include "tree.h"

struct checking {
	struct config *c;
	const char *path;
	struct error *err;
};

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

__attribute__((format(printf, 2, 3))) static int
bad(const struct checking *k, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return error_set(k->err, -EINVAL, "Error reading config file (%s): %s",
			 k->path ? k->path : "no file", text);
}

__attribute__((format(printf, 2, 3))) static void
notice(const struct checking *k, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	*array_push(&k->c->notices) = arena_strdup(&k->c->arena, text);
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

/* --- Names ----------------------------------------------------------------- */

static int check_priority(struct checking *k)
{
	struct config *c = k->c;

	c->priority = PRIORITY_DEBUG;
	if (!c->priority_text || !priority_parse(c->priority_text, &c->priority))
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
		{ "fatal", 0 }, { "critical", 0 }, { "error", 0 },
		{ "warning", 0 }, { "notice", 0 },   { "info", 0 },
		{ "debug", 0 }, { "trace", 0 },
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

/* --- Engine ---------------------------------------------------------------- */

static int check_engine_kind(struct checking *k)
{
	static const char *const falcos[] = { "kmod", "modern_ebpf", "nodriver",
					      "replay" };
	struct config *c = k->c;
	int engine;

	if (!c->engine_kind)
		return 0;
	if (FIND_WORD(engine_words, c->engine_kind, &engine)) {
		if (!c->engine)
			c->engine = c->engine_kind;
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(falcos); i++)
		if (!strcmp(c->engine_kind, falcos[i]))
			return 0;

	return bad(k, "engine.kind '%s' is not a valid kind.", c->engine_kind);
}

static int check_replay(struct checking *k)
{
	struct config *c = k->c;

	c->replay = c->engine_kind && !strcmp(c->engine_kind, "replay");
	if (c->replay && (!c->capture_file || !*c->capture_file))
		return bad(k, "engine.kind is 'replay' but no "
			      "engine.replay.capture_file specified.");
	if (c->capture_mode && strcmp(c->capture_mode, "rules") &&
	    strcmp(c->capture_mode, "all_rules"))
		return bad(k, "capture.mode '%s' is not a valid mode.",
			   c->capture_mode);

	return 0;
}

static int check_own(struct checking *k)
{
	struct config *c = k->c;
	int engine = TRACER_AUTO, monitor = MONITOR_EXIT_CONTINUE, allow = 0;

	if (c->engine && !FIND_WORD(engine_words, c->engine, &engine))
		return bad(k, "falco_run.engine '%s' is not one of auto, "
			      "notify, trace, ptrace",
			   c->engine);
	if (c->on_monitor_exit &&
	    !FIND_WORD(monitor_words, c->on_monitor_exit, &monitor))
		return bad(k, "falco_run.on_monitor_exit '%s' is not one of "
			      "continue, kill",
			   c->on_monitor_exit);
	if (c->io_uring && !FIND_WORD(io_uring_words, c->io_uring, &allow))
		return bad(k, "falco_run.sandbox.io_uring '%s' is not one of "
			      "deny, allow",
			   c->io_uring);
	c->has_fail_on = c->fail_on != NULL;
	if (c->fail_on && priority_parse(c->fail_on, &c->fail_on_priority) < 0)
		return bad(k, "falco_run.fail_on '%s' is not a priority",
			   c->fail_on);
	c->tracer_engine = (enum tracer_engine)engine;
	c->monitor_exit = (enum monitor_exit)monitor;
	c->allow_io_uring = allow;
	return 0;
}

/* --- Outputs --------------------------------------------------------------- */

static bool is_empty(const char *text)
{
	return !text || !*text;
}

static int check_outputs(struct checking *k)
{
	struct config *c = k->c;

	if (c->file_enabled && is_empty(c->file_name))
		return bad(k, "file output enabled but no filename in "
			      "configuration block");
	if (c->program_enabled && is_empty(c->program))
		return bad(k, "program output enabled but no program in "
			      "configuration block");
	if (c->http_enabled && is_empty(c->http_url))
		return bad(k, "http output enabled but no url in configuration "
			      "block");

	return 0;
}

static int check_webserver(struct checking *k)
{
	const char *address = k->c->webserver_address;
	unsigned char ignored[sizeof(struct in6_addr)];

	if (!address || inet_pton(AF_INET, address, ignored) == 1 ||
	    inet_pton(AF_INET6, address, ignored) == 1)
		return 0;

	return bad(k, "webserver listen address \"%s\" is not a valid IP "
		      "address",
		   address);
}

static int check_drop_action(struct checking *k, struct span action,
			     bool *ignoring)
{
	static const struct word words[] = {
		{ "ignore", 0 }, { "log", 1 }, { "alert", 1 }, { "exit", 0 },
	};
	char text[64];
	int acts = 0;

	snprintf(text, sizeof(text), "%.*s", SPAN_FMT(action));
	if (!FIND_WORD(words, text, &acts))
		return bad(k, "available actions for syscall event drops are "
			      "\"ignore\", \"log\", \"alert\", and \"exit\"");
	if (acts && *ignoring)
		return bad(k, "syscall event drop action \"%s\" does not make "
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
		return bad(k, "syscall event drops threshold must be a double "
			      "in the range [0, 1]");
	for (size_t i = 0; i < actions->n && ret == 0; i++)
		ret = check_drop_action(k, actions->items[i], &ignoring);

	return ret;
}

/* --- Lists of maps --------------------------------------------------------- */

static int bad_entry(const struct checking *k, const struct tree *node,
		     const char *what)
{
	return error_set(k->err, -EINVAL,
			 "yaml: error at line %u, column %u: %s", node->line,
			 node->column, what);
}

static const char *text_of(const struct tree *node)
{
	return node && node->kind == TREE_SCALAR ? node->text : NULL;
}

/* The items of a top-level list; an empty list when it is something else. */
static struct tree list_at(const struct config *c, struct span key)
{
	const struct tree *node = tree_child(c->root, key);

	return node && node->kind == TREE_LIST ? *node : (struct tree){ 0 };
}

static int check_choice(struct checking *k, const struct tree *entry)
{
	const struct tree *what = tree_child(entry, SPAN("enable"));
	struct rule_choice choice = { .enable = what != NULL };

	if (!what)
		what = tree_child(entry, SPAN("disable"));
	if (!what || what->kind != TREE_MAP)
		return bad_entry(k, entry, "an entry of rules is enable: or "
					   "disable: with rule: or tag:");
	choice.pattern = text_of(tree_child(what, SPAN("rule")));
	if (!choice.pattern)
		choice.tag = text_of(tree_child(what, SPAN("tag")));
	if (!choice.pattern && !choice.tag)
		return bad_entry(k, entry, "rule: or tag: is missing in an "
					   "entry of rules");

	*array_push(&k->c->choices) = choice;
	return 0;
}

static int check_choices(struct checking *k)
{
	struct tree list = list_at(k->c, SPAN("rules"));
	int ret = 0;

	for (size_t i = 0; i < list.n && ret == 0; i++)
		ret = check_choice(k, list.items[i]);

	return ret;
}

/* One entry of extra_fields: "name", or {key: format}. */
static int read_extra_field(struct checking *k, const struct tree *node,
			    struct span *name, struct span *format)
{
	if (node->kind == TREE_SCALAR) {
		*name = (struct span){ NULL, 0 };
		*format = span_of(node->text);
		return 0;
	}
	if (node->kind != TREE_MAP || node->n != 1 || !text_of(node->items[0]))
		return bad_entry(k, node, "an entry of extra_fields is a field "
					  "or one key with a format");

	*name = span_of(node->keys[0]);
	*format = span_of(node->items[0]->text);
	return 0;
}

static int read_extra_fields(struct checking *k, const struct tree *list,
			     struct append_output *out)
{
	struct arena *arena = &k->c->arena;
	struct span *names, *formats;
	int ret = 0;

	if (!list || list->kind == TREE_NULL)
		return 0;
	if (list->kind != TREE_LIST)
		return bad_entry(k, list, "extra_fields is a list");
	names = arena_zalloc(arena, list->n * sizeof(*names));
	formats = arena_zalloc(arena, list->n * sizeof(*formats));
	for (size_t i = 0; i < list->n && ret == 0; i++)
		ret = read_extra_field(k, list->items[i], &names[i],
				       &formats[i]);
	out->extra_field_names = names;
	out->extra_field_formats = formats;
	out->nextra_fields = list->n;
	return ret;
}

static int read_match(struct checking *k, const struct tree *match,
		      struct append_output *out)
{
	const struct tree *tags, *source;

	if (!match || match->kind == TREE_NULL)
		return 0;
	source = tree_child(match, SPAN("source"));
	if (match->kind != TREE_MAP || (source && !text_of(source)))
		return bad_entry(k, match, "match has rule:, tags: and "
					   "source:");
	tags = tree_child(match, SPAN("tags"));
	out->source = span_of(text_of(source));
	out->rule = span_of(text_of(tree_child(match, SPAN("rule"))));
	if (tags)
		out->tags = config_texts(&k->c->arena, tags);
	return 0;
}

static void notice_narrow(const struct checking *k,
			  const struct append_output *out)
{
	struct strbuf tags = STRBUF_INIT;

	if (!out->rule.n || !out->tags.n)
		return;
	for (size_t i = 0; i < out->tags.n; i++)
		strbuf_addf(&tags, "%.*s,", SPAN_FMT(out->tags.items[i]));
	notice(k,
	       "An append_output entry names both a rule (%.*s) and tags (%s): "
	       "it applies to that rule alone, and only when it has them all",
	       SPAN_FMT(out->rule), tags.data);
	strbuf_done(&tags);
}

static int check_append(struct checking *k, const struct tree *entry)
{
	struct append_output out = { 0 };
	const struct tree *suggested;
	int ret;

	if (entry->kind != TREE_MAP)
		return bad_entry(k, entry, "an entry of append_output is a "
					   "map");
	ret = read_match(k, tree_child(entry, SPAN("match")), &out);
	if (ret == 0)
		ret = read_extra_fields(
			k, tree_child(entry, SPAN("extra_fields")), &out);
	if (ret < 0)
		return ret;
	out.extra_output =
		span_of(text_of(tree_child(entry, SPAN("extra_output"))));
	suggested = tree_child(entry, SPAN("suggested_output"));
	if (suggested)
		tree_bool(suggested, &out.suggested_output);
	notice_narrow(k, &out);
	*array_push(&k->c->appends) = out;
	return 0;
}

static int check_appends(struct checking *k)
{
	const struct tree *node = tree_child(k->c->root, SPAN("append_output"));
	struct tree list = list_at(k->c, SPAN("append_output"));
	int ret = 0;

	if (node && node->kind == TREE_SCALAR)
		return bad_entry(k, node, "append_output is a list");
	for (size_t i = 0; i < list.n && ret == 0; i++)
		ret = check_append(k, list.items[i]);

	return ret;
}

static int check_static_fields(struct checking *k)
{
	const struct tree *map = tree_child(k->c->root, SPAN("static_fields"));

	for (size_t i = 0; map && map->kind == TREE_MAP && i < map->n; i++) {
		if (!text_of(map->items[i]))
			return bad_entry(k, map->items[i],
					 "a static field is one text");
		*array_push(&k->c->static_names) = span_of(map->keys[i]);
		*array_push(&k->c->static_values) =
			span_of(map->items[i]->text);
	}
	return 0;
}

/* --- Rules files and plugins ------------------------------------------------ */

/* The old, singular key. */
static int check_rules_file(struct checking *k)
{
	struct config *c = k->c;
	const struct tree *old = tree_child(c->root, SPAN("rules_file"));

	if (!old)
		return 0;
	notice(k, "Using deprecated config key 'rules_file' (singular form). "
		  "Please use new 'rules_files' config key (plural form).");
	if (tree_child(c->root, SPAN("rules_files")))
		return bad(k, "both 'rules_files' and 'rules_file' keys set");

	c->rules_files = config_texts(&c->arena, old);
	return 0;
}

#define CONTAINER_PLUGIN "container"

/* Every entry of plugins has a name and a library. */
static int check_plugin_entries(struct checking *k, const struct tree *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct tree *entry = list->items[i];

		if (!text_of(tree_child(entry, SPAN("name"))) ||
		    !text_of(tree_child(entry, SPAN("library_path"))))
			return error_set(k->err, -EINVAL,
					 "Error reading config file(%s): could "
					 "not load plugins config: yaml: error "
					 "at line %u, column %u: a plugin needs "
					 "name and library_path",
					 k->path ? k->path : "no file",
					 entry->line, entry->column);
	}
	return 0;
}

/* The container plugin is built in; no other can be loaded so far. */
static int load_plugin(struct checking *k, struct span name)
{
	if (!span_is(name, CONTAINER_PLUGIN))
		return error_set(k->err, -EINVAL,
				 "Cannot load plugin '%.*s': plugin libraries "
				 "are not supported yet, only '%s' is built in",
				 SPAN_FMT(name), CONTAINER_PLUGIN);

	k->c->container_plugin = true;
	return 0;
}

static bool has_plugin(const struct tree *list, struct span name)
{
	for (size_t i = 0; i < list->n; i++)
		if (span_is(name, text_of(tree_child(list->items[i],
						     SPAN("name")))))
			return true;

	return false;
}

/* load_plugins says which and in what order; without it all are loaded, and the one
 * that is built in anyway. */
static int check_plugins(struct checking *k)
{
	struct config *c = k->c;
	struct tree list = list_at(c, SPAN("plugins"));
	bool all = !tree_child(c->root, SPAN("load_plugins"));
	int ret = check_plugin_entries(k, &list);

	c->container_plugin = all;
	for (size_t i = 0; all && i < list.n && ret == 0; i++)
		ret = load_plugin(k, span_of(text_of(tree_child(
					     list.items[i], SPAN("name")))));
	for (size_t i = 0; i < c->load_plugins.n && ret == 0; i++) {
		struct span name = c->load_plugins.items[i];

		if (!has_plugin(&list, name))
			return error_set(k->err, -EINVAL,
					 "Cannot load plugin '%.*s': plugin "
					 "config not found for given name",
					 SPAN_FMT(name));
		ret = load_plugin(k, name);
	}
	return ret;
}

int config_check(struct config *c, const char *path, struct error *err)
{
	static int (*const checks[])(struct checking *) = {
		check_engine_kind, check_replay,	check_own,
		check_rules_file,  check_priority,	check_log_level,
		check_libs_severity, check_matching,	check_outputs,
		check_webserver,   check_drops,		check_plugins,
		check_static_fields, check_appends,	check_choices,
	};
	struct checking k = { c, path, err };
	int ret = 0;

	for (size_t i = 0; i < ARRAY_SIZE(checks) && ret == 0; i++)
		ret = checks[i](&k);

	return ret;
}
