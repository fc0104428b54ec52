/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steps that both kinds of modes take: see setup.h. Messages in Falco's words
 * where Falco has any; in run mode the usual and expected is not said.
 */
#include "setup.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/engine.h"

#include "cleanup.h"
#include "error.h"
#include "json_node.h"
#include "strbuf.h"

#include "builtin.h"
#include "container_judge.h"
#include "output.h"
#include "sink.h"
#include "syslog_line.h"

#define RULES_MAX (32u << 20)
#define FALCO_CONFIG "/etc/falco/falco.yaml"

void setup_init(struct setup *s, const struct options *options, bool run_mode,
		int log_fd)
{
	*s = (struct setup){
		.options = options,
		.run_mode = run_mode,
		.error_fd = log_fd,
		.log = {
			.fd = log_fd,
			.shape = run_mode ? LOG_SHAPE_OURS : LOG_SHAPE_FALCO,
			.level = LOG_LEVEL_INFO,
		},
		.report = STRBUF_INIT,
		.refused = STRBUF_INIT,
	};
}

void setup_done(struct setup *s)
{
	strbuf_done(&s->report);
	strbuf_done(&s->refused);
	engine_free(s->engine);
	path_list_done(&s->rules);
	config_done(&s->config);
	if (s->log.syslog_fd)
		close(s->log.syslog_fd);
}

/* --- Configuration --------------------------------------------------------- */

static void say_files(const struct setup *s)
{
	const struct config *c = &s->config;

	if (c->files.n && !s->run_mode)
		log_say(&s->log, LOG_LEVEL_INFO,
			"Falco initialized with configuration files:");
	for (size_t i = 0; i < c->files.n; i++) {
		const struct config_file *file = &c->files.items[i];

		if (!s->run_mode || !file->valid)
			log_say(&s->log, LOG_LEVEL_INFO,
				"%s%s | schema validation: %s",
				s->run_mode ? "" : "   ", file->path,
				file->verdict);
	}
}

static bool is_driver(const char *kind)
{
	return kind && (!strcmp(kind, "kmod") || !strcmp(kind, "modern_ebpf"));
}

static void say_driver(const struct setup *s)
{
	const struct config *c = &s->config;

	if (is_driver(c->engine_kind))
		log_say(&s->log, LOG_LEVEL_NOTICE,
			"engine.kind '%s' is a driver of Falco's; no driver is "
			"needed here, the engine is chosen by itself",
			c->engine_kind);
}

/* A plugin's library cannot be loaded so far; where it is not there, Falco could not
 * load it either. */
static int load_plugins(const struct setup *s, struct error *err)
{
	const struct config *c = &s->config;

	if (!c->other_plugin)
		return 0;
	if (!s->run_mode && access(c->other_library, F_OK) < 0)
		return error_set(err, -EIO,
				 "Runtime error: cannot load plugin %s: can't "
				 "load plugin dynamic library: %s: cannot open "
				 "shared object file: %s. Exiting.",
				 c->other_library, c->other_library,
				 strerror(errno));

	return error_set(err, -EINVAL,
			 "Cannot load plugin '%s': plugin libraries are not "
			 "supported yet, only 'container' is built in",
			 c->other_plugin);
}

static void say_without_effect(const struct setup *s)
{
	CLEANUP(strbuf_done) struct strbuf keys = STRBUF_INIT;

	if (s->log.level < LOG_LEVEL_DEBUG)
		return;
	config_without_effect(&s->config, &keys);
	if (keys.n)
		log_say(&s->log, LOG_LEVEL_DEBUG,
			"accepted, and without effect here: %s", keys.data);
}

static void say_capture(const struct setup *s)
{
	if (s->config.capture)
		log_say(&s->log, LOG_LEVEL_WARNING,
			"capture.enabled: captures (.scap) cannot be written "
			"yet; alerts are what they are without");
}

static bool is_quiet(const struct setup *s)
{
	return s->run_mode && options_has(s->options, OPT_QUIET);
}

static void set_log(struct setup *s)
{
	const struct config *c = &s->config;

	s->log.level = c->log_level;
	s->log.iso_8601 = c->time_iso_8601;
	if (!c->log_stderr)
		s->log.fd = -1;
	if (c->log_syslog) {
		int fd = syslog_open();

		s->log.syslog_fd = fd < 0 ? 0 : fd;
		s->log.syslog_path = SYSLOG_PATH;
	}
	if (is_quiet(s))
		s->log.level = LOG_LEVEL_ERROR;
}

int setup_config(struct setup *s, struct error *err)
{
	struct config_request request = {
		.path = options_last(s->options, OPT_CONFIG),
		.sets = s->options->given[OPT_SET].items,
		.nsets = s->options->given[OPT_SET].n,
		.run_mode = s->run_mode,
	};
	int ret;

	if (!request.path && !s->run_mode && access(FALCO_CONFIG, F_OK) == 0)
		request.path = FALCO_CONFIG;
	s->config_path = request.path;
	ret = config_load(&s->config, &request, err);
	if (is_quiet(s))
		s->log.level = LOG_LEVEL_ERROR;
	for (size_t i = 0; i < s->config.notices.n; i++)
		log_say(&s->log, LOG_LEVEL_WARNING, "%s",
			s->config.notices.items[i]);
	if (ret < 0)
		return ret;

	set_log(s);
	say_files(s);
	if (s->run_mode) {
		say_driver(s);
		say_without_effect(s);
		say_capture(s);
	}
	return load_plugins(s, err);
}

/* --- The engine ------------------------------------------------------------ */

/* -p, unless it is one of the words that once meant a set of fields, or is the format of
 * --events. */
static const char *extra_format(const struct options *options)
{
	static const char *const words[] = { "c", "container", "k",
					     "kubernetes" };
	const char *format = options_last(options, OPT_PRINT);

	if (options_has(options, OPT_EVENTS))
		return NULL;
	for (size_t i = 0; format && i < ARRAY_SIZE(words); i++)
		if (!strcmp(format, words[i]))
			return NULL;

	return format;
}

static void set_hostname(struct setup *s)
{
	const char *given = getenv("FALCO_HOSTNAME");

	if (given)
		snprintf(s->hostname, sizeof(s->hostname), "%s", given);
	else
		gethostname(s->hostname, sizeof(s->hostname) - 1);
}

static void fill_outputs(const struct config *c, struct engine_options *eo)
{
	eo->json_include_output = c->json_include_output;
	eo->json_include_message = c->json_include_message;
	eo->json_include_tags = c->json_include_tags;
	eo->json_include_output_fields = c->json_include_output_fields;
	eo->time_iso_8601 = c->time_iso_8601;
	eo->buffer_base64 = c->buffer_base64;
	eo->append_outputs = c->appends.items;
	eo->nappend_outputs = c->appends.n;
	eo->static_names = c->static_names.items;
	eo->static_values = c->static_values.items;
	eo->nstatic = c->static_names.n;
}

void setup_engine(struct setup *s)
{
	struct engine_options eo;

	engine_options_default(&eo);
	set_hostname(s);
	fill_outputs(&s->config, &eo);
	eo.hostname = s->hostname;
	eo.container_plugin = s->config.container_plugin;
	eo.container = s->known_container ? s->known_container : &s->container;
	eo.min_priority = s->config.priority;
	eo.match_all = s->config.match_all;
	eo.drop_failed = s->config.drop_failed;
	eo.plain_words = s->run_mode;
	eo.extra_format = extra_format(s->options);
	if (options_has(s->options, OPT_PRINT) &&
	    !options_has(s->options, OPT_EVENTS))
		log_say(&s->log, LOG_LEVEL_WARNING,
			"The -p/--print option is deprecated and will be "
			"removed. Use -o append_output=... instead.");
	s->engine = engine_new(&eo);
}

void setup_find_container(struct setup *s)
{
	if (!s->known_container)
		container_detect(&s->config.arena, &s->container);
}

/* --- Rules ----------------------------------------------------------------- */

/* More text than this is not prepared for. */
#define PREPARED_MAX (1u << 20)
#define NO_RULES \
	"You must specify at least one rules file/directory via -r or a " \
	"rules_file entry in falco.yaml"

/* A path of -r: what is not there is a mistake; in run mode, what gives nothing is
 * one too, for then nobody would watch. */
static int find_given(struct setup *s, const char *path, struct error *err)
{
	size_t n = 0;
	int ret = path_expand_rules(&s->rules, path, &n);

	if (ret == -ENOENT || ret == -ENOTDIR)
		return error_set(err, ret, "Could not open file %s for reading",
				 path);
	if (ret < 0)
		return error_set(err, ret, "Could not open %s: %s", path,
				 strerror(-ret));
	if (!n && s->run_mode)
		return error_set(err, -EINVAL,
				 "no rules file at %s: a file needs the ending "
				 ".yaml or .yml, a directory such a file in it",
				 path);
	return 0;
}

static void find_configured(struct setup *s)
{
	const struct span_list *files = &s->config.rules_files;

	for (size_t i = 0; i < files->n; i++) {
		size_t n;

		path_expand_rules(&s->rules, files->items[i].data, &n);
	}
}

int setup_find_rules(struct setup *s, struct error *err)
{
	const char *const *given = s->options->given[OPT_RULES].items;
	size_t ngiven = s->options->given[OPT_RULES].n;
	int ret = 0;

	s->builtin_rules = options_has(s->options, OPT_RULESET);
	for (size_t i = 0; i < ngiven && ret == 0; i++)
		ret = find_given(s, given[i], err);
	if (ngiven || s->builtin_rules || ret < 0)
		return ret;
	find_configured(s);
	if (s->rules.paths.n || s->config.rules_files.n)
		return 0;
	if (!s->run_mode && s->config_path)
		return error_set(err, -EINVAL, NO_RULES);

	s->builtin_rules = true;
	return 0;
}

size_t setup_rules_size(const struct setup *s)
{
	size_t n = s->builtin_rules ? builtin_rules().n : 0;
	struct stat st;

	for (size_t i = 0; i < s->rules.paths.n; i++) {
		if (!stat(s->rules.paths.items[i], &st) &&
		    st.st_size <= (off_t)RULES_MAX)
			n += (size_t)st.st_size;
	}
	return n < PREPARED_MAX ? n : PREPARED_MAX;
}

/* Appends what the schema says of a loaded file: the door shows it in JSON alone. */
static void add_schema_verdict(const struct load_result *result,
			       struct strbuf *out)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	struct json_object *valid, *warning;
	struct json_object *json;

	load_result_json(result, &text);
	json = json_parse(strbuf_span(&text));
	valid = json_get(json, "schema_valid");
	warning = json_at(json_get(json, "schema_warnings"), 0);
	if (!valid)
		strbuf_adds(out, "none");
	else if (json_is_true(valid) || !json_text(warning))
		strbuf_adds(out, "ok");
	else
		strbuf_adds(out, json_text(warning));
	json_object_put(json);
}

static void say_loaded(const struct setup *s, const char *name,
		       const struct load_result *result)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;

	if (!s->run_mode) {
		add_schema_verdict(result, &text);
		log_say(&s->log, LOG_LEVEL_INFO, "   %s | schema validation: %s",
			name, text.data);
		strbuf_reset(&text);
	}
	if (!load_result_ok(result) || !load_result_has_warnings(result))
		return;
	load_result_text(result, true, &text);
	if (!s->run_mode || options_has(s->options, OPT_VERBOSE))
		log_say(&s->log, LOG_LEVEL_WARNING, "%s%s", text.data,
			s->run_mode ? "" : "\n");
}

static void load_result_freep(struct load_result **r)
{
	load_result_free(*r);
}

static int load_text(struct setup *s, const char *name, struct span text,
		     struct error *err)
{
	CLEANUP(load_result_freep) struct load_result *result = NULL;
	int ret = engine_load(s->engine, name, text, &result);

	if (load_result_fatal(result))
		return error_set(err, -EIO, "Runtime error: %s. Exiting.",
				 load_result_fatal(result));
	say_loaded(s, name, result);
	/* A plugin that is missing explains the errors better than they do. */
	if (engine_check_plugins(s->engine, err) < 0)
		return s->run_mode && !s->config.container_plugin ? -EAGAIN :
								    -EINVAL;
	if (ret < 0)
		load_result_text(result, true, &s->report);
	return ret;
}

static int load_file(struct setup *s, const char *path, struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	size_t n;
	int ret = path_read(path, RULES_MAX, &text, &n);

	if (ret < 0)
		return error_set(err, ret, "Could not open file %s for reading",
				 path);

	if (s->run_mode && memchr(text, '\0', n))
		return error_set(err, -EINVAL,
				 "%s is no text: a rules file is YAML", path);

	return load_text(s, path, span_make(text, n), err);
}

static int load_builtin(struct setup *s, struct error *err)
{
	const char *name = options_last(s->options, OPT_RULESET);
	struct span selection = SPAN("");
	int ret = builtin_selection(name ? name : "default", &selection, err);

	if (ret == 0)
		ret = load_text(s, BUILTIN_RULES_NAME, builtin_rules(), err);
	if (ret == 0 && selection.n)
		ret = load_text(s, name, selection, err);

	return ret;
}

static int load_found(struct setup *s, struct error *err)
{
	int ret = 0;

	if (!s->run_mode)
		log_say(&s->log, LOG_LEVEL_INFO, "Loading rules from:");
	if (s->builtin_rules)
		ret = load_builtin(s, err);
	for (size_t i = 0; i < s->rules.paths.n && ret == 0; i++)
		ret = load_file(s, s->rules.paths.items[i], err);

	return ret;
}

/* Falco's falco.yaml leaves the plugin that is built in here to a file of its package,
 * which need not be where we run: from the beginning, with it. */
static int load_with_container(struct setup *s, struct error *err)
{
	int ret;

	s->config.container_plugin = true;
	engine_free(TAKE_PTR(s->engine));
	setup_engine(s);
	ret = load_found(s, err);
	if (ret == 0)
		log_say(&s->log, LOG_LEVEL_NOTICE,
			"rules require the plugin container, which "
			"load_plugins leaves out: it is built in, and used");
	return ret == -EAGAIN ? -EINVAL : ret;
}

static int check_format(const struct setup *s, const char *origin,
			struct span format, struct error *err)
{
	struct error why = { "" };

	if (!format.n || engine_check_format(s->engine, format, &why) == 0)
		return 0;
	return error_set(err, -EINVAL, "%s: %s", origin, why.text);
}

static int check_append(const struct setup *s, const struct append_output *a,
			struct error *err)
{
	int ret = check_format(s, "append_output: extra_output",
			       a->extra_output, err);

	for (size_t i = 0; i < a->nextra_fields && ret == 0; i++) {
		CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;

		strbuf_addf(&text, "%s%.*s",
			    a->extra_field_names[i].data ? "" : "%",
			    SPAN_FMT(a->extra_field_formats[i]));
		ret = check_format(s, "append_output: extra_fields",
				   strbuf_span(&text), err);
	}
	return ret;
}

/* What is appended to every output would be the first rule's mistake. */
static int check_appended(const struct setup *s, struct error *err)
{
	const struct config *c = &s->config;
	const char *format = extra_format(s->options);
	int ret = check_format(s, "-p", span_of(format), err);

	for (size_t i = 0; i < c->appends.n && ret == 0; i++)
		ret = check_append(s, &c->appends.items[i], err);

	return ret;
}

int setup_load_rules(struct setup *s, struct error *err)
{
	int ret = load_found(s, err);

	if (ret == -EAGAIN)
		ret = load_with_container(s, err);
	if (ret < 0 && s->run_mode && s->report.n &&
	    check_appended(s, err) < 0)
		strbuf_reset(&s->report);

	return ret;
}

void setup_say_failure(const struct setup *s, int code,
		       const struct error *err)
{
	CLEANUP(strbuf_done) struct strbuf line = STRBUF_INIT;
	const char *text = s->report.n ? s->report.data : err->text;
	const char *prefix = s->run_mode ? "falco-run: " : "Error: ";

	if (!*text)
		return;
	strbuf_addf(&line, "%s%s", code == -EIO ? "" : prefix, text);
	if (line.data[line.n - 1] != '\n' || !s->run_mode)
		strbuf_addch(&line, '\n');
	write_all(s->error_fd, line.data, line.n);
}

static void add_refused(void *ctx, const char *name)
{
	struct strbuf *refused = ctx;

	strbuf_addf(refused, "%s%s", refused->n ? ", " : "", name);
}

static void say_nobody_meant(const struct setup *s,
			     const struct rule_choice *choice)
{
	const char *near = NULL;

	if (choice->pattern)
		near = engine_nearest_rule(s->engine, choice->pattern);
	log_say(&s->log, LOG_LEVEL_WARNING, "no rule has the %s %s%s%s%s",
		choice->pattern ? "name" : "tag",
		choice->pattern ? choice->pattern : choice->tag,
		near ? "; did you mean " : "", near ? near : "",
		near ? "?" : "");
}

void setup_select_rules(struct setup *s)
{
	for (size_t i = 0; i < s->config.choices.n; i++) {
		const struct rule_choice *choice = &s->config.choices.items[i];

		log_say(&s->log, LOG_LEVEL_INFO, "%s rules with %s: %s",
			choice->enable ? "Enabling" : "Disabling",
			choice->pattern ? "name" : "tag",
			choice->pattern ? choice->pattern : choice->tag);
		if (!engine_select(s->engine, choice->pattern, choice->tag,
				   choice->enable) &&
		    s->run_mode)
			say_nobody_meant(s, choice);
	}
	if (s->allowed)
		engine_confine(s->engine, s->allowed, add_refused, &s->refused);
	engine_ready(s->engine);
}

/* --- Outputs --------------------------------------------------------------- */

#define PATIENCE_MS 2000
#define PATIENCE_MAX_MS 600000

/* What falcosidekick would refuse: it is what most people have at that end. */
static const char *hint_of(const struct config *c)
{
	if (!c->json_output)
		return " (falcosidekick needs json_output: true)";
	if (!c->json_include_output_fields)
		return " (falcosidekick needs "
		       "json_include_output_fields_property: true)";

	return NULL;
}

static struct http_options http_options(const struct config *c, int stream_fd)
{
	int64_t max = c->http_max_timeouts;

	return (struct http_options){
		.url = c->http_enabled ? c->http_url : NULL,
		.user_agent = c->http_user_agent,
		.ca_cert = c->http_ca_cert,
		.ca_bundle = c->http_ca_bundle,
		.ca_path = c->http_ca_path,
		.client_cert = c->http_client_cert,
		.client_key = c->http_client_key,
		.json = c->json_output,
		.hint = hint_of(c),
		.insecure = c->http_insecure,
		.mtls = c->http_mtls,
		.compress = c->http_compress,
		.keep_alive = c->http_keep_alive,
		.max_timeouts = max > 0 && max <= UINT8_MAX ? (unsigned)max : 5,
		.echo_fd = c->http_echo ? stream_fd : -1,
	};
}

void setup_outputs(const struct setup *s, int stream_fd,
		   struct output_options *ret)
{
	const struct config *c = &s->config;
	int64_t patience = c->output_timeout_ms;

	if (patience <= 0 || patience > PATIENCE_MAX_MS)
		patience = PATIENCE_MS;
	*ret = (struct output_options){
		.stream_fd = c->stdout_enabled ? stream_fd : -1,
		.file_name = c->file_enabled ? c->file_name : NULL,
		.file_keep_open = c->file_keep_alive,
		.syslog = c->syslog_enabled,
		.program = c->program_enabled ? c->program : NULL,
		.program_keep_open = c->program_keep_alive,
		.program_fd = stream_fd,
		.http = http_options(c, stream_fd),
		.spill_name = c->spill_file,
		.buffered = c->buffered_outputs &&
			    !options_has(s->options, OPT_UNBUFFERED),
		.capacity = c->queue_capacity > 0 ? (size_t)c->queue_capacity :
						    0,
		.patience_ms = (unsigned)patience,
		.log = &s->log,
		.needs_all = c->require_outputs,
	};
}

void setup_set(const struct setup *s, struct output *output,
	       struct sink_set *ret)
{
	const struct config *c = &s->config;

	sink_set_init(ret, s->engine, output);
	ret->hostname = s->hostname;
	ret->json = c->json_output;
	ret->plain = options_has(s->options, OPT_EVENTS);
	ret->iso_8601 = c->time_iso_8601;
	ret->has_fail_on = c->has_fail_on;
	ret->fail_on = c->fail_on_priority;
}
