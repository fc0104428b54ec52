/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --events: every event that passes a filter becomes a line, in a format, in place of
 * rules and alerts. It is one rule of our own making; nothing else knows the mode but
 * the sink, which leaves out what alerts begin with.
 */
#pragma once

struct error;
struct setup;
struct strbuf;

/* sysdig's line, which is what a line has where -p says nothing else. */
#define EVENTS_FORMAT \
	"%evt.num %evt.time %evt.cpu %proc.name (%thread.tid) %evt.dir %evt.type %evt.info"

/* The rule, as a rules file. NULL or "": all events, EVENTS_FORMAT. */
void events_rule(const char *filter, const char *format, struct strbuf *out);

/*
 * Loads it into the engine of a setup whose options have --events. -EINVAL: the filter
 * or the format is wrong, s->report says where, with a caret under it.
 */
int events_load(struct setup *s, struct error *err);
