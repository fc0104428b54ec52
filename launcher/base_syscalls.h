/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls by name, besides those that rules ask for: base_syscalls.custom_set and
 * falco_run.reload_headroom.
 */
#pragma once

#include "interest.h"
#include "span.h"

struct error;
struct setup;
struct strbuf;

/* Adds the events of an evt.type, "all" of them. False: no event has the name. */
bool interest_add_named(struct interest *interest, struct span name);

/* Says which names of base_syscalls.custom_set are no call's, in Falco's words. */
void base_syscalls_check(const struct setup *s);

/*
 * What base_syscalls.custom_set adds, and what its names behind a ! leave out, also
 * where rules ask for it: that is said. Calls that the tracer itself needs are seen
 * whatever is left out.
 */
void base_syscalls_apply(const struct setup *s, struct interest *interest);

/* Adds falco_run.reload_headroom. Returns -EINVAL with err for a name that no event
 * has. */
int reload_headroom(const struct span_list *names, struct interest *interest,
		    struct error *err);
