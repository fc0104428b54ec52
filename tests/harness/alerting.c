/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sets for tests.
 */
#include "harness/alerting.h"

#include "harness/test.h"

#include <fcntl.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"

#include "fake_event.h"
#include "launcher/paths.h"

void alerting_rules(struct rules *r, const char *text)
{
	rules_init(r);
	assert_int_equal(rules_load(r, text), 0);
	engine_ready(r->engine);
}

void alerting_init(struct alerting *a, const char *rules)
{
	struct output_options options = { .patience_ms = 5000 };
	struct error err = { "" };

	*a = (struct alerting){ .name = "/tmp/alerting.XXXXXX" };
	a->fd = mkostemp(a->name, O_CLOEXEC);
	options.stream_fd = a->fd;
	alerting_rules(&a->rules, rules);
	assert_int_equal(output_new(&options, &a->output, &err), 0);
	sink_set_init(&a->set, a->rules.engine, a->output);
	a->set.hostname = "vm";
	a->set.plain = true;
}

void alerting_done(struct alerting *a)
{
	sink_set_done(&a->set);
	output_free(a->output);
	rules_done(&a->rules);
	unlink(a->name);
	close(a->fd);
}

void alerting_assert(struct alerting *a, const char *want)
{
	CLEANUP(freep) char *text = NULL;
	size_t n;

	output_finish(a->output);
	assert_int_equal(path_read(a->name, 1 << 20, &text, &n), 0);
	assert_string_equal(text, want);
}

enum verdict alerting_event(struct sink *sink, const char *line)
{
	struct fake_event fake;
	enum verdict verdict;
	int errno_wanted;

	assert_true(fake_event_init(&fake, span_of(line)));
	verdict = sink_event(sink, &fake.ev, &errno_wanted);
	fake_event_done(&fake);
	return verdict;
}
