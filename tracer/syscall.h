/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of system calls (syscalls.def, and generic.def for the calls without an
 * event of their own): which event a call makes, how its end is seen, where each
 * parameter comes from; and compat.def, how 32-bit programs make the same calls. Knows
 * numbers only through libseccomp; reads nothing.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "call.h"
#include "event.h"

struct live_event;

/* Where the descriptor that an event is about comes from. */
enum row_fd {
	ROW_FD_NONE,
	ROW_FD_USED,    /* an argument */
	ROW_FD_CREATED, /* the result */
	ROW_FD_COPIED,  /* an argument until the call succeeded, then the result */
	ROW_FD_PAIR,    /* the second of two numbers that the call wrote */
};

enum row_bit {
#define ROW_FLAG(name) ROW_BIT_##name,
#include "row_flags.def"
#undef ROW_FLAG
};

enum row_flag {
#define ROW_FLAG(name) ROW_##name = 1 << ROW_BIT_##name,
#include "row_flags.def"
#undef ROW_FLAG
};

struct source;

/* Fills v (v->type is set). Returns the outcome; counts what failed itself. */
typedef enum outcome source_fn(struct live_event *le, const struct source *s,
			       struct value *v);

/* Where a parameter comes from. `arg` means what the function says it means:
 * mostly indices of the call's arguments. */
struct source {
	source_fn *read;
	uint8_t arg[3];
	bool kept; /* read at entry, and not again at the end */
};

struct syscall_row {
	const char *name;
	enum event_type type;
	uint16_t generic; /* index into generic.def when type is GENERIC_X */
	enum confirm confirm;
	unsigned flags; /* enum row_flag */
	enum row_fd fd;
	uint8_t fd_arg;
	const struct source *sources;
	size_t nsources;
};

/* How a call's arguments become those that its row is written for: compat.def. */
enum shape {
	SHAPE_SAME,
	SHAPE_IDS,
	SHAPE_WIDE,
	SHAPE_PAIR,
	SHAPE_HALVES,
	SHAPE_SIGNED,
	SHAPE_SEEK,
	SHAPE_PAGES,
	SHAPE_NONE,
	SHAPE_BLOCK,
	SHAPE_PARTS,
	SHAPE_COUNT
};

/* A call of one ABI. */
struct syscall_entry {
	const struct syscall_row *row;
	uint8_t shape;  /* enum shape */
	uint8_t number; /* means what the shape says */
};

/* One of the calls that a number of SHAPE_PARTS stands for. */
#define PART_WORDS 6
#define PART_AT 0x80 /* with a word's index: what the word points to */
struct syscall_part {
	uint8_t number;
	uint8_t n;
	uint8_t words[PART_WORDS];
	const struct syscall_row *row;
};

/* How many rows there are; row i, 0 <= i < that. */
size_t syscall_rows(void);
const struct syscall_row *syscall_row(size_t i);

/* The number of a call, by its name, in an ABI (call.h); negative: it has none. */
int syscall_number(const char *name, uint32_t arch);

/* The row of a call, searched by name: slow, needs no index. NULL: none. */
const struct syscall_row *syscall_by_number(uint32_t arch, int nr);

/* Falco's code (ppm_sc) of a generic call, by its index. */
uint16_t syscall_generic_code(unsigned generic);

/* Is a long in the memory of this ABI's programs of 64 bits? A pointer? */
bool syscall_long_is_wide(uint32_t arch);
bool syscall_pointer_is_wide(uint32_t arch);

/* A part of the call that `row`, of SHAPE_PARTS, stands for; NULL: no such. */
const struct syscall_part *syscall_part(const struct syscall_row *row,
					unsigned number);

/* From numbers to rows, for the ABIs met so far. */
struct syscall_index;
struct syscall_index *syscall_index_new(void);
void syscall_index_free(struct syscall_index *x);

/* The call, or NULL; lives as long as the index. The first question about an ABI
 * builds its part of it. */
const struct syscall_entry *syscall_index_find(struct syscall_index *x,
					       uint32_t arch, int nr);

/* Calls fn for each number of an ABI that makes an event that `wants` says yes to. */
void syscall_index_numbers(struct syscall_index *x, uint32_t arch,
			   bool (*wants)(const void *ctx,
					 const struct syscall_row *row),
			   const void *wants_ctx,
			   void (*fn)(void *ctx, uint32_t arch, int nr),
			   void *ctx);
