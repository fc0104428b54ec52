/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stop machine. Kernel behaviour that it rests on, each measured on 6.18:
 * - a pending interrupt is reported before any signal is dequeued, and a thread
 *   that waits for the answer to a notification stops only after the call's end;
 * - in the stop at a call's end the result register still holds -ERESTART*, which
 *   the kernel turns into a restart or EINTR only when the thread goes on;
 * - a clone that notices a signal has made nothing and ends with -513, after which
 *   it is made anew whatever the handler wants;
 * - the entry stop of PTRACE_SYSCALL comes before the seccomp filter runs (4.8).
 */
#include "tracee.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "alloc.h"

#include "regs.h"

typedef struct step (*handler)(struct tracee *t, const struct stop *stop,
			       const struct regs *regs);

/* How a tracee in this state is resumed. */
static struct step resume(const struct tracee *t, int sig)
{
	if (t->state == TRACEE_FREE && !t->every)
		return (struct step){ .move = MOVE_CONT, .sig = sig };

	return (struct step){ .move = MOVE_SYSCALL, .sig = sig };
}

static struct step ended(int64_t result)
{
	return (struct step){ .move = MOVE_ENDED, .result = result };
}

/* The followed call will be made anew, or never. */
static struct step again(void)
{
	return (struct step){ .move = MOVE_AGAIN };
}

/* The same at the entry of another call, which no other stop may tell of. */
static struct step before_another(const struct tracee *t, struct step step,
				  const struct regs *regs)
{
	step.entry = t->every && regs;
	return step;
}

/* Is the call about to be run the followed one, and not a signal handler's? */
static bool is_followed(const struct tracee *t, const struct regs *regs)
{
	if (t->sp && regs->sp != t->sp)
		return false;
	if (regs->restarts)
		return true;

	return regs->nr == t->call.nr &&
	       !memcmp(regs->args, t->call.args, sizeof(regs->args));
}

static struct step on_death(struct tracee *t, const struct stop *stop,
			    const struct regs *regs)
{
	(void)t;
	(void)stop;
	(void)regs;
	return (struct step){ .move = MOVE_BURY };
}

static struct step on_signal(struct tracee *t, const struct stop *stop,
			     const struct regs *regs)
{
	(void)regs;
	return resume(t, stop->value);
}

static struct step on_group(struct tracee *t, const struct stop *stop,
			    const struct regs *regs)
{
	(void)t;
	(void)stop;
	(void)regs;
	return (struct step){ .move = MOVE_LISTEN };
}

static struct step on_other(struct tracee *t, const struct stop *stop,
			    const struct regs *regs)
{
	(void)stop;
	(void)regs;
	return resume(t, 0);
}

static struct step on_exec(struct tracee *t, const struct stop *stop,
			   const struct regs *regs)
{
	(void)t;
	(void)stop;
	(void)regs;
	return (struct step){ .move = MOVE_EXECED };
}

/* The filter may have ended the call before we have received it, which the handler is
 * not to make EINTR. The kernel asks it after this stop. */
static struct step free_signal(struct tracee *t, const struct stop *stop,
			       const struct regs *regs)
{
	if (regs && regs->nr >= 0 && regs->result == -RESTART_IF_ASKED)
		return (struct step){ .move = MOVE_SPARE, .sig = stop->value };

	return resume(t, stop->value);
}

static struct step free_seccomp(struct tracee *t, const struct stop *stop,
				const struct regs *regs)
{
	(void)stop;
	return regs ? (struct step){ .move = MOVE_DECIDE } : resume(t, 0);
}

static struct step free_syscall(struct tracee *t, const struct stop *stop,
				const struct regs *regs)
{
	(void)stop;
	if (!t->every)
		return resume(t, 0);
	if (regs)
		return (struct step){ .move = MOVE_DECIDE };
	t->state = TRACEE_PASSING;
	return resume(t, 0);
}

static struct step passing_syscall(struct tracee *t, const struct stop *stop,
				   const struct regs *regs)
{
	(void)stop;
	(void)regs;
	t->state = TRACEE_FREE;
	return resume(t, 0);
}

/* The interrupt has stopped the thread as its call ended. A restart that is due
 * means that the call noticed the interrupt: it is followed through the restart. */
static struct step ending_event(struct tracee *t, const struct stop *stop,
				const struct regs *regs)
{
	if (!regs || regs->nr != t->call.nr)
		return again();
	if (!regs_is_restart(regs->result))
		return (struct step){ .move = MOVE_ENDED,
				      .result = regs->result,
				      .listen = stop->kind == STOP_GROUP };

	t->state = TRACEE_RESTARTING;
	t->sp = regs->sp;
	if (stop->kind == STOP_GROUP)
		return (struct step){ .move = MOVE_LISTEN };

	return resume(t, 0);
}

static struct step aborted_event(struct tracee *t, const struct stop *stop,
				 const struct regs *regs)
{
	if (!regs)
		return again();
	t->state = TRACEE_RESTARTING;
	t->sp = regs->sp;
	if (stop->kind == STOP_GROUP)
		return (struct step){ .move = MOVE_LISTEN };

	return resume(t, 0);
}

/* A handler's call instead of ours: the handler runs first, and ours is made anew
 * after it, or never. */
static struct step restarting_syscall(struct tracee *t, const struct stop *stop,
				      const struct regs *regs)
{
	(void)stop;
	if (!regs || !is_followed(t, regs))
		return before_another(t, again(), regs);
	t->state = TRACEE_CALLING;
	t->answered = t->every;
	t->sp = regs->sp;
	return resume(t, 0);
}

/* A filter ends a notification that nobody has received yet with a restart, when a
 * signal comes: then the call was not run, and is not to fail for that. */
static struct step calling_syscall(struct tracee *t, const struct stop *stop,
				   const struct regs *regs)
{
	(void)stop;
	if (!regs)
		return again();
	if (!regs_is_restart(regs->result))
		return ended(regs->result);

	t->sp = regs->sp;
	t->state = t->answered && regs->result != -RESTART_ALWAYS ?
			   TRACEE_INTERRUPTED :
			   TRACEE_RESTARTING;
	if (!t->answered)
		return (struct step){ .move = MOVE_RERUN };
	return resume(t, 0);
}

static struct step entering_syscall(struct tracee *t, const struct stop *stop,
				    const struct regs *regs)
{
	t->answered = true;
	t->state = TRACEE_CALLING;
	if (regs && regs->at_entry)
		return resume(t, 0);

	return calling_syscall(t, stop, regs);
}

/* The restart of engine trace: the filter runs after the entry stop. */
static struct step calling_seccomp(struct tracee *t, const struct stop *stop,
				   const struct regs *regs)
{
	(void)stop;
	(void)regs;
	t->answered = true;
	return resume(t, 0);
}

/* A handler runs: what it came into has ended with EINTR (or will be made anew). */
static struct step interrupted_syscall(struct tracee *t, const struct stop *stop,
				       const struct regs *regs)
{
	(void)stop;
	if (!regs || !is_followed(t, regs))
		return before_another(t, ended(-EINTR), regs);
	t->state = TRACEE_CALLING;
	t->answered = t->every || regs->restarts;
	return resume(t, 0);
}

/* Nobody else knows of the child, which stops before it runs. */
static struct step bore_unfollowed(struct tracee *t, const struct stop *stop,
				   const struct regs *regs)
{
	(void)stop;
	(void)regs;
	return t->kept || t->state == TRACEE_LEAVING ?
		       (struct step){ .move = MOVE_RELEASE } :
		       resume(t, 0);
}

/* Its child is there. What follows may be long: a vfork waits for the child's exec. */
static struct step bore(struct tracee *t, const struct stop *stop,
			const struct regs *regs)
{
	return t->bears ? (struct step){ .move = MOVE_BORE } :
			  bore_unfollowed(t, stop, regs);
}

static struct step hold(struct tracee *t, const struct stop *stop,
			const struct regs *regs)
{
	(void)t;
	(void)stop;
	(void)regs;
	return (struct step){ .move = MOVE_HOLD };
}

static struct step leave(struct tracee *t, const struct stop *stop,
			 const struct regs *regs)
{
	(void)t;
	(void)regs;
	return (struct step){
		.move = MOVE_LEAVE,
		.sig = stop->kind == STOP_SIGNAL ? stop->value : 0,
	};
}

/* What a stop means in any state that has no row of its own for it. */
static const handler usual[STOP_KIND_COUNT] = {
	[STOP_EXITED] = on_death,
	[STOP_KILLED] = on_death,
	[STOP_SIGNAL] = on_signal,
	[STOP_GROUP] = on_group,
	[STOP_EVENT] = on_other,
	[STOP_SYSCALL] = on_other,
	[STOP_SECCOMP] = on_other,
	[STOP_CHILD] = bore_unfollowed,
	[STOP_EXEC] = on_exec,
	[STOP_OTHER] = on_other,
};

static const handler handlers[TRACEE_STATE_COUNT][STOP_KIND_COUNT] = {
	[TRACEE_FREE] = {
		[STOP_SIGNAL] = free_signal,
		[STOP_SECCOMP] = free_seccomp,
		[STOP_SYSCALL] = free_syscall,
	},
	[TRACEE_PASSING] = {
		[STOP_SYSCALL] = passing_syscall,
	},
	[TRACEE_ENDING] = {
		[STOP_EVENT] = ending_event,
		[STOP_GROUP] = ending_event,
		[STOP_SYSCALL] = ending_event,
		[STOP_CHILD] = bore,
	},
	[TRACEE_ABORTED] = {
		[STOP_EVENT] = aborted_event,
		[STOP_GROUP] = aborted_event,
	},
	[TRACEE_RESTARTING] = {
		[STOP_SYSCALL] = restarting_syscall,
	},
	[TRACEE_ENTERING] = {
		[STOP_SYSCALL] = entering_syscall,
		[STOP_CHILD] = bore,
	},
	[TRACEE_CALLING] = {
		[STOP_SYSCALL] = calling_syscall,
		[STOP_SECCOMP] = calling_seccomp,
		[STOP_CHILD] = bore,
	},
	[TRACEE_INTERRUPTED] = {
		[STOP_SYSCALL] = interrupted_syscall,
	},
	[TRACEE_LEAVING] = {
		[STOP_SIGNAL] = leave,
		[STOP_GROUP] = leave,
		[STOP_EVENT] = leave,
		[STOP_SYSCALL] = leave,
		[STOP_SECCOMP] = leave,
		[STOP_EXEC] = leave,
		[STOP_OTHER] = leave,
	},
	[TRACEE_BORN] = {
		[STOP_EVENT] = hold,
		[STOP_GROUP] = hold,
	},
};

struct step tracee_step(struct tracee *t, const struct stop *stop,
			const struct regs *regs)
{
	handler h = handlers[t->state][stop->kind];

	return (h ? h : usual[stop->kind])(t, stop, regs);
}

bool tracee_wants_regs(const struct tracee *t, const struct stop *stop)
{
	handler h = handlers[t->state][stop->kind];

	return h && h != leave && h != bore && h != hold &&
	       h != passing_syscall && (h != free_signal || t->kept);
}

void tracee_follow(struct tracee *t, const struct call *call,
		   enum tracee_state state)
{
	t->call = *call;
	t->state = state;
	t->answered = false;
	t->bears = false;
	t->sp = 0;
}

void tracee_forget(struct tracee *t)
{
	t->state = TRACEE_FREE;
	t->ev = NULL;
	t->answered = false;
	t->bears = false;
	t->sp = 0;
}

void tracee_pass(struct tracee *t)
{
	tracee_forget(t);
	if (t->every)
		t->state = TRACEE_PASSING;
}

static struct tracee **place(struct tracee_table *table, pid_t tid)
{
	struct tracee **p = &table->buckets[(unsigned)tid % TRACEE_BUCKETS];

	while (*p && (*p)->tid != tid)
		p = &(*p)->next;

	return p;
}

struct tracee *tracee_find(const struct tracee_table *table, pid_t tid)
{
	struct tracee *t = table->buckets[(unsigned)tid % TRACEE_BUCKETS];

	while (t && t->tid != tid)
		t = t->next;

	return t;
}

struct tracee *tracee_add(struct tracee_table *table, pid_t tid)
{
	struct tracee **p = place(table, tid);

	if (*p)
		return *p;
	*p = xcalloc(1, sizeof(**p));
	(*p)->tid = tid;
	(*p)->every = table->every;
	table->n++;
	return *p;
}

static void take_out(struct tracee_table *table, struct tracee *t)
{
	struct tracee **p = place(table, t->tid);

	assert(*p == t);
	*p = t->next;
	t->next = NULL;
	table->n--;
}

void tracee_remove(struct tracee_table *table, struct tracee *t)
{
	take_out(table, t);
	free(t);
}

struct tracee *tracee_rename(struct tracee_table *table, pid_t was, pid_t tid)
{
	struct tracee *t = tracee_find(table, was);
	struct tracee *old = tracee_find(table, tid);

	if (!t || was == tid)
		return tracee_add(table, tid);
	if (old)
		tracee_remove(table, old);
	take_out(table, t);
	t->tid = tid;
	t->next = table->buckets[(unsigned)tid % TRACEE_BUCKETS];
	table->buckets[(unsigned)tid % TRACEE_BUCKETS] = t;
	table->n++;
	return t;
}

void tracee_each(struct tracee_table *table,
		 void (*fn)(void *ctx, struct tracee *t), void *ctx)
{
	struct tracee *next;

	for (size_t i = 0; i < TRACEE_BUCKETS; i++) {
		for (struct tracee *t = table->buckets[i]; t; t = next) {
			next = t->next;
			fn(ctx, t);
		}
	}
}

bool tracee_expects_child(const struct tracee_table *table)
{
	for (size_t i = 0; i < TRACEE_BUCKETS; i++) {
		const struct tracee *t = table->buckets[i];

		while (t && !t->bears)
			t = t->next;
		if (t)
			return true;
	}

	return false;
}

static void remove_one(void *ctx, struct tracee *t)
{
	tracee_remove(ctx, t);
}

void tracee_table_done(struct tracee_table *table)
{
	tracee_each(table, remove_one, table);
}
