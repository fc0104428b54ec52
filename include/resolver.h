/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where answers about an event come from: the stopped process (live engines) or
 * the state built from a capture (replay). The engine cannot tell them apart. The
 * tracer implements this interface, the engine asks through the functions at the
 * end, which cache parameters and keep callers short.
 *
 * Every question is answered with an outcome: VALUE (the members of the part in
 * *ret are right), ABSENT, UNKNOWN (depends on the result of a call that has not
 * ended; at PHASE_ENTRY only) or FAILED (it exists, it could not be read; the
 * resolver has counted it). *ret is untouched unless VALUE is returned, and lives
 * until the event's call returns. Answers about a tracee that is gone are ABSENT.
 */
#pragma once

#include "event.h"
#include "fd_info.h"
#include "process.h"
#include "user.h"

/* For `up`: the thread that made the call. 0 is its process's main thread, 1 the
 * parent process, N the Nth ancestor. */
#define RESOLVE_THREAD (-1)

enum leader_kind {
	LEADER_SESSION,       /* by sid */
	LEADER_PGROUP,        /* by pgid, the initial pid namespace's number */
	LEADER_VIRTUAL_PGROUP, /* by vpgid */
	LEADER_KIND_COUNT
};

struct resolver {
	/* Fills ev->params[i], its outcome included. */
	void (*param)(struct event *ev, unsigned i);

	/* A process of the event's chain. ABSENT: the chain ends earlier. */
	enum outcome (*process)(struct event *ev, int up, enum process_part part,
				const struct process **ret);

	/* The leader of the thread's session or group. */
	enum outcome (*leader)(struct event *ev, enum leader_kind kind,
			       enum process_part part,
			       const struct process **ret);

	/* The descriptor that the event is about: the one it creates, or uses. */
	enum outcome (*event_fd)(struct event *ev, enum fd_part part,
				 const struct fd_info **ret);

	/* Any descriptor of the thread. ABSENT: not open. */
	enum outcome (*fd)(struct event *ev, int64_t fd, enum fd_part part,
			   const struct fd_info **ret);

	/* The numbers of all open descriptors of the thread; *ret in the arena. */
	enum outcome (*fds)(struct event *ev, const int64_t **ret, size_t *ret_n);

	/* `path` made absolute by Falco's rule (filter-language.md section 12)
	 * against the directory `dirfd` (AT_FDCWD: the cwd). Symbolic links are
	 * not followed. An unknown directory gives "<UNKNOWN>/path". */
	enum outcome (*path)(struct event *ev, int64_t dirfd, struct span path,
			     struct span *ret);

	/* The thread's call stack in user space, named, innermost first; in the
	 * arena. Only of a call that was followed to its end: else ABSENT. */
	enum outcome (*stack)(struct event *ev, struct span *ret);

	enum outcome (*user)(struct event *ev, uint32_t uid,
			     const struct user_info **ret);
	enum outcome (*group)(struct event *ev, uint32_t gid,
			      const struct group_info **ret);
};

/* Parameter i of the event, asked for once; never NULL, outcome never PENDING.
 * An index past the event's parameters is the caller's mistake. */
static inline const struct value *event_param(struct event *ev, unsigned i)
{
	if (ev->params[i].outcome == OUTCOME_PENDING)
		ev->resolver->param(ev, i);

	return &ev->params[i];
}
