/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Internal alerts: see internal_alert.h. Fields are sorted by key, text in quotes,
 * numbers bare. In JSON there is always one: falcosidekick takes no alert without.
 */
#include "internal_alert.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "alloc.h"
#include "array.h"
#include "cleanup.h"
#include "json_node.h"
#include "strbuf.h"

#define NS_PER_S UINT64_C(1000000000)

static void add_time(uint64_t ns, bool iso_8601, struct strbuf *out)
{
	time_t seconds = (time_t)(ns / NS_PER_S);
	char text[64];
	struct tm tm;

	if (iso_8601)
		gmtime_r(&seconds, &tm);
	else
		localtime_r(&seconds, &tm);
	strftime(text, sizeof(text), iso_8601 ? "%FT%T" : "%T", &tm);
	strbuf_addf(out, "%s.%09u%s", text, (unsigned)(ns % NS_PER_S),
		    iso_8601 ? "+0000" : "");
}

/* A message may quote a file: it stays on its line. */
static void add_message(const char *text, struct strbuf *out)
{
	for (; *text; text++) {
		if (*text == '\n')
			strbuf_adds(out, "\\n");
		else if ((unsigned char)*text < ' ' || *text == 0x7f)
			strbuf_addf(out, "\\u%04x", (unsigned char)*text);
		else
			strbuf_addch(out, *text);
	}
}

static void add_text(const struct internal_alert *a, bool iso_8601,
		     struct strbuf *out)
{
	CLEANUP(freep) struct json_member *list = json_members(a->fields);
	size_t n = json_count(a->fields);

	add_time(a->time_ns, iso_8601, out);
	strbuf_addf(out, ": %s ", priority_name(a->priority));
	add_message(a->message, out);
	for (size_t i = 0; i < n; i++) {
		strbuf_addf(out, "%s%s=", i ? " " : " (", list[i].key);
		engine_json_print(list[i].value, out);
	}
	strbuf_adds(out, n ? ")" : "");
}

/* What output_fields holds, a reference of its own. */
static struct json_object *fields_of(const struct internal_alert *a)
{
	struct json_object *fields;
	char ns[24];

	if (json_count(a->fields))
		return json_object_get(a->fields);
	fields = json_object_new_object();
	snprintf(ns, sizeof(ns), "%llu", (unsigned long long)a->time_ns);
	json_add(fields, "evt.time", json_digits(ns));
	return fields;
}

static void add_json(const struct internal_alert *a, struct strbuf *out)
{
	CLEANUP(json_putp) struct json_object *json = json_object_new_object();
	CLEANUP(strbuf_done) struct strbuf time = STRBUF_INIT;

	json_add(json, "output_fields", fields_of(a));
	add_time(a->time_ns, true, &time);
	strbuf_cut(&time, time.n - strlen("+0000"));
	strbuf_addch(&time, 'Z');
	json_add_text(json, "hostname", a->hostname);
	json_add_text(json, "output", a->message);
	json_add_text(json, "priority", priority_name(a->priority));
	json_add_text(json, "rule", a->rule);
	json_add_text(json, "source", "internal");
	json_add_text(json, "time", time.data);
	engine_json_print(json, out);
}

void internal_alert_text(const struct internal_alert *alert, bool json,
			 bool iso_8601, struct strbuf *out)
{
	if (json)
		add_json(alert, out);
	else
		add_text(alert, iso_8601, out);
}
