/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/config.h: files, includes and -o become members; mistakes become Falco's
 * messages; what is only unknown is reported and used.
 */
#include "harness/test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "launcher/config.h"
#include "launcher/config_check.h"
#include "launcher/tree.h"

/* Every test gets a folder of its own to be in. */
static char folder[64];

static int enter_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/test_config.XXXXXX");
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static void remove_all(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		CLEANUP(strbuf_done) struct strbuf full = STRBUF_INIT;

		if (entry->d_name[0] == '.')
			continue;
		strbuf_addf(&full, "%s/%s", path, entry->d_name);
		remove_all(full.data);
		remove(full.data);
	}
	if (dir)
		closedir(dir);
}

static int leave_folder(void **state)
{
	(void)state;
	remove_all(folder);
	return chdir("/") || rmdir(folder);
}

static void file(const char *name, const char *text)
{
	FILE *f = fopen(name, "we");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* Loads f.yaml with up to two -o. */
static int load(struct config *c, const char *text, const char *const sets[2],
		struct error *err)
{
	struct config_request request = {
		.path = "f.yaml",
		.sets = sets,
		.nsets = !sets ? 0 : sets[1] ? 2 : 1,
	};

	file("f.yaml", text);
	return config_load(c, &request, err);
}

static void good(struct config *c, const char *text)
{
	struct error err = { "" };

	if (load(c, text, NULL, &err) < 0)
		fail_msg("%s", err.text);
}

static void bad(const char *text, const char *message)
{
	CLEANUP(config_done) struct config c;
	struct error err = { "" };

	assert_true(load(&c, text, NULL, &err) < 0);
	assert_contains(err.text, message);
}

static void without_a_file_there_are_defaults(void **state)
{
	CLEANUP(config_done) struct config c;
	struct config_request request = { .run_mode = true };

	(void)state;
	assert_int_equal(config_load(&c, &request, NULL), 0);
	assert_true(c.stdout_enabled && c.json_include_output &&
		    c.json_include_tags && c.json_include_output_fields);
	assert_false(c.json_output || c.json_include_message || c.match_all);
	assert_int_equal(c.priority, PRIORITY_DEBUG);
	assert_int_equal(c.tracer_engine, TRACER_AUTO);
	assert_int_equal(c.monitor_exit, MONITOR_EXIT_CONTINUE);
	assert_false(c.allow_io_uring);
	assert_true(c.container_plugin);
	assert_int_equal(c.rules_files.n, 0);
}

static void outside_run_mode_no_output_is_on(void **state)
{
	CLEANUP(config_done) struct config c;

	(void)state;
	good(&c, "{}");
	assert_false(c.stdout_enabled);
}

/* In run mode, without a file. */
static void assert_typo(const char *set, const char *text)
{
	CLEANUP(config_done) struct config c;
	const char *const sets[] = { set };
	const struct config_request request = { .sets = sets,
						.nsets = 1,
						.run_mode = true };
	struct error err = { "" };

	assert_int_equal(config_load(&c, &request, &err), text ? -EINVAL : 0);
	assert_contains(err.text, text ? text : "");
}

static void in_run_mode_a_key_of_o_must_exist(void **state)
{
	(void)state;
	assert_typo("jsn_output=true",
		    "-o jsn_output: no such key; did you mean json_output?");
	assert_typo("falco_run.engin=trace",
		    "falco_run.engin: no such key; did you mean "
		    "falco_run.engine?");
	assert_typo("rules[0].disabel.rule=*",
		    "rules[].disabel: no such key; did you mean "
		    "rules[].disable?");
	assert_typo("rules[]={\"disable\": {\"rul\": \"*\"}}",
		    "rules[].disable.rul: no such key");
	assert_typo("qqqqqq=1", "-o qqqqqq: no such key; falco-run "
				"--config-schema");
	assert_typo("json\\.output=true", "json.output: no such key");
}

static void keys_that_may_be_anything_are_no_typos(void **state)
{
	(void)state;
	assert_typo("json_output=true", NULL);
	assert_typo("rules[0].disable.tag=x", NULL);
	assert_typo("plugins[]={name: container, library_path: libcontainer.so,"
		    " init_config: {any: 1}}",
		    NULL);
	assert_typo("append_output[]={extra_fields: [{a: '%evt.num'}]}", NULL);
}

static void in_run_mode_a_value_of_o_must_be_one(void **state)
{
	(void)state;
	assert_typo("json_output=treu",
		    "-o json_output: 'treu' is neither true nor false");
	assert_typo("json_output=", "-o json_output: '' is neither");
	assert_typo("webserver.listen_port=99999",
		    "-o webserver.listen_port: '99999' is no whole number from "
		    "1 to 65535");
	assert_typo("output_timeout=5s", "'5s' is no whole number from 0 to ");
	assert_typo("outputs_queue.capacity=-1",
		    "'-1' is no whole number from 0 on");
	assert_typo("syscall_event_drops.rate=often", "'often' is no number");
	assert_typo("capture.mode=some", "'some' is not one of rules, all_rules");
	assert_typo("webserver=true", "-o webserver: 'true' is no map of keys");
	assert_typo("priority[]=info", "-o priority: a list is no single value");
	assert_typo("http_output={insecure: 2}",
		    "-o http_output.insecure: '2' is neither true nor false");
	assert_typo("json_output=Yes", NULL);
	assert_typo("rules_files=a.yaml", NULL);
	assert_typo("file_output={enabled: true, filename: 12}", NULL);
}

/* In run mode; ret is what config_load() says. */
static void load_file(struct config *c, const char *text, int ret,
		      struct error *err)
{
	const struct config_request request = { .path = "f.yaml",
						.run_mode = true };

	file("f.yaml", text);
	assert_int_equal(config_load(c, &request, err), ret);
}

static void in_run_mode_wrong_values_of_a_file_are_said(void **state)
{
	CLEANUP(config_done) struct config c;
	struct error err = { "" };

	(void)state;
	load_file(&c, "json_output: treu\nrule_matching: all\n"
		      "webserver: {listen_port: x, threadiness: }\n"
		      "output_timeout: -1\n",
		  0, &err);
	assert_int_equal(c.notices.n, 3);
	assert_string_equal(c.notices.items[2],
			    "output_timeout: '-1' is no whole number from 0 to "
			    "4294967295");
	assert_string_equal(c.notices.items[0],
			    "json_output: 'treu' is neither true nor false; the "
			    "default is taken, as by Falco");
	assert_contains(c.notices.items[1], "webserver.listen_port: 'x' is ");
	assert_true(c.match_all);
}

static void in_run_mode_unknown_keys_of_a_file_are_said(void **state)
{
	CLEANUP(config_done) struct config c;
	struct error err = { "" };

	(void)state;
	load_file(&c, "nonsense: 1\nouptut_timeout: 3\n"
		      "webserver: {listen_prot: 3, more: {a: b}}\n"
		      "static_fields: {anything: x}\n",
		  0, &err);
	assert_int_equal(c.notices.n, 4);
	assert_string_equal(c.notices.items[0],
			    "nonsense: no such key; it has no effect");
	assert_string_equal(c.notices.items[1],
			    "ouptut_timeout: no such key; did you mean "
			    "output_timeout?");
	assert_string_equal(c.notices.items[2],
			    "webserver.listen_prot: no such key; did you mean "
			    "webserver.listen_port?");
}

static void in_run_mode_unknown_keys_of_our_own_are_refused(void **state)
{
	CLEANUP(config_done) struct config c;
	struct error err = { "" };

	(void)state;
	load_file(&c, "falco_run: {fail_onn: error}\n", -EINVAL, &err);
	assert_string_equal(err.text, "falco_run.fail_onn: no such key; did "
				      "you mean falco_run.fail_on?");
}

static void in_run_mode_wrong_values_of_our_own_are_refused(void **state)
{
	CLEANUP(config_done) struct config c;
	struct error err = { "" };

	(void)state;
	load_file(&c, "falco_run: {wait_all: treu}\n", -EINVAL, &err);
	assert_string_equal(err.text, "falco_run.wait_all: 'treu' is neither "
				      "true nor false");
}

static void failed_calls_are_dropped_by_the_driver_that_is_meant(void **state)
{
	CLEANUP(config_done) struct config kmod, other, none;

	(void)state;
	good(&kmod, "engine: {kind: kmod, kmod: {drop_failed_exit: true}}\n");
	assert_true(kmod.drop_failed);
	good(&other, "engine: {kind: modern_ebpf, kmod: {drop_failed_exit: "
		     "true}}\n");
	assert_false(other.drop_failed);
	good(&none, "json_output: true\n");
	assert_false(none.drop_failed);
}

static void members_are_read(void **state)
{
	CLEANUP(config_done) struct config c;

	(void)state;
	good(&c, "json_output: true\n"
		 "json_include_tags_property: false\n"
		 "priority: WARNING\n"
		 "rule_matching: all\n"
		 "outputs_queue: {capacity: 12}\n"
		 "file_output: {enabled: yes, filename: /x, keep_alive: true}\n"
		 "rules_files: [a.yaml, b.yaml]\n"
		 "log_level: debug\n"
		 "time_format_iso_8601: true\n"
		 "buffer_format_base64: true\n");
	assert_true(c.json_output && !c.json_include_tags && c.match_all);
	assert_true(c.file_enabled && c.file_keep_alive);
	assert_string_equal(c.file_name, "/x");
	assert_int_equal(c.priority, PRIORITY_WARNING);
	assert_int_equal(c.queue_capacity, 12);
	assert_int_equal(c.rules_files.n, 2);
	assert_span_text(c.rules_files.items[1], "b.yaml");
	assert_int_equal(c.log_level, LOG_LEVEL_DEBUG);
	assert_true(c.time_iso_8601 && c.buffer_base64);
}

static void what_cannot_be_converted_leaves_the_default(void **state)
{
	CLEANUP(config_done) struct config c;

	(void)state;
	good(&c, "json_output: maybe\noutputs_queue: {capacity: x}\n"
		 "json_include_output_property: [true]\n");
	assert_false(c.json_output);
	assert_true(c.json_include_output);
	assert_int_equal(c.queue_capacity, 0);
}

static void own_keys_are_read(void **state)
{
	CLEANUP(config_done) struct config c;

	(void)state;
	good(&c, "falco_run:\n"
		 "  engine: trace\n"
		 "  on_monitor_exit: kill\n"
		 "  fail_on: error\n"
		 "  wait_all: true\n"
		 "  sandbox: {io_uring: allow}\n");
	assert_int_equal(c.tracer_engine, TRACER_TRACE);
	assert_int_equal(c.monitor_exit, MONITOR_EXIT_KILL);
	assert_true(c.has_fail_on && c.wait_all && c.allow_io_uring);
	assert_int_equal(c.fail_on_priority, PRIORITY_ERROR);
	assert_true(c.files.items[0].valid);
}

static void drivers_are_accepted_and_our_engines_are_a_shorthand(void **state)
{
	CLEANUP(config_done) struct config c;

	(void)state;
	good(&c, "engine: {kind: modern_ebpf}\n");
	assert_int_equal(c.tracer_engine, TRACER_AUTO);
	config_done(&c);
	good(&c, "engine: {kind: notify}\n");
	assert_int_equal(c.tracer_engine, TRACER_NOTIFY);
	bad("engine: {kind: gvisor}\n",
	    "Error reading config file (f.yaml): engine.kind 'gvisor' is not a "
	    "valid kind.");
}

static void names_that_do_not_exist_are_refused(void **state)
{
	(void)state;
	bad("priority: nope\n", "Unknown priority \"nope\"");
	bad("priority:\n", "Unknown priority \"null\"");
	bad("log_level: warn\n", "Unknown log level warn");
	bad("rule_matching: any\n", "Unknown rule matching strategy \"any\"");
	bad("libs_logger: {severity: loud}\n", "sinsp log severity loud");
	bad("capture: {mode: all}\n", "capture.mode 'all'");
	bad("falco_run: {engine: x}\n", "falco_run.engine 'x'");
	bad("falco_run: {on_monitor_exit: x}\n", "on_monitor_exit 'x'");
	bad("falco_run: {fail_on: x}\n", "fail_on 'x'");
	bad("falco_run: {sandbox: {io_uring: x}}\n", "io_uring 'x'");
	bad("webserver: {listen_address: 1.2.3.4.5}\n", "\"1.2.3.4.5\"");
}

static void outputs_without_their_target_are_refused(void **state)
{
	(void)state;
	bad("file_output: {enabled: true}\n", "no filename");
	bad("program_output: {enabled: true}\n", "no program");
	bad("http_output: {enabled: true}\n", "no url");
}

static void drop_settings_are_checked(void **state)
{
	(void)state;
	bad("syscall_event_drops: {threshold: 2}\n", "range [0, 1]");
	bad("syscall_event_drops: {actions: [explode]}\n", "available actions");
	bad("syscall_event_drops: {actions: [ignore, log]}\n",
	    "\"log\" does not make sense");
	bad("syscall_event_timeouts: {max_consecutives: 0}\n",
	    "unsigned integer > 0");
}

static void replay_needs_its_file(void **state)
{
	CLEANUP(config_done) struct config c;

	(void)state;
	bad("engine: {kind: replay}\n", "no engine.replay.capture_file");
	good(&c, "engine: {kind: replay, replay: {capture_file: x}}\n");
	assert_true(c.replay);
}

/* --- The file itself --------------------------------------------------------- */

static void a_missing_file_is_named(void **state)
{
	CLEANUP(config_done) struct config c;
	struct config_request request = { .path = "nope.yaml" };
	struct error err = { "" };

	(void)state;
	assert_int_equal(config_load(&c, &request, &err), -ENOENT);
	assert_string_equal(err.text,
			    "Could not find configuration file at nope.yaml");
}

static void a_file_that_is_no_map_of_keys(void **state)
{
	CLEANUP(config_done) struct config c;

	(void)state;
	bad("a: [1\n", "Cannot read config file (f.yaml)");
	bad("hello\n", "Config error at key \"config_files\": yaml-cpp: error "
		       "at line 1, column 1: operator[] call on a scalar");
	good(&c, "");
	config_done(&c);
	good(&c, "[1, 2]\n");
}

static void a_directory_is_no_configuration(void **state)
{
	CLEANUP(config_done) struct config c;
	struct config_request request = { .path = folder };
	struct error err = { "" };

	(void)state;
	assert_int_equal(config_load(&c, &request, &err), -EISDIR);
	assert_contains(err.text, "Cannot read config file");
}

/* --- -o ---------------------------------------------------------------------- */

static void the_command_line_has_the_last_word(void **state)
{
	static const char *const sets[2] = { "priority=error",
					     "rules_files[]=b.yaml" };
	CLEANUP(config_done) struct config c;

	(void)state;
	assert_int_equal(load(&c, "priority: debug\nrules_files: [a.yaml]\n",
			      sets, NULL), 0);
	assert_int_equal(c.priority, PRIORITY_ERROR);
	assert_int_equal(c.rules_files.n, 2);
}

static void a_value_in_braces_is_a_map(void **state)
{
	static const char *const sets[2] = {
		"stdout_output={\"enabled\": true}",
		"append_output[]={\"extra_output\": \"x=y\"}",
	};
	CLEANUP(config_done) struct config c;

	(void)state;
	assert_int_equal(load(&c, "{}", sets, NULL), 0);
	assert_true(c.stdout_enabled);
	assert_int_equal(c.appends.n, 1);
	assert_span_text(c.appends.items[0].extra_output, "x=y");
}

static void an_option_without_a_value_is_refused(void **state)
{
	static const char *const sets[2] = { "priority", NULL };
	CLEANUP(config_done) struct config c;
	struct error err = { "" };

	(void)state;
	assert_int_equal(load(&c, "{}", sets, &err), -EINVAL);
	assert_string_equal(err.text,
			    "Error parsing config option \"priority\". Must be "
			    "of the form key=val or key.subkey=val");
}

static void a_path_through_a_scalar_names_the_place(void **state)
{
	static const char *const through[2] = { "priority.x=1", NULL };
	static const char *const over[2] = { "stdout_output=x", NULL };
	static const char *const root[2] = { "=x", NULL };
	CLEANUP(config_done) struct config c, d, e;
	struct error err = { "" };

	(void)state;
	assert_int_equal(load(&c, "priority: debug\n", through, &err), -EINVAL);
	assert_contains(err.text, "line 1, column 11: operator[] call");
	assert_int_equal(load(&d, "{}", over, &err), -EINVAL);
	assert_contains(err.text, "\"stdout_output.enabled\": operator[] call");
	assert_int_equal(load(&e, "{}", root, &err), -EINVAL);
	assert_contains(err.text, "Config error at key \"log_level\": yaml-cpp");
}

static void an_alias_is_the_node_itself(void **state)
{
	static const char *const sets[2] = { "x.q=2", NULL };
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	CLEANUP(config_done) struct config c;

	(void)state;
	assert_int_equal(load(&c, "x: &name {q: 1}\nstatic_fields: *name\n",
			      sets, NULL), 0);
	assert_span_text(c.static_values.items[0], "2");
	tree_print(c.root, &text);
	assert_string_equal(text.data, "{\"x\": &1 {\"q\": \"2\"}, "
				       "\"static_fields\": *1}");
}

static void aliases_of_aliases_are_counted_in_full(void **state)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;

	(void)state;
	bad("a: &a [*a]\n", "nested too deeply or too large");
	strbuf_adds(&text, "a0: &a0 [x]\n");
	for (int i = 1; i < 40; i++)
		strbuf_addf(&text, "a%d: &a%d [*a%d, *a%d]\n", i, i, i - 1,
			    i - 1);
	bad(text.data, "nested too deeply or too large");
}

/* --- Includes ------------------------------------------------------------------ */

static void included_files_are_merged(void **state)
{
	CLEANUP(config_done) struct config c;

	(void)state;
	file("a.yaml", "priority: error\nrules_files: [b.yaml]\n");
	good(&c, "config_files: [a.yaml, missing.yaml]\npriority: debug\n"
		 "rules_files: [a.yaml]\n");
	assert_int_equal(c.priority, PRIORITY_ERROR);
	assert_int_equal(c.rules_files.n, 2);
	assert_int_equal(c.files.n, 2);
	assert_string_equal(c.files.items[0].path, "a.yaml");
	assert_string_equal(c.files.items[1].path, "f.yaml");
}

static void a_strategy_is_honoured(void **state)
{
	CLEANUP(config_done) struct config c;

	(void)state;
	file("a.yaml", "priority: error\njson_output: true\n");
	good(&c, "config_files: [{path: a.yaml, strategy: add-only}]\n"
		 "priority: debug\n");
	assert_int_equal(c.priority, PRIORITY_DEBUG);
	assert_true(c.json_output);
}

static void a_directory_is_included_in_order(void **state)
{
	CLEANUP(config_done) struct config c;

	(void)state;
	assert_int_equal(mkdir("conf.d", 0755), 0);
	file("conf.d/20.yaml", "priority: alert\n");
	file("conf.d/10.yaml", "priority: error\n");
	good(&c, "config_files: [conf.d]\n");
	assert_int_equal(c.priority, PRIORITY_ALERT);
	assert_string_equal(c.files.items[0].path, "conf.d/10.yaml");
	assert_string_equal(c.files.items[2].path, "f.yaml");
}

static void includes_that_include_are_refused(void **state)
{
	(void)state;
	file("a.yaml", "config_files: [b.yaml]\n");
	bad("config_files: [a.yaml]\n", "in included config file a.yaml.");
	bad("config_files: [f.yaml]\n", "recursively include main config file");
	bad("config_files: [{strategy: append}]\n", "needs a path");
}

static void the_environment_is_put_in(void **state)
{
	CLEANUP(config_done) struct config c;

	(void)state;
	setenv("TEST_CONFIG_PRIORITY", "error", 1);
	good(&c, "priority: ${TEST_CONFIG_PRIORITY}\n");
	assert_int_equal(c.priority, PRIORITY_ERROR);
	unsetenv("TEST_CONFIG_PRIORITY");
}

/* --- The schema ------------------------------------------------------------------ */

static void assert_verdict(const char *text, const char *verdict)
{
	CLEANUP(config_done) struct config c;

	good(&c, text);
	assert_string_equal(c.files.items[0].verdict, verdict);
	assert_int_equal(c.files.items[0].valid, !strcmp(verdict, "ok"));
}

#define UNKNOWN_PROPERTY \
	"Object contains a property that could not be validated using " \
	"'properties' or 'additionalProperties' constraints: "
#define WRONG_TYPE "Value type not permitted by 'type' constraint."

static void unknown_keys_are_reported_and_no_more(void **state)
{
	(void)state;
	assert_verdict("priority: debug\n", "ok");
	assert_verdict("nope: 1\n",
		       "failed for <root>: " UNKNOWN_PROPERTY "'nope'.");
	assert_verdict("webserver: {nope: 1}\n",
		       "failed for <root>[webserver]: " UNKNOWN_PROPERTY
		       "'nope'.");
	assert_verdict("priority: debug\npriority: error\n",
		       "failed for <root>: " UNKNOWN_PROPERTY "''.");
	assert_verdict("falco_run: {nope: 1}\n",
		       "failed for <root>[falco_run]: " UNKNOWN_PROPERTY
		       "'nope'.");
}

static void wrong_types_are_reported(void **state)
{
	(void)state;
	assert_verdict("json_output: 'on'\n",
		       "failed for <root>[json_output]: " WRONG_TYPE);
	assert_verdict("capture: {default_duration: x}\n",
		       "failed for <root>[capture][default_duration]: "
		       WRONG_TYPE);
	assert_verdict("plugins: {name: a}\n",
		       "failed for <root>[plugins]: " WRONG_TYPE);
	assert_verdict("append_output: [{suggested_output: x}]\n",
		       "failed for <root>[append_output][0][suggested_output]: "
		       WRONG_TYPE);
	assert_verdict("static_fields: {any: thing}\n", "ok");
}

static void required_keys_are_missed(void **state)
{
	(void)state;
	assert_verdict("engine: {kmod: {buf_size_preset: 4}}\n",
		       "failed for <root>[engine]: Missing required property "
		       "'kind'.");
}

static void keys_without_effect_are_known(void **state)
{
	CLEANUP(strbuf_done) struct strbuf keys = STRBUF_INIT;
	CLEANUP(config_done) struct config c;

	(void)state;
	good(&c, "falco_libs: {thread_table_size: 80}\njson_output: true\n"
		 "base_syscalls: {repair: true}\n");
	config_without_effect(&c, &keys);
	assert_string_equal(keys.data,
			    "base_syscalls.repair, falco_libs.thread_table_size");
}

/* A value that a key may have. */
static const char *value_of(const char *path, const char *type)
{
	static const char *const rows[][2] = {
		{ "capture.mode", "all_rules" },
		{ "libs_logger.severity", "trace" },
		{ "syscall_event_drops.actions", "ignore" },
		{ "BOOL", "true" },
		{ "INTEGER", "7" },
		{ "NUMBER", "0.5" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (!strcmp(rows[i][0], path) || !strcmp(rows[i][0], type))
			return rows[i][1];

	return "x";
}

static void assert_without_effect(const char *path, const char *type)
{
	CLEANUP(strbuf_done) struct strbuf set = STRBUF_INIT;
	CLEANUP(strbuf_done) struct strbuf keys = STRBUF_INIT;
	CLEANUP(config_done) struct config c;
	struct config_request request = { .run_mode = true, .nsets = 1 };
	struct error err = { "" };

	strbuf_addf(&set, "%s%s=%s", path, strcmp(type, "TEXTS") ? "" : "[]",
		    value_of(path, type));
	request.sets = (const char *const *)&set.data;
	if (config_load(&c, &request, &err) < 0)
		fail_msg("-o %s: %s", set.data, err.text);
	config_without_effect(&c, &keys);
	assert_string_equal(keys.data, path);
}

static void each_key_without_effect_is_named(void **state)
{
	static const struct {
		const char *path, *type;
	} rows[] = {
#define KEY(path, type, member)
#define CHECKED(path, type, member) { path, #type },
#define LISTED(path, type)
#define ACCEPTED(path, type) { path, #type },
#include "launcher/config_keys.def"
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (!strstr(rows[i].path, "[]"))
			assert_without_effect(rows[i].path, rows[i].type);
}

static void durations_are_those_of_prometheus(void **state)
{
	(void)state;
	assert_int_equal(config_duration_ms("1h30m"), 5400000);
	assert_int_equal(config_duration_ms("1y2w3d4h5m6s7ms"),
			 INT64_C(33019506007));
	assert_int_equal(config_duration_ms("100ms"), 100);
	assert_int_equal(config_duration_ms("5000"), 0);
	assert_int_equal(config_duration_ms("5h4h"), 0);
	assert_int_equal(config_duration_ms("1m1h"), 0);
	assert_int_equal(config_duration_ms("1x"), 0);
	assert_int_equal(config_duration_ms(""), 0);
	assert_int_equal(config_duration_ms("99999999999s"), 0);
	assert_int_equal(config_duration_ms("h"), 0);
}

/* --- Lists of maps ------------------------------------------------------------------ */

static void choices_of_rules_are_read_in_order(void **state)
{
	CLEANUP(config_done) struct config c;

	(void)state;
	good(&c, "rules:\n- disable: {rule: '*'}\n- enable: {tag: net}\n");
	assert_int_equal(c.choices.n, 2);
	assert_false(c.choices.items[0].enable);
	assert_string_equal(c.choices.items[0].pattern, "*");
	assert_null(c.choices.items[0].tag);
	assert_true(c.choices.items[1].enable);
	assert_string_equal(c.choices.items[1].tag, "net");
	bad("rules: [{toggle: {tag: x}}]\n", "enable: or disable:");
	bad("rules: [{disable: x}]\n", "enable: or disable:");
	bad("rules: [{disable: {}}]\n", "rule: or tag:");
}

static void appended_outputs_are_read(void **state)
{
	CLEANUP(config_done) struct config c;
	const struct append_output *out;

	(void)state;
	good(&c, "append_output:\n"
		 "- match: {source: syscall, rule: R, tags: [a, b]}\n"
		 "  extra_output: x\n"
		 "  suggested_output: true\n"
		 "  extra_fields: [proc.name, {k: '%fd.name'}]\n");
	out = &c.appends.items[0];
	assert_span_text(out->source, "syscall");
	assert_span_text(out->rule, "R");
	assert_int_equal(out->tags.n, 2);
	assert_span_text(out->extra_output, "x");
	assert_true(out->suggested_output);
	assert_int_equal(out->nextra_fields, 2);
	assert_null(out->extra_field_names[0].data);
	assert_span_text(out->extra_field_formats[0], "proc.name");
	assert_span_text(out->extra_field_names[1], "k");
	assert_span_text(out->extra_field_formats[1], "%fd.name");
	assert_int_equal(c.notices.n, 1);
	bad("append_output: [x]\n", "is a map");
	bad("append_output: x\n", "is a list");
	bad("append_output: [{match: x}]\n", "match has");
	bad("append_output: [{extra_fields: x}]\n", "extra_fields is a list");
	bad("append_output: [{extra_fields: [{a: 1, b: 2}]}]\n", "one key");
}

static void static_fields_are_pairs_of_texts(void **state)
{
	CLEANUP(config_done) struct config c;

	(void)state;
	good(&c, "static_fields: {one: 1, two: b}\n");
	assert_int_equal(c.static_names.n, 2);
	assert_span_text(c.static_names.items[1], "two");
	assert_span_text(c.static_values.items[0], "1");
	bad("static_fields: {a: {b: c}}\n", "one text");
}

static void the_old_key_for_rules_files_works_with_a_notice(void **state)
{
	CLEANUP(config_done) struct config c;

	(void)state;
	good(&c, "rules_file: a.yaml\n");
	assert_int_equal(c.rules_files.n, 1);
	assert_int_equal(c.notices.n, 1);
	assert_contains(c.notices.items[0], "rules_file");
	bad("rules_file: a\nrules_files: [b]\n",
	    "both 'rules_files' and 'rules_file' keys set");
}

static void a_plugin_stays_in_its_folder(void **state)
{
	CLEANUP(config_done) struct config c;

	(void)state;
	good(&c, "plugins: [{name: p, library_path: a/../b.so}]\n");
	assert_string_equal(c.other_plugin, "p");
	assert_string_equal(c.other_library,
			    "/usr/share/falco/plugins/a/../b.so");
	bad("plugins: [{name: p, library_path: a/../../b.so}]\n",
	    "library_path 'a/../../b.so' resolves outside the plugins "
	    "directory (/usr/share/falco/plugins/)");
}

static void the_container_plugin_is_on_unless_left_out(void **state)
{
	CLEANUP(config_done) struct config c;

	(void)state;
	good(&c, "load_plugins: []\n");
	assert_false(c.container_plugin);
	config_done(&c);
	good(&c, "load_plugins: [container]\n"
		 "plugins: [{name: container, library_path: x.so}]\n");
	assert_true(c.container_plugin);
	config_done(&c);
	good(&c, "plugins: [{name: container, library_path: x.so}]\n");
	assert_true(c.container_plugin);
	bad("load_plugins: [x]\n", "plugin config not found for given name");
	bad("plugins: [{name: container}]\n", "name and library_path");
}

#define IN_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_file_there_are_defaults),
		IN_FOLDER(outside_run_mode_no_output_is_on),
		IN_FOLDER(in_run_mode_a_key_of_o_must_exist),
		IN_FOLDER(keys_that_may_be_anything_are_no_typos),
		IN_FOLDER(in_run_mode_a_value_of_o_must_be_one),
		IN_FOLDER(in_run_mode_wrong_values_of_a_file_are_said),
		IN_FOLDER(in_run_mode_wrong_values_of_our_own_are_refused),
		IN_FOLDER(in_run_mode_unknown_keys_of_a_file_are_said),
		IN_FOLDER(in_run_mode_unknown_keys_of_our_own_are_refused),
		IN_FOLDER(failed_calls_are_dropped_by_the_driver_that_is_meant),
		IN_FOLDER(members_are_read),
		IN_FOLDER(what_cannot_be_converted_leaves_the_default),
		IN_FOLDER(own_keys_are_read),
		IN_FOLDER(drivers_are_accepted_and_our_engines_are_a_shorthand),
		IN_FOLDER(names_that_do_not_exist_are_refused),
		IN_FOLDER(outputs_without_their_target_are_refused),
		IN_FOLDER(drop_settings_are_checked),
		IN_FOLDER(replay_needs_its_file),
		IN_FOLDER(a_missing_file_is_named),
		IN_FOLDER(a_file_that_is_no_map_of_keys),
		IN_FOLDER(a_directory_is_no_configuration),
		IN_FOLDER(the_command_line_has_the_last_word),
		IN_FOLDER(a_value_in_braces_is_a_map),
		IN_FOLDER(an_option_without_a_value_is_refused),
		IN_FOLDER(a_path_through_a_scalar_names_the_place),
		IN_FOLDER(an_alias_is_the_node_itself),
		IN_FOLDER(aliases_of_aliases_are_counted_in_full),
		IN_FOLDER(included_files_are_merged),
		IN_FOLDER(a_strategy_is_honoured),
		IN_FOLDER(a_directory_is_included_in_order),
		IN_FOLDER(includes_that_include_are_refused),
		IN_FOLDER(the_environment_is_put_in),
		IN_FOLDER(unknown_keys_are_reported_and_no_more),
		IN_FOLDER(wrong_types_are_reported),
		IN_FOLDER(required_keys_are_missed),
		IN_FOLDER(keys_without_effect_are_known),
		cmocka_unit_test(each_key_without_effect_is_named),
		IN_FOLDER(durations_are_those_of_prometheus),
		IN_FOLDER(choices_of_rules_are_read_in_order),
		IN_FOLDER(appended_outputs_are_read),
		IN_FOLDER(static_fields_are_pairs_of_texts),
		IN_FOLDER(the_old_key_for_rules_files_works_with_a_notice),
		IN_FOLDER(a_plugin_stays_in_its_folder),
		IN_FOLDER(the_container_plugin_is_on_unless_left_out),
	};

	return RUN_TESTS(tests);
}
