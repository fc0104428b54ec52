/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Internal alerts: see internal_alert.h. Fields are sorted by key, text in quotes,
 * numbers bare.
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

static void add_value(const cJSON *value, struct strbuf *out)
{
	char *text = cJSON_PrintUnformatted(value);

	strbuf_adds(out, text);
	cJSON_free(text);
}

static void add_text(const struct internal_alert *a, bool iso_8601,
		     struct strbuf *out)
{
	CLEANUP(freep) const cJSON **list = NULL;
	size_t n;

	list = sorted_fields(a->fields, &n);
	add_time(a->time_ns, iso_8601, out);
	strbuf_addf(out, ": %s %s", priority_name(a->priority), a->message);
	for (size_t i = 0; i < n; i++) {
		strbuf_addf(out, "%s%s=", i ? " " : " (", list[i]->string);
		add_value(list[i], out);
	}
	strbuf_adds(out, n ? ")" : "");
}

static void add_string(struct strbuf *out, const char *name, const char *value)
{
	cJSON *json = cJSON_CreateString(value);

	strbuf_addf(out, "\"%s\":", name);
	add_value(json, out);
	cJSON_Delete(json);
	strbuf_addch(out, ',');
}

static void add_json(const struct internal_alert *a, struct strbuf *out)
{
	CLEANUP(freep) const cJSON **list = NULL;
	CLEANUP(strbuf_done) struct strbuf time = STRBUF_INIT;
	size_t n;

	list = sorted_fields(a->fields, &n);
	strbuf_addch(out, '{');
	add_string(out, "hostname", a->hostname);
	add_string(out, "output", a->message);
	strbuf_adds(out, "\"output_fields\":{");
	for (size_t i = 0; i < n; i++) {
		strbuf_addf(out, "%s\"%s\":", i ? "," : "", list[i]->string);
		add_value(list[i], out);
	}
	strbuf_adds(out, "},");
	add_string(out, "priority", priority_name(a->priority));
	add_string(out, "rule", a->rule);
	add_string(out, "source", "internal");
	add_time(a->time_ns, true, &time);
	strbuf_addf(out, "\"time\":\"%.*sZ\"}", (int)(time.n - strlen("+0000")),
		    time.data);
}

void internal_alert_text(const struct internal_alert *alert, bool json,
			 bool iso_8601, struct strbuf *out)
{
	if (json)
		add_json(alert, out);
	else
		add_text(alert, iso_8601, out);
}
