/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the fuzz harnesses share: rules go through the engine's door and everything
 * that can be asked about them is asked. The answers are thrown away; a crash, a leak
 * or a sanitizer's complaint is the finding.
 */
#include <stdint.h>

#include "cleanup.h"
#include "foresight.h"
#include "strbuf.h"

#include "engine/engine.h"
#include "fuzz/fuzz.h"

static struct event *no_event(enum event_type type, unsigned generic)
{
	(void)type;
	(void)generic;
	return NULL;
}

static void no_calls(const struct interest *events, foresight_call_fn *fn,
		     void *ctx)
{
	(void)events;
	fn(ctx, "read", false, true);
}

static void ask_everything(struct engine *e, const struct load_result *result,
			   struct span content)
{
	static const struct foresight foresight = {
		.event = no_event,
		.calls = no_calls,
	};
	size_t failed;

	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;

	load_result_text(result, false, &text);
	load_result_text(result, true, &text);
	load_result_json(result, &text);
	if (load_result_ok(result)) {
		engine_ready(e);
		engine_interest(e);
		engine_describe(e, NULL, false, &text, NULL);
		engine_describe(e, NULL, true, &text, NULL);
		engine_lint(e, &foresight, &text);
		engine_explain(e, "r", &foresight, &text, NULL);
		engine_test(e, "fuzz", content, &text, &failed, NULL);
	}
}

/* Twice, since a load uses what others before it have made. */
void fuzz_load(const char *data, size_t size)
{
	struct engine_options options;
	struct engine *e;

	engine_options_default(&options);
	options.container_plugin = true;
	e = engine_new(&options);
	for (int i = 0; i < 2; i++) {
		struct load_result *result = NULL;

		engine_load(e, "fuzz.yaml", span_make(data, size), &result);
		engine_select(e, "*", NULL, true);
		ask_everything(e, result, span_make(data, size));
		load_result_free(result);
	}
	engine_free(e);
}

/* The bytes as a double-quoted YAML text, so that all of them arrive. */
static void add_quoted(struct strbuf *out, const char *data, size_t size)
{
	strbuf_addch(out, '"');
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)data[i];

		if (c < 0x20 || c == '"' || c == '\\' || c > 0x7e)
			strbuf_addf(out, "\\x%02x", c);
		else
			strbuf_addch(out, (char)c);
	}
	strbuf_addch(out, '"');
}

void fuzz_rule(const char *condition, const char *output, size_t size)
{
	CLEANUP(strbuf_done) struct strbuf rules = STRBUF_INIT;

	strbuf_adds(&rules, "- rule: r\n  desc: d\n  priority: INFO\n  condition: ");
	if (condition)
		add_quoted(&rules, condition, size);
	else
		strbuf_adds(&rules, "evt.type = open");
	strbuf_adds(&rules, "\n  output: ");
	if (output)
		add_quoted(&rules, output, size);
	else
		strbuf_adds(&rules, "o");
	strbuf_addch(&rules, '\n');
	fuzz_load(rules.data, rules.n);
}
