/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The door: chooses the engine, and passes everything on to it through its table.
 */
#include "tracer.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>

#include "alloc.h"
#include "array.h"
#include "cleanup.h"
#include "error.h"

#include "begin.h"
#include "monitor.h"
#include "probe.h"
#include "spawn.h"
#include "tree.h"
#include "watcher.h"

struct tracer {
	struct beginning *begun;
	struct monitor monitor;
	enum tracer_engine engine;
	const struct watcher *watcher;
	void *ctx; /* the watcher's */
};

static const struct {
	const char *name;
	const struct watcher *watcher;
	enum filter_kind kind;
} engines[TRACER_ENGINE_COUNT] = {
	[TRACER_AUTO] = { "auto", NULL, FILTER_NOTIFY },
	[TRACER_NOTIFY] = { "notify", &notify_watcher, FILTER_NOTIFY },
	[TRACER_TRACE] = { "trace", &trace_watcher, FILTER_TRACE },
	[TRACER_PTRACE] = { "ptrace", &ptrace_watcher, FILTER_NONE },
};

static const struct {
	const char *one, *many;
} blind_texts[BLIND_COUNT] = {
#define BLIND(symbol, one, many) [BLIND_##symbol] = { one, many },
#include "blind.def"
};

const char *blind_spot_text(enum blind_spot spot, uint64_t count)
{
	return count == 1 ? blind_texts[spot].one : blind_texts[spot].many;
}

const char *tracer_engine_name(enum tracer_engine engine)
{
	if ((unsigned)engine >= ARRAY_SIZE(engines))
		return NULL;

	return engines[engine].name;
}

static void tracer_freep(struct tracer **t)
{
	tracer_free(*t);
}

/* Is something asked for that notify misses and another engine sees? */
static bool wants_attached(const struct interest *asked_for)
{
	for (enum event_type i = 0; asked_for && i < EVENT_TYPE_COUNT; i++) {
		if (interest_has(asked_for, i) && tracer_sees(TRACER_AUTO, i) &&
		    !tracer_sees(TRACER_NOTIFY, i))
			return true;
	}

	return false;
}

static int no_engine(struct error *err)
{
	bool alike;
	pid_t tracer = probe_traced_by(&alike);

	if (!tracer)
		return error_set(err, -ENOSYS,
				 "no engine works here: --probe says why");
	if (alike)
		return error_set(err, -ENOSYS,
				 "no engine works here: another falco-run (pid %d) "
				 "watches this one, and leaves none; with engine "
				 "notify one falco-run may run in another, no "
				 "deeper", tracer);
	return error_set(err, -ENOSYS,
			 "no engine works here: falco-run is traced itself "
			 "(strace, a debugger: pid %d); trace inside: falco-run "
			 "-- strace ...", tracer);
}

static int choose(struct tracer *t, const struct tracer_options *options,
		  struct error *err)
{
	bool asks = options->engine == TRACER_AUTO;

	t->monitor.admin = probe_is_admin();
	t->engine = asks ? probe_engine(TAKE_PTR(t->begun->probing),
					t->begun->keeper.pid,
					wants_attached(options->asked_for)) :
			   options->engine;
	t->watcher = engines[t->engine].watcher;
	if (!t->watcher)
		return no_engine(err);
	if (t->engine != TRACER_NOTIFY ||
	    spawn_has_ended(t->begun->keeper.pid))
		keeper_release(&t->begun->keeper, t->begun->page, true);

	return 0;
}

int tracer_new(const struct tracer_options *options, struct tracer **ret_tracer,
	       struct error *err)
{
	CLEANUP(tracer_freep) struct tracer *t = NULL;
	int r;

	if ((unsigned)options->engine >= TRACER_ENGINE_COUNT ||
	    !options->interest || !options->sink.event) {
		begin_free(options->begun);
		return error_set(err, -EINVAL, "bad tracer options");
	}
	t = xcalloc(1, sizeof(*t));
	t->monitor.proc_fd = -1;
	t->begun = options->begun ? options->begun : begin_bare(options->place);
	if (!t->begun)
		return error_set(err, -ENOMEM, "no memory to share");
	t->monitor.begun = t->begun;
	r = choose(t, options, err);
	if (r < 0)
		return r;
	r = monitor_init(&t->monitor, options, engines[t->engine].kind, err);
	if (r < 0)
		return r;
	r = t->watcher->make(&t->monitor, &t->ctx, err);
	if (r < 0)
		return r;

	*ret_tracer = TAKE_PTR(t);
	return 0;
}

enum tracer_engine tracer_engine_used(const struct tracer *t)
{
	return t->engine;
}

enum monitor_exit tracer_monitor_exit(const struct tracer *t)
{
	if (t->engine == TRACER_TRACE)
		return MONITOR_EXIT_KILL;

	return t->monitor.options.on_monitor_exit;
}

bool watcher_is_over(const struct monitor *m, enum until until)
{
	if (until == UNTIL_STARTED)
		return m->started || m->ended;

	return until == UNTIL_ENDED && m->ended;
}

/* What did not start is not left behind. */
static void undo_spawn(struct tracer *t)
{
	struct monitor *m = &t->monitor;
	int status;

	if (m->spawned <= 0 || m->ended)
		return;
	while (waitpid(m->spawned, &status, 0) < 0) {
		if (errno != EINTR)
			return;
	}
	monitor_reaped(m, m->spawned, status);
}

int tracer_spawn(struct tracer *t, const struct tracer_command *command,
		 pid_t *ret_pid, struct error *err)
{
	struct monitor *m = &t->monitor;
	int r;

	if (m->spawned > 0)
		return error_set(err, -EINVAL, "something is running already");
	r = t->watcher->spawn(t->ctx, command, err);
	if (r < 0) {
		undo_spawn(t);
		return r;
	}
	r = t->watcher->serve(t->ctx, UNTIL_STARTED, err);
	if (r < 0)
		return r;
	if (!m->started)
		return monitor_start_error(m, command->path, err);

	*ret_pid = m->spawned;
	return 0;
}

void tracer_tell_container(struct tracer *t, struct span json)
{
	monitor_told_container(&t->monitor, json);
}

int tracer_run(struct tracer *t, int *ret_status, struct error *err)
{
	int r;

	if (t->monitor.spawned <= 0)
		return error_set(err, -EINVAL, "nothing is running");
	r = t->watcher->serve(t->ctx, UNTIL_ENDED, err);
	if (r < 0)
		return r;

	*ret_status = t->monitor.status;
	return 0;
}

bool tracer_has_rest(struct tracer *t)
{
	struct monitor *m = &t->monitor;
	bool rest = t->watcher->has_rest(t->ctx);
	struct tree tree;

	m->stats.blind[BLIND_REST] = 0;
	if (rest) {
		monitor_tree(m, &tree);
		m->stats.blind[BLIND_REST] = tree_signal(&tree, 0);
	}

	return rest;
}

int tracer_linger(struct tracer *t, struct error *err)
{
	t->monitor.stats.blind[BLIND_REST] = 0;
	if (t->monitor.spawned <= 0)
		return 0;

	return t->watcher->serve(t->ctx, UNTIL_ALL, err);
}

void tracer_signal(struct tracer *t, int number)
{
	struct tree tree;

	monitor_tree(&t->monitor, &tree);
	tree_signal(&tree, number);
}

void tracer_kill(struct tracer *t)
{
	monitor_kill(&t->monitor);
}

const struct tracer_stats *tracer_stats(const struct tracer *t)
{
	return &t->monitor.stats;
}

void tracer_leave(struct tracer *t)
{
	if (t->watcher->leave)
		t->watcher->leave(t->ctx);
}

void tracer_free(struct tracer *t)
{
	if (!t)
		return;
	if (t->ctx)
		t->watcher->free(t->ctx);
	monitor_done(&t->monitor);
	begin_free(t->begun);
	free(t);
}
