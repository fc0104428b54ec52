/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event schema (events.def, events_old.def, generic.def) as tables: what an
 * event code is called, what kind of event it is, which parameters it carries.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"
#include "interest.h"
#include "span.h"

struct param_info {
	const char *name;
	uint8_t type;   /* enum value_type */
	uint8_t format; /* enum value_format */
	uint8_t flags;  /* enum flag_set */
	int8_t dirfd;   /* the parameter that a relative path starts from, or -1 */
};

struct event_info {
	const char *name; /* NULL for a code that was never used */
	const struct param_info *params;
	uint8_t nparams;
	uint8_t category; /* enum event_category */
	uint8_t event_class; /* enum event_class */
	bool is_current;  /* false: only old capture files have it */
	uint16_t flags;   /* enum event_flag, joined */
};

/* The schema version that --list-events prints. */
#define EVENT_SCHEMA_VERSION "4.3.0"

/* Never NULL; a code outside the schema gives an entry without a name. */
const struct event_info *event_info(enum event_type type);

/* Odd codes are the ends of calls, even ones their beginnings. */
static inline bool event_is_exit(enum event_type type)
{
	return type & 1;
}

/* Is the event in the set? The generic event is as its call is. */
bool event_is_wanted(const struct interest *wanted, const struct event *ev);

/* evt.type: the generic event is called as its call is. */
const char *event_name(const struct event *ev);

/* The name and Falco's code of a call without an event of its own. */
const char *generic_name(unsigned call);
unsigned generic_code(unsigned call);

/*
 * Adds every code that bears the name (enter, exit and old versions) and the
 * generic call of that name. False: nothing bears it.
 */
bool event_types_named(struct span name, struct interest *ret);

/* The index of the event's parameter of that name, -1 when it has none. */
int event_param_index(enum event_type type, const char *name);

/* The parameter i of the event, described. */
static inline const struct param_info *event_param_info(enum event_type type,
							unsigned i)
{
	return &event_info(type)->params[i];
}

/*
 * The longest parameter name of the whole schema, old events included, that
 * `text` begins with, as its first event declares it; NULL for none.
 */
const struct param_info *param_named(struct span text);

/* "file", "net", ...; as evt.category shows the table's category. */
const char *category_name(enum event_category category);
