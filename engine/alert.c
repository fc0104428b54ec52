/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alerts: a matched rule and its event as Falco's line and as Falco's JSON object.
 * An alert is always one line, whatever bytes its fields hold.
 */
#include <time.h>

#include "cleanup.h"
#include "error.h"
#include "json_node.h"
#include "strbuf.h"

#include "engine.h"
#include "field.h"
#include "format.h"
#include "json.h"
#include "render.h"
#include "rule.h"
#include "state.h"

/* The field that the line begins with. */
static const struct field_ref *time_field(struct engine *e)
{
	bool iso = e->env.options.time_iso_8601;
	const struct field_ref *ref;

	if (field_resolve(&e->env, iso ? SPAN("evt.time.iso8601") :
					 SPAN("evt.time"),
			  (struct span){ NULL, 0 }, &ref, NULL) < 0)
		abort(); /* both are rows of fields.def */
	return ref;
}

/* "TIME: Priority message", as the fields have it. */
static void print_line(struct engine *e, const struct rule *rule,
		       struct eval *eval, struct strbuf *out)
{
	const struct field_ref *ref = time_field(e);

	render_field_text(eval, ref, field_value(eval, ref), out);
	strbuf_addf(out, ": %s ", priority_name(rule->info.priority));
	if (rule->output)
		format_text(rule->output, eval, out);
}

void engine_alert_text(struct engine *e, const struct rule_info *info,
		       struct event *ev, struct strbuf *out)
{
	CLEANUP(strbuf_done) struct strbuf line = STRBUF_INIT;

	print_line(e, RULE_OF(info), engine_eval(e, ev), &line);
	json_escape(strbuf_span(&line), out);
}

void engine_alert_message(struct engine *e, const struct rule_info *info,
			  struct event *ev, struct strbuf *out)
{
	CLEANUP(strbuf_done) struct strbuf line = STRBUF_INIT;
	const struct rule *rule = RULE_OF(info);

	if (rule->output)
		format_text(rule->output, engine_eval(e, ev), &line);
	json_escape(strbuf_span(&line), out);
}

/* --- JSON ------------------------------------------------------------------ */

static void add_string(struct json_object *object, const char *key,
		       const struct strbuf *text)
{
	json_add_text(object, key, text->data);
}

/* "2018-08-17T17:35:48.518937838Z" */
static void add_time(struct json_object *object, uint64_t ns)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
	time_t s = (time_t)(ns / 1000000000);
	char text[64];
	struct tm tm;

	if (!gmtime_r(&s, &tm))
		return;
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	strbuf_addf(&b, "%s.%09uZ", text, (unsigned)(ns % 1000000000));
	add_string(object, "time", &b);
}

static void add_tags(struct json_object *object, const struct rule_info *info)
{
	struct json_object *tags = json_add_array(object, "tags");

	for (size_t i = 0; i < info->ntags; i++) {
		CLEANUP(freep) char *tag =
			xstrndup(info->tags[i].data, info->tags[i].n);

		json_append_text(tags, tag);
	}
}

/* An extra field: a plain one under its own name, or a format under a given one. */
static void add_extra(struct json_object *fields, const struct rule *rule,
		      size_t i, struct eval *eval)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
	CLEANUP(freep) char *key = NULL;

	if (!rule->extra_formats[i])
		return;
	if (!rule->extra_names[i].data) {
		format_json(rule->extra_formats[i], eval, fields);
		return;
	}
	key = xstrndup(rule->extra_names[i].data, rule->extra_names[i].n);
	format_text(rule->extra_formats[i], eval, &b);
	add_string(fields, key, &b);
}

static void add_fields(struct json_object *object, struct engine *e,
		       const struct rule *rule, struct eval *eval)
{
	struct json_object *fields = json_add_object(object, "output_fields");
	const struct field_ref *ref = time_field(e);

	json_add(fields, ref->text.data,
		 render_field_json(eval, ref, field_value(eval, ref)));
	if (rule->output)
		format_json(rule->output, eval, fields);
	for (size_t i = 0; i < rule->nextra; i++)
		add_extra(fields, rule, i, eval);
}

static void add_texts(struct json_object *object, struct engine *e,
		      const struct rule *rule, struct eval *eval)
{
	CLEANUP(strbuf_done) struct strbuf line = STRBUF_INIT;
	CLEANUP(strbuf_done) struct strbuf message = STRBUF_INIT;

	print_line(e, rule, eval, &line);
	if (rule->output)
		format_text(rule->output, eval, &message);
	if (e->env.options.json_include_output)
		add_string(object, "output", &line);
	if (e->env.options.json_include_message)
		add_string(object, "message", &message);
}

void engine_alert_json(struct engine *e, const struct rule_info *info,
		       struct event *ev, struct strbuf *out)
{
	CLEANUP(json_putp)
	struct json_object *object = json_object_new_object();
	const struct engine_options *o = &e->env.options;
	const struct rule *rule = RULE_OF(info);
	struct eval *eval = engine_eval(e, ev);

	json_add_text(object, "hostname", o->hostname ? o->hostname : "");
	json_add_text(object, "priority", priority_name(info->priority));
	json_add_text(object, "rule", info->name);
	json_add_text(object, "source", info->source);
	add_time(object, ev->time_ns);
	add_texts(object, e, rule, eval);
	if (o->json_include_tags)
		add_tags(object, info);
	if (o->json_include_output_fields)
		add_fields(object, e, rule, eval);
	json_print(object, out);
}
