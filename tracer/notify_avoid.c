/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exec of a thread that is alone has nobody to end, and is not remembered. Who is
 * in one, and who attaches to whom, the stories of followed calls tell.
 */
#include "notify_avoid.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "notify.h"
#include "procfs.h"

/* Of a thread that is gone: nothing. */
static struct procfs_status status_of(const struct notify *n, pid_t tid)
{
	struct procfs_status st;

	if (procfs_status(n->m->proc_fd, tid, &st) < 0)
		memset(&st, 0, sizeof(st));
	return st;
}

pid_t notify_process_of(const struct notify *n, pid_t tid)
{
	return (pid_t)status_of(n, tid).tgid;
}

pid_t notify_tracer_of(const struct notify *n, pid_t tid)
{
	return (pid_t)status_of(n, tid).tracer;
}

bool notify_has_siblings(const struct notify *n, pid_t tid)
{
	return status_of(n, tid).threads > 1;
}

/* Is the exec that nobody follows still going on? One that succeeds gives its thread
 * the number of the process. */
static bool is_going_on(const struct notify *n, const struct loose_exec *e)
{
	char path[64];

	snprintf(path, sizeof(path), "%d/task/%d", e->process, e->tid);
	return !faccessat(n->m->proc_fd, path, F_OK, 0);
}

static void drop_over(struct notify *n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n->loose.n; i++) {
		if (is_going_on(n, &n->loose.items[i]))
			n->loose.items[kept++] = n->loose.items[i];
	}
	n->loose.n = kept;
}

/* An exec that nobody follows begins; alone, its thread has nobody to end. */
void notify_loose_begins(struct notify *n, pid_t tid)
{
	struct procfs_status st = status_of(n, tid);

	if (st.threads < 2)
		return;
	drop_over(n);
	*array_push(&n->loose) = (struct loose_exec){ (pid_t)st.tgid, tid };
}

void notify_loose_over(struct notify *n, pid_t tid)
{
	for (size_t i = 0; i < n->loose.n; i++) {
		if (n->loose.items[i].tid == tid)
			n->loose.items[i--] = n->loose.items[--n->loose.n];
	}
}

static bool is_in_loose_exec(struct notify *n, pid_t process)
{
	if (n->loose.n)
		drop_over(n);
	for (size_t i = 0; i < n->loose.n; i++) {
		if (n->loose.items[i].process == process)
			return true;
	}
	return false;
}

static bool is_in_story(const struct tracee *t)
{
	return t->state != TRACEE_FREE && t->state != TRACEE_LEAVING &&
	       t->state != TRACEE_BORN;
}

/* Counts a followed call, or (-1) that it is so no more. */
void notify_count_story(struct notify *n, const struct tracee *t, int by)
{
	if (!is_in_story(t))
		return;
	n->stories += (size_t)by;
	n->execs += (size_t)(by * call_is_exec(&t->call));
	n->attaches += (size_t)(by * guard_attaches(&n->m->guard, &t->call));
}

struct process_exec {
	const struct notify *n;
	pid_t process;
	bool found;
};

static void find_exec(void *ctx, struct tracee *t)
{
	struct process_exec *e = ctx;

	if (is_in_story(t) && call_is_exec(&t->call) &&
	    notify_process_of(e->n, t->tid) == e->process)
		e->found = true;
}

/*
 * Is an exec going on in the thread's process? To attach then would wait for
 * the exec's end (ptrace(2) and execve(2) take the same lock), and the exec waits for
 * the process's other threads to be reaped, by us if they are followed: a deadlock.
 */
bool notify_is_in_exec(struct notify *n, pid_t tid)
{
	struct process_exec e = { .n = n };

	if (!n->execs && !n->loose.n)
		return false;
	e.process = notify_process_of(n, tid);
	if (is_in_loose_exec(n, e.process))
		return true;
	tracee_each(&n->followed, find_exec, &e);
	return e.found;
}

struct attaching {
	const struct notify *n;
	pid_t to;
	bool found;
};

static void find_attaching(void *ctx, struct tracee *t)
{
	struct attaching *a = ctx;

	a->found |= is_in_story(t) && (pid_t)t->call.args[1] == a->to &&
		    guard_attaches(&a->n->m->guard, &t->call);
}

/* Is somebody about to attach to the thread, whom we have given way? */
bool notify_is_promised(struct notify *n, pid_t tid)
{
	struct attaching a = { n, tid, false };

	if (n->attaches)
		tracee_each(&n->followed, find_attaching, &a);
	return a.found;
}
