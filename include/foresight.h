/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be said of calls before there are any: which are intercepted for a set of
 * events, and what of an event is known when its call begins. The tracer knows it,
 * the engine asks in order to explain rules, the launcher brings them together.
 */
#pragma once

#include "event.h"
#include "interest.h"

/* How many of a call there are: seldom one in a program's life, as it is with
 * calls that change the system; often thousands. */
enum frequency {
	FREQUENCY_SELDOM,
	FREQUENCY_USUAL,
	FREQUENCY_OFTEN,
};

/* A call that is intercepted; `always`, whatever the rules want. */
typedef void foresight_call_fn(void *ctx, const char *name, bool always,
			       enum frequency frequency);

struct foresight {
	/*
	 * An event as it is at PHASE_ENTRY, of no call in particular: what only the
	 * end of such a call tells is UNKNOWN, all else has some value, which means
	 * nothing. NULL: no call makes such an event. The caller frees it.
	 */
	struct event *(*event)(enum event_type type, unsigned generic);
	void (*event_free)(struct event *ev);

	/* Calls fn for every call that is intercepted for these events, or always. */
	void (*calls)(const struct interest *events, foresight_call_fn *fn,
		      void *ctx);
};
