/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs: what a condition becomes. A flat list of instructions with jumps, made
 * from a tree whose constant parts are already folded away. filter.h has what
 * others need of it; here is the way from an AST to a program.
 *
 * A program has one register, the truth of what was computed last, and for each
 * level of nesting the truth of the "and" or "or" so far, into which an instruction
 * puts the register by the way. FALSE ends an "and" and TRUE an "or"; UNKNOWN ends
 * nothing, since a later operand may still decide.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "interest.h"

#include "filter.h"

struct arena;
struct check;
struct shared;

enum insn_code {
	INSN_EVENTS, /* is the event one of `events`? */
	INSN_CHECK,  /* ask `check` */
	INSN_BEGIN_AND, /* level: TRUE */
	INSN_BEGIN_OR,  /* level: FALSE */
	INSN_END,    /* the truth of the level */
	INSN_RECALL, /* what `shared` has, and on at `known`, if that is known */
	INSN_KEEP,   /* remember it */
};

/* What becomes of the register. */
enum insn_then {
	THEN_NOTHING,
	THEN_AND, /* into the level around; on at `end` when that is FALSE */
	THEN_OR,  /* into the level around; on at `end` when that is TRUE */
};

struct insn {
	uint8_t code;
	uint8_t then;
	bool negates; /* the register, before that */
	uint16_t level;
	uint32_t known;
	uint32_t end;
	union {
		const struct check *check;
		const struct interest *events;
		const struct shared *shared;
	};
};

struct program {
	struct insn *insns;
	size_t n;
	struct interest events; /* filter_events() of the condition */
};

/* Nested and/or of one condition, macros expanded. */
#define PROGRAM_LEVELS_MAX 1024

/* A condition with its constant parts folded (fold.h makes it). */
enum node_kind {
	NODE_EVENTS, /* decided by the event's type alone */
	NODE_CHECK,
	NODE_AND,
	NODE_OR,
	NODE_NOT,
};

struct node {
	enum node_kind kind;
	bool is_stateful;
	bool is_late; /* unknown until the call has ended, mostly */
	const struct interest *events; /* of NODE_EVENTS; in env's arena */
	const struct check *check;
	struct shared *shared; /* NULL: not worth remembering */
	struct node **items;
	size_t n;
};

/*
 * A subexpression that several programs may have: its truth is remembered for the
 * event from its second user on.
 */
struct shared {
	uint32_t slot; /* in eval.truths; SHARED_NO_SLOT: one user only */
	uint32_t users;
};
#define SHARED_NO_SLOT UINT32_MAX

/* The program of a tree, in the arena. -EINVAL: nested too deeply. */
int program_new(struct arena *arena, const struct node *root,
		struct program **ret);
