/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What run mode and Falco's own modes have in common before they part: the
 * configuration read, the log configured, an engine made from both, the rules files
 * found and loaded. One struct carries it all; each step fills its part and says
 * what is wrong through struct error.
 */
#pragma once

#include <stdbool.h>

#include "container.h"
#include "strbuf.h"

#include "author.h"
#include "config.h"
#include "log.h"
#include "options.h"
#include "paths.h"

struct engine;
struct error;
struct interest;
struct output;
struct output_options;
struct sink_set;

struct setup {
	const struct options *options; /* not owned */
	bool run_mode;
	const char *config_path; /* the main file; NULL: none */
	struct log log;
	int error_fd; /* where failures are said, whatever the log's settings */
	struct config config;
	struct container_info container;
	char hostname[256];
	struct engine *engine;  /* owned */
	struct author_why why;  /* of --why; the engine's as long as that lives */
	struct strbuf report;   /* what is wrong with the rules, at length */
	struct path_list rules; /* the files to load */
	bool builtin_rules;     /* no file was named, or --ruleset: the built-in ones */
	bool validating;        /* the rules are those of -V */
	char *const *argv;      /* for --support; not owned */
	/* Rules may want these events alone, the others are disabled and named;
	 * NULL: any. Not owned. */
	const struct interest *allowed;
	struct strbuf refused;
	/* What is known of the container already; NULL: find out. Not owned. */
	const struct container_info *known_container;
};

/* Ready for setup_done(). Diagnostics go to log_fd (not owned). */
void setup_init(struct setup *s, const struct options *options, bool run_mode,
		int log_fd);
void setup_done(struct setup *s);

/* Reads the configuration, sets the log accordingly and says the notices that the
 * configuration gave rise to. Errors as config_load(). */
int setup_config(struct setup *s, struct error *err);

/* Makes the engine; after setup_config(). Until setup_find_container() nothing is known of
 * the container around us. */
void setup_engine(struct setup *s);
void setup_find_container(struct setup *s);

/* Finds the rules files: -r, else the configuration's, else the built-in ones (not in
 * Falco's own modes with a configuration file, which must name some); with --ruleset
 * the built-in ones and then those of -r. Returns -ENOENT or -EINVAL with Falco's
 * text. */
int setup_find_rules(struct setup *s, struct error *err);

/* The bytes of text that setup_load_rules() will load, about: 1 MiB and no more. */
size_t setup_rules_size(const struct setup *s);

/* Loads what was found; in run mode with the plugin container where rules require it, in
 * an engine made anew. Returns -EINVAL with the report in s->report, or another
 * errno with err. */
int setup_load_rules(struct setup *s, struct error *err);

/* Says why a step failed, the report or else err, in the shape of the mode. `code` is
 * what the step returned: -EIO says that the text needs no prefix. */
void setup_say_failure(const struct setup *s, int code,
		       const struct error *err);

/* Applies the configuration's `rules` and makes the engine ready. */
void setup_select_rules(struct setup *s);

/* What the configuration says of outputs. Alerts of stdout_output, and what programs
 * and servers of the other outputs say, go to stream_fd. */
void setup_outputs(const struct setup *s, int stream_fd,
		   struct output_options *ret);

/* The set of this setup's engine and an output; borrows both. */
void setup_set(const struct setup *s, struct output *output,
	       struct sink_set *ret);
