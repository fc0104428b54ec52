/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine's door: rule files go in, events go in, matches come out. The
 * language, the loader's messages and the alert formats are Falco's (engine
 * 0.63.0), spelt the same. The engine reads no file, prints nothing, and never asks
 * the kernel about a tracee: events bring their own resolver.
 *
 * Life of an engine: engine_new(), engine_load() for each file in order,
 * engine_select() for the configuration's choices, engine_ready(), then
 * engine_judge() and engine_match() for each event, engine_free().
 *
 * Errors: functions return 0 or
 *   -EINVAL  what was given is wrong; err (or the load result) says why
 *   -ENOENT  the rule that was asked for does not exist
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"
#include "interest.h"
#include "span.h"

struct json_object;
struct container_info;
struct engine;
struct error;
struct foresight;
struct load_result;
struct schema;
struct strbuf;

/* Falco's priorities, the most urgent first. */
enum priority {
#define PRIORITY(symbol, name, label) PRIORITY_##symbol,
#include "priorities.def"
	PRIORITY_COUNT
};

/* One entry of the configuration's append_output. Every text may be empty. */
struct append_output {
	struct span source, rule, extra_output;
	struct span_list tags;
	const struct span *extra_field_names; /* extra_fields: NULL name = plain */
	const struct span *extra_field_formats;
	size_t nextra_fields;
	bool suggested_output;
};

/* Everything is borrowed for the life of the engine. */
struct engine_options {
	bool container_plugin; /* container.* and k8s.* exist */
	const struct container_info *container; /* NULL: on a host */
	const char *hostname;
	enum priority min_priority; /* less urgent rules are never enabled */
	bool match_all;             /* rule_matching: all, not first */
	bool drop_failed;           /* drop_failed_exit: what failed matches no rule */
	bool buffer_base64;         /* buffer_format_base64 */
	bool time_iso_8601;
	bool json_include_output, json_include_message, json_include_tags,
		json_include_output_fields;
	bool plain_words; /* of a field that there is not, in place of Falco's */
	const char *extra_format; /* -p; NULL for none */
	const struct append_output *append_outputs;
	size_t nappend_outputs;
	const struct span *static_names; /* static_fields */
	const struct span *static_values;
	size_t nstatic;
};

/* Falco's defaults: match first, output, message off, tags and fields on. */
void engine_options_default(struct engine_options *options);

/* An engine with no rules; the caller frees it with engine_free(). */
struct engine *engine_new(const struct engine_options *options);
void engine_free(struct engine *e);

/* --- Loading --------------------------------------------------------------- */

/*
 * Adds a rules file. `name` is what messages call it; `content` need not outlive
 * the call. Always gives a result, which the caller frees with load_result_free();
 * returns -EINVAL when it has errors (the engine then holds what was good so far,
 * as Falco's does).
 */
int engine_load(struct engine *e, const char *name, struct span content,
		struct load_result **ret_result);

bool load_result_ok(const struct load_result *r);
bool load_result_has_warnings(const struct load_result *r);
/* What ends Falco altogether, without a result, the text between "Runtime error: "
 * and ". Exiting."; NULL: nothing of the kind. */
const char *load_result_fatal(const struct load_result *r);
/* Falco's text: one line (the codes of errors are in it), or with `verbose` the
 * context and snippets too. */
void load_result_text(const struct load_result *r, bool verbose,
		      struct strbuf *out);
/* The first mistake alone, for who wrote no more than a condition: its message, and
 * lines with a caret under the place. Nothing when there is none. */
void load_result_first(const struct load_result *r, struct strbuf *out);
/* Falco's JSON object, keys sorted, one line, no newline. */
void load_result_json(const struct load_result *r, struct strbuf *out);
void load_result_free(struct load_result *r);

/* Is this an output's format? -EINVAL with err. For whoever wrote one that is appended to
 * the outputs of rules, which are not to blame. */
int engine_check_format(struct engine *e, struct span format,
			struct error *err);

/* required_plugin_versions of all files so far against what is built in. */
int engine_check_plugins(const struct engine *e, struct error *err);

/*
 * Enables or disables rules, in the order of the calls. Exactly one of `pattern`
 * (the name, * stands for anything) and `tag` is given; the other is NULL. Returns how
 * many rules are meant.
 */
size_t engine_select(struct engine *e, const char *pattern, const char *tag,
		     bool enable);

/* The rule whose name is least misspelt so; NULL: none is near. The engine's. */
const char *engine_nearest_rule(const struct engine *e, const char *name);

/* The source of the first rule that is left out because there is no such source; empty:
 * there is none such. */
struct span engine_unknown_source(const struct engine *e);

/*
 * Disables the enabled rules that want events which are not in `allowed`, and calls fn
 * with the name of each. After the last load and select.
 */
void engine_confine(struct engine *e, const struct interest *allowed,
		    void (*fn)(void *ctx, const char *name), void *ctx);

/* Builds the index over the enabled rules. After the last load and select. */
void engine_ready(struct engine *e);

/* The enabled rules, and how many there are. */
size_t engine_rule_count(const struct engine *e);

/* All rules, enabled or not: rule_info.index is below it. */
size_t engine_rule_slots(const struct engine *e);

/* The event types (and generic calls) that any enabled rule can match. */
const struct interest *engine_interest(const struct engine *e);

/* The same without the rules that are about most events there are: what is left,
 * somebody has named. */
void engine_asked_for(const struct engine *e, struct interest *ret);

/* --- Judging --------------------------------------------------------------- */

/*
 * Could a rule match? FALSE: none, whatever the call's result. TRUE or UNKNOWN:
 * the end of the call is wanted. For PHASE_ENTRY; makes no system call itself.
 */
enum truth engine_judge(struct engine *e, struct event *ev);

/* A rule as a match shows it. Borrowed from the engine. */
struct rule_info {
	const char *name, *source, *description;
	enum priority priority;
	const struct span *tags; /* sorted */
	size_t ntags;
	size_t index; /* 0 .. number of rules - 1, stable after engine_ready() */
};

typedef void engine_match_fn(void *ctx, const struct rule_info *rule);

/*
 * The rules that match a completed event (PHASE_EXIT or PHASE_UNCONFIRMED): the
 * first, or all. Calls `fn` for each while the event is still there; returns how
 * many there were. engine_alert_*() may be called from `fn` with the same event.
 */
size_t engine_match(struct engine *e, struct event *ev, engine_match_fn *fn,
		    void *ctx);

/* --- Alerts ---------------------------------------------------------------- */

/* Falco's alert line, no newline; appended to out. */
void engine_alert_text(struct engine *e, const struct rule_info *rule,
		       struct event *ev, struct strbuf *out);
/* The rule's output alone, on one line as well; appended to out. */
void engine_alert_message(struct engine *e, const struct rule_info *rule,
			  struct event *ev, struct strbuf *out);
/* Falco's JSON alert, keys sorted, no newline; appended to out. */
void engine_alert_json(struct engine *e, const struct rule_info *rule,
		       struct event *ev, struct strbuf *out);
/* Any JSON as alerts are printed: keys sorted, no spaces, what is not UTF-8 replaced;
 * appended to out. */
void engine_json_print(struct json_object *value, struct strbuf *out);

/* --- Help for who writes rules ---------------------------------------------- */

/*
 * Watches a rule: `fn` is called with a line for each event of the rule's types that
 * is judged for good, saying which checks decided. Before the last
 * engine_ready(). -ENOENT: there is no such rule; -EINVAL: it is not enabled.
 */
typedef void engine_why_fn(void *ctx, const char *line);
int engine_watch(struct engine *e, const char *rule, engine_why_fn *fn,
		 void *ctx, struct error *err);
/* How many events there were, and which checks decided how many. */
void engine_watch_summary(const struct engine *e, struct strbuf *out);

/*
 * What becomes of a rule: its condition with macros in place, its event types, the
 * calls that are intercepted for it, and where it can be decided. -ENOENT.
 */
int engine_explain(struct engine *e, const char *rule,
		   const struct foresight *foresight, struct strbuf *out,
		   struct error *err);

/*
 * Appends what is doubtful about the enabled rules, a line each, with the file and
 * line: rules that can never fire, that another hides, that make calls expensive.
 * Returns how many there are.
 */
size_t engine_lint(struct engine *e, const struct foresight *foresight,
		   struct strbuf *out);

/*
 * Runs the tests of a file (rules/WRITING.md has the format) against the rules and
 * appends a line for each, and a count. After engine_ready(). *ret_failed is how
 * many failed. -EINVAL: the file is not understood, err says where.
 */
int engine_test(struct engine *e, const char *name, struct span content,
		struct strbuf *out, size_t *ret_failed, struct error *err);

/* --- Listings, in Falco's shapes ------------------------------------------- */

enum list_format {
	LIST_TEXT,
	LIST_MARKDOWN,
	LIST_JSON,
};

/* -L (rule NULL) and -l: -ENOENT when there is no such rule. */
int engine_describe(struct engine *e, const char *rule, bool json,
		    struct strbuf *out, struct error *err);
/* --list: source NULL for all; -EINVAL when it is unknown. */
int engine_list_fields(struct engine *e, const char *source, bool names_only,
		       bool verbose, enum list_format format,
		       struct strbuf *out);
/* --list-events */
void engine_list_events(enum list_format format, struct strbuf *out);

/* --rule-schema: the JSON schema of rules files, no newline at the end. */
void engine_rule_schema(struct strbuf *out);
/* Any other schema, in the same shape. */
void engine_schema_print(const struct schema *root, struct strbuf *out);

/* "Informational" and kin; the label is "INFO" and kin. */
const char *priority_name(enum priority priority);
const char *priority_label(enum priority priority);
/* Any case, "info" too. Returns 0 or -EINVAL. */
int priority_parse(const char *text, enum priority *ret);
