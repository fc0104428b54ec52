/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One event with everything around it, laid open: processes, leaders, descriptors,
 * users. A test fills in what it needs and asks for fields as conditions or as
 * outputs do. All that is not filled in is absent.
 */
#pragma once

#include "arena.h"
#include "event.h"
#include "resolver.h"

#include "engine/env.h"

#define FAKE_STATE_PROCESSES 6
#define FAKE_STATE_FDS 4

struct fake_state {
	struct event ev; /* first: the resolver finds the rest from it */
	struct arena arena;
	struct engine_env env;
	/* [0] makes the call and is its own main thread; [1] its parent, ... */
	struct process processes[FAKE_STATE_PROCESSES];
	size_t nprocesses;
	uint8_t parts[PROCESS_PART_COUNT]; /* enum outcome, of all of them */
	int leaders[LEADER_KIND_COUNT];    /* index into processes, -1 none */
	struct fd_info fd;                 /* the event's own */
	uint8_t fd_parts[FD_PART_COUNT];   /* enum outcome */
	struct fd_info fds[FAKE_STATE_FDS]; /* the thread's, by .fd */
	size_t nfds;
	struct user_info user;
	struct group_info group;
	struct span cwd;
};

/* An exit event of the type with all its parameters absent. */
void fake_state_init(struct fake_state *s, enum event_type type);
void fake_state_done(struct fake_state *s);

/* The parameter of that name, with a value of its type to be filled in. */
struct value *fake_param(struct fake_state *s, const char *name);
void fake_param_int(struct fake_state *s, const char *name, int64_t i);
void fake_param_text(struct fake_state *s, const char *name, const char *text);
/* The parameter has this outcome and no value. */
void fake_param_outcome(struct fake_state *s, const char *name, enum outcome o);

/* The event's descriptor has these parts, with a value. */
void fake_fd(struct fake_state *s, int64_t fd, enum fd_kind kind,
	     const char *name);

/* The field's value in a condition, asked anew each time. */
const struct value *fake_field(struct fake_state *s, const char *name);
const struct value *fake_field_arg(struct fake_state *s, const char *name,
				   const char *arg);
/* What an output format makes of the event; NULL when it does not compile. */
const char *fake_output(struct fake_state *s, const char *format);
/* The same as output_fields would have it, on one line. */
const char *fake_json(struct fake_state *s, const char *format);
