/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alert.c: a match becomes Falco's line and Falco's JSON object.
 */
#include "harness/fake_state.h"
#include "harness/rules.h"
#include "harness/test.h"

#include "engine/engine.h"

/* An engine with one rule on close, and a close of a cat. */
struct scene {
	struct rules rules;
	struct fake_state s;
	struct strbuf text, json;
	size_t matches;
};

static void init(struct scene *c, const struct engine_options *options,
		 const char *rule)
{
	memset(c, 0, sizeof(*c));
	setenv("TZ", "UTC", 1);
	c->text = c->json = (struct strbuf)STRBUF_INIT;
	rules_init_options(&c->rules, options);
	assert_int_equal(rules_load(&c->rules, rule), 0);
	engine_ready(c->rules.engine);
	fake_state_init(&c->s, EVENT_SYSCALL_CLOSE_X);
	c->s.nprocesses = 1;
	c->s.processes[0].comm = SPAN("cat");
	c->s.ev.time_ns = 1534527348518937838;
	fake_param_int(&c->s, "res", 0);
	fake_fd(&c->s, 3, FD_KIND_FILE, "/tmp/a \"b\"\n\xff");
}

static void done(struct scene *c)
{
	rules_done(&c->rules);
	fake_state_done(&c->s);
	strbuf_done(&c->text);
	strbuf_done(&c->json);
}

static void on_match(void *ctx, const struct rule_info *rule)
{
	struct scene *c = ctx;

	c->matches++;
	strbuf_reset(&c->text);
	strbuf_reset(&c->json);
	engine_alert_text(c->rules.engine, rule, &c->s.ev, &c->text);
	engine_alert_json(c->rules.engine, rule, &c->s.ev, &c->json);
}

static void match(struct scene *c)
{
	engine_match(c->rules.engine, &c->s.ev, on_match, c);
	assert_int_equal(c->matches, 1);
}

static struct engine_options defaults(void)
{
	struct engine_options o;

	engine_options_default(&o);
	o.hostname = "vm";
	o.min_priority = PRIORITY_DEBUG;
	return o;
}

static const char a_rule[] = "- rule: t1\n"
			     "  desc: d\n"
			     "  condition: evt.type = close\n"
			     "  output: closed %fd.name by %proc.name "
			     "(%fs.path.name %fd.num)\n"
			     "  priority: INFO\n"
			     "  tags: [b, a]\n";

static void an_alert_is_one_line(void **state)
{
	struct engine_options o = defaults();
	struct scene c;

	(void)state;
	init(&c, &o, a_rule);
	match(&c);
	assert_string_equal(c.text.data,
			    "17:35:48.518937838: Informational closed "
			    "/tmp/a \\\"b\\\"\\n\xef\xbf\xbd by cat (<NA> 3)");
	done(&c);
}

static void json_has_falcos_keys(void **state)
{
	struct engine_options o = defaults();
	struct scene c;

	(void)state;
	init(&c, &o, a_rule);
	match(&c);
	assert_string_equal(
		c.json.data,
		"{\"hostname\":\"vm\",\"output\":\"17:35:48.518937838: "
		"Informational closed /tmp/a \\\"b\\\"\\n\xef\xbf\xbd by cat "
		"(<NA> 3)\",\"output_fields\":{"
		"\"evt.time\":1534527348518937838,"
		"\"fd.name\":\"/tmp/a \\\"b\\\"\\n\xef\xbf\xbd\","
		"\"fd.num\":3,\"fs.path.name\":null,\"proc.name\":\"cat\"},"
		"\"priority\":\"Informational\",\"rule\":\"t1\","
		"\"source\":\"syscall\",\"tags\":[\"a\",\"b\"],"
		"\"time\":\"2018-08-17T17:35:48.518937838Z\"}");
	done(&c);
}

static void the_time_may_be_iso(void **state)
{
	struct engine_options o = defaults();
	struct scene c;

	(void)state;
	o.time_iso_8601 = true;
	init(&c, &o, a_rule);
	match(&c);
	assert_contains(c.text.data, "2018-08-17T17:35:48.518937838+0000: Inf");
	assert_contains(c.json.data,
			"\"evt.time.iso8601\":1534527348518937838");
	done(&c);
}

static void parts_of_json_can_be_left_out(void **state)
{
	struct engine_options o = defaults();
	struct scene c;

	(void)state;
	o.json_include_output = false;
	o.json_include_message = true;
	o.json_include_tags = false;
	o.json_include_output_fields = false;
	init(&c, &o, a_rule);
	match(&c);
	assert_string_equal(
		c.json.data,
		"{\"hostname\":\"vm\",\"message\":\"closed /tmp/a "
		"\\\"b\\\"\\n\xef\xbf\xbd by cat (<NA> 3)\","
		"\"priority\":\"Informational\",\"rule\":\"t1\","
		"\"source\":\"syscall\","
		"\"time\":\"2018-08-17T17:35:48.518937838Z\"}");
	done(&c);
}

static void extra_outputs_are_appended(void **state)
{
	static const struct span names[] = { { NULL, 0 }, { "who", 3 } };
	static const struct span formats[] = { { "evt.type", 8 },
					       { "is %proc.name", 13 } };
	static const struct append_output append = {
		.extra_output = { "fd=%fd.num", 10 },
		.extra_field_names = names,
		.extra_field_formats = formats,
		.nextra_fields = 2,
	};
	struct engine_options o = defaults();
	struct scene c;

	(void)state;
	o.append_outputs = &append;
	o.nappend_outputs = 1;
	init(&c, &o, a_rule);
	match(&c);
	assert_contains(c.text.data, "(<NA> 3) fd=3");
	assert_contains(c.json.data, "\"evt.type\":\"close\"");
	assert_contains(c.json.data, "\"who\":\"is cat\"");
	done(&c);
}

static void every_priority_has_its_word(void **state)
{
	static const char *const words[] = {
		"Emergency", "Alert",  "Critical",	"Error",
		"Warning",   "Notice", "Informational", "Debug",
	};

	(void)state;
	for (unsigned i = 0; i < PRIORITY_COUNT; i++)
		assert_string_equal(priority_name(i), words[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_alert_is_one_line),
		cmocka_unit_test(json_has_falcos_keys),
		cmocka_unit_test(the_time_may_be_iso),
		cmocka_unit_test(parts_of_json_can_be_left_out),
		cmocka_unit_test(extra_outputs_are_appended),
		cmocka_unit_test(every_priority_has_its_word),
	};

	return RUN_TESTS(tests);
}
