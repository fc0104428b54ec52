/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Falco's own modes: everything that starts no program. They look for files where
 * Falco looks, print data on standard output and the log on standard error, and end
 * with 0 or 1, as Falco does.
 */
#pragma once

#include <stdbool.h>

#include "options.h"

struct streams;

/* Does the command line ask for a replay (engine.kind, without a command)? */
bool modes_want_replay(const struct options *options);

/* Runs the mode that the options ask for. argv is shown by --support. */
int modes_run(const struct options *options, const struct streams *streams,
	      char *const *argv);
