/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events: what the tracer hands to the engine. An event is borrowed: valid only
 * during the call that passes it. Parameters are filled when first asked for, so a
 * condition that fails early never costs a read of the tracee.
 */
#pragma once

#include <stdint.h>

#include "value.h"

struct arena;
struct resolver;

/* EVENT_SYSCALL_OPEN_X = 3, ...: Falco's event codes, old and unused ones too. */
enum event_type {
#define EVENT(code, symbol, name, category, class, flags, ...) \
	EVENT_##symbol = code,
#include "events.def"
#define OLD_EVENT(code, symbol, name) EVENT_##symbol = code,
#define UNUSED_EVENT(code, symbol) EVENT_##symbol = code,
#include "events_old.def"
	EVENT_TYPE_COUNT = 454
};

/* The largest number of parameters of any event (iter task has 32). */
#define EVENT_PARAMS_MAX 32

enum event_category {
	CATEGORY_UNKNOWN,
	CATEGORY_OTHER,
	CATEGORY_FILE,
	CATEGORY_NET,
	CATEGORY_IPC,
	CATEGORY_MEMORY,
	CATEGORY_PROCESS,
	CATEGORY_SLEEP,
	CATEGORY_SYSTEM,
	CATEGORY_SIGNAL,
	CATEGORY_USER,
	CATEGORY_TIME,
	CATEGORY_WAIT,
	CATEGORY_IO_READ,
	CATEGORY_IO_WRITE,
	CATEGORY_IO_OTHER,
};

enum event_class {
	CLASS_SYSCALL,
	CLASS_TRACEPOINT,
	CLASS_META,
	CLASS_INTERNAL, /* a meta event that rules never see */
	CLASS_PLUGIN,
	CLASS_ITER,
};

enum event_flag {
	EVENT_CREATES_FD = 1 << 0,
	EVENT_USES_FD = 1 << 1,
	EVENT_DESTROYS_FD = 1 << 2,
	EVENT_READS_FROM_FD = 1 << 3,
	EVENT_WRITES_TO_FD = 1 << 4,
	EVENT_MODIFIES_STATE = 1 << 5,
	EVENT_WAITS = 1 << 6,
	EVENT_SKIPPARSERESET = 1 << 7,
	EVENT_LARGE_PAYLOAD = 1 << 8,
};

/* The sets of flags.def: FLAGS_FILE_FLAGS, ... FLAGS_NONE has no names. */
enum flag_set {
	FLAGS_NONE,
#define FLAG(name, value)
#define FLAG_SET(symbol, ...) FLAGS_##symbol,
#include "flags.def"
	FLAG_SET_COUNT
};

/* When in its life the call of an event is. */
enum event_phase {
	/* Before the kernel ran it: what depends on the result is UNKNOWN. */
	PHASE_ENTRY,
	/* After it ended; nothing is UNKNOWN. */
	PHASE_EXIT,
	/* Its end could not be, or will not be, followed: as EXIT, but what
	 * depends on the result is ABSENT. */
	PHASE_UNCONFIRMED,
};

/* What is known of arguments in memory that others could write meanwhile. */
enum event_claim {
	CLAIM_SURE,       /* they are what the kernel read */
	CLAIM_CORRECTED,  /* it read something else than we: the event has that */
	CLAIM_UNVERIFIED, /* they are what we read */
};

struct event {
	enum event_type type;
	enum event_phase phase;
	enum event_claim claim; /* counts when the call has ended */
	uint16_t generic;  /* index into generic.def when type is GENERIC_X */
	uint16_t nparams;
	int16_t cpu;       /* -1 when not known */
	uint64_t num;      /* delivered events count from 1; at entry the next one */
	uint64_t time_ns;  /* since the epoch; at entry the entry's time */
	int64_t tid;
	int64_t pid;
	struct arena *arena; /* lives as long as the event */
	const struct resolver *resolver;
	struct value params[EVENT_PARAMS_MAX]; /* ask through event_param() */
};

/* The calls that have no event of their own, by index: see generic.def. */
enum generic_call {
#define GENERIC(code, name) GENERIC_##name,
#include "generic.def"
	GENERIC_COUNT
};

/* What a sink answers to an event. */
enum verdict {
	VERDICT_CONTINUE, /* nothing (more) to know: let the call go on */
	VERDICT_CONFIRM,  /* at entry: show me the end of it */
	VERDICT_DENY,     /* at entry: fail the call with the given errno */
	VERDICT_KILL,     /* end the whole tree */
};
