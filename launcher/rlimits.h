/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resource limits, which are made for the program, and hold for us as well. Of open
 * files the monitor takes as many as it may use, and the program gets the limit as it was;
 * processes and threads are counted for the user, ours with the program's, which is
 * all that can be said.
 */
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

struct error;
struct log;

/* How many descriptors the monitor needs at least. */
#define LIMITS_FILES 20

/* Raises the limit of open files; *ret_before is as it was. -EMFILE: err says that it is
 * too low. */
int limits_raise(struct rlimit *ret_before, struct error *err);

/* Gives the limit of open files back to the program, once that has no use for our
 * descriptors any more. */
void limits_restore(pid_t program, const struct rlimit *before);

/* Says when so few processes are allowed that ours may be missing. */
void limits_say(const struct log *log);
