/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The monitor: see run_monitor.h. The order matters: processes are made while we have
 * little memory and one thread; everything that can be wrong is found out before the
 * program is let go; threads come after it.
 */
#include "run_monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/engine.h"
#include "tracer/tracer.h"

#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "base_syscalls.h"
#include "container_facts.h"
#include "container_watch.h"
#include "output.h"
#include "reload.h"
#include "rlimits.h"
#include "run.h"
#include "run_setup.h"
#include "services.h"
#include "sets.h"
#include "signals.h"
#include "sink.h"
#include "status.h"
#include "summary.h"
#include "time_limit.h"

extern char **environ;

/* A run, from its parts to its end. */
struct monitor {
	struct run *run;
	struct tracer_command program;
	struct output *output; /* of the first set */
	struct sink_set set;   /* the first */
	struct sink sink;
	struct beginning *begun; /* until there is a tracer */
	void *reserve;           /* of heap_prepare() */
	struct sets sets;
	struct interest intercepted;
	struct services *services;
	struct reload *reload; /* NULL: nothing is ever reloaded */
	struct tracer *tracer;
	struct signals *signals;
	struct time_limit *limit; /* NULL: none */
	struct container_watch *watch; /* NULL: nothing is asked */
	bool over; /* all has been said */
};

static void monitor_done(struct monitor *m)
{
	signals_free(m->signals);
	time_limit_free(m->limit);
	container_watch_free(m->watch);
	tracer_begin_cancel(m->begun);
	tracer_free(m->tracer);
	services_free(m->services);
	reload_free(m->reload);
	output_free(m->output);
	sets_done(&m->sets);
	sink_done(&m->sink);
	sink_set_done(&m->set);
	free(m->reserve);
}

/* --- Before ------------------------------------------------------------------- */

/* In the child: only async-signal-safe calls. The group may be out of reach when the
 * front has been killed. */
static int be_program(void *ctx)
{
	const struct monitor *m = ctx;

	setpgid(0, m->run->front.group);
	return sigprocmask(SIG_SETMASK, &m->run->mask_before, NULL) < 0 ? -errno : 0;
}

static void give_limits_back(void *ctx, pid_t program)
{
	const struct monitor *m = ctx;

	limits_restore(program, &m->run->files);
}

/* For which the program's process installs its filter meanwhile. */
static void find_container(void *ctx)
{
	const struct monitor *m = ctx;

	setup_find_container(&m->run->setup);
}

/* What other processes have to do, another CPU may do while this one loads rules.
 * Without a program there is nothing to be begun. */
static void begin(struct monitor *m)
{
	const struct config *c = &m->run->setup.config;

	run_find_program(m->run);
	if (m->run->found < 0)
		return;
	m->program = (struct tracer_command){
		.path = m->run->path,
		.argv = m->run->command,
		.envp = environ,
		.child_setup = be_program,
		.meanwhile = find_container,
		.at_exec = give_limits_back,
		.ctx = m,
	};
	m->begun = tracer_begin(c->tracer_engine, c->monitor_exit, &m->program,
				m->run->place);
}

static int prepare(struct monitor *m, struct error *err)
{
	limits_say(&m->run->setup.log);
	begin(m);
	return run_load_rules(&m->run->setup, &m->reserve, err);
}

/* --- Parts ------------------------------------------------------------------ */

static int alert_stream(const struct monitor *m)
{
	return m->run->setup.config.alerts_on_stdout ? m->run->streams->out :
						  m->run->streams->err;
}

static int make_output(struct monitor *m, struct error *err)
{
	struct output_options options;

	setup_outputs(&m->run->setup, alert_stream(m), &options);
	return output_new(&options, &m->output, err);
}

static void make_sink(struct monitor *m)
{
	setup_set(&m->run->setup, m->output, &m->set);
	sink_init(&m->sink, &m->set);
	sets_init(&m->sets, &m->sink);
}

/* What the rules ask for, and what later ones may. */
static int choose_interest(struct monitor *m, struct error *err)
{
	m->intercepted = *engine_interest(m->run->setup.engine);
	base_syscalls_apply(&m->run->setup, &m->intercepted);
	return reload_headroom(&m->run->setup.config.reload_headroom,
			       &m->intercepted, err);
}

static void say_last(void *ctx)
{
	struct monitor *m = ctx;

	if (m->over)
		return;
	m->over = true;
	sink_container_over(&m->sink);
	if (m->reload)
		reload_stop(m->reload);
	services_stop(m->services);
	output_finish(sink_current(&m->sink)->output);
	summary_say(&(struct summary){ &m->run->setup, &m->sink, &m->sets, m->tracer });
}

/* What is killed is stopped first, which is no news. */
static void on_stop(void *ctx, int number)
{
	const struct monitor *m = ctx;

	if (number && time_limit_is_up(m->limit))
		return;
	front_tell(&m->run->front, FRONT_STOPPED, number);
}

/* Events that a rule names and that the engine in use cannot see. */
static void say_unseen(const struct monitor *m, const struct interest *asked_for)
{
	CLEANUP(strbuf_done) struct strbuf names = STRBUF_INIT;
	enum tracer_engine engine = tracer_engine_used(m->tracer);

	tracer_unseen(engine, asked_for, &names);
	if (names.n)
		log_say(&m->run->setup.log, LOG_LEVEL_WARNING,
			"rules ask for events that engine %s does not see: %s",
			tracer_engine_name(engine), names.data);
}

static void say_slow(const struct monitor *m)
{
	if (m->run->setup.config.tracer_engine == TRACER_AUTO &&
	    tracer_engine_used(m->tracer) == TRACER_PTRACE)
		log_say(&m->run->setup.log, LOG_LEVEL_INFO,
			"engine ptrace is what works here (--probe says why): "
			"every call stops, up to ten times slower");
}

static int make_tracer(struct monitor *m, struct error *err)
{
	const struct config *c = &m->run->setup.config;
	struct interest asked_for;
	int ret;
	struct tracer_options options = {
		.engine = c->tracer_engine,
		.begun = TAKE_PTR(m->begun),
		.on_monitor_exit = c->monitor_exit,
		.interest = &m->intercepted,
		.sink = { sink_event, sink_held, &m->sink },
		.asked_for = &asked_for,
		.snaplen = (unsigned)c->snaplen,
		.allow_io_uring = c->allow_io_uring,
		.on_stop = on_stop,
		.on_last = say_last,
		.ctx = m,
		.place = m->run->place,
		.front = m->run->place ? 0 : m->run->front.pid,
		.hold_limit_ms = (unsigned)c->hold_limit_ms,
	};

	engine_asked_for(m->run->setup.engine, &asked_for);
	ret = tracer_new(&options, &m->tracer, err);
	if (ret == 0) {
		m->sink.stats = tracer_stats(m->tracer);
		say_unseen(m, &asked_for);
		say_slow(m);
	}

	return ret;
}

static int write_pidfile(const struct monitor *m, struct error *err)
{
	const char *path = options_last(m->run->setup.options, OPT_PIDFILE);
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	CLEANUP(closep) int fd = -1;

	if (!path || !*path)
		return 0;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	strbuf_addf(&text, "%d\n", m->run->front.pid);
	if (fd < 0 || write_all(fd, text.data, text.n) < 0)
		return error_set(err, -errno, "cannot write the pid to %s: %s",
				 path, strerror(errno));

	return 0;
}

static int make_parts(struct monitor *m, struct error *err)
{
	int ret = make_output(m, err);

	if (ret < 0)
		return ret;
	make_sink(m);
	ret = write_pidfile(m, err);
	if (ret == 0)
		ret = choose_interest(m, err);
	if (ret < 0)
		return ret;

	return make_tracer(m, err);
}

/* --- The program ------------------------------------------------------------ */

/* On the signals' thread. */
static void reopen(void *ctx)
{
	struct monitor *m = ctx;

	log_say(&m->run->setup.log, LOG_LEVEL_INFO,
		"SIGUSR1 received, reopening outputs...");
	sets_reopen(&m->sets);
}

static void ask_reload(void *ctx)
{
	struct monitor *m = ctx;

	reload_ask(m->reload);
}

static void start_services(struct monitor *m)
{
	struct metrics_options options = {
		.engine = tracer_engine_name(tracer_engine_used(m->tracer)),
		.sink = &m->sink,
		.sets = &m->sets,
		.log = &m->run->setup.log,
	};

	m->services = services_new(&options);
	services_start(m->services, &m->run->setup);
}

static void start_reload(struct monitor *m)
{
	const struct config *c = &m->run->setup.config;
	struct reload_options options = {
		.first = &m->run->setup,
		.log = &m->run->setup.log,
		.prepare = run_prepare_again,
		.sink = &m->sink,
		.sets = &m->sets,
		.services = m->services,
		.intercepted = m->intercepted,
		.stream_fd = alert_stream(m),
	};

	if (!c->watch_files && !c->reload_on_sighup)
		return;
	if (reload_start(&options, &m->reload) < 0)
		log_say(&m->run->setup.log, LOG_LEVEL_ERROR,
			"no thread to reload with: what changes is not noticed");
}

/* How long the container's service may take to answer. */
#define CONTAINER_DEADLINE_MS 2000

/* On the thread that judges events, when all is known that will be. */
static void tell_container(void *ctx)
{
	struct monitor *m = ctx;
	struct container_info *info = &m->run->setup.container;

	if (m->watch && container_watch_is_over(m->watch))
		container_watch_take(m->watch, info);
	if (info->known && m->run->setup.config.container_plugin)
		tracer_tell_container(
			m->tracer,
			span_of(container_event_json(&m->run->setup.config.arena,
						     info)));
}

static void look_at_container(struct monitor *m)
{
	m->watch = container_watch_start(
		&m->run->setup.container, getenv("ECS_CONTAINER_METADATA_URI_V4"),
		CONTAINER_DEADLINE_MS);
	if (!m->watch) {
		tell_container(m);
		return;
	}
	m->sink.on_container = tell_container;
	m->sink.container_ctx = m;
	m->sink.container = m->watch;
}

static void take_signals(struct monitor *m)
{
	const struct config *c = &m->run->setup.config;
	struct signal_hook hooks[SIGNAL_HOOKS];
	size_t n = 0;

	if (c->reopen_on_sigusr1)
		hooks[n++] = (struct signal_hook){ SIGUSR1, reopen, m };
	if (c->reload_on_sighup && m->reload)
		hooks[n++] = (struct signal_hook){ SIGHUP, ask_reload, m };
	if (n)
		signals_take(m->run->front.pid, hooks, n, &m->signals);
}

/* As Falco has it, no limit is 0 or less. Who asked for one is not left without. */
static int limit_time(struct monitor *m, pid_t program, struct error *err)
{
	const char *seconds = options_last(m->run->setup.options, OPT_SECONDS);
	long n = seconds ? strtol(seconds, NULL, 10) : 0;

	n = n > INT_MAX ? INT_MAX : n;
	if (n <= 0 || !time_limit_start(m->tracer, program, (unsigned)n,
					&m->run->setup.log, &m->limit))
		return 0;
	tracer_kill(m->tracer);
	return error_set(err, -EAGAIN, "-M: there is no thread for it");
}

static int spawn(struct monitor *m, struct error *err)
{
	pid_t pid;
	int ret = tracer_spawn(m->tracer, &m->program, &pid, err);

	if (ret < 0)
		return ret;
	front_tell(&m->run->front, FRONT_STARTED, pid);
	front_let_go();
	if (!m->run->setup.config.alerts_on_stdout)
		close(m->run->streams->out);
	/* Neither thread is worth failing for: alerts wait for the end then, and
	 * outputs stay open. */
	output_start(m->output);
	start_services(m);
	start_reload(m);
	take_signals(m);
	look_at_container(m);
	return limit_time(m, pid, err);
}

/* Engine trace leaves nobody behind: without its tracer a process would get ENOSYS
 * for every call that is watched. */
static void say_rest(const struct monitor *m)
{
	if (tracer_engine_used(m->tracer) != TRACER_TRACE)
		return;
	log_say(&m->run->setup.log, LOG_LEVEL_WARNING,
		"engine trace cannot leave processes behind: %llu that outlived "
		"the program are ended; --wait-all waits for them, --engine "
		"notify lets them live",
		(unsigned long long)tracer_stats(m->tracer)->blind[BLIND_REST]);
}

static void linger(struct monitor *m)
{
	struct error err = { "" };

	if (time_limit_is_up(m->limit))
		tracer_kill(m->tracer);
	if (!tracer_has_rest(m->tracer))
		return;
	if (!m->run->setup.config.wait_all && !m->run->place) {
		say_rest(m);
		return;
	}
	/* The program is gone: what is sent to us is meant for us. */
	pthread_sigmask(SIG_SETMASK, &m->run->mask_before, NULL);
	tracer_linger(m->tracer, &err);
}

/* --- The end ---------------------------------------------------------------- */

/* Who dies of what the time limit sent has not failed. */
static int final_status(const struct monitor *m, int wait_status)
{
	bool failed = m->sink.failed;

	if (failed && time_limit_is_up(m->limit) && WIFSIGNALED(wait_status))
		return STATUS_ALERTS;

	return status_with_alerts(status_of_wait(wait_status), failed);
}

static int run_to_end(struct monitor *m)
{
	struct error err = { "" };
	int wait_status = 0, status;
	int ret = tracer_run(m->tracer, &wait_status, &err);

	signals_free(TAKE_PTR(m->signals));
	if (ret == 0)
		front_tell(&m->run->front, FRONT_ENDED, wait_status);
	if (ret == 0)
		linger(m);
	status = final_status(m, wait_status);
	time_limit_free(TAKE_PTR(m->limit));
	/* Whoever outlives the program does not wait for outputs. */
	tracer_leave(m->tracer);
	say_last(m);
	if (ret < 0)
		return run_failure(m->run, &err);

	return status;
}

static int start_program(struct monitor *m)
{
	struct error err = { "" };
	int pending = signals_pending_end();
	int ret;

	if (pending)
		return STATUS_SIGNAL_BASE + pending;
	ret = spawn(m, &err);
	if (ret == 0)
		return run_to_end(m);
	output_finish(m->output);
	if (!status_is_exec_error(ret))
		return run_failure(m->run, &err);

	/* In place, whom it has happened to says so, and before its end. */
	return m->run->place ? status_of_exec(ret) : run_not_started(m->run, ret);
}

static int monitor(struct monitor *m)
{
	struct error err = { "" };
	int ret = prepare(m, &err);

	if (ret < 0)
		return run_failure(m->run, &err);
	if (m->run->found < 0)
		return run_not_started(m->run, m->run->found);
	ret = make_parts(m, &err);

	return ret < 0 ? run_failure(m->run, &err) : start_program(m);
}

int run_monitor(struct run *r)
{
	CLEANUP(monitor_done) struct monitor m = { .run = r };

	return monitor(&m);
}
