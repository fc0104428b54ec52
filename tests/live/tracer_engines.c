/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tracer alone, with a sink that counts: the same promises under both engines.
 * The programs are those of workload.c. How a call is confirmed is decided here
 * where a test wants a way that the resolver would not choose.
 *
 * LINK: -Wl,--wrap=live_confirm
 */
#include "harness/test.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "error.h"
#include "resolver.h"
#include "tracer/call.h"
#include "tracer/live.h"
#include "tracer/tracer.h"

enum confirm __real_live_confirm(struct live *l, const struct call *call);
enum confirm __wrap_live_confirm(struct live *l, const struct call *call);

/* What a test asks the wrapped function for; set by the test, before it runs. */
static enum { AS_IT_IS, ALL_CLEAN, ALL_NEVER } confirming;

enum confirm __wrap_live_confirm(struct live *l, const struct call *call)
{
	if (confirming == ALL_NEVER)
		return CONFIRM_NEVER;
	if (confirming == AS_IT_IS || call->nr == SYS_execve)
		return __real_live_confirm(l, call);

	return CONFIRM_CLEAN;
}

struct watch {
	enum tracer_engine engine;
	enum verdict at_entry;
	const char *path; /* openat's events are counted for this path */
	int error;        /* VERDICT_DENY */
	bool every_event;
	unsigned sleeps_ms;   /* at the first call that is counted */
	unsigned hold_limit_ms;
	/* Of the calls that are counted: */
	unsigned entries, ends, failures, unconfirmed, supposed;
	/* Of execve: */
	unsigned execs, execs_failed;
	/* Of the run: */
	int status;
	bool rest;
	struct tracer_stats stats;
};

static bool is_counted(const struct watch *w, struct event *ev)
{
	const struct value *name;

	if (ev->type != EVENT_SYSCALL_OPENAT_2_X)
		return false;
	name = event_param(ev, 2);
	/* What threads could change is not known before the end. */
	if (name->outcome == OUTCOME_UNKNOWN)
		return true;
	return name->outcome == OUTCOME_VALUE &&
	       span_eq(name->text, span_of(w->path));
}

static bool has_failed(struct event *ev)
{
	const struct value *result = event_param(ev, 0);

	return result->outcome != OUTCOME_VALUE || result->i < 0;
}

static void count(struct watch *w, struct event *ev)
{
	if (ev->phase == PHASE_ENTRY) {
		w->entries++;
	} else if (ev->phase == PHASE_UNCONFIRMED) {
		w->unconfirmed++;
	} else {
		w->ends++;
		w->supposed += ev->claim == CLAIM_UNVERIFIED;
		w->failures += has_failed(ev);
	}
}

/* Whatever signals come. */
static void rest(unsigned ms)
{
	struct timespec t = { ms / 1000, (long)(ms % 1000) * 1000000 };

	while (nanosleep(&t, &t) < 0)
		continue;
}

static enum verdict on_event(void *ctx, struct event *ev, int *ret_errno)
{
	struct watch *w = ctx;
	bool mine = is_counted(w, ev);

	if (mine)
		count(w, ev);
	if (mine && w->entries == 1)
		rest(w->sleeps_ms);
	if (ev->type == EVENT_SYSCALL_EXECVE_19_X && ev->phase == PHASE_EXIT) {
		w->execs++;
		w->execs_failed += has_failed(ev);
	}
	if (ev->phase != PHASE_ENTRY)
		return VERDICT_CONTINUE;
	*ret_errno = w->error;
	if (w->at_entry == VERDICT_DENY || w->at_entry == VERDICT_KILL)
		return mine ? w->at_entry : VERDICT_CONTINUE;

	return w->at_entry;
}

static struct interest interest_of(const struct watch *w)
{
	struct interest s = { 0 };

	interest_add(&s, EVENT_SYSCALL_OPENAT_2_X);
	interest_add(&s, EVENT_SYSCALL_EXECVE_19_X);
	for (int i = 2; w->every_event && i < EVENT_TYPE_COUNT; i++)
		interest_add(&s, (enum event_type)i);

	return s;
}

static struct tracer *make(struct watch *w)
{
	const struct interest interest = interest_of(w);
	const struct tracer_options options = {
		.engine = w->engine,
		.interest = &interest,
		.sink = { .event = on_event, .ctx = w },
		.hold_limit_ms = w->hold_limit_ms,
	};
	struct tracer *t = NULL;
	struct error err;

	if (!w->path)
		w->path = "/dev/null";
	if (tracer_new(&options, &t, &err) < 0)
		fail_msg("%s", err.text);

	return t;
}

static int unblock(void *ctx)
{
	sigset_t none;

	(void)ctx;
	sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL);
}

static int start(struct tracer *t, const char *path, const char *name,
		 const char *number, struct error *err)
{
	char program[PATH_MAX], word[32], n[32];
	char *argv[] = { program, word, n, NULL };
	const struct tracer_command command = {
		.path = program,
		.argv = argv,
		.envp = environ,
		.child_setup = unblock,
	};
	pid_t pid;

	snprintf(program, sizeof(program), "%s", path);
	snprintf(word, sizeof(word), "%s", name);
	snprintf(n, sizeof(n), "%s", number);
	return tracer_spawn(t, &command, &pid, err);
}

/* The workload lies beside us. */
static void find_workload(char *ret, size_t size)
{
	char path[PATH_MAX - 16] = "";

	assert_true(readlink("/proc/self/exe", path, sizeof(path) - 1) > 0);
	snprintf(ret, size, "%s/workload", dirname(path));
}

static struct tracer *started(struct watch *w, const char *name,
			      const char *number)
{
	struct tracer *t = make(w);
	char path[PATH_MAX];
	struct error err;

	find_workload(path, sizeof(path));
	if (start(t, path, name, number, &err) < 0)
		fail_msg("%s", err.text);

	return t;
}

static void run(struct watch *w, const char *name, const char *number)
{
	struct tracer *t = started(w, name, number);
	struct error err;

	assert_int_equal(tracer_run(t, &w->status, &err), 0);
	w->rest = tracer_has_rest(t);
	w->stats = *tracer_stats(t);
	tracer_free(t);
}

static void assert_exited(const struct watch *w, int code)
{
	assert_true(WIFEXITED(w->status));
	assert_int_equal(WEXITSTATUS(w->status), code);
}

static enum tracer_engine engine_of(void **state)
{
	confirming = AS_IT_IS;
	return *(const enum tracer_engine *)*state;
}

static void every_call_is_one_event(void **state)
{
	struct watch w = { .engine = engine_of(state) };

	run(&w, "threads", "2000");
	assert_exited(&w, 0);
	assert_int_equal(w.entries, 16000);
	assert_int_equal(w.ends, 0);
	assert_false(w.rest);
}

static void every_confirmed_call_has_its_end(void **state)
{
	struct watch w = { .engine = engine_of(state),
			   .at_entry = VERDICT_CONFIRM };

	run(&w, "threads", "2000");
	assert_exited(&w, 0);
	assert_int_equal(w.entries, 16000);
	assert_int_equal(w.ends, 16000);
	assert_int_equal(w.failures, 0);
	assert_int_equal(w.unconfirmed, 0);
}

static void every_call_confirmed_clean_has_its_end(void **state)
{
	struct watch w = { .engine = engine_of(state),
			   .at_entry = VERDICT_CONFIRM };

	confirming = ALL_CLEAN;
	run(&w, "threads", "500");
	assert_exited(&w, 0);
	assert_int_equal(w.entries, 4000);
	assert_int_equal(w.ends, 4000);
	assert_int_equal(w.failures, 0);
}

static void exit_statuses_are_the_programs_own(void **state)
{
	struct watch w = { .engine = engine_of(state) };

	run(&w, "exit", "7");
	assert_exited(&w, 7);
	run(&w, "exit", "255");
	assert_exited(&w, 255);
}

static void deaths_by_signal_are_told(void **state)
{
	struct watch w = { .engine = engine_of(state),
			   .at_entry = VERDICT_CONFIRM };

	run(&w, "die", "15");
	assert_true(WIFSIGNALED(w.status));
	assert_int_equal(WTERMSIG(w.status), SIGTERM);
	run(&w, "die", "9");
	assert_int_equal(WTERMSIG(w.status), SIGKILL);
}

static void followed_calls_that_block_are_never_interrupted(void **state)
{
	struct watch w = { .engine = engine_of(state),
			   .at_entry = VERDICT_CONFIRM,
			   .every_event = true };

	confirming = ALL_CLEAN;
	run(&w, "block", "0");
	assert_exited(&w, 0);
}

static void signals_do_not_disturb_followed_calls(void **state)
{
	struct watch w = { .engine = engine_of(state),
			   .at_entry = VERDICT_CONFIRM };

	run(&w, "signals", "1000");
	assert_exited(&w, 0);
	assert_true(w.ends >= 1000);
	confirming = ALL_CLEAN;
	run(&w, "signals", "1000");
	assert_exited(&w, 0);
	assert_int_equal(w.failures, 0);
}

static void job_control_works_on_followed_calls(void **state)
{
	struct watch w = { .engine = engine_of(state),
			   .at_entry = VERDICT_CONFIRM,
			   .every_event = true };

	confirming = ALL_CLEAN;
	run(&w, "job", "0");
	assert_exited(&w, 0);
}

static void execs_succeed_and_fail_and_both_are_seen(void **state)
{
	struct watch w = { .engine = engine_of(state),
			   .at_entry = VERDICT_CONFIRM };

	run(&w, "execs", "500");
	assert_exited(&w, 0);
	assert_int_equal(w.execs, 1001);
	assert_int_equal(w.execs_failed, 500);
}

static void execs_nobody_confirms_work(void **state)
{
	struct watch w = { .engine = engine_of(state) };

	run(&w, "execs", "50");
	assert_exited(&w, 0);
}

static void an_exec_by_another_thread_is_followed(void **state)
{
	struct watch w = { .engine = engine_of(state),
			   .at_entry = VERDICT_CONFIRM,
			   .every_event = true };

	confirming = ALL_CLEAN;
	run(&w, "exec_from_thread", "0");
	assert_exited(&w, 0);
	assert_int_equal(w.execs, 2);
	assert_int_equal(w.ends, 80);
}

static void a_main_thread_that_an_exec_replaced_is_no_ghost(void **state)
{
	struct watch w = { .engine = engine_of(state),
			   .every_event = true };

	run(&w, "exec_from_thread", "0");
	assert_exited(&w, 0);
	assert_int_equal(w.entries, 80);
}

static void what_is_denied_fails_with_the_errno_given(void **state)
{
	struct watch w = { .engine = engine_of(state),
			   .at_entry = VERDICT_DENY,
			   .path = "/dev/zero",
			   .error = EXDEV };

	run(&w, "denied", "0");
	assert_exited(&w, EXDEV);
	w.error = 513; /* the kernel's own: a program must never see it */
	run(&w, "denied", "0");
	assert_exited(&w, EPERM);
}

static void a_kill_ends_the_program(void **state)
{
	struct watch w = { .engine = engine_of(state),
			   .at_entry = VERDICT_KILL,
			   .path = "/dev/zero" };

	run(&w, "denied", "0");
	assert_true(WIFSIGNALED(w.status));
	assert_int_equal(WTERMSIG(w.status), SIGKILL);
}

static void a_monitor_that_is_held_up_lets_go(void **state)
{
	struct watch w = { .engine = engine_of(state),
			   .at_entry = VERDICT_CONFIRM,
			   .sleeps_ms = 1500,
			   .hold_limit_ms = 100 };

	run(&w, "opens", "200");
	assert_exited(&w, 0);
	/* The others have been let go while it slept. */
	assert_int_equal(w.entries, 1);
	assert_int_equal(w.ends, 0);
	assert_int_equal(w.unconfirmed, 1);
	assert_true(w.stats.blind[BLIND_LATE] >= 200);
}

static void io_uring_is_refused(void **state)
{
	struct watch w = { .engine = engine_of(state) };

	run(&w, "uring", "0");
	assert_exited(&w, ENOSYS);
	w.every_event = true;
	w.at_entry = VERDICT_CONFIRM;
	run(&w, "uring", "0");
	assert_exited(&w, ENOSYS);
}

static void what_cannot_start_says_why(void **state)
{
	struct watch w = { .engine = engine_of(state) };
	struct tracer *t = make(&w);
	struct error err;

	assert_int_equal(start(t, "/nonexistent", "", "", &err), -ENOENT);
	assert_contains(err.text, "/nonexistent");
	tracer_free(t);
	t = make(&w);
	assert_int_equal(start(t, "/etc/passwd", "", "", &err), -EACCES);
	tracer_free(t);
}

static void a_start_that_cannot_be_followed_is_noticed(void **state)
{
	struct watch w = { .engine = engine_of(state),
			   .at_entry = VERDICT_CONFIRM };

	confirming = ALL_NEVER;
	run(&w, "opens", "10");
	assert_exited(&w, 0);
	assert_int_equal(w.engine == TRACER_NOTIFY ? w.supposed : w.unconfirmed,
			 10);
}

static void orphans_are_served_to_their_end(void **state)
{
	struct watch w = { .engine = engine_of(state) };
	struct tracer *t = started(&w, "orphan", "20");
	struct error err;

	assert_int_equal(tracer_run(t, &w.status, &err), 0);
	assert_exited(&w, 0);
	assert_true(tracer_has_rest(t));
	assert_int_equal(tracer_stats(t)->blind[BLIND_REST], 1);
	assert_int_equal(tracer_linger(t, &err), 0);
	assert_false(tracer_has_rest(t));
	assert_int_equal(tracer_stats(t)->blind[BLIND_REST], 0);
	assert_int_equal(w.entries, 20);
	tracer_free(t);
}

static void what_another_traces_is_supposed(void **state)
{
	struct watch w = { .engine = engine_of(state),
			   .at_entry = VERDICT_CONFIRM };

	if (w.engine != TRACER_NOTIFY)
		skip(); /* there we are the tracer, and the program cannot be */
	run(&w, "tracer", "0");
	assert_exited(&w, 0);
	assert_int_equal(w.supposed, 1);
	assert_int_equal(w.failures, 0);
	assert_true(w.stats.blind[BLIND_SEIZE] > 0);
}

static void the_probe_finds_every_engine(void **state)
{
	struct tracer_probe probe;

	(void)state;
	tracer_probe(&probe);
	assert_int_equal(probe.chosen, TRACER_NOTIFY);
	assert_int_equal(probe.confirm_clean, 0);
	assert_int_equal(probe.seccomp_trace, 0);
	assert_int_equal(probe.ptrace_syscall, 0);
}

static void bad_options_are_refused(void **state)
{
	const struct tracer_options none = { 0 };
	struct tracer *t = NULL;
	struct error err;

	(void)state;
	assert_int_equal(tracer_new(&none, &t, &err), -EINVAL);
	assert_null(t);
}

static enum tracer_engine notify = TRACER_NOTIFY;
static enum tracer_engine trace = TRACER_TRACE;
static enum tracer_engine every = TRACER_PTRACE;

#define EACH(test) \
	{ "notify: " #test, test, NULL, NULL, &notify }, \
	{ "trace: " #test, test, NULL, NULL, &trace }, \
	{ "ptrace: " #test, test, NULL, NULL, &every }

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_probe_finds_every_engine),
		cmocka_unit_test(bad_options_are_refused),
		{ "notify: a_monitor_that_is_held_up_lets_go",
		  a_monitor_that_is_held_up_lets_go, NULL, NULL, &notify },
		EACH(every_call_is_one_event),
		EACH(every_confirmed_call_has_its_end),
		EACH(every_call_confirmed_clean_has_its_end),
		EACH(exit_statuses_are_the_programs_own),
		EACH(deaths_by_signal_are_told),
		EACH(followed_calls_that_block_are_never_interrupted),
		EACH(signals_do_not_disturb_followed_calls),
		EACH(job_control_works_on_followed_calls),
		EACH(execs_succeed_and_fail_and_both_are_seen),
		EACH(execs_nobody_confirms_work),
		EACH(an_exec_by_another_thread_is_followed),
		EACH(a_main_thread_that_an_exec_replaced_is_no_ghost),
		EACH(what_is_denied_fails_with_the_errno_given),
		EACH(a_kill_ends_the_program),
		EACH(io_uring_is_refused),
		EACH(what_cannot_start_says_why),
		EACH(a_start_that_cannot_be_followed_is_noticed),
		EACH(orphans_are_served_to_their_end),
		EACH(what_another_traces_is_supposed),
	};
	sigset_t set;

	/* A leak checker attaches to its own process, and so cannot under us. */
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return RUN_TESTS(tests);
}
