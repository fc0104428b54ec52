/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From an intercepted call to a decision, with a resolver that is played here: what
 * the sink says counts, except where the house has a rule of its own.
 */
#include "harness/test.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>

#include "error.h"
#include "tracer/begin.h"
#include "tracer/handlers.h"
#include "tracer/live.h"
#include "tracer/monitor.h"
#include "tracer/page.h"
#include "tracer/regs.h"
#include "tracer/timers.h"
#include "tracer/tree.h"
#include "tracer/untraced.h"

/* The resolver: one event, whatever the call, unless the test wants none. */
static struct {
	struct event ev;
	bool makes_none;
	unsigned begun, ended, parts;
	pid_t told;
	enum event_phase phase;
	int64_t result;
} played;

struct live *live_new(int proc_fd, struct tracer_stats *stats)
{
	(void)proc_fd;
	(void)stats;
	return NULL;
}

void live_set_limit(struct live *l, unsigned ms)
{
	(void)l;
	(void)ms;
}

void live_set_snaplen(struct live *l, unsigned n)
{
	(void)l;
	(void)n;
}

void live_free(struct live *l)
{
	(void)l;
}

void live_stand_in(struct live *l, pid_t front)
{
	(void)l;
	(void)front;
}

void live_calls(struct live *l, const struct interest *interest, uint32_t arch,
		void (*fn)(void *ctx, uint32_t arch, int nr,
			   const struct call_when *when),
		void *ctx)
{
	(void)l;
	(void)interest;
	fn(ctx, arch, regs_abi(arch)->nr_execve, NULL);
}

void timers_calls(uint32_t arch, void (*fn)(void *ctx, uint32_t arch, int nr),
		  void *ctx)
{
	(void)arch;
	(void)fn;
	(void)ctx;
}

void handlers_calls(uint32_t arch, struct filter *f)
{
	(void)arch;
	(void)f;
}

void untraced_calls(uint32_t arch, struct filter *f)
{
	(void)arch;
	(void)f;
}

pid_t begin_child(struct beginning *b)
{
	return b->child;
}

struct event *live_begin(struct live *l, const struct call *call,
			 enum event_phase phase)
{
	(void)l;
	played.begun++;
	played.phase = phase;
	played.result = call->ended ? call->result : 0;
	played.ev.phase = phase;
	return played.makes_none ? NULL : &played.ev;
}

unsigned live_parts(struct event *ev)
{
	return ev->phase == PHASE_EXIT && played.parts ? played.parts : 1;
}

bool live_ignores(struct live *l, pid_t tid, int sig)
{
	(void)l;
	(void)tid;
	return sig == SIGCHLD;
}

struct event *live_signalled(struct live *l, pid_t tid, const siginfo_t *info)
{
	(void)l;
	(void)tid;
	(void)info;
	played.begun++;
	played.ev.phase = PHASE_EXIT;
	return &played.ev;
}

void live_end(struct live *l, struct event *ev)
{
	(void)l;
	played.ended += ev != NULL;
}

void live_exited(struct live *l, pid_t tid, int status)
{
	(void)l;
	(void)tid;
	(void)status;
}

void live_born(struct live *l, pid_t tid)
{
	(void)l;
	(void)tid;
}

struct event *live_told_container(struct live *l, pid_t tid, struct span json)
{
	(void)l;
	(void)json;
	played.told = tid;
	return &played.ev;
}

void live_tell_exits(struct live *l, void (*fn)(void *ctx, struct event *ev),
		     void *ctx)
{
	(void)l;
	(void)fn;
	(void)ctx;
}

bool live_follows(struct live *l, const struct interest *interest,
		  const struct call *call)
{
	(void)l;
	(void)interest;
	return call->nr == SYS_clone;
}

bool live_wants(const struct live *l, const struct interest *interest,
		const struct call *call)
{
	(void)l;
	(void)call;
	return interest_has(interest, EVENT_SYSCALL_CLONE_20_X);
}

bool live_shares_numbers(struct live *l, pid_t tid)
{
	(void)l;
	return tid == 7;
}

/* The sink: says what the test told it to. */
struct sink {
	enum verdict at_entry;
	int error;
	unsigned asked;
	enum event_phase last;
};

static enum verdict on_event(void *ctx, struct event *ev, int *ret_errno)
{
	struct sink *s = ctx;

	s->asked++;
	s->last = ev->phase;
	if (s->error)
		*ret_errno = s->error;
	return ev->phase == PHASE_ENTRY ? s->at_entry : VERDICT_CONTINUE;
}

#define SPAWNED 4242

static struct call openat_call = { .tid = 7, .nr = SYS_openat };
static struct call uring_call = { .tid = 7, .nr = SYS_io_uring_setup };
static struct call start_call = { .tid = SPAWNED, .nr = SYS_execve };
static struct call clone_call = { .tid = 7, .nr = SYS_clone };

static struct monitor make(struct sink *sink)
{
	static const struct tracer_command command = { .path = "/bin/true" };

	memset(&played, 0, sizeof(played));
	openat_call.arch = uring_call.arch = start_call.arch =
		clone_call.arch = regs_abis[0].arch;
	return (struct monitor){
		.options = { .sink = { .event = on_event, .ctx = sink } },
		.command = &command,
		.spawned = SPAWNED,
		.started = true,
		.proc_fd = -1,
	};
}

static void the_sinks_verdict_counts(void **state)
{
	static const enum verdict verdicts[] = { VERDICT_CONTINUE,
						 VERDICT_CONFIRM, VERDICT_DENY,
						 VERDICT_KILL };

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct sink sink = { .at_entry = verdicts[i] };
		struct monitor m = make(&sink);
		struct decision d = monitor_decide(&m, &openat_call);

		assert_int_equal(d.verdict, verdicts[i]);
		assert_ptr_equal(d.ev, &played.ev);
		assert_false(d.silent);
		assert_int_equal(m.stats.stops, 1);
		assert_int_equal(m.stats.continued, i == 0);
	}
}

static void a_container_is_told_to_those_who_want_it(void **state)
{
	struct sink sink = { .at_entry = VERDICT_CONTINUE };
	struct monitor m = make(&sink);

	(void)state;
	monitor_told_container(&m, SPAN("{}"));
	assert_int_equal(sink.asked, 0);
	interest_add(&m.interest, EVENT_CONTAINER_JSON_2_E);
	monitor_told_container(&m, SPAN("{}"));
	assert_int_equal(sink.asked, 1);
	assert_int_equal(played.told, SPAWNED);
	assert_int_equal(played.ended, 1);
}

static void a_call_without_an_event_goes_on_unasked(void **state)
{
	struct sink sink = { .at_entry = VERDICT_KILL };
	struct monitor m = make(&sink);
	struct decision d;

	(void)state;
	played.makes_none = true;
	d = monitor_decide(&m, &openat_call);
	assert_int_equal(d.verdict, VERDICT_CONTINUE);
	assert_null(d.ev);
	assert_int_equal(sink.asked, 0);
}

static void no_program_sees_an_errno_of_the_kernels_own(void **state)
{
	static const struct {
		int given, got;
	} rows[] = {
		{ EACCES, EACCES }, { 511, 511 },   { 512, EPERM },
		{ 513, EPERM },	    { 4095, EPERM }, { -1, EPERM },
		{ 0, EPERM },
	};

	(void)state;
	for (unsigned i = 0; i < 7; i++) {
		struct sink sink = { .at_entry = VERDICT_DENY,
				     .error = rows[i].given };
		struct monitor m = make(&sink);

		assert_int_equal(monitor_decide(&m, &openat_call).error,
				 rows[i].got);
	}
}

static void io_uring_is_refused_whatever_the_sink_says(void **state)
{
	struct sink sink = { .at_entry = VERDICT_CONTINUE };
	struct monitor m = make(&sink);
	struct decision d = monitor_decide(&m, &uring_call);

	(void)state;
	assert_int_equal(d.verdict, VERDICT_DENY);
	assert_int_equal(d.error, ENOSYS);
	m.options.allow_io_uring = true;
	assert_int_equal(monitor_decide(&m, &uring_call).verdict,
			 VERDICT_CONTINUE);
}

static void who_wants_the_end_of_io_uring_sees_enosys(void **state)
{
	struct sink sink = { .at_entry = VERDICT_CONFIRM };
	struct monitor m = make(&sink);
	struct decision d = monitor_decide(&m, &uring_call);

	(void)state;
	assert_int_equal(d.verdict, VERDICT_DENY);
	assert_null(d.ev);
	assert_int_equal(sink.last, PHASE_EXIT);
	assert_int_equal(played.result, -ENOSYS);
	assert_int_equal(played.ended, 1);
	assert_int_equal(m.stats.confirmed, 1);
}

static void a_sinks_own_denial_of_io_uring_keeps_its_errno(void **state)
{
	struct sink sink = { .at_entry = VERDICT_DENY, .error = EACCES };
	struct monitor m = make(&sink);

	(void)state;
	assert_int_equal(monitor_decide(&m, &uring_call).error, EACCES);
	sink.at_entry = VERDICT_KILL;
	assert_int_equal(monitor_decide(&m, &uring_call).verdict, VERDICT_KILL);
}

static void the_programs_first_exec_is_followed_for_ourselves(void **state)
{
	struct sink sink = { .at_entry = VERDICT_CONTINUE };
	struct monitor m = make(&sink);
	struct decision d;

	(void)state;
	m.started = false;
	d = monitor_decide(&m, &start_call);
	assert_int_equal(d.verdict, VERDICT_CONFIRM);
	assert_true(d.silent);
	assert_null(d.ev);
	assert_int_equal(played.ended, 1);
	m.started = true;
	assert_int_equal(monitor_decide(&m, &start_call).verdict,
			 VERDICT_CONTINUE);
}

static void a_first_exec_that_the_sink_wants_is_not_silent(void **state)
{
	struct sink sink = { .at_entry = VERDICT_CONFIRM };
	struct monitor m = make(&sink);
	struct decision d;

	(void)state;
	m.started = false;
	d = monitor_decide(&m, &start_call);
	assert_int_equal(d.verdict, VERDICT_CONFIRM);
	assert_false(d.silent);
	assert_non_null(d.ev);
}

static void an_end_is_delivered_once_and_counted(void **state)
{
	struct sink sink = { 0 };
	struct monitor m = make(&sink);

	(void)state;
	monitor_deliver(&m, &openat_call, PHASE_EXIT);
	monitor_deliver(&m, &openat_call, PHASE_UNCONFIRMED);
	assert_int_equal(sink.asked, 2);
	assert_int_equal(sink.last, PHASE_UNCONFIRMED);
	assert_int_equal(played.ended, 2);
	assert_int_equal(m.stats.confirmed, 1);
	assert_int_equal(m.stats.unconfirmed, 1);
}

static void only_the_spawned_process_ends_the_run(void **state)
{
	struct sink sink = { 0 };
	struct monitor m = make(&sink);

	(void)state;
	monitor_reaped(&m, 99, 1 << 8);
	assert_false(m.ended);
	monitor_reaped(&m, SPAWNED, 3 << 8);
	assert_true(m.ended);
	assert_int_equal(m.status, 3 << 8);
}

static int start_error(int stage, int failure, struct error *err)
{
	struct sink sink = { 0 };
	struct monitor m = make(&sink);
	int r;

	m.page = page_new();
	atomic_store(&m.page->stage, stage);
	atomic_store(&m.page->failure, failure);
	r = monitor_start_error(&m, "/bin/x", err);
	page_free(m.page);
	return r;
}

static void a_failed_start_says_in_which_step(void **state)
{
	struct error err;

	(void)state;
	assert_int_equal(start_error(PAGE_EXEC, ENOENT, &err), -ENOENT);
	assert_contains(err.text, "/bin/x");
	assert_int_equal(start_error(PAGE_SETUP, EIO, &err), -EIO);
	assert_int_equal(start_error(PAGE_SETUP, 0, &err), -EAGAIN);
	assert_int_equal(start_error(PAGE_FILTER, EBUSY, &err), -EPERM);
	assert_contains(err.text, "--engine ptrace");
	assert_int_equal(start_error(PAGE_FILTER, EINVAL, &err), -ENOSYS);
	/* Never an error that reads as "the program cannot be executed". */
	assert_int_equal(start_error(PAGE_FILTER, EACCES, &err), -EPERM);
	assert_int_equal(start_error(PAGE_FILTER, ENOMEM, &err), -EPERM);
}

static void each_of_several_messages_is_an_event(void **state)
{
	struct sink sink = { .at_entry = VERDICT_CONTINUE };
	struct monitor m = make(&sink);

	(void)state;
	played.parts = 3;
	monitor_deliver(&m, &openat_call, PHASE_EXIT);
	assert_int_equal(sink.asked, 3);
	assert_int_equal(played.ended, 3);
	assert_int_equal(m.stats.confirmed, 1);
}

static void a_signal_is_an_event_where_it_is_wanted_and_not_ignored(void **state)
{
	struct sink sink = { .at_entry = VERDICT_CONTINUE };
	struct monitor m = make(&sink);
	siginfo_t info = { .si_signo = SIGTERM };

	(void)state;
	monitor_signalled(&m, 7, &info);
	assert_int_equal(sink.asked, 0);
	interest_add(&m.interest, EVENT_SIGNALDELIVER_E);
	monitor_signalled(&m, 7, &info);
	assert_int_equal(sink.asked, 1);
	info.si_signo = SIGCHLD;
	monitor_signalled(&m, 7, &info);
	assert_int_equal(sink.asked, 1);
	assert_int_equal(played.ended, 1);
}

static void io_uring_and_exec_are_known_in_every_abi(void **state)
{
	(void)state;
	for (const struct regs_abi *a = regs_abis; a->arch; a++) {
		struct call call = { .arch = a->arch, .nr = 425 | a->mark };
		struct sink sink = { .at_entry = VERDICT_CONTINUE };
		struct monitor m = make(&sink);
		struct decision d = monitor_decide(&m, &call);

		assert_int_equal(d.verdict, VERDICT_DENY);
		assert_int_equal(d.error, ENOSYS);
		call.nr = a->nr_execveat;
		assert_true(call_is_exec(&call));
		call.nr = a->nr_execve;
		assert_true(call_is_exec(&call));
		assert_int_equal(m.stats.blind[BLIND_ARCH], 0);
	}
}

static void rings_are_counted_where_they_are_allowed(void **state)
{
	struct sink sink = { .at_entry = VERDICT_CONTINUE };
	struct monitor m = make(&sink);

	(void)state;
	m.options.allow_io_uring = true;
	assert_int_equal(monitor_decide(&m, &uring_call).verdict,
			 VERDICT_CONTINUE);
	monitor_decide(&m, &openat_call);
	assert_int_equal(m.stats.blind[BLIND_IO_URING], 1);
	m.options.allow_io_uring = false;
	monitor_decide(&m, &uring_call);
	assert_int_equal(m.stats.blind[BLIND_IO_URING], 1);
}

static void a_call_of_no_abi_of_ours_is_counted_and_goes_on(void **state)
{
	struct call call = { .arch = 12345, .nr = SYS_execve };
	struct sink sink = { .at_entry = VERDICT_CONTINUE };
	struct monitor m = make(&sink);

	(void)state;
	played.makes_none = true;
	assert_int_equal(monitor_decide(&m, &call).verdict, VERDICT_CONTINUE);
	assert_int_equal(m.stats.blind[BLIND_ARCH], 1);
}

static void what_is_made_is_undone(void **state)
{
	const struct interest none = { 0 };
	size_t nabis = 0;
	struct sink sink = { 0 };
	const struct tracer_options options = { .interest = &none,
						.sink = { .event = on_event,
							  .ctx = &sink } };
	struct beginning begun = { .page = page_new() };
	struct monitor m = { .proc_fd = -1, .begun = &begun };

	(void)state;
	assert_int_equal(monitor_init(&m, &options, FILTER_NOTIFY, NULL), 0);
	while (regs_abis[nabis].arch)
		nabis++;
	assert_int_equal(filter_count(m.filter), nabis);
	assert_int_equal(atomic_load(&m.page->listener), -1);
	monitor_done(&m);
	page_free(begun.page);
}

static void a_birth_is_followed_though_the_sink_does_not_ask(void **state)
{
	struct sink sink = { .at_entry = VERDICT_CONTINUE };
	struct monitor m = make(&sink);
	struct decision d = monitor_decide(&m, &clone_call);

	(void)state;
	assert_int_equal(d.verdict, VERDICT_CONFIRM);
	assert_true(d.silent);
	assert_null(d.ev);
	assert_int_equal(played.ended, 1);
	assert_int_equal(m.stats.continued, 1);
	sink.at_entry = VERDICT_DENY;
	assert_int_equal(monitor_decide(&m, &clone_call).verdict, VERDICT_DENY);
}

static void a_birth_is_told_where_it_is_wanted(void **state)
{
	struct sink sink = { .at_entry = VERDICT_CONTINUE };
	struct monitor m = make(&sink);

	(void)state;
	monitor_born(&m, &clone_call, 8);
	assert_int_equal(played.begun, 0);
	interest_add(&m.interest, EVENT_SYSCALL_CLONE_20_X);
	monitor_born(&m, &clone_call, 8);
	assert_int_equal(sink.asked, 1);
	assert_int_equal(sink.last, PHASE_EXIT);
	assert_int_equal(played.result, 0);
	assert_int_equal(played.ended, 1);
	assert_int_equal(m.stats.confirmed, 0);
}

static void an_unseen_birth_is_told_in_our_numbers_alone(void **state)
{
	struct sink sink = { .at_entry = VERDICT_CONTINUE };
	struct call elsewhere = clone_call;
	struct monitor m = make(&sink);

	(void)state;
	interest_add(&m.interest, EVENT_SYSCALL_CLONE_20_X);
	monitor_bore_unseen(&m, &clone_call, -EAGAIN);
	elsewhere.tid = 9;
	monitor_bore_unseen(&m, &elsewhere, 8);
	assert_int_equal(sink.asked, 0);
	monitor_bore_unseen(&m, &clone_call, 8);
	assert_int_equal(sink.asked, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sinks_verdict_counts),
		cmocka_unit_test(a_container_is_told_to_those_who_want_it),
		cmocka_unit_test(a_call_without_an_event_goes_on_unasked),
		cmocka_unit_test(no_program_sees_an_errno_of_the_kernels_own),
		cmocka_unit_test(io_uring_is_refused_whatever_the_sink_says),
		cmocka_unit_test(who_wants_the_end_of_io_uring_sees_enosys),
		cmocka_unit_test(a_sinks_own_denial_of_io_uring_keeps_its_errno),
		cmocka_unit_test(
			the_programs_first_exec_is_followed_for_ourselves),
		cmocka_unit_test(a_first_exec_that_the_sink_wants_is_not_silent),
		cmocka_unit_test(an_end_is_delivered_once_and_counted),
		cmocka_unit_test(only_the_spawned_process_ends_the_run),
		cmocka_unit_test(
			a_birth_is_followed_though_the_sink_does_not_ask),
		cmocka_unit_test(a_birth_is_told_where_it_is_wanted),
		cmocka_unit_test(an_unseen_birth_is_told_in_our_numbers_alone),
		cmocka_unit_test(a_failed_start_says_in_which_step),
		cmocka_unit_test(each_of_several_messages_is_an_event),
		cmocka_unit_test(
			a_signal_is_an_event_where_it_is_wanted_and_not_ignored),
		cmocka_unit_test(io_uring_and_exec_are_known_in_every_abi),
		cmocka_unit_test(rings_are_counted_where_they_are_allowed),
		cmocka_unit_test(
			a_call_of_no_abi_of_ours_is_counted_and_goes_on),
		cmocka_unit_test(what_is_made_is_undone),
	};

	return RUN_TESTS(tests);
}
