/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rule of --events. Texts are a person's: they go into the file as quoted scalars,
 * every byte that could end one escaped.
 */
#include "events.h"

#include <errno.h>

#include "engine/engine.h"

#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "setup.h"

/* Holds for each event, and names no type of them. */
#define EVERY_EVENT "evt.num >= 0"

static void add_quoted(const char *text, struct strbuf *out)
{
	strbuf_addch(out, '"');
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c == 0x7f)
			strbuf_addf(out, "\\x%02x", c);
		else if (c == '"' || c == '\\')
			strbuf_addf(out, "\\%c", c);
		else
			strbuf_addch(out, *text);
	}
	strbuf_addch(out, '"');
}

/* The most urgent priority: no configuration leaves it out. */
void events_rule(const char *filter, const char *format, struct strbuf *out)
{
	strbuf_adds(out, "- rule: events\n  desc: --events\n  priority: "
			 "EMERGENCY\n  condition: ");
	add_quoted(filter && *filter ? filter : EVERY_EVENT, out);
	strbuf_adds(out, "\n  output: ");
	add_quoted(format && *format ? format : EVENTS_FORMAT, out);
	strbuf_addch(out, '\n');
}

static void load_result_freep(struct load_result **r)
{
	load_result_free(*r);
}

int events_load(struct setup *s, struct error *err)
{
	CLEANUP(strbuf_done) struct strbuf rule = STRBUF_INIT;
	CLEANUP(load_result_freep) struct load_result *result = NULL;
	int ret;

	if (options_has(s->options, OPT_RULES))
		return error_set(err, -EINVAL,
				 "--events takes the place of rules: leave out "
				 "-r");
	events_rule(options_last(s->options, OPT_EVENTS),
		    options_last(s->options, OPT_PRINT), &rule);
	ret = engine_load(s->engine, "--events", strbuf_span(&rule), &result);
	if (ret < 0) {
		strbuf_adds(&s->report, "--events: ");
		load_result_first(result, &s->report);
	}

	return ret;
}
