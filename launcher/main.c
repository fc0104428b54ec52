/* SPDX-License-Identifier: Apache-2.0 */
/*
 * falco-run: the way in. Keeps the standard streams for us before anything else can
 * take their numbers, tells run mode from Falco's own modes, and turns the outcome
 * into an exit status.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array.h"
#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "log.h"
#include "modes.h"
#include "options.h"
#include "pack/pack.h"
#include "paths.h"
#include "run.h"
#include "status.h"

/* Above the descriptors that programs expect to get. */
#define FIRST_OWN_FD 100

/*
 * A standard descriptor that is closed gets a placeholder, so that no file of ours
 * takes its number; closed on exec, it is closed again for the program.
 */
static void fill_closed_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

static int keep_stream(int fd)
{
	int kept = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_OWN_FD);

	if (kept < 0)
		kept = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	/* To say what is wrong. */
	return kept < 0 ? fd : kept;
}

/* What the bundle's door hid from its loader. */
static void show_hidden_variables(void)
{
	static const char hidden[] = { HIDDEN_LETTER, 'D', '_' };

	for (char **variable = environ; *variable; variable++)
		if (!strncmp(*variable, hidden, sizeof(hidden)))
			**variable = 'L';
}

/* The command after "--", whatever the options say: FALCO_RUN=off is for the day
 * when something of ours is broken. */
static char *const *command_of(char *const *argv)
{
	for (; *argv; argv++)
		if (!strcmp(*argv, "--"))
			return argv[1] ? argv + 1 : NULL;

	return NULL;
}

static bool is_switched_off(void)
{
	static const char *const offs[] = { "off", "no", "false", "0" };
	const char *value = getenv("FALCO_RUN");

	for (size_t i = 0; value && i < ARRAY_SIZE(offs); i++)
		if (!strcasecmp(value, offs[i]))
			return true;

	return false;
}

/* A mistake in the options: with a command, or none of Falco's own modes in sight,
 * it is run mode's. */
static int option_mistake(const struct log *log, const struct error *err,
			  struct span unknown, bool run_mode)
{
	const char *near = options_nearest(unknown);
	CLEANUP(strbuf_done) struct strbuf line = STRBUF_INIT;

	if (run_mode && near) {
		log_say(log, LOG_LEVEL_ERROR, "%s; did you mean --%s?",
			err->text, near);
		return STATUS_FAILURE;
	}
	if (run_mode) {
		log_say(log, LOG_LEVEL_ERROR,
			"%s; falco-run --help shows the options", err->text);
		return STATUS_FAILURE;
	}
	strbuf_addf(&line, "Error: %s\n", err->text);
	log_raw(log, line.data);
	return STATUS_FALCO_ERROR;
}

static int no_command(const struct log *log, const struct options *options)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;

	if (options->stray) {
		log_quote(&text, span_of(options->stray));
		log_say(log, LOG_LEVEL_ERROR,
			"%s is no option; a program to run comes after --",
			text.data);
		strbuf_reset(&text);
	} else {
		log_say(log, LOG_LEVEL_ERROR,
			"nothing to do: neither a command after -- nor one of "
			"Falco's own modes");
	}
	options_usage(&text);
	log_raw(log, text.data);
	return STATUS_FAILURE;
}

/* "falco-run ls -l": what follows a forgotten -- was taken for our own options, and may
 * well have made one of Falco's modes, which would succeed in the program's place. */
static bool is_separator_forgotten(const struct options *options)
{
	CLEANUP(freep) char *path = NULL;

	return !options->command && options->stray &&
	       path_find_executable(options->stray, getenv("PATH"), &path) == 0;
}

static int say_separator(const struct log *log, const struct options *options)
{
	CLEANUP(strbuf_done) struct strbuf name = STRBUF_INIT;

	log_quote(&name, span_of(options->stray));
	log_say(log, LOG_LEVEL_ERROR,
		"%s is a program: to run it with its options, write falco-run "
		"[options] -- %s ...",
		name.data, name.data);
	return STATUS_FAILURE;
}

static int start(char *const *argv, const struct streams *streams)
{
	CLEANUP(options_done) struct options options = OPTIONS_INIT;
	struct log log = { .fd = streams->err, .level = LOG_LEVEL_ERROR };
	struct error err = { "" };
	bool own_mode;
	int ret = options_parse(&options, argv, &err);

	own_mode = options_want_own_mode(&options) ||
		   modes_want_replay(&options);
	if ((ret < 0 || own_mode) && is_separator_forgotten(&options))
		return say_separator(&log, &options);
	if (ret < 0)
		return option_mistake(&log, &err, options.unknown,
				      !own_mode && command_of(argv));
	if (own_mode)
		return modes_run(&options, streams, argv);
	if (options.command)
		return run_program(&options, streams);

	return no_command(&log, &options);
}

int main(int argc, char **argv)
{
	struct streams streams;
	char *const *command;

	(void)argc;
	show_hidden_variables();
	fill_closed_streams();
	streams.out = keep_stream(STDOUT_FILENO);
	streams.err = keep_stream(STDERR_FILENO);
	command = is_switched_off() ? command_of(argv) : NULL;
	if (command)
		return run_unwatched(command, &streams);

	return start(argv, &streams);
}
