/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exit statuses (design.md sections 8 and 9): which number says what. Pure; knows
 * nothing of how the program was run.
 */
#pragma once

#include <stdbool.h>

enum exit_status {
	STATUS_OK = 0,
	STATUS_FALCO_ERROR = 1,     /* Falco's own modes: any failure */
	STATUS_ALERTS = 3,          /* --fail-on: the app itself succeeded */
	STATUS_FAILURE = 125,       /* usage, configuration, rules, set-up */
	STATUS_NOT_EXECUTABLE = 126,
	STATUS_NOT_FOUND = 127,
	STATUS_SIGNAL_BASE = 128,   /* + the number of the signal */
};

/* The status for what waitpid(2) reported: the app's own, or 128+N. */
int status_of_wait(int wait_status);

/* The status for an execve(2) that failed with -code (a negative errno). */
int status_of_exec(int code);

/* Is -code one that execve(2) gives about the file itself? The other failures of
 * starting a program are ours (STATUS_FAILURE). */
bool status_is_exec_error(int code);

/* The app's status, or STATUS_ALERTS when it succeeded although `alerts` fired. */
int status_with_alerts(int app_status, bool alerts);
