/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads and processes as they come and go: of each birth the caller's event and the
 * new one's, once each, whatever engine is used. The program is family.c.
 */
#include "harness/test.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "array.h"
#include "error.h"
#include "resolver.h"
#include "tracer/tracer.h"

#define TOLD_MAX 8192

/* Parameters of the clone family (events.def). */
enum { PARAM_RES, PARAM_EXE, PARAM_TID = 3, PARAM_PID, PARAM_PTID,
       PARAM_COMM = 13 };

struct watch {
	enum tracer_engine engine;
	enum verdict at_entry;
	bool births, deaths; /* wanted */
	/* Of the clone family: */
	unsigned callers, children, failures, unconfirmed, odd;
	/* Of procexit: */
	unsigned ended, exited[128], killed, unnamed, unknown;
	int64_t made[TOLD_MAX], born[TOLD_MAX];
	int status;
};

static const enum event_type family[] = {
	EVENT_SYSCALL_CLONE_20_X, EVENT_SYSCALL_CLONE3_X,
	EVENT_SYSCALL_FORK_20_X, EVENT_SYSCALL_VFORK_20_X,
};

static bool is_birth(const struct event *ev)
{
	for (size_t i = 0; i < ARRAY_SIZE(family); i++) {
		if (ev->type == family[i])
			return true;
	}

	return false;
}

static bool is_value(struct event *ev, unsigned param)
{
	return event_param(ev, param)->outcome == OUTCOME_VALUE;
}

static void tell(int64_t *list, unsigned *n, int64_t tid)
{
	if (*n < TOLD_MAX)
		list[*n] = tid;
	(*n)++;
}

/* The child's event is about the child. */
static bool is_childs_own(struct event *ev)
{
	return event_param(ev, PARAM_TID)->i == ev->tid &&
	       event_param(ev, PARAM_PID)->i == ev->pid &&
	       event_param(ev, PARAM_PTID)->i > 0 &&
	       is_value(ev, PARAM_EXE) &&
	       span_eq(event_param(ev, PARAM_COMM)->text, SPAN("family"));
}

static void on_birth(struct watch *w, struct event *ev)
{
	const struct value *result = event_param(ev, PARAM_RES);

	if (ev->phase == PHASE_UNCONFIRMED) {
		w->unconfirmed++;
	} else if (result->outcome != OUTCOME_VALUE) {
		w->odd++;
	} else if (result->i < 0) {
		w->failures++;
		w->odd += result->i != -EINVAL;
	} else if (result->i > 0) {
		tell(w->made, &w->callers, result->i);
		w->odd += !is_value(ev, PARAM_EXE);
	} else {
		tell(w->born, &w->children, ev->tid);
		w->odd += !is_childs_own(ev);
	}
}

/* Parameters of procexit. */
enum { PARAM_STATUS, PARAM_RET, PARAM_SIG };

static void on_death(struct watch *w, struct event *ev)
{
	const struct process *process;

	w->ended++;
	w->unnamed += ev->resolver->process(ev, RESOLVE_THREAD,
					     PROCESS_COMM, &process) != OUTCOME_VALUE ||
		      !span_eq(process->comm, SPAN("family"));
	if (!is_value(ev, PARAM_STATUS)) {
		w->unknown++;
		return;
	}
	w->killed += event_param(ev, PARAM_SIG)->i == SIGKILL;
	w->exited[event_param(ev, PARAM_RET)->i & 0x7f]++;
}

static enum verdict on_event(void *ctx, struct event *ev, int *ret_errno)
{
	struct watch *w = ctx;

	(void)ret_errno;
	if (ev->phase == PHASE_ENTRY)
		return is_birth(ev) ? w->at_entry : VERDICT_CONTINUE;
	if (is_birth(ev))
		on_birth(w, ev);
	if (ev->type == EVENT_PROCEXIT_1_E)
		on_death(w, ev);
	return VERDICT_CONTINUE;
}

static int unblock(void *ctx)
{
	sigset_t none;

	(void)ctx;
	sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The program lies beside us. */
static void start(struct tracer *t, const char *name, const char *number)
{
	char path[PATH_MAX - 16] = "", program[PATH_MAX], word[32], n[32];
	char *argv[] = { program, word, n, NULL };
	const struct tracer_command command = {
		.path = program,
		.argv = argv,
		.envp = environ,
		.child_setup = unblock,
	};
	struct error err;
	pid_t pid;

	assert_true(readlink("/proc/self/exe", path, sizeof(path) - 1) > 0);
	snprintf(program, sizeof(program), "%s/family", dirname(path));
	snprintf(word, sizeof(word), "%s", name);
	snprintf(n, sizeof(n), "%s", number);
	if (tracer_spawn(t, &command, &pid, &err) < 0)
		fail_msg("%s", err.text);
}

static struct interest interest_of(const struct watch *w)
{
	struct interest s = { 0 };

	for (size_t i = 0; w->births && i < ARRAY_SIZE(family); i++)
		interest_add(&s, family[i]);
	if (w->deaths)
		interest_add(&s, EVENT_PROCEXIT_1_E);

	return s;
}

static void run(struct watch *w, const char *name, const char *number)
{
	const struct interest interest = interest_of(w);
	const struct tracer_options options = {
		.engine = w->engine,
		.interest = &interest,
		.sink = { .event = on_event, .ctx = w },
	};
	struct tracer *t = NULL;
	struct error err;

	if (tracer_new(&options, &t, &err) < 0)
		fail_msg("%s", err.text);
	start(t, name, number);
	assert_int_equal(tracer_run(t, &w->status, &err), 0);
	if (tracer_has_rest(t))
		assert_int_equal(tracer_linger(t, &err), 0);
	tracer_free(t);
	assert_true(WIFEXITED(w->status));
	assert_int_equal(WEXITSTATUS(w->status), 0);
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Of n births each has been told of by both, and nothing else. */
static void assert_births(struct watch *w, unsigned n)
{
	assert_int_equal(w->odd, 0);
	assert_int_equal(w->unconfirmed, 0);
	assert_int_equal(w->callers, n);
	assert_int_equal(w->children, n);
	assert_true(n <= TOLD_MAX);
	qsort(w->made, n, sizeof(*w->made), by_number);
	qsort(w->born, n, sizeof(*w->born), by_number);
	assert_memory_equal(w->made, w->born, n * sizeof(*w->made));
}

static enum tracer_engine engine_of(void **state)
{
	return *(const enum tracer_engine *)*state;
}

static void a_birth_is_two_events(void **state)
{
	static const char *const ways[] = { "forks", "threads", "vforks",
					    "spawns" };

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		struct watch w = { .engine = engine_of(state), .births = true,
				   .at_entry = VERDICT_CONFIRM };

		run(&w, ways[i], "100");
		assert_births(&w, 100);
		assert_int_equal(w.failures, 0);
	}
}

static void a_failed_birth_is_one_event(void **state)
{
	struct watch w = { .engine = engine_of(state), .births = true,
			   .at_entry = VERDICT_CONFIRM };

	run(&w, "fails", "100");
	assert_births(&w, 0);
	assert_int_equal(w.failures, 100);
}

static void all_ways_together_are_counted(void **state)
{
	struct watch w = { .engine = engine_of(state), .births = true,
			   .at_entry = VERDICT_CONFIRM };

	run(&w, "all", "50");
	assert_births(&w, 200);
	assert_int_equal(w.failures, 50);
}

static void a_child_is_told_of_where_its_callers_event_is_not(void **state)
{
	struct watch w = { .engine = engine_of(state), .births = true,
			   .at_entry = VERDICT_CONTINUE };

	run(&w, "all", "20");
	assert_int_equal(w.children, 80);
	assert_int_equal(w.callers, 0);
	assert_int_equal(w.odd, 0);
}

static void threads_that_fork_at_once_get_each_its_own(void **state)
{
	struct watch w = { .engine = engine_of(state), .births = true,
			   .at_entry = VERDICT_CONFIRM };

	run(&w, "crowd", "100");
	assert_births(&w, 404);
}

static void signals_make_no_birth_twice(void **state)
{
	struct watch w = { .engine = engine_of(state), .births = true,
			   .at_entry = VERDICT_CONFIRM };

	run(&w, "alarms", "500");
	assert_births(&w, 500);
	assert_int_equal(w.failures, 0);
}

static void a_caller_that_is_killed_leaves_nobody_stopped(void **state)
{
	struct watch w = { .engine = engine_of(state), .births = true,
			   .at_entry = VERDICT_CONFIRM };

	run(&w, "killed", "50");
	assert_true(w.children >= 50);
}

static void an_end_is_one_event_with_its_status(void **state)
{
	struct watch w = { .engine = engine_of(state), .deaths = true };

	run(&w, "forks", "1000");
	assert_int_equal(w.ended, 1001);
	assert_int_equal(w.unnamed, 0);
	assert_int_equal(w.unknown, 0);
	assert_int_equal(w.exited[1], 8);
	assert_int_equal(w.exited[127], 7);
}

static void deaths_by_signal_are_ends_too(void **state)
{
	struct watch w = { .engine = engine_of(state), .deaths = true };

	run(&w, "ends", "100");
	assert_int_equal(w.ended, 101);
	assert_int_equal(w.killed, 50);
	assert_int_equal(w.exited[5], 50);
	assert_int_equal(w.unnamed, 0);
}

static void ends_of_threads_and_images_are_told(void **state)
{
	struct watch w = { .engine = engine_of(state), .deaths = true };

	run(&w, "threads", "100");
	assert_int_equal(w.ended, 101);
	memset(w.exited, 0, sizeof(w.exited));
	w.ended = 0;
	run(&w, "vforks", "50");
	assert_int_equal(w.ended, 51);
	assert_int_equal(w.exited[3], 50);
	w.ended = 0;
	run(&w, "spawns", "50");
	assert_int_equal(w.ended, 51);
	assert_int_equal(w.exited[4], 50);
	assert_int_equal(w.unnamed, 0);
}

static void who_is_waited_for_by_nobody_ends_too(void **state)
{
	struct watch w = { .engine = engine_of(state), .deaths = true };

	run(&w, "unwaited", "200");
	assert_int_equal(w.ended, 201);
	assert_int_equal(w.unnamed, 0);
}

static enum tracer_engine engines[] = { TRACER_NOTIFY, TRACER_TRACE,
					TRACER_PTRACE };

#define UNDER(test, engine, name) \
	{ #test " under " name, test, NULL, NULL, &engines[engine] }
#define EACH(test) \
	UNDER(test, 0, "notify"), UNDER(test, 1, "trace"), \
		UNDER(test, 2, "ptrace")

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(a_birth_is_two_events),
		EACH(a_failed_birth_is_one_event),
		EACH(all_ways_together_are_counted),
		EACH(a_child_is_told_of_where_its_callers_event_is_not),
		EACH(threads_that_fork_at_once_get_each_its_own),
		EACH(signals_make_no_birth_twice),
		EACH(a_caller_that_is_killed_leaves_nobody_stopped),
		EACH(an_end_is_one_event_with_its_status),
		EACH(deaths_by_signal_are_ends_too),
		EACH(ends_of_threads_and_images_are_told),
		EACH(who_is_waited_for_by_nobody_ends_too),
	};
	sigset_t set;

	/* A leak checker attaches to its own process, and so cannot under us. */
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return RUN_TESTS(tests);
}
