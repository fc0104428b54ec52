/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thread that is attached to us by ptrace, and the table of them. Its state and
 * a stop make the next step: one small handler for each pair that means something.
 * Pure: it decides, and the engine that asked does what it says. Engine `notify` has
 * tracees only while a call is followed to its end, engines `trace` and `ptrace` have
 * every thread for life; with `ptrace` every call stops, at its entry and its end.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "call.h"
#include "stop.h"

struct event;
struct regs;

enum tracee_state {
	TRACEE_FREE,        /* no call is followed */
	TRACEE_PASSING,     /* in a call that is not followed; its end will stop */
	TRACEE_ENDING,      /* in its call; an interrupt stops it at the end */
	TRACEE_ABORTED,     /* its call was refused, to be restarted: will stop */
	TRACEE_RESTARTING,  /* on the way to the entry of the call, not run yet */
	TRACEE_ENTERING,    /* from a seccomp stop: an entry stop may come */
	TRACEE_CALLING,     /* between the call's entry stop and its exit stop */
	TRACEE_INTERRUPTED, /* the call was run and may be restarted */
	TRACEE_LEAVING,     /* to be let go at the next stop */
	TRACEE_BORN,        /* new, and not told of by its parent: kept stopped */
	TRACEE_STATE_COUNT
};

struct tracee {
	pid_t tid;
	enum tracee_state state;
	struct call call; /* the followed one; FREE and kept: the last received */
	struct event *ev; /* its event, when the sink waits for the end; else NULL */
	bool every;       /* every call stops, at its entry and at its end */
	bool answered;    /* the kernel has begun to run it (state CALLING) */
	bool bears;       /* the followed call makes a thread or a process */
	bool kept;        /* engine notify: stays attached when no call is followed */
	bool closed;      /* and is kept for that: nobody may attach to it anew */
	bool alone;       /* and its process has no other thread */
	bool lasting;     /* and is kept until its exec, whatever it calls */
	bool idle;        /* has called nothing since a signal was delivered */
	pid_t process;    /* where kept: whose thread it is */
	unsigned wanted;  /* how often others have asked to attach instead of us */
	uint64_t sp;      /* of the followed call; 0 until a stop has shown it */
	/* When a sleep of its was made anew, see spare.h, 0: never; and its time limit. */
	uint64_t spared_ns;
	int64_t spared_ms;
	struct tracee *next;
};

/* What is to be done with the stopped thread. */
enum move {
	MOVE_CONT,    /* PTRACE_CONT, delivering step.sig */
	MOVE_SYSCALL, /* PTRACE_SYSCALL, delivering step.sig */
	MOVE_SPARE,   /* PTRACE_CONT; not run, a call of ours does not fail for step.sig */
	MOVE_RERUN,   /* PTRACE_SYSCALL; not run, the call is restarted for sure */
	MOVE_LISTEN,  /* PTRACE_LISTEN: it stays in its group stop */
	MOVE_DECIDE,  /* a call begins: ask what is to become of it */
	MOVE_ENDED,   /* the call gave step.result; the thread is stopped still */
	MOVE_BORE,    /* the call has made a thread: PTRACE_GETEVENTMSG tells it */
	MOVE_RELEASE, /* a call that is not followed has made a thread: it is let run */
	MOVE_HOLD,    /* it stays stopped */
	MOVE_EXECED,  /* the call was an exec and has succeeded */
	MOVE_AGAIN,   /* the call was not run, and will be made again: forget it */
	MOVE_LEAVE,   /* PTRACE_DETACH, delivering step.sig */
	MOVE_BURY,    /* it is dead */
	MOVE_COUNT
};

struct step {
	enum move move;
	int sig;        /* to be delivered, 0 for none */
	int64_t result; /* MOVE_ENDED */
	bool entry;     /* MOVE_ENDED, MOVE_AGAIN: another call begins, to be decided */
	bool listen;    /* MOVE_ENDED: it stays in its group stop */
};

/*
 * The next step of a tracee that has made a stop, and its new state. `regs` are the
 * thread's at STOP_EVENT, STOP_GROUP, STOP_SYSCALL and STOP_SECCOMP; for others, or
 * where they could not be read, NULL.
 */
struct step tracee_step(struct tracee *t, const struct stop *stop,
			const struct regs *regs);

/* Does the step for this stop depend on the registers? */
bool tracee_wants_regs(const struct tracee *t, const struct stop *stop);

/* A call is to be followed from here on, in a state that says how. */
void tracee_follow(struct tracee *t, const struct call *call,
		   enum tracee_state state);

/* The call has been seen to its end: no call is followed. */
void tracee_forget(struct tracee *t);

/* The call that the thread is in goes on unseen: no call is followed. */
void tracee_pass(struct tracee *t);

#define TRACEE_BUCKETS 256

struct tracee_table {
	struct tracee *buckets[TRACEE_BUCKETS];
	size_t n;
	bool every; /* of those that are added */
};

/* NULL when there is none. */
struct tracee *tracee_find(const struct tracee_table *table, pid_t tid);

/* The tracee with this tid; a new one is FREE. The table owns it. */
struct tracee *tracee_add(struct tracee_table *table, pid_t tid);

/* Takes it out and frees it. */
void tracee_remove(struct tracee_table *table, struct tracee *t);

/* An exec made by thread `was` has given it the tid of its process: moves it there,
 * over what had that tid before. Returns the tracee. */
struct tracee *tracee_rename(struct tracee_table *table, pid_t was, pid_t tid);

/* Calls fn for each; fn may remove the one it is called with. */
void tracee_each(struct tracee_table *table,
		 void (*fn)(void *ctx, struct tracee *t), void *ctx);

/* Is a call followed that makes a thread? Whoever stops unknown may be that. */
bool tracee_expects_child(const struct tracee_table *table);

/* Removes all. */
void tracee_table_done(struct tracee_table *table);
