/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RLIMIT_NOFILE and RLIMIT_NPROC: see rlimits.h.
 */
#include "rlimits.h"

#include <errno.h>

#include "error.h"

#include "log.h"

/* What front, witness, monitor, keeper and threads come to without services, and below
 * which limit that is worth a word. */
#define OWN_TASKS 7
#define FEW_TASKS 32
/* More is of no use, and programs that we start may try to close them all. */
#define ENOUGH_FILES 65536

int limits_raise(struct rlimit *ret_before, struct error *err)
{
	struct rlimit more;

	if (getrlimit(RLIMIT_NOFILE, ret_before) < 0)
		return error_set(err, -errno, "RLIMIT_NOFILE: %s",
				 strerror(errno));
	more = *ret_before;
	if (more.rlim_max < LIMITS_FILES)
		more.rlim_max = LIMITS_FILES;
	if (more.rlim_cur < ENOUGH_FILES)
		more.rlim_cur = more.rlim_max < ENOUGH_FILES ? more.rlim_max :
							       ENOUGH_FILES;
	/* The hard limit is raised by privilege alone. */
	if (!setrlimit(RLIMIT_NOFILE, &more))
		return 0;
	return error_set(err, -EMFILE,
			 "RLIMIT_NOFILE is %llu, and falco-run needs %d open "
			 "files: raise it (ulimit -n, prlimit, --ulimit nofile)",
			 (unsigned long long)ret_before->rlim_max, LIMITS_FILES);
}

void limits_restore(pid_t program, const struct rlimit *before)
{
	prlimit(program, RLIMIT_NOFILE, before, NULL);
}

void limits_say(const struct log *log)
{
	struct rlimit tasks;

	if (getrlimit(RLIMIT_NPROC, &tasks) < 0 || tasks.rlim_cur >= FEW_TASKS)
		return;
	log_say(log, LOG_LEVEL_WARNING,
		"RLIMIT_NPROC is %llu: falco-run's own processes and threads, "
		"about %d, count as the user's, and the program may be refused "
		"some that it would get alone",
		(unsigned long long)tasks.rlim_cur, OWN_TASKS);
}
