/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exit statuses: see status.h. The statuses for exec are the shell's, so that
 * scripts which ask "was the command found" keep their answer.
 */
#include "status.h"

#include <errno.h>
#include <stddef.h>
#include <sys/wait.h>

#include "array.h"

struct exec_status {
	int code;
	int status;
};

/* What execve(2) says about the file, in the order of its manual page. */
static const struct exec_status exec_statuses[] = {
	{ -ENOENT, STATUS_NOT_FOUND },
	{ -ENOTDIR, STATUS_NOT_FOUND },
	{ -ENAMETOOLONG, STATUS_NOT_FOUND },
	{ -EACCES, STATUS_NOT_EXECUTABLE },
	{ -ENOEXEC, STATUS_NOT_EXECUTABLE },
	{ -EISDIR, STATUS_NOT_EXECUTABLE },
	{ -ELOOP, STATUS_NOT_EXECUTABLE },
	{ -ETXTBSY, STATUS_NOT_EXECUTABLE },
	{ -ELIBBAD, STATUS_NOT_EXECUTABLE },
	{ -E2BIG, STATUS_NOT_EXECUTABLE },
};

int status_of_wait(int wait_status)
{
	if (WIFSIGNALED(wait_status))
		return STATUS_SIGNAL_BASE + WTERMSIG(wait_status);

	return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) :
					STATUS_FAILURE;
}

static const struct exec_status *exec_status_find(int code)
{
	for (size_t i = 0; i < ARRAY_SIZE(exec_statuses); i++)
		if (exec_statuses[i].code == code)
			return &exec_statuses[i];

	return NULL;
}

int status_of_exec(int code)
{
	const struct exec_status *found = exec_status_find(code);

	return found ? found->status : STATUS_FAILURE;
}

bool status_is_exec_error(int code)
{
	return exec_status_find(code) != NULL;
}

int status_with_alerts(int app_status, bool alerts)
{
	return app_status == STATUS_OK && alerts ? STATUS_ALERTS : app_status;
}
