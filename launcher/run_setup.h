/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run before it has a program: who takes part in it, what of the command line, the
 * configuration and the rules can be wrong, and how that is said.
 */
#pragma once

#include <signal.h>
#include <sys/resource.h>

#include "front.h"
#include "setup.h"

struct error;
struct streams;
struct tracer_place;

/* What all processes of a run have in common. */
struct run {
	struct setup setup;
	const struct streams *streams;
	char *const *command;
	char *path; /* of the executable; owned */
	int found;  /* 0, or why it is not */
	struct front front;
	struct tracer_place *place; /* NULL: there is a front */
	sigset_t mask_before;
	struct rlimit files; /* the program's */
};

/* Frees what the members own. */
void run_done(struct run *r);

/* What is to be known before the front parts from us, and at a reload. Returns -EINVAL
 * or another errno with err. */
int run_configure(struct setup *s, struct error *err);

/* Finds the rules, loads them, and makes the engine ready. *reserve (NULL: at a reload,
 * for which nobody waits) is memory to be freed after all else. Returns as
 * setup_load_rules(), or -EINVAL where nothing would be watched for. */
int run_load_rules(struct setup *s, void **reserve, struct error *err);

/* Both, for struct reload_options. */
int run_prepare_again(struct setup *s, struct error *err);

/* Looks for the command's executable: path and found. */
void run_find_program(struct run *r);

/* Say why there is no run, or that the command could not be started (a negative errno).
 * Return the exit status. */
int run_failure(const struct run *r, const struct error *err);
int run_not_started(const struct run *r, int code);
