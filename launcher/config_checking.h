/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the configuration's check share: a check that is under way,
 * how it says that something is wrong, and the checks that live in files of
 * their own.
 */
#pragma once

#include "tree.h"

struct config;
struct error;

struct checking {
	struct config *c;
	const char *path; /* of the main file; NULL: none */
	struct error *err;
};

/* "Error reading config file (PATH): ..."; returns -EINVAL. */
__attribute__((format(printf, 2, 3))) int checking_bad(const struct checking *k,
						       const char *fmt, ...);

/* "...: what" with the place of a node where it has one; returns -EINVAL. */
int checking_bad_entry(const struct checking *k, const struct tree *node,
		       const char *what);

/* Something to be said at level warning when the check is over. */
__attribute__((format(printf, 2, 3))) void
checking_notice(const struct checking *k, const char *fmt, ...);

/* A node's text; NULL when it is none. */
const char *checking_text(const struct tree *node);

/* The items of a top-level list; an empty list when it is something else. */
struct tree checking_list(const struct config *c, struct span key);

/* The members that are lists of maps: rules, append_output, static_fields. */
int check_choices(struct checking *k);
int check_appends(struct checking *k);
int check_static_fields(struct checking *k);

/* rules_file and its heir; plugins and load_plugins. */
int check_rules_file(struct checking *k);
int check_plugins(struct checking *k);

/* metrics and webserver. */
int check_metrics(struct checking *k);
