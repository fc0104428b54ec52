/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run mode: see run.h. The order matters: processes are made while we have little memory
 * and one thread; everything that can be wrong is found out before the program's is
 * let go; threads come after it.
 */
#include "run.h"

#include <errno.h>
#include <limits.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/engine.h"
#include "tracer/tracer.h"

#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "author.h"
#include "base_syscalls.h"
#include "container_facts.h"
#include "container_watch.h"
#include "events.h"
#include "front.h"
#include "heap.h"
#include "metrics_plan.h"
#include "output.h"
#include "paths.h"
#include "reload.h"
#include "rlimits.h"
#include "services.h"
#include "sets.h"
#include "setup.h"
#include "signals.h"
#include "sink.h"
#include "status.h"
#include "summary.h"
#include "time_limit.h"

extern char **environ;

/* A run, from its parts to its end. */
struct run {
	struct setup setup;
	const struct streams *streams;
	char *const *command;
	char *path; /* of the executable */
	int found;  /* 0, or why it is not */
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
	struct front front;
	struct tracer_place *place; /* NULL: there is a front */
	bool over; /* all has been said */
	sigset_t mask_before;
	struct rlimit files; /* the program's */
};

static void run_done(struct run *r)
{
	signals_free(r->signals);
	time_limit_free(r->limit);
	container_watch_free(r->watch);
	tracer_begin_cancel(r->begun);
	tracer_free(r->tracer);
	tracer_place_free(r->place);
	services_free(r->services);
	reload_free(r->reload);
	output_free(r->output);
	sets_done(&r->sets);
	sink_done(&r->sink);
	sink_set_done(&r->set);
	setup_done(&r->setup);
	front_done(&r->front);
	free(r->path);
	free(r->reserve);
}

static int failure(const struct run *r, const struct error *err)
{
	setup_say_failure(&r->setup, -EINVAL, err);
	return STATUS_FAILURE;
}

/* --- What can be wrong before ----------------------------------------------- */

static int check_options(const struct options *o, struct error *err)
{
	CLEANUP(strbuf_done) struct strbuf name = STRBUF_INIT;

	if (o->stray) {
		log_quote(&name, span_of(o->stray));
		return error_set(err, -EINVAL,
				 "%s stands before --, where only options can: "
				 "write falco-run [options] -- command",
				 name.data);
	}
	if (!*o->command)
		return error_set(err, -EINVAL,
				 "no command after --: write falco-run "
				 "[options] -- command [arguments]");

	return 0;
}

/* The sources that there are: one. */
static int check_sources(const struct options *o, struct error *err)
{
	if (options_has(o, OPT_ENABLE_SOURCE) ||
	    options_has(o, OPT_DISABLE_SOURCE))
		return error_set(err, -EINVAL,
				 "a program can only be watched through the "
				 "source syscall: leave out --enable-source "
				 "and --disable-source");

	return 0;
}

/* What nobody but a parent can do. */
static int check_in_place(const struct setup *s, struct error *err)
{
	const struct config *c = &s->config;
	const char *what = NULL;

	if (!options_has(s->options, OPT_IN_PLACE))
		return 0;
	if (options_has(s->options, OPT_FAIL_ON))
		what = "--fail-on";
	else if (options_has(s->options, OPT_SECONDS))
		what = "-M (timeout(1) can be put before falco-run)";
	else if (c->reopen_on_sigusr1)
		what = "falco_run.reopen_on_sigusr1";
	else if (c->reload_on_sighup)
		what = "falco_run.reload_on_sighup";
	else if (c->monitor_exit == MONITOR_EXIT_KILL && getpid() == 1)
		what = "falco_run.on_monitor_exit kill as PID 1";
	if (what)
		return error_set(err, -EINVAL,
				 "--in-place: falco-run becomes the program, and "
				 "nobody is left for %s",
				 what);
	return 0;
}

static int engine_named(const char *name, enum tracer_engine *ret,
			struct error *err)
{
	for (int i = TRACER_AUTO; name && i < TRACER_ENGINE_COUNT; i++)
		if (!strcmp(name, i == TRACER_AUTO ?
					  "auto" :
					  tracer_engine_name(
						  (enum tracer_engine)i))) {
			*ret = (enum tracer_engine)i;
			return 0;
		}

	return error_set(err, -EINVAL,
			 "--engine %s: there are auto, notify, trace and "
			 "ptrace", name);
}

/* Options over the configuration. */
static int apply_options(struct setup *s, struct error *err)
{
	const char *engine = options_last(s->options, OPT_ENGINE);
	const char *fail_on = options_last(s->options, OPT_FAIL_ON);
	struct config *c = &s->config;
	int ret = 0;

	c->wait_all |= options_has(s->options, OPT_WAIT_ALL);
	c->alerts_on_stdout |= options_has(s->options, OPT_ALERTS_ON_STDOUT);
	if (engine)
		ret = engine_named(engine, &c->tracer_engine, err);
	if (ret < 0 || !fail_on)
		return ret;
	c->has_fail_on = true;
	if (priority_parse(fail_on, &c->fail_on_priority) < 0)
		return error_set(err, -EINVAL,
				 "--fail-on %s: there are emergency, alert, "
				 "critical, error, warning, notice, "
				 "informational and debug",
				 fail_on);
	return 0;
}

/* `reserve` is NULL at a reload, for which nobody waits. */
static int find_rules(struct setup *s, void **reserve, struct error *err)
{
	int ret = setup_find_rules(s, err);

	if (ret == 0 && reserve)
		*reserve = heap_prepare(setup_rules_size(s) * HEAP_OF_RULES);

	return ret == 0 ? setup_load_rules(s, err) : ret;
}

/* Falco passes over rules files that are not there; with none left, they are named. */
static int nothing_to_watch(const struct setup *s, struct error *err)
{
	const struct span_list *wanted = &s->config.rules_files;

	if (!s->rules.paths.n && !s->builtin_rules && wanted->n)
		return error_set(err, -EINVAL,
				 "of the configuration's rules_files none is "
				 "there (%.*s%s): -r names others, --ruleset "
				 "default takes the built-in rules",
				 SPAN_FMT(wanted->items[0]),
				 wanted->n > 1 ? ", ..." : "");

	return error_set(err, -EINVAL,
			 "no rule is loaded and enabled: there would be "
			 "nothing to watch for");
}

static int load_rules(struct setup *s, void **reserve, struct error *err)
{
	int ret = options_has(s->options, OPT_EVENTS) ?
			  events_load(s, err) :
			  find_rules(s, reserve, err);

	if (ret < 0)
		return ret;
	setup_select_rules(s);
	ret = author_watch(s, err);
	if (ret < 0)
		return ret;
	return engine_rule_count(s->engine) ? 0 : nothing_to_watch(s, err);
}

/* What is to be known before the front parts from us. */
static int configure(struct setup *s, struct error *err)
{
	int ret = check_options(s->options, err);

	if (ret == 0)
		ret = check_sources(s->options, err);
	if (ret == 0)
		ret = setup_config(s, err);
	if (ret == 0)
		ret = apply_options(s, err);
	if (ret == 0)
		ret = check_in_place(s, err);
	if (ret == 0)
		ret = metrics_plan_check(s, err);
	if (ret == 0 && s->config.replay)
		return error_set(err, -EINVAL,
				 "engine.kind replay reads a capture and runs "
				 "no command");
	return ret;
}

static int prepare_rules(struct setup *s, void **reserve, struct error *err)
{
	setup_engine(s);
	return load_rules(s, reserve, err);
}

/* In the child: only async-signal-safe calls. The group may be out of reach when the
 * front has been killed. */
static int be_program(void *ctx)
{
	const struct run *r = ctx;

	setpgid(0, r->front.group);
	return sigprocmask(SIG_SETMASK, &r->mask_before, NULL) < 0 ? -errno : 0;
}

static void give_limits_back(void *ctx, pid_t program)
{
	const struct run *r = ctx;

	limits_restore(program, &r->files);
}

static void find_program(struct run *r)
{
	r->found = path_find_executable(r->command[0], getenv("PATH"),
					&r->path);
}

/* What other processes have to do, another CPU may do while this one loads rules.
 * Without a program there is nothing to be begun. */
static void begin(struct run *r)
{
	const struct config *c = &r->setup.config;

	find_program(r);
	if (r->found < 0)
		return;
	r->program = (struct tracer_command){
		.path = r->path,
		.argv = r->command,
		.envp = environ,
		.child_setup = be_program,
		.at_exec = give_limits_back,
		.ctx = r,
	};
	r->begun = tracer_begin(c->tracer_engine, c->monitor_exit, &r->program,
				r->place);
}

static int prepare(struct run *r, struct error *err)
{
	limits_say(&r->setup.log);
	begin(r);
	return prepare_rules(&r->setup, &r->reserve, err);
}

/* For a reload. */
static int prepare_again(struct setup *s, struct error *err)
{
	int ret = configure(s, err);

	return ret < 0 ? ret : prepare_rules(s, NULL, err);
}

/* --- Parts ------------------------------------------------------------------ */

static int alert_stream(const struct run *r)
{
	return r->setup.config.alerts_on_stdout ? r->streams->out :
						  r->streams->err;
}

static int make_output(struct run *r, struct error *err)
{
	struct output_options options;

	setup_outputs(&r->setup, alert_stream(r), &options);
	return output_new(&options, &r->output, err);
}

static void make_sink(struct run *r)
{
	setup_set(&r->setup, r->output, &r->set);
	sink_init(&r->sink, &r->set);
	sets_init(&r->sets, &r->sink);
}

/* What the rules ask for, and what later ones may. */
static int choose_interest(struct run *r, struct error *err)
{
	r->intercepted = *engine_interest(r->setup.engine);
	base_syscalls_apply(&r->setup, &r->intercepted);
	return reload_headroom(&r->setup.config.reload_headroom,
			       &r->intercepted, err);
}

static void say_last(void *ctx)
{
	struct run *r = ctx;

	if (r->over)
		return;
	r->over = true;
	sink_container_over(&r->sink);
	if (r->reload)
		reload_stop(r->reload);
	services_stop(r->services);
	output_finish(sink_current(&r->sink)->output);
	summary_say(&(struct summary){ &r->setup, &r->sink, &r->sets, r->tracer });
}

/* What is killed is stopped first, which is no news. */
static void on_stop(void *ctx, int number)
{
	const struct run *r = ctx;

	if (number && time_limit_is_up(r->limit))
		return;
	front_tell(&r->front, FRONT_STOPPED, number);
}

/* Events that a rule names and that the engine in use cannot see. */
static void say_unseen(const struct run *r, const struct interest *asked_for)
{
	CLEANUP(strbuf_done) struct strbuf names = STRBUF_INIT;
	enum tracer_engine engine = tracer_engine_used(r->tracer);

	tracer_unseen(engine, asked_for, &names);
	if (names.n)
		log_say(&r->setup.log, LOG_LEVEL_WARNING,
			"rules ask for events that engine %s does not see: %s",
			tracer_engine_name(engine), names.data);
}

static int make_tracer(struct run *r, struct error *err)
{
	const struct config *c = &r->setup.config;
	struct interest asked_for;
	int ret;
	struct tracer_options options = {
		.engine = c->tracer_engine,
		.begun = TAKE_PTR(r->begun),
		.on_monitor_exit = c->monitor_exit,
		.interest = &r->intercepted,
		.sink = { sink_event, sink_held, &r->sink },
		.asked_for = &asked_for,
		.snaplen = (unsigned)c->snaplen,
		.allow_io_uring = c->allow_io_uring,
		.on_stop = on_stop,
		.on_last = say_last,
		.ctx = r,
		.place = r->place,
		.front = r->place ? 0 : r->front.pid,
		.hold_limit_ms = (unsigned)c->hold_limit_ms,
	};

	engine_asked_for(r->setup.engine, &asked_for);
	ret = tracer_new(&options, &r->tracer, err);
	if (ret == 0) {
		r->sink.stats = tracer_stats(r->tracer);
		say_unseen(r, &asked_for);
	}

	return ret;
}

static int write_pidfile(const struct run *r, struct error *err)
{
	const char *path = options_last(r->setup.options, OPT_PIDFILE);
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	CLEANUP(closep) int fd = -1;

	if (!path || !*path)
		return 0;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	strbuf_addf(&text, "%d\n", r->front.pid);
	if (fd < 0 || write_all(fd, text.data, text.n) < 0)
		return error_set(err, -errno, "cannot write the pid to %s: %s",
				 path, strerror(errno));

	return 0;
}

static int make_parts(struct run *r, struct error *err)
{
	int ret = make_output(r, err);

	if (ret < 0)
		return ret;
	make_sink(r);
	ret = write_pidfile(r, err);
	if (ret == 0)
		ret = choose_interest(r, err);
	if (ret < 0)
		return ret;

	return make_tracer(r, err);
}

/* --- The program ------------------------------------------------------------ */

static int say_not_started(const struct run *r, int code)
{
	CLEANUP(strbuf_done) struct strbuf name = STRBUF_INIT;

	log_quote(&name, span_of(r->command[0]));
	log_say(&r->setup.log, LOG_LEVEL_ERROR, "cannot run %s: %s", name.data,
		code == -ENOENT ? "no such program" : strerror(-code));
	return status_of_exec(code);
}

/* On the signals' thread. */
static void reopen(void *ctx)
{
	struct run *r = ctx;

	log_say(&r->setup.log, LOG_LEVEL_INFO,
		"SIGUSR1 received, reopening outputs...");
	sets_reopen(&r->sets);
}

static void ask_reload(void *ctx)
{
	struct run *r = ctx;

	reload_ask(r->reload);
}

static void start_services(struct run *r)
{
	struct metrics_options options = {
		.engine = tracer_engine_name(tracer_engine_used(r->tracer)),
		.sink = &r->sink,
		.sets = &r->sets,
		.log = &r->setup.log,
	};

	r->services = services_new(&options);
	services_start(r->services, &r->setup);
}

static void start_reload(struct run *r)
{
	const struct config *c = &r->setup.config;
	struct reload_options options = {
		.first = &r->setup,
		.log = &r->setup.log,
		.prepare = prepare_again,
		.sink = &r->sink,
		.sets = &r->sets,
		.services = r->services,
		.intercepted = r->intercepted,
		.stream_fd = alert_stream(r),
	};

	if (!c->watch_files && !c->reload_on_sighup)
		return;
	if (reload_start(&options, &r->reload) < 0)
		log_say(&r->setup.log, LOG_LEVEL_ERROR,
			"no thread to reload with: what changes is not noticed");
}

/* How long the container's service may take to answer. */
#define CONTAINER_DEADLINE_MS 2000

/* On the thread that judges events, when all is known that will be. */
static void tell_container(void *ctx)
{
	struct run *r = ctx;
	struct container_info *info = &r->setup.container;

	if (r->watch && container_watch_is_over(r->watch))
		container_watch_take(r->watch, info);
	if (info->known && r->setup.config.container_plugin)
		tracer_tell_container(
			r->tracer,
			span_of(container_event_json(&r->setup.config.arena,
						     info)));
}

static void look_at_container(struct run *r)
{
	r->watch = container_watch_start(
		&r->setup.container, getenv("ECS_CONTAINER_METADATA_URI_V4"),
		CONTAINER_DEADLINE_MS);
	if (!r->watch) {
		tell_container(r);
		return;
	}
	r->sink.on_container = tell_container;
	r->sink.container_ctx = r;
	r->sink.container = r->watch;
}

static void take_signals(struct run *r)
{
	const struct config *c = &r->setup.config;
	struct signal_hook hooks[SIGNAL_HOOKS];
	size_t n = 0;

	if (c->reopen_on_sigusr1)
		hooks[n++] = (struct signal_hook){ SIGUSR1, reopen, r };
	if (c->reload_on_sighup && r->reload)
		hooks[n++] = (struct signal_hook){ SIGHUP, ask_reload, r };
	if (n)
		signals_take(r->front.pid, hooks, n, &r->signals);
}

/* As Falco has it, no limit is 0 or less. Who asked for one is not left without. */
static int limit_time(struct run *r, pid_t program, struct error *err)
{
	const char *seconds = options_last(r->setup.options, OPT_SECONDS);
	long n = seconds ? strtol(seconds, NULL, 10) : 0;

	n = n > INT_MAX ? INT_MAX : n;
	if (n <= 0 || !time_limit_start(r->tracer, program, (unsigned)n,
					&r->setup.log, &r->limit))
		return 0;
	tracer_kill(r->tracer);
	return error_set(err, -EAGAIN, "-M: there is no thread for it");
}

static int spawn(struct run *r, struct error *err)
{
	pid_t pid;
	int ret = tracer_spawn(r->tracer, &r->program, &pid, err);

	if (ret < 0)
		return ret;
	front_tell(&r->front, FRONT_STARTED, pid);
	front_let_go();
	if (!r->setup.config.alerts_on_stdout)
		close(r->streams->out);
	/* Neither thread is worth failing for: alerts wait for the end then, and
	 * outputs stay open. */
	output_start(r->output);
	start_services(r);
	start_reload(r);
	take_signals(r);
	look_at_container(r);
	return limit_time(r, pid, err);
}

/* Engine trace leaves nobody behind: without its tracer a process would get ENOSYS
 * for every call that is watched. */
static void say_rest(const struct run *r)
{
	if (tracer_engine_used(r->tracer) != TRACER_TRACE)
		return;
	log_say(&r->setup.log, LOG_LEVEL_WARNING,
		"engine trace cannot leave processes behind: %llu that outlived "
		"the program are ended; --wait-all waits for them, --engine "
		"notify lets them live",
		(unsigned long long)tracer_stats(r->tracer)->blind[BLIND_REST]);
}

static void linger(struct run *r)
{
	struct error err = { "" };

	if (time_limit_is_up(r->limit))
		tracer_kill(r->tracer);
	if (!tracer_has_rest(r->tracer))
		return;
	if (!r->setup.config.wait_all && !r->place) {
		say_rest(r);
		return;
	}
	/* The program is gone: what is sent to us is meant for us. */
	pthread_sigmask(SIG_SETMASK, &r->mask_before, NULL);
	tracer_linger(r->tracer, &err);
}

/* --- The end ---------------------------------------------------------------- */

/* Who dies of what the time limit sent has not failed. */
static int final_status(const struct run *r, int wait_status)
{
	bool failed = r->sink.failed;

	if (failed && time_limit_is_up(r->limit) && WIFSIGNALED(wait_status))
		return STATUS_ALERTS;

	return status_with_alerts(status_of_wait(wait_status), failed);
}

static int run_to_end(struct run *r)
{
	struct error err = { "" };
	int wait_status = 0, status;
	int ret = tracer_run(r->tracer, &wait_status, &err);

	signals_free(TAKE_PTR(r->signals));
	if (ret == 0)
		front_tell(&r->front, FRONT_ENDED, wait_status);
	if (ret == 0)
		linger(r);
	status = final_status(r, wait_status);
	time_limit_free(TAKE_PTR(r->limit));
	say_last(r);
	if (ret < 0)
		return failure(r, &err);

	return status;
}

static int start_program(struct run *r)
{
	struct error err = { "" };
	int pending = signals_pending_end();
	int ret;

	if (pending)
		return STATUS_SIGNAL_BASE + pending;
	ret = spawn(r, &err);
	if (ret == 0)
		return run_to_end(r);
	output_finish(r->output);
	if (!status_is_exec_error(ret))
		return failure(r, &err);

	/* In place, whom it has happened to says so, and before its end. */
	return r->place ? status_of_exec(ret) : say_not_started(r, ret);
}

static int be_front(struct run *r)
{
	sigset_t kept;

	sigemptyset(&kept);
	if (r->setup.config.reopen_on_sigusr1)
		sigaddset(&kept, SIGUSR1);
	if (r->setup.config.reload_on_sighup)
		sigaddset(&kept, SIGHUP);
	close(r->streams->out);
	return front_serve(&r->front, &kept, &r->setup.log);
}

static int be_monitor(struct run *r)
{
	struct error err = { "" };
	int ret = prepare(r, &err);

	if (ret < 0)
		return failure(r, &err);
	if (r->found < 0)
		return say_not_started(r, r->found);
	ret = make_parts(r, &err);

	return ret < 0 ? failure(r, &err) : start_program(r);
}

/* Of what the monitor has found, it has said so. */
static int be_in_place(struct run *r)
{
	struct tracer_command command = { .argv = r->command, .envp = environ };
	int wait_status = 0, ret;

	sigprocmask(SIG_SETMASK, &r->mask_before, NULL);
	find_program(r);
	command.path = r->path;
	ret = tracer_place_become(r->place, &command, &wait_status);
	if (ret != -ECHILD)
		return status_is_exec_error(ret) ? say_not_started(r, ret) :
						   STATUS_FAILURE;

	return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) :
					STATUS_FAILURE;
}

static int part_in_place(struct run *r)
{
	struct error err = { "" };
	pid_t pid;
	int ret = tracer_place_new(&r->place, &err);

	if (ret < 0)
		return failure(r, &err);
	r->front.pid = getpid();
	signals_block(&r->mask_before);
	pid = tracer_place_part(r->place);
	if (pid < 0) {
		front_no_process(pid, &err);
		return failure(r, &err);
	}
	return pid ? be_in_place(r) : be_monitor(r);
}

static int part(struct run *r)
{
	struct error err = { "" };
	int ret;

	signals_block(&r->mask_before);
	ret = front_part(&r->front,
			 r->setup.config.monitor_exit == MONITOR_EXIT_KILL,
			 &err);
	if (ret < 0)
		return failure(r, &err);

	return r->front.monitor ? be_front(r) : be_monitor(r);
}

int run_program(const struct options *options, const struct streams *streams)
{
	CLEANUP(run_done) struct run r = {
		.streams = streams,
		.command = options->command,
		.front = FRONT_INIT,
	};
	struct error err = { "" };
	int ret;

	setup_init(&r.setup, options, true, streams->err);
	if (streams->err <= STDERR_FILENO) {
		error_set(&err, -EMFILE, "no descriptor is free: raise "
			  "RLIMIT_NOFILE (ulimit -n, prlimit, --ulimit nofile)");
		return failure(&r, &err);
	}
	ret = configure(&r.setup, &err);
	if (ret == 0)
		ret = limits_raise(&r.files, &err);
	if (ret < 0)
		return failure(&r, &err);

	return options_has(options, OPT_IN_PLACE) ? part_in_place(&r) : part(&r);
}

int run_unwatched(char *const *command, const struct streams *streams)
{
	CLEANUP(run_done) struct run r = { .command = command,
					  .front = FRONT_INIT };

	setup_init(&r.setup, NULL, true, streams->err);
	find_program(&r);
	if (r.found == 0) {
		execve(r.path, command, environ);
		r.found = -errno;
	}
	return say_not_started(&r, r.found);
}
