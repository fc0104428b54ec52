/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run mode: a program under the rules, from the command line to its exit status.
 * The program sees of us what it cannot but see: a parent, and no_new_privs where
 * the kernel insists.
 */
#pragma once

#include "options.h"

/* The descriptors that main kept for us; duplicates, closed on exec. */
struct streams {
	int out; /* the original standard output */
	int err; /* the original standard error */
};

/* Runs options->command to its end. Returns the exit status. */
int run_program(const struct options *options, const struct streams *streams);

/* Becomes the command, unwatched (FALCO_RUN=off). Returns only on failure, with the
 * exit status, having said why. */
int run_unwatched(char *const *command, const struct streams *streams);
