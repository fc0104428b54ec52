/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking fields and conditions about an event that is still to come: what
 * include/foresight.h knows, as an evaluation.
 */
#pragma once

#include <stdbool.h>

#include "event.h"
#include "value.h"

struct engine_env;
struct eval;
struct foreseen;
struct foresight;
struct part;

/* NULL: no call makes such an event. After the last field was resolved. */
struct foreseen *foreseen_new(struct engine_env *env,
			      const struct foresight *foresight,
			      enum event_type type, unsigned generic);
void foreseen_free(struct foreseen *f);
struct eval *foreseen_eval(struct foreseen *f);

/* Can the condition come out so at entry, whatever the values are that are known
 * there? A check that waits comes out neither way. */
bool foreseen_can_be(const struct part *part, enum truth truth, struct eval *e);

/* Does the event come about without a call: the end of a process, a container? */
bool event_is_uncalled(enum event_type type);

/* Does the event get to the rules, of this version: the end of a call, or what is no
 * call's? */
bool event_reaches_rules(enum event_type type);
