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

static int by_name(const void *a, const void *b)
{
	const cJSON *const *x = a, *const *y = b;

	return strcmp((*x)->string, (*y)->string);
}

/* The members of an object, sorted; *ret_n of them, the caller frees the list. */
static const cJSON **sorted_fields(const cJSON *fields, size_t *ret_n)
{
	size_t n = (size_t)cJSON_GetArraySize(fields), i = 0;
	const cJSON **list = xcalloc(n + 1, sizeof(*list));
	const cJSON *field;

	cJSON_ArrayForEach(field, fields)
		list[i++] = field;
	qsort(list, n, sizeof(*list), by_name);
	*ret_n = n;
	return list;
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
	CLEANUP(freep) const cJSON **list = NULL;
	size_t n;

	list = sorted_fields(a->fields, &n);
	add_time(a->time_ns, iso_8601, out);
	strbuf_addf(out, ": %s ", priority_name(a->priority));
	add_message(a->message, out);
	for (size_t i = 0; i < n; i++) {
		strbuf_addf(out, "%s%s=", i ? " " : " (", list[i]->string);
		engine_json_print(list[i], out);
	}
	strbuf_adds(out, n ? ")" : "");
}

static void add_json(const struct internal_alert *a, struct strbuf *out)
{
	cJSON *json = cJSON_CreateObject();
	cJSON *fields = cJSON_AddObjectToObject(json, "output_fields");
	CLEANUP(strbuf_done) struct strbuf time = STRBUF_INIT;
	const cJSON *field;
	char ns[24];

	cJSON_ArrayForEach(field, a->fields)
		cJSON_AddItemToObject(fields, field->string,
				      cJSON_Duplicate(field, true));
	snprintf(ns, sizeof(ns), "%llu", (unsigned long long)a->time_ns);
	if (!fields->child)
		cJSON_AddRawToObject(fields, "evt.time", ns);
	add_time(a->time_ns, true, &time);
	strbuf_cut(&time, time.n - strlen("+0000"));
	strbuf_addch(&time, 'Z');
	cJSON_AddStringToObject(json, "hostname", a->hostname);
	cJSON_AddStringToObject(json, "output", a->message);
	cJSON_AddStringToObject(json, "priority", priority_name(a->priority));
	cJSON_AddStringToObject(json, "rule", a->rule);
	cJSON_AddStringToObject(json, "source", "internal");
	cJSON_AddStringToObject(json, "time", time.data);
	engine_json_print(json, out);
	cJSON_Delete(json);
}

void internal_alert_text(const struct internal_alert *alert, bool json,
			 bool iso_8601, struct strbuf *out)
{
	if (json)
		add_json(alert, out);
	else
		add_text(alert, iso_8601, out);
}
