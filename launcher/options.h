/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line, as Falco's parser takes it: letters may be combined and carry
 * their word glued, long options take =word or the next word, and "--" ends the
 * options. What follows "--" is the program to run. Pure: nothing is looked up.
 */
#pragma once

#include <stdbool.h>

#include "array.h"
#include "span.h"

struct error;
struct strbuf;

enum option_id {
#define OPTION(symbol, letter, word, takes, use, argument, help) OPT_##symbol,
#include "options.def"
	OPT_COUNT
};

/* All words are borrowed from argv. */
struct options {
	/* The values of each option in order; a flag's are "true". */
	ARRAY(const char *) given[OPT_COUNT];
	const char *stray; /* the first word before "--" that is no option */
	struct span unknown; /* the name that no option has; empty: none */
	char *const *command; /* after "--", NULL-terminated; NULL without "--" */
};

#define OPTIONS_INIT { .stray = NULL }

/* Reads argv (argv[0] is skipped). Returns -EINVAL with Falco's words in err; what
 * was read before the mistake is in *o. */
int options_parse(struct options *o, char *const *argv, struct error *err);
void options_done(struct options *o);

/* Was the option given? Its last value; NULL when it was not. */
bool options_has(const struct options *o, enum option_id id);
const char *options_last(const struct options *o, enum option_id id);

/* The option (a word) that may be meant; NULL: none is near. */
const char *options_nearest(struct span name);

/* Did somebody ask for one of Falco's own modes? */
bool options_want_own_mode(const struct options *o);

/* The words of --help, and the few lines for somebody who gave no command. */
void options_help(struct strbuf *out);
void options_usage(struct strbuf *out);
