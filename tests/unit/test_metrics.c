/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/metrics.h: snapshots and the text for Prometheus have what was
 * counted, under Falco's names.
 */
#include "harness/test.h"

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "json_node.h"

#include "harness/alerting.h"
#include "launcher/metrics.h"
#include "launcher/metrics_plan.h"
#include "launcher/paths.h"
#include "launcher/sets.h"
#include "launcher/setup.h"

#include "tracer/tracer.h"

struct scene {
	struct setup setup;
	struct alerting a;
	struct sink sink;
	struct sets sets;
	struct tracer_stats stats;
	struct metrics *metrics;
	char file[64];
};

static void scene_init(struct scene *s)
{
	struct config *c = &s->setup.config;
	int fd;

	memset(s, 0, sizeof(*s));
	snprintf(s->file, sizeof(s->file), "/tmp/test_metrics.XXXXXX");
	fd = mkstemp(s->file);
	assert_true(fd >= 0);
	close(fd);
	snprintf(s->setup.hostname, sizeof(s->setup.hostname), "vm");
	s->setup.log.fd = -1;
	c->metrics_enabled = true;
	c->metrics_file = s->file;
	c->metrics_interval_ms = 3600000;
	c->metrics_rules = c->metrics_resources = c->metrics_state = true;
	c->metrics_events = c->metrics_in_mb = true;
	alerting_init(&s->a, OPENS("a \"rule\"", "opens"));
	sink_init(&s->sink, &s->a.set);
	sets_init(&s->sets, &s->sink);
	s->sink.stats = &s->stats;
}

/* What the configuration says from now on. */
static void scene_use(struct scene *s)
{
	struct metrics_plan plan = metrics_plan_of(&s->setup);

	assert_int_equal(metrics_prepare(s->metrics, &plan), 0);
	metrics_use(s->metrics, &plan);
}

static void scene_start(struct scene *s)
{
	s->metrics = metrics_new(&(struct metrics_options){
		"notify", &s->sink, &s->sets, &s->setup.log });
	scene_use(s);
}

static void scene_done(struct scene *s)
{
	if (s->metrics)
		metrics_stop(s->metrics);
	metrics_free(s->metrics);
	sets_done(&s->sets);
	sink_done(&s->sink);
	alerting_done(&s->a);
	path_list_done(&s->setup.rules);
	unlink(s->file);
}

/* Three calls, one alert. */
static void some_calls(struct scene *s)
{
	s->stats = (struct tracer_stats){ .stops = 3,
					  .continued = 1,
					  .confirmed = 2,
					  .held_ns = 1500000000,
					  .threads_met = 5,
					  .threads_gone = 2 };
	alerting_event(&s->sink, "openat@entry fd.name=/y");
	alerting_event(&s->sink, "openat fd.name=/x");
	alerting_event(&s->sink, "openat fd.name=/y");
	sink_held(&s->sink, EVENT_SYSCALL_OPENAT_2_X, 0, 3000);
}

/* The n-th line of the file, parsed. */
static struct json_object *line_of(struct scene *s, size_t n)
{
	CLEANUP(freep) char *text = NULL;
	char *at;
	size_t size;

	assert_int_equal(path_read(s->file, 1 << 20, &text, &size), 0);
	for (at = text; n; n--) {
		at = strchr(at, '\n');
		assert_non_null(at);
		at++;
	}
	return json_tokener_parse(at);
}

static double number(struct json_object *line, const char *name)
{
	struct json_object *item =
		json_get(json_get(line, "output_fields"), name);

	return item ? json_object_get_double(item) : -1;
}

static const char *text(struct json_object *line, const char *name)
{
	const char *got =
		json_text(json_get(json_get(line, "output_fields"), name));

	return got ? got : "";
}

static void the_last_snapshot_comes_at_the_end(void **state)
{
	CLEANUP(scene_done) struct scene s;
	CLEANUP(json_putp) struct json_object *line = NULL;

	(void)state;
	scene_init(&s);
	scene_start(&s);
	some_calls(&s);
	metrics_stop(s.metrics);
	line = line_of(&s, 0);
	assert_true(number(line, "falco.rules.matches_total") == 1);
	assert_true(number(line, "falco.rules.a__rule_") == 1);
	assert_true(number(line, "falco.num_evts") == 2);
	assert_true(number(line, "scap.n_evts") == 3);
	assert_true(number(line, "falco.n_threads") == 3);
	assert_true(number(line, "falco.n_added_threads") == 5);
	assert_true(number(line, "falco.memory_rss_mb") > 0);
	assert_true(number(line, "falco.memory_rss_kb") < 0);
	assert_string_equal(text(line, "evt.hostname"), "vm");
	assert_string_equal(text(line, "scap.engine_name"), "notify");
	assert_int_equal(json_object_get_int(json_get(line, "sample")), 0);
}

static void zeros_are_left_out_unless_wanted(void **state)
{
	CLEANUP(scene_done) struct scene s;
	CLEANUP(json_putp) struct json_object *line = NULL;

	(void)state;
	scene_init(&s);
	scene_start(&s);
	metrics_stop(s.metrics);
	line = line_of(&s, 0);
	assert_true(number(line, "scap.n_evts") == -1);
	metrics_free(TAKE_PTR(s.metrics));
	s.setup.config.metrics_empty = true;
	scene_start(&s);
	metrics_stop(s.metrics);
	json_object_put(line);
	line = line_of(&s, 1);
	assert_int_equal(json_object_get_int(json_get(line, "sample")), 0);
	assert_true(number(line, "scap.n_evts") == 0);
	assert_true(number(line, "scap.n_drops") == 0);
}

static void groups_are_turned_off(void **state)
{
	CLEANUP(scene_done) struct scene s;
	CLEANUP(json_putp) struct json_object *line = NULL;
	struct config *c = &s.setup.config;

	(void)state;
	scene_init(&s);
	c->metrics_rules = c->metrics_resources = c->metrics_state = false;
	c->metrics_events = false;
	scene_start(&s);
	some_calls(&s);
	metrics_stop(s.metrics);
	line = line_of(&s, 0);
	assert_true(number(line, "falco.rules.matches_total") < 0);
	assert_true(number(line, "falco.memory_rss_mb") < 0);
	assert_true(number(line, "falco.n_threads") < 0);
	assert_true(number(line, "scap.n_evts") < 0);
	assert_true(number(line, "falco.num_evts") == 2);
}

static void snapshots_come_at_intervals_and_know_the_one_before(void **state)
{
	CLEANUP(scene_done) struct scene s;
	CLEANUP(json_putp) struct json_object *line = NULL;

	(void)state;
	scene_init(&s);
	s.setup.config.metrics_interval_ms = 100;
	some_calls(&s);
	scene_start(&s);
	nanosleep(&(struct timespec){ 0, 350000000 }, NULL);
	metrics_stop(s.metrics);
	line = line_of(&s, 1);
	assert_true(number(line, "falco.num_evts_prev") == 2);
	assert_true(number(line, "scap.n_evts_prev") == 3);
	assert_int_equal(json_object_get_int(json_get(line, "sample")), 1);
}

static void files_are_known_by_their_hashes(void **state)
{
	CLEANUP(scene_done) struct scene s;
	CLEANUP(strbuf_done) struct strbuf out = STRBUF_INIT;
	char rules[64] = "/tmp/test_metrics.rules.XXXXXX";
	int fd = mkstemp(rules);

	(void)state;
	scene_init(&s);
	assert_int_equal(write(fd, "abc", 3), 3);
	close(fd);
	path_list_add(&s.setup.rules, rules);
	path_list_add(&s.setup.rules, rules);
	path_list_add(&s.setup.rules, "/nonexistent");
	scene_start(&s);
	metrics_prometheus(s.metrics, &out);
	unlink(rules);
	assert_contains(out.data,
			"\nfalcosecurity_falco_sha256_rules_files_info{"
			"file_name=\"test_metrics.rules.");
	assert_contains(out.data, "\",sha256=\"ba7816bf8f01cfea414140de5dae2223"
				  "b00361a396177a9cb410ff61f20015ad\"} 1\n# ");
	assert_null(strstr(out.data, "config_files_info"));
}

static void prometheus_gets_the_same(void **state)
{
	CLEANUP(scene_done) struct scene s;
	CLEANUP(strbuf_done) struct strbuf out = STRBUF_INIT;

	(void)state;
	scene_init(&s);
	scene_start(&s);
	some_calls(&s);
	metrics_prometheus(s.metrics, &out);
	assert_contains(out.data,
			"# HELP falcosecurity_scap_n_evts_total "
			"https://falco.org/docs/metrics/\n"
			"# TYPE falcosecurity_scap_n_evts_total counter\n"
			"falcosecurity_scap_n_evts_total 3\n");
	assert_contains(out.data, "\nfalcosecurity_scap_n_threads_total 3\n");
	assert_contains(out.data,
			"\nfalcosecurity_falco_rules_matches_total{priority="
			"\"3\",rule_name=\"a \\\"rule\\\"\",source=\"syscall\","
			"tag_a_b=\"true\",tag_b=\"true\"} 1\n");
	assert_contains(out.data, "engine_name=\"notify\"");
	assert_contains(out.data,
			"\nfalco_run_calls_waited_seconds_total 1.500000000\n");
	assert_contains(out.data, "\nfalco_run_events_total{event=\"openat\",");
	assert_contains(out.data, ",le=\"5e-06\"} 1\n");
	assert_contains(out.data, ",le=\"2e-06\"} 0\n");
}

/* Waits until the file has so many lines. */
static void until_lines(struct scene *s, size_t n)
{
	for (int i = 0; i < 1000; i++) {
		CLEANUP(freep) char *text = NULL;
		size_t size, lines = 0;

		assert_int_equal(path_read(s->file, 1 << 20, &text, &size), 0);
		for (size_t at = 0; at < size; at++)
			lines += text[at] == '\n';
		if (lines >= n)
			return;
		nanosleep(&(struct timespec){ 0, 10000000 }, NULL);
	}
	fail_msg("the file has fewer than %zu lines", n);
}

/* The second is there before the thread has woken up from the first. */
static void a_new_interval_holds_though_the_plan_is_given_twice(void **state)
{
	CLEANUP(scene_done) struct scene s;

	(void)state;
	scene_init(&s);
	scene_start(&s);
	nanosleep(&(struct timespec){ 0, 50000000 }, NULL);
	s.setup.config.metrics_interval_ms = 100;
	scene_use(&s);
	scene_use(&s);
	until_lines(&s, 1);
}

static void another_plan_counts_on(void **state)
{
	CLEANUP(scene_done) struct scene s;
	CLEANUP(json_putp) struct json_object *line = NULL;
	struct config *c = &s.setup.config;

	(void)state;
	scene_init(&s);
	scene_start(&s);
	some_calls(&s);
	c->metrics_interval_ms = 100;
	c->metrics_in_mb = c->metrics_state = false;
	scene_use(&s);
	until_lines(&s, 2);
	c->metrics_interval_ms = 3600000;
	scene_use(&s);
	metrics_stop(s.metrics);
	line = line_of(&s, 1);
	assert_true(number(line, "scap.n_evts") == 3);
	assert_true(number(line, "scap.n_evts_prev") == 3);
	assert_true(number(line, "falco.memory_rss_kb") > 0);
	assert_true(number(line, "falco.n_threads") < 0);
	assert_int_equal(json_object_get_int(json_get(line, "sample")), 1);
}

static void what_is_turned_off_and_on_again_takes_no_snapshot_between(void **state)
{
	CLEANUP(scene_done) struct scene s;
	CLEANUP(strbuf_done) struct strbuf out = STRBUF_INIT;
	CLEANUP(freep) char *text = NULL;
	struct config *c = &s.setup.config;
	size_t n;

	(void)state;
	scene_init(&s);
	c->metrics_enabled = false;
	c->metrics_interval_ms = 100;
	scene_start(&s);
	assert_false(metrics_prometheus(s.metrics, &out));
	c->metrics_enabled = true;
	scene_use(&s);
	assert_true(metrics_prometheus(s.metrics, &out));
	until_lines(&s, 1);
	c->metrics_enabled = false;
	scene_use(&s);
	assert_int_equal(truncate(s.file, 0), 0);
	nanosleep(&(struct timespec){ 0, 250000000 }, NULL);
	metrics_stop(s.metrics);
	assert_int_equal(path_read(s.file, 1 << 20, &text, &n), 0);
	assert_int_equal(n, 0);
	strbuf_reset(&out);
	assert_false(metrics_prometheus(s.metrics, &out));
	assert_int_equal(out.n, 0);
}

static void a_fifo_that_nobody_reads_is_not_waited_for(void **state)
{
	CLEANUP(scene_done) struct scene s;

	(void)state;
	scene_init(&s);
	unlink(s.file);
	assert_int_equal(mkfifo(s.file, 0600), 0);
	scene_start(&s);
	alarm(20);
	metrics_stop(s.metrics);
	alarm(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_snapshot_comes_at_the_end),
		cmocka_unit_test(a_new_interval_holds_though_the_plan_is_given_twice),
		cmocka_unit_test(zeros_are_left_out_unless_wanted),
		cmocka_unit_test(groups_are_turned_off),
		cmocka_unit_test(
			snapshots_come_at_intervals_and_know_the_one_before),
		cmocka_unit_test(files_are_known_by_their_hashes),
		cmocka_unit_test(prometheus_gets_the_same),
		cmocka_unit_test(another_plan_counts_on),
		cmocka_unit_test(
			what_is_turned_off_and_on_again_takes_no_snapshot_between),
		cmocka_unit_test(a_fifo_that_nobody_reads_is_not_waited_for),
	};

	return RUN_TESTS(tests);
}
