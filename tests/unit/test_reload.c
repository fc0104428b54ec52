/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/reload.h: what is right replaces what is in use between two events,
 * what is wrong changes nothing and is said. What a load reads is the test's.
 */
#include "harness/test.h"

#include <errno.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"

#include "harness/alerting.h"
#include "launcher/reload.h"
#include "launcher/services.h"
#include "launcher/sets.h"
#include "launcher/setup.h"

/* What the next load finds; NULL: a mistake. */
static _Atomic(const char *) next_rules;
static atomic_int loads;

static int prepare(struct setup *s, struct error *err)
{
	const char *text = atomic_load(&next_rules);
	struct engine_options options;
	struct load_result *result;

	atomic_fetch_add(&loads, 1);
	if (!text)
		return error_set(err, -EINVAL, "line 1:\nno rules");
	engine_options_default(&options);
	s->engine = engine_new(&options);
	engine_load(s->engine, "r", span_of(text), &result);
	load_result_free(result);
	engine_ready(s->engine);
	s->config.stdout_enabled = true;
	s->config.metrics_file = "";
	s->log.level = LOG_LEVEL_ALERT;
	s->config.output_timeout_ms = 5000;
	return 0;
}

struct scene {
	struct options options;
	struct setup first;
	struct alerting a;
	struct sink sink;
	struct sets sets;
	struct services *services;
	struct reload *reload;
};

static void scene_init(struct scene *s)
{
	struct reload_options o = { .prepare = prepare };

	memset(&s->options, 0, sizeof(s->options));
	setup_init(&s->first, &s->options, true, -1);
	alerting_init(&s->a, OPENS("r", "first"));
	output_start(s->a.output);
	sink_init(&s->sink, &s->a.set);
	sets_init(&s->sets, &s->sink);
	s->services = services_new(&(struct metrics_options){
		"notify", &s->sink, &s->sets, &s->first.log });
	o.first = &s->first;
	o.log = &s->first.log;
	o.services = s->services;
	o.sink = &s->sink;
	o.sets = &s->sets;
	o.stream_fd = s->a.fd;
	atomic_store(&loads, 0);
	assert_int_equal(reload_start(&o, &s->reload), 0);
}

static void scene_done(struct scene *s)
{
	reload_stop(s->reload);
	services_stop(s->services);
	services_free(s->services);
	reload_free(s->reload);
	sets_done(&s->sets);
	sink_done(&s->sink);
	alerting_done(&s->a);
	setup_done(&s->first);
}

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ 0, ms * 1000000 }, NULL);
}

/* Asks for a load, and waits until it is over. */
static void reload_to(struct scene *s, const char *rules)
{
	int before = atomic_load(&loads);

	atomic_store(&next_rules, rules);
	reload_ask(s->reload);
	for (int i = 0; i < 2000 && atomic_load(&loads) == before; i++)
		pause_ms(5);
	assert_int_equal(atomic_load(&loads), before + 1);
}

/* A load is seen when an event has been matched by its set. */
static void until_in_use(struct scene *s, const struct sink_set *not_this)
{
	for (int i = 0; i < 2000 && sink_current(&s->sink) == not_this; i++) {
		alerting_event(&s->sink, "openat fd.name=/y");
		pause_ms(5);
	}
	assert_ptr_not_equal(sink_current(&s->sink), not_this);
}

static void what_is_right_comes_into_use_between_two_events(void **state)
{
	CLEANUP(scene_done) struct scene s;

	(void)state;
	scene_init(&s);
	alerting_event(&s.sink, "openat fd.name=/x/1");
	assert_int_equal(sets_since(&s.sets), 0);
	reload_to(&s, OPENS("r", "second"));
	until_in_use(&s, &s.a.set);
	assert_int_equal(s.first.log.level, LOG_LEVEL_ALERT);
	alerting_event(&s.sink, "openat fd.name=/x/2");
	for (int i = 0; i < 2000 && !sets_since(&s.sets); i++)
		pause_ms(5);
	assert_true(sets_since(&s.sets) > 0);
	assert_int_equal(counter_get(&s.sink.counts->matches), 2);
	assert_int_equal(output_counts(s.a.output).delivered, 1);
}

static void what_is_wrong_changes_nothing_and_is_an_alert(void **state)
{
	CLEANUP(scene_done) struct scene s;

	(void)state;
	scene_init(&s);
	reload_to(&s, NULL);
	for (int i = 0; i < 2000 && !output_counts(s.a.output).delivered; i++)
		pause_ms(5);
	alerting_event(&s.sink, "openat fd.name=/x/1");
	assert_ptr_equal(sink_current(&s.sink), &s.a.set);
	output_finish(s.a.output);
	assert_int_equal(output_counts(s.a.output).delivered, 2);
	assert_int_equal(counter_get(&s.sink.counts->matches), 1);
}

static void many_loads_are_all_freed_and_each_event_has_one_set(void **state)
{
	CLEANUP(scene_done) struct scene s;

	(void)state;
	scene_init(&s);
	for (int i = 0; i < 50; i++) {
		reload_to(&s, i % 5 ? OPENS("r", "next") : NULL);
		alerting_event(&s.sink, "openat fd.name=/x");
		if (i % 7 == 0)
			alerting_event(&s.sink, "openat fd.name=/x");
	}
	assert_int_equal(counter_get(&s.sink.counts->matches), 58);
}

static void a_load_that_nobody_takes_is_freed_at_the_end(void **state)
{
	CLEANUP(scene_done) struct scene s;

	(void)state;
	scene_init(&s);
	reload_to(&s, OPENS("r", "second"));
	reload_to(&s, OPENS("r", "third"));
	assert_ptr_equal(sink_current(&s.sink), &s.a.set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			what_is_right_comes_into_use_between_two_events),
		cmocka_unit_test(what_is_wrong_changes_nothing_and_is_an_alert),
		cmocka_unit_test(
			many_loads_are_all_freed_and_each_event_has_one_set),
		cmocka_unit_test(a_load_that_nobody_takes_is_freed_at_the_end),
	};

	return RUN_TESTS(tests);
}
