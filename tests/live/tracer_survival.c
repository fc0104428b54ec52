/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The monitor is killed at random instants, with every way of deciding a call: under
 * engine notify the program must never notice, its calls being answered by the
 * keeper. KILLS in the environment sets how often for each way.
 *
 * LINK: -Wl,--wrap=live_confirm
 */
#include "harness/test.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "error.h"
#include "tracer/call.h"
#include "tracer/live.h"
#include "tracer/tracer.h"

#define OPENS "8000"
/* About as long as the opens take. */
#define SPAN_US 150000
#define PATIENCE_S 20

enum confirm __real_live_confirm(struct live *l, const struct call *call);
enum confirm __wrap_live_confirm(struct live *l, const struct call *call);

static bool clean;

enum confirm __wrap_live_confirm(struct live *l, const struct call *call)
{
	enum confirm how = __real_live_confirm(l, call);

	return clean && how == CONFIRM_QUICK ? CONFIRM_CLEAN : how;
}

struct way {
	enum verdict at_entry;
	bool clean;
};

static enum verdict on_event(void *ctx, struct event *ev, int *ret_errno)
{
	const struct way *way = ctx;

	(void)ret_errno;
	return ev->phase == PHASE_ENTRY ? way->at_entry : VERDICT_CONTINUE;
}

/* The monitor's whole life; the listener's pipe says that the program runs. */
static int monitor(struct way *way, int running_fd)
{
	struct interest interest = { 0 };
	const struct tracer_options options = {
		.engine = TRACER_NOTIFY,
		.interest = &interest,
		.sink = { .event = on_event, .ctx = way },
	};
	char path[PATH_MAX - 16] = "", program[PATH_MAX], opens[] = OPENS,
	     name[] = "marked";
	char *argv[] = { program, name, opens, NULL };
	const struct tracer_command command = { .path = program,
						.argv = argv,
						.envp = environ };
	struct tracer *t;
	pid_t pid;
	int status;

	clean = way->clean;
	interest_add(&interest, EVENT_SYSCALL_OPENAT_2_X);
	if (readlink("/proc/self/exe", path, sizeof(path) - 1) < 0)
		return 1;
	snprintf(program, sizeof(program), "%s/workload", dirname(path));
	if (tracer_new(&options, &t, NULL) < 0 ||
	    tracer_spawn(t, &command, &pid, NULL) < 0 ||
	    write(running_fd, &pid, sizeof(pid)) < 0)
		return 1;
	tracer_run(t, &status, NULL);
	tracer_free(t);
	return WEXITSTATUS(status);
}

static void nap(long us)
{
	const struct timespec d = { 0, us * 1000 };

	nanosleep(&d, NULL);
}

/* What the program has written when it had ended; "" if it never did. */
static void read_mark(const char *path, char *ret, size_t size)
{
	FILE *f = NULL;

	*ret = '\0';
	for (int i = 0; i < PATIENCE_S * 100 && !*ret; i++) {
		nap(10000);
		f = fopen(path, "re");
		if (f && !fgets(ret, (int)size, f))
			*ret = '\0';
		if (f)
			fclose(f);
	}
}

static void strike(struct way *way, const char *mark)
{
	char said[32];
	int running[2];
	pid_t pid, program = 0;

	unlink(mark);
	assert_int_equal(pipe2(running, O_CLOEXEC), 0);
	pid = fork();
	if (!pid)
		_exit(monitor(way, running[1]));
	close(running[1]);
	assert_int_equal(read(running[0], &program, sizeof(program)),
			 sizeof(program));
	close(running[0]);
	nap(random() % SPAN_US);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	read_mark(mark, said, sizeof(said));
	if (!*said)
		kill(program, SIGKILL);
	assert_string_equal(said, "0\n");
}

static void the_program_survives(struct way *way)
{
	const char *kills = getenv("KILLS");
	char mark[] = "/tmp/survival.XXXXXX";
	long n = kills ? strtol(kills, NULL, 10) : 20;

	close(mkstemp(mark));
	setenv("WORKLOAD_MARK", mark, 1);
	for (long i = 0; i < n; i++)
		strike(way, mark);
	unlink(mark);
}

static void while_calls_are_decided(void **state)
{
	struct way way = { VERDICT_CONTINUE, false };

	(void)state;
	the_program_survives(&way);
}

static void while_calls_are_confirmed_quick(void **state)
{
	struct way way = { VERDICT_CONFIRM, false };

	(void)state;
	the_program_survives(&way);
}

static void while_calls_are_confirmed_clean(void **state)
{
	struct way way = { VERDICT_CONFIRM, true };

	(void)state;
	the_program_survives(&way);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(while_calls_are_decided),
		cmocka_unit_test(while_calls_are_confirmed_quick),
		cmocka_unit_test(while_calls_are_confirmed_clean),
	};
	sigset_t set;

	/* A leak checker attaches to its own process, and so cannot under us. */
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	srandom((unsigned)time(NULL));
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return RUN_TESTS(tests);
}
