/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration: falco.yaml, the files that it includes, and -o on top; then
 * typed members. Meaning, merging, messages and defaults are Falco's
 * (reference/config.tsv); what is ours lives under falco_run. Reads files, changes
 * nothing.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "engine/engine.h"
#include "tracer/tracer.h"

#include "arena.h"
#include "array.h"
#include "span.h"

#include "log.h"

struct error;
struct strbuf;
struct tree;

/* A file that was read, in the order of use. */
struct config_file {
	const char *path;
	bool valid;
	const char *verdict; /* "ok" or "failed for ..." */
};

/* One entry of `rules`: exactly one of pattern and tag. */
struct rule_choice {
	bool enable;
	const char *pattern, *tag;
};

/* Every text is in the arena, NULL when not given. */
struct config {
	struct arena arena;
	struct tree *root;
	ARRAY(struct config_file) files;
	ARRAY(const char *) notices; /* to be said at log level warning */

	bool json_output, json_include_output, json_include_message,
		json_include_output_fields, json_include_tags;
	bool time_iso_8601, buffer_base64, watch_files, log_stderr,
		log_syslog;
	bool stdout_enabled, file_enabled, file_keep_alive, syslog_enabled,
		http_enabled, program_enabled, webserver_enabled,
		metrics_enabled;
	bool buffered_outputs, program_keep_alive;
	bool http_insecure, http_mtls, http_echo, http_compress,
		http_keep_alive;
	bool kmod_drop_failed, ebpf_drop_failed; /* drop_failed_exit */
	bool drop_failed; /* that of the driver in engine.kind */
	bool require_outputs; /* one that cannot be set up is a mistake */
	bool wait_all, alerts_on_stdout, reopen_on_sigusr1, reload_on_sighup;
	bool capture; /* asked for; nothing is written so far */
	bool stack; /* alerts carry the call stack */
	bool metrics_rule, metrics_rules, metrics_resources, metrics_state,
		metrics_events, metrics_in_mb, metrics_empty;
	bool webserver_metrics, webserver_tls;
	int64_t webserver_port, webserver_threads;
	int64_t snaplen; /* 0: Falco's */
	int64_t kmod_buffer, ebpf_buffer; /* buf_size_preset */
	int64_t queue_capacity, output_timeout_ms, max_timeouts, hold_limit_ms;
	int64_t http_max_timeouts;
	double drops_threshold;
	const char *priority_text, *rule_matching, *log_level_text,
		*libs_severity;
	const char *file_name, *http_url, *program, *webserver_address;
	const char *http_user_agent, *http_ca_cert, *http_ca_bundle,
		*http_ca_path, *http_client_cert, *http_client_key;
	const char *spill_file;
	const char *metrics_interval, *metrics_file;
	const char *webserver_health, *webserver_certificate;
	const char *engine_kind, *capture_file, *capture_mode;
	const char *engine, *on_monitor_exit, *fail_on, *io_uring;
	struct span_list rules_files, load_plugins, drops_actions, custom_set,
		reload_headroom;

	/* What the texts above mean. */
	enum priority priority;
	enum log_level log_level;
	bool match_all;
	enum tracer_engine tracer_engine;
	enum monitor_exit monitor_exit;
	bool has_fail_on;
	enum priority fail_on_priority;
	bool allow_io_uring;
	bool replay; /* engine.kind: replay */
	bool container_plugin;
	const char *other_plugin, *other_library; /* the last that is not built in */
	int64_t metrics_interval_ms; /* 0: not a duration */
	ARRAY(struct rule_choice) choices;
	ARRAY(struct append_output) appends;
	ARRAY(struct span) static_names, static_values;
};

/* How config_load() is asked. */
struct config_request {
	const char *path;        /* -c; NULL: no file */
	const char *const *sets; /* the values of -o */
	size_t nsets;
	bool run_mode; /* stdout_output is on unless somebody says otherwise; a key of
			* -o that there is not, and a value that cannot be, are
			* mistakes; such a value of a file is one below falco_run,
			* else a notice */
};

/*
 * Fills *config, which must be cleared with config_done() whatever is returned.
 * Returns -ENOENT or another errno of reading, or -EINVAL; err has Falco's text.
 */
int config_load(struct config *config, const struct config_request *request,
		struct error *err);
void config_done(struct config *config);

/* Appends the keys that were given, are Falco's, and have no effect here, with commas
 * between. */
void config_without_effect(const struct config *config, struct strbuf *out);
