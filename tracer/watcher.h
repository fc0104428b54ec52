/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a live engine is to the door: one const table of functions each. All take
 * the engine's own context, which starts with nothing running.
 */
#pragma once

#include <stdbool.h>

struct error;
struct monitor;
struct tracer_command;

/* When serving is over. */
enum until {
	UNTIL_STARTED, /* the spawned process runs its program, or has ended */
	UNTIL_ENDED,   /* the spawned process has ended */
	UNTIL_ALL,     /* nobody of the workload is left */
};

/* How long those may take to stop who are let go at the end. */
#define WATCHER_LEAVE_NS 200000000

struct watcher {
	/* Makes the engine for this monitor, which it borrows. 0 or errno. */
	int (*make)(struct monitor *m, void **ret_ctx, struct error *err);
	void (*free)(void *ctx);
	/* Starts the command; returns when the child is on its way to exec, or
	 * with a filled err when it has, or is about to have, ended. */
	int (*spawn)(void *ctx, const struct tracer_command *command,
		     struct error *err);
	int (*serve)(void *ctx, enum until until, struct error *err);
	/* Is anybody of the workload left? */
	bool (*has_rest)(void *ctx);
	/* Nobody is served from here on: lets who is left go, where that is no end for
	 * them. NULL: _free() does it. */
	void (*leave)(void *ctx);
};

extern const struct watcher notify_watcher;
extern const struct watcher trace_watcher;
extern const struct watcher ptrace_watcher;

/* Is serving over, as far as the spawned process decides? UNTIL_ALL: never. */
bool watcher_is_over(const struct monitor *m, enum until until);
