/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tracer's door: it starts a program, sees the system calls that somebody is
 * interested in, and hands each as an event to a sink. How a call is seen is an
 * engine's business (design.md section 4): `notify` answers seccomp user
 * notifications and uses ptrace only for the moments in which one call is
 * confirmed, `trace` is attached for life, `ptrace` too and needs no seccomp. The
 * events are the same.
 *
 * The tracer knows nothing of rules. It never prints, and nothing that a tracee
 * does makes it fail: a tracee that is gone is dropped, what could not be read is
 * counted in struct tracer_stats.
 *
 * Errors: functions return 0 or one of
 *   -EINVAL  an option that does not make sense (err says which)
 *   -EPERM   the kernel refuses what the engine needs (err says what helps)
 *   -ENOSYS  the kernel has no such mechanism
 *   -ENOENT, -EACCES, -ENOEXEC, ... from execve(2), by tracer_spawn() alone
 *   -ENOMEM, -EAGAIN  no process could be made
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "event.h"
#include "foresight.h"
#include "interest.h"

struct beginning;
struct error;
struct strbuf;
struct tracer;
struct tracer_command;
struct tracer_place;

enum tracer_engine {
	TRACER_AUTO, /* the first that the probe proves */
	TRACER_NOTIFY,
	TRACER_TRACE,
	TRACER_PTRACE,
	TRACER_ENGINE_COUNT
};

/* What becomes of the workload when the monitor dies. */
enum monitor_exit {
	MONITOR_EXIT_CONTINUE, /* it goes on unwatched (not with trace) */
	MONITOR_EXIT_KILL,
};

/*
 * What a live probe found, by trying each mechanism in a throw-away child. Each int
 * member is 0 where the mechanism works, else the errno that says why not.
 */
struct tracer_probe {
	int user_notification; /* SECCOMP_FILTER_FLAG_NEW_LISTENER */
	int wait_killable;     /* SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (5.19) */
	int sync_wake_up;      /* SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (6.6) */
	int ptrace_seize;      /* PTRACE_SEIZE of a descendant */
	int syscall_info;      /* PTRACE_GET_SYSCALL_INFO (5.3) */
	int confirm_quick;     /* a call followed to its end, `quick` */
	int confirm_clean;     /* the same, `clean` */
	int seccomp_trace;     /* SECCOMP_RET_TRACE */
	int ptrace_syscall;    /* PTRACE_SYSCALL: entry and end of every call */
	int process_vm_readv;  /* else /proc/pid/mem is read */
	int pidfd_getfd;       /* else sockets are looked up in /proc/net */
	int proc;              /* /proc is of our pid namespace; ESRCH: of another */
	bool sys_admin;        /* CAP_SYS_ADMIN: no_new_privs need not be set */
	enum tracer_engine chosen; /* TRACER_AUTO: none works */
};

/* Where events go. */
struct tracer_sink {
	/*
	 * Called at PHASE_ENTRY for every intercepted call. CONTINUE ends its
	 * story; CONFIRM makes a second call follow, at PHASE_EXIT or, where the
	 * end could not be seen, at PHASE_UNCONFIRMED; none where the kernel has
	 * not run the call (a signal's handler went first: then it comes again
	 * as a new PHASE_ENTRY; or the thread died before). DENY sets *ret_errno to a
	 * positive errno. Events without an entry (procexit) come once, at
	 * PHASE_EXIT. The event is valid during the call only.
	 */
	enum verdict (*event)(void *ctx, struct event *ev, int *ret_errno);
	/* How long a call of this type waited for one decision (it is in held_ns
	 * already); after event(). NULL: nobody asks. */
	void (*held)(void *ctx, enum event_type type, unsigned generic,
		     uint64_t ns);
	void *ctx;
};

struct tracer_options {
	enum tracer_engine engine;
	struct beginning *begun; /* consumed, even by a failure; NULL is fine */
	enum monitor_exit on_monitor_exit;
	const struct interest *interest; /* copied */
	struct tracer_sink sink;
	/* TRACER_AUTO takes an engine that sees these, where one works. */
	const struct interest *asked_for; /* NULL: nothing special */
	unsigned hold_limit_ms; /* nobody waits longer for a decision; 0: for ever */
	unsigned snaplen; /* bytes of a buffer that an event has; 0: Falco's 80 */
	bool allow_io_uring; /* false: io_uring_* get ENOSYS in the filter */
	/* Called when a signal has stopped the spawned process, and with 0 when it
	 * goes on. May be NULL. */
	void (*on_stop)(void *ctx, int number);
	/* Called where the program is PID 1 and we live in its namespace: when this
	 * returns, it ends, and we with it. May be NULL. */
	void (*on_last)(void *ctx);
	void *ctx; /* of both */
	/* Where the program will run instead of in a child; NULL: it will not.
	 * Borrowed. */
	struct tracer_place *place;
	/* The caller's parent, if that stands for the caller: who its parent is
	 * shown to be our own. 0: none. */
	pid_t front;
};

/* What tracer_spawn() starts. Everything is borrowed until it returns. */
struct tracer_command {
	const char *path; /* of the executable, PATH already searched */
	char *const *argv;
	char *const *envp;
	/* Run in the child before the filter is there: signal mask, directory...
	 * Returns 0 or a negative errno that tracer_spawn() hands back. With
	 * engine notify the child shares the caller's descriptor table until its
	 * exec: it must not close, open or move a descriptor; and it is a bare
	 * clone, in which other threads may hold locks: it must not allocate. */
	int (*child_setup)(void *ctx);
	/* Run in the caller once, beside the child, before anything is told of it. May be
	 * NULL. */
	void (*meanwhile)(void *ctx);
	/* Run in the caller while the child waits for its exec, for what may not be
	 * so before the filter is there. May be NULL. */
	void (*at_exec)(void *ctx, pid_t child);
	void *ctx;
};

/* Blind spots and other counts of a run; see blind.def for the meaning. */
enum blind_spot {
#define BLIND(symbol, one, many) BLIND_##symbol,
#include "blind.def"
	BLIND_COUNT
};

struct tracer_stats {
	uint64_t blind[BLIND_COUNT];
	uint64_t attacks;      /* calls that were aimed at us, and refused */
	uint64_t stops;        /* calls intercepted */
	uint64_t continued;    /* decided at entry */
	uint64_t confirmed;    /* followed to the end */
	uint64_t unconfirmed;  /* wanted, but the end could not be seen */
	uint64_t held_ns;      /* time that stopped threads waited for decisions */
	uint64_t threads_met, threads_gone; /* of the table of processes */
};

/* Tries the mechanisms, about 10 ms. Never fails: what it cannot try it reports. */
void tracer_probe(struct tracer_probe *ret);

/* The findings for a person, one a line, the choice last. */
void tracer_probe_text(const struct tracer_probe *probe, struct strbuf *out);

/*
 * The same as one line of JSON: "engine" (null: none works), "no_new_privs" (must it
 * be set?), and "mechanisms", each by its member's name above with "works" and, where
 * it does not, "error", the errno's name; where /proc is not ours, "remedy" besides.
 */
void tracer_probe_json(const struct tracer_probe *probe, struct strbuf *out);

/*
 * Forks what must be forked while there is little memory to be shared, and does not
 * wait: a child that probes what works here, the keeper (engine notify), and the
 * process that becomes the program, which waits for tracer_spawn(). For whoever has
 * other things to do before tracer_new(), which is given the result (or NULL, which
 * takes a little longer), or tracer_begin_cancel(). The engine and what becomes of the
 * workload are those of the options, the command is tracer_spawn()'s, from here on as
 * it is; in place (NULL: it is not) there is who waits. Of signals, and of the calling
 * process, as tracer_new() has it. NULL: cannot.
 */
struct beginning *tracer_begin(enum tracer_engine engine,
			       enum monitor_exit on_monitor_exit,
			       const struct tracer_command *command,
			       const struct tracer_place *place);
void tracer_begin_cancel(struct beginning *b);

/*
 * A tracer that has started nothing yet. Probes what works here. Forks the keeper
 * (engine notify). SIGCHLD must be blocked in every thread of the caller, from
 * before this call on; it is given its default disposition (an ignored one hides
 * children; the spawned process gets back what was found), and the calling process
 * becomes the reaper of its descendants. The caller frees *ret_tracer with
 * tracer_free().
 */
int tracer_new(const struct tracer_options *options, struct tracer **ret_tracer,
	       struct error *err);

/*
 * A run in place: the calling process becomes the program, and keeps pid, parent and
 * exit status; its child, which wait(2) does not see, becomes the monitor. Parting
 * wants one thread. What the program leaves behind goes where it would without us.
 *   tracer_place_new()     -ENOMEM
 *   tracer_place_part()    0 in the monitor, else its pid or a negative errno. The
 *                          monitor shares the table of descriptors until
 *                          tracer_spawn() has succeeded.
 *   tracer_place_become()  waits for the monitor's tracer_spawn(), whose command is
 *                          not looked at, and execs. Returns only on failure: what
 *                          execve(2) gave, -ECANCELED where it did not come so far
 *                          (the monitor says why), or -ECHILD: the monitor has ended,
 *                          *ret_status says how, as from waitpid(2).
 */
int tracer_place_new(struct tracer_place **ret, struct error *err);
pid_t tracer_place_part(struct tracer_place *p);
int tracer_place_become(struct tracer_place *p,
			const struct tracer_command *command, int *ret_status);
void tracer_place_free(struct tracer_place *p);

/* The engine in use; never TRACER_AUTO. */
enum tracer_engine tracer_engine_used(const struct tracer *t);

/* What will become of the workload if the monitor dies: as the options have it,
 * except that engine trace can only kill. */
enum monitor_exit tracer_monitor_exit(const struct tracer *t);

/*
 * Starts the command under the filter and waits until its exec has succeeded or
 * failed; events of that exec reach the sink meanwhile. ret_pid gets its pid. All
 * later calls must come from the same thread (ptrace(2) is per thread).
 */
int tracer_spawn(struct tracer *t, const struct tracer_command *command,
		 pid_t *ret_pid, struct error *err);

/*
 * Hands the sink a `container` event (CONTAINER_JSON_2_E, PHASE_EXIT) about the
 * spawned process, where that is of interest; `json` is its parameter, borrowed. Once
 * tracer_spawn() has succeeded, between other calls or from within the sink.
 */
void tracer_tell_container(struct tracer *t, struct span json);

/*
 * Serves the workload until the spawned process has ended, and reaps every child
 * that is re-parented to us meanwhile. *ret_status is as from waitpid(2). What is
 * left of the workload after that is served by tracer_linger().
 */
int tracer_run(struct tracer *t, int *ret_status, struct error *err);

/*
 * Are there descendants that outlive the spawned process (counted in BLIND_REST
 * until they are served)? tracer_linger() serves them until the last is gone.
 */
bool tracer_has_rest(struct tracer *t);
int tracer_linger(struct tracer *t, struct error *err);

/*
 * Nobody will be served any more, and what has been seen is yet to be told, which may
 * take long: who is left goes on without us where tracer_free() would let him. After it,
 * only what has been counted is to be asked for, and tracer_free() to be called.
 */
void tracer_leave(struct tracer *t);

/*
 * From any thread, once tracer_spawn() has succeeded: sends a signal to every process
 * of the workload, or ends all of them, which takes up to a second.
 */
void tracer_signal(struct tracer *t, int number);
void tracer_kill(struct tracer *t);

/* The counts so far; valid until tracer_free(). */
const struct tracer_stats *tracer_stats(const struct tracer *t);

/* The members of struct foresight (include/foresight.h), by their names there. */
struct event *tracer_foresee(enum event_type type, unsigned generic);
void tracer_foreseen_free(struct event *ev);
void tracer_foresee_calls(const struct interest *events, foresight_call_fn *fn,
			  void *ctx);

/* The text of a blind spot that follows this count, for the line at the end of a run. */
const char *blind_spot_text(enum blind_spot spot, uint64_t count);

/* Can this engine see such an event at all? TRACER_AUTO: can any? */
bool tracer_sees(enum tracer_engine engine, enum event_type type);

/* The names of the events that it cannot see, of those wanted (NULL: of all there
 * are), with commas; added to an empty out. */
void tracer_unseen(enum tracer_engine engine, const struct interest *wanted,
		   struct strbuf *out);

/* The name of an engine as --engine takes it; NULL for a bad number. */
const char *tracer_engine_name(enum tracer_engine engine);

/*
 * Lets go of what is left, frees. NULL is fine. What is left of the workload goes on
 * with engine notify under MONITOR_EXIT_CONTINUE (the keeper answers for it until
 * the last is gone), with engine ptrace too once the calling thread ends, and is
 * ended otherwise. Threads that are being followed through
 * a call that blocks are let go when the calling thread ends.
 */
void tracer_free(struct tracer *t);
