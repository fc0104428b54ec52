/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run mode: see run.h. The processes of a run part here: the front or, in place, the
 * program, and the monitor.
 */
#include "run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracer/tracer.h"

#include "cleanup.h"
#include "error.h"

#include "front.h"
#include "rlimits.h"
#include "run_monitor.h"
#include "run_setup.h"
#include "signals.h"
#include "status.h"

extern char **environ;

static int be_front(struct run *r)
{
	sigset_t kept;
	int status;

	sigemptyset(&kept);
	if (r->setup.config.reopen_on_sigusr1)
		sigaddset(&kept, SIGUSR1);
	if (r->setup.config.reload_on_sighup)
		sigaddset(&kept, SIGHUP);
	close(r->streams->out);
	status = front_serve(&r->front, &kept, &r->setup.log);
	front_end(&r->front, status);
	return status;
}

/* Of what the monitor has found, it has said so. */
static int be_in_place(struct run *r)
{
	struct tracer_command command = { .argv = r->command, .envp = environ };
	int wait_status = 0, ret;

	sigprocmask(SIG_SETMASK, &r->mask_before, NULL);
	run_find_program(r);
	command.path = r->path;
	ret = tracer_place_become(r->place, &command, &wait_status);
	if (ret != -ECHILD)
		return status_is_exec_error(ret) ? run_not_started(r, ret) :
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
		return run_failure(r, &err);
	r->front.pid = getpid();
	signals_block(&r->mask_before);
	pid = tracer_place_part(r->place);
	if (pid < 0) {
		front_no_process(pid, &err);
		return run_failure(r, &err);
	}
	return pid ? be_in_place(r) : run_monitor(r);
}

/* Whoever looks for leaks wants memory given back. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define ENDS_AT_ONCE false
#else
#define ENDS_AT_ONCE true
#endif

/* The kernel takes memory back in less time than we give it, and somebody waits. */
static int end(struct run *r, int status)
{
	if (!ENDS_AT_ONCE)
		return status;
	front_done(&r->front);
	fflush(NULL);
	_exit(status);
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
		return run_failure(r, &err);

	return end(r, r->front.monitor ? be_front(r) : run_monitor(r));
}

/* The kernel puts one argument behind the other, and the command's are the last. */
static struct span find_args(char *const *command)
{
	const char *start = program_invocation_name;
	char *const *last = command;

	while (last[1])
		last++;
	return *last < start ? SPAN("") :
			       span_make(start, (size_t)(*last + strlen(*last) + 1 - start));
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

	r.front.args = find_args(options->command);
	setup_init(&r.setup, options, true, streams->err);
	if (streams->err <= STDERR_FILENO) {
		error_set(&err, -EMFILE, "no descriptor is free: raise "
			  "RLIMIT_NOFILE (ulimit -n, prlimit, --ulimit nofile)");
		return run_failure(&r, &err);
	}
	ret = run_configure(&r.setup, &err);
	if (ret == 0)
		ret = limits_raise(&r.files, &err);
	if (ret < 0)
		return run_failure(&r, &err);

	return options_has(options, OPT_IN_PLACE) ? part_in_place(&r) : part(&r);
}

int run_unwatched(char *const *command, const struct streams *streams)
{
	CLEANUP(run_done) struct run r = { .command = command,
					  .front = FRONT_INIT };

	setup_init(&r.setup, NULL, true, streams->err);
	run_find_program(&r);
	if (r.found == 0) {
		execve(r.path, command, environ);
		r.found = -errno;
	}
	return run_not_started(&r, r.found);
}
