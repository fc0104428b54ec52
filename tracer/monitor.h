/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the engines have in common: the options of a run, the way from an intercepted
 * call to the sink and back, and what has become of the spawned process. It never
 * stops or resumes anything; an engine does that with what it is told here.
 */
#pragma once

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

#include "call.h"
#include "ending.h"
#include "filter.h"
#include "guard.h"
#include "tracer.h"

struct beginning;
struct error;
struct live;
struct page;
struct stop;

struct monitor {
	struct tracer_options options; /* interest points to the copy below */
	struct interest interest;
	bool admin; /* CAP_SYS_ADMIN is ours */
	struct tracer_stats stats;
	struct live *live;
	int proc_fd;
	int place_fd; /* in place: readable once it has ended; else -1 */
	struct beginning *begun; /* borrowed */
	struct page *page; /* its */
	enum filter_kind kind;
	struct filter *filter;
	struct guard guard;
	struct ending ending;
	struct sock_fprog program; /* what asks for the guard, then the filter */
	/* To be called amid long work, where not NULL: an engine may have to hear
	 * of its callers in time. */
	void (*amid)(void *ctx);
	void *amid_ctx;
	const struct tracer_command *command; /* until `started`; NULL before */
	pid_t spawned;  /* -1 before */
	bool started;   /* its exec has succeeded */
	atomic_bool ended; /* it has been reaped */
	int status;     /* as from waitpid(2), when ended */
	int stopped_by; /* the signal that keeps it stopped, or 0 */
};

/* Makes what every engine needs, of what has begun: the resolver, the filter of
 * `kind`. */
int monitor_init(struct monitor *m, const struct tracer_options *options,
		 enum filter_kind kind, struct error *err);
void monitor_done(struct monitor *m);

/* The program to be installed, made at the first time: -EINVAL. It knows who is to be
 * guarded by then. Borrowed. */
int monitor_program(struct monitor *m, const struct sock_fprog **ret,
		    struct error *err);

/* Starts the child, which is made now where it does not wait; it is `spawned` from
 * then on. */
struct spawn_orders;
struct tracer_command;
int monitor_start(struct monitor *m, const struct tracer_command *command,
		  const struct spawn_orders *orders, struct error *err);

/* What is to become of a call that is about to be run. */
struct decision {
	enum verdict verdict;
	int error;        /* VERDICT_DENY: a positive errno, or 0: done already */
	bool silent;      /* VERDICT_CONFIRM: for ourselves, not for the sink */
	struct event *ev; /* alive unless NULL: for monitor_end_event() */
};

/* Makes the event of a call at its entry and asks the sink. */
struct decision monitor_decide(struct monitor *m, const struct call *call);

/* Is this the call that ends PID 1, in whose place we are, and all with it? Before it is
 * let go monitor_say_last() is due, which takes as long as the outputs do. */
bool monitor_ends_with(const struct monitor *m, const struct call *call);
void monitor_say_last(struct monitor *m);

/* The last thing to do with an event whose call goes on without us, or was not run
 * (should that come again, it comes as new). NULL is fine. */
void monitor_end_event(struct monitor *m, struct event *ev);

/* A `container` event about the spawned process, where somebody wants it. */
void monitor_told_container(struct monitor *m, struct span json);

/* Hands the event of a call that the sink wanted to see the end of to it, ended or
 * (PHASE_UNCONFIRMED) not, and ends it. */
void monitor_deliver(struct monitor *m, const struct call *call,
		     enum event_phase phase);

/* A call that makes threads has made one: its event. The caller's own is another. */
void monitor_born(struct monitor *m, const struct call *call, pid_t child);

/* The same, where no stop has told of the new thread (CLONE_UNTRACED); `result` is
 * the call's, negative when it has failed. */
void monitor_bore_unseen(struct monitor *m, const struct call *call,
			 int64_t result);

/* Whom the PTRACE_EVENT_CLONE, _FORK or _VFORK stop of this thread tells of; 0: the
 * thread has been killed. */
pid_t monitor_event_message(pid_t tid);

/* Is this thread, of whom we have not heard yet, still to be heard of? It may be dead
 * and reaped, or let go, by the time that its parent's stop tells of it. */
bool monitor_is_coming(pid_t tid);

/* Is the call an exec? */
bool call_is_exec(const struct call *call);

/* A thread that is attached to gets this signal, or has been ended by it (SIGKILL):
 * its event, where wanted. */
void monitor_signalled(struct monitor *m, pid_t tid, const siginfo_t *info);

/* In place nobody tells us of the end of the spawned process, which is not ours to
 * reap: looks whether it has come. */
void monitor_look(struct monitor *m);

/* A child, or a process that we are attached to, has been reaped. */
void monitor_reaped(struct monitor *m, pid_t pid, int status);

/* A child, or a process that we are attached to, has been stopped by this signal, or
 * (0) goes on. May be told more than once. */
void monitor_stopped(struct monitor *m, pid_t pid, int number);

/* The same, of a traced thread whose stop this is. */
void monitor_heard(struct monitor *m, const struct stop *stop);

/* Ends the workload. */
void monitor_kill(struct monitor *m);

/* The page's failure, made an error for a person: of the start that has failed. */
int monitor_start_error(const struct monitor *m, const char *path,
			struct error *err);

/* The workload's processes, for the tree functions. */
struct tree;
void monitor_tree(const struct monitor *m, struct tree *ret);
