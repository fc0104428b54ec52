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

enum row_flag {
	ROW_BLOCKS = 1 << 0,    /* may sleep for long */
	ROW_STATE = 1 << 1,     /* intercepted whatever the rules want */
	ROW_OPENS = 1 << 2,     /* the created descriptor has the path's name */
	ROW_SETS_IDS = 1 << 3,  /* changes the caller's user, group, capabilities */
	ROW_SETS_CWD = 1 << 4,
	ROW_SETS_GROUP = 1 << 5, /* changes session or process group */
	ROW_SETS_ROOT = 1 << 6,  /* changes what "/" is */
	ROW_ERRNO_FD = 1 << 7,   /* fd.num of a failure is the errno, not -1 */
	ROW_ADDRESSED = 1 << 8,  /* its address argument names the peer */
	ROW_ACCEPTS = 1 << 9,
	ROW_EXECS = 1 << 10,
	ROW_REWRITES = 1 << 11, /* the kernel writes to what it points to */
	ROW_COPIES_IF_ASKED = 1 << 12, /* fcntl: for F_DUPFD and kin alone */
	ROW_CLOSES = 1 << 13,          /* its descriptor is gone afterwards */
	ROW_NAMES = 1 << 14,           /* gives its descriptor a name */
	ROW_SETS_MEMORY = 1 << 15,
	ROW_HEARS = 1 << 17, /* its address argument gets the sender's address */
	ROW_FILTERS = 1 << 18, /* may hide calls from us */
	ROW_MANY = 1 << 20,    /* each of the messages that it returns is an event */
	ROW_BEARS = 1 << 19,   /* makes a thread or a process */
	ROW_SHARES = 1 << 21,  /* may let others write the caller's memory */
	ROW_AT = 1 << 16, /* execveat: its first argument is the directory */
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
