/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running a row of syscalls.def: parameters of an event, one by one, when they are
 * asked for. The functions are named in sources.def; each says in its comment what
 * its arguments mean. Values that are not text or numbers live in the event's
 * arena.
 */
#pragma once

#include "live_event.h"

#define SOURCE(name) source_fn decode_##name;
#include "sources.def"

/* What of a process decode_process() takes as a parameter. */
enum process_field {
	FIELD_TID,
	FIELD_PID,
	FIELD_PTID,
	FIELD_FDLIMIT,
	FIELD_PGFT_MAJ,
	FIELD_PGFT_MIN,
	FIELD_VM_SIZE,
	FIELD_VM_RSS,
	FIELD_VM_SWAP,
	FIELD_COMM,
	FIELD_CGROUPS,
	FIELD_TTY,
	FIELD_VPGID,
	FIELD_LOGINUID,
	FIELD_CAP_INHERITABLE,
	FIELD_CAP_PERMITTED,
	FIELD_CAP_EFFECTIVE,
	FIELD_EXE_INO,
	FIELD_EXE_CTIME,
	FIELD_EXE_MTIME,
	FIELD_UID,
	FIELD_EXEPATH,
	FIELD_PGID,
	FIELD_GID,
	FIELD_VTID,
	FIELD_VPID,
	FIELD_PIDNS_START,
};

/* The resolver's answer to param(): fills ev->params[i]. */
void decode_param(struct event *ev, unsigned i);

/* Gets an event ready: types set, every parameter pending. */
void decode_start(struct live_event *le);

/* The end of the call is there: what was not final is pending again. */
void decode_carry_on(struct live_event *le);

/* A vector of strings in the thread's memory, each with its NUL, in the arena. */
enum outcome decode_argv(struct live_event *le, uint64_t address,
			 struct span *ret);

/* The index of the event's first path parameter, or -1. */
int decode_path_param(enum event_type type);
/* The directory that this path of the event begins in: a descriptor of the thread, or
 * AT_FDCWD. */
int64_t decode_path_dirfd(struct live_event *le, unsigned path_param);

/* A number of the parameter's type made of an argument's bits. */
void decode_number(struct value *v, uint64_t bits);

/* n bytes (at most sizeof(block.bytes)) at address, kept in le->block. */
enum outcome decode_block(struct live_event *le, uint64_t address, size_t n);
/* A little-endian number of `size` bytes in the block; 0 past its end. */
uint64_t decode_block_number(const struct live_event *le, size_t offset,
			     size_t size);

/* Up to n bytes at address into the arena; what is there may be less. */
enum outcome decode_bytes(struct live_event *le, uint64_t address, size_t n,
			  struct span *ret);
/* The first n bytes that a vector of struct iovec leads to. */
enum outcome decode_iov_bytes(struct live_event *le, uint64_t iov,
			      uint64_t count, size_t n, struct span *ret);
enum outcome decode_iov_total(struct live_event *le, uint64_t iov,
			      uint64_t count, uint64_t *ret);

/* The address that argument `arg`, a struct msghdr, names. */
enum outcome decode_msg_name(struct live_event *le, unsigned arg,
			     struct value *v);
/* The address that the call has put where argument `arg` points; the next argument
 * points to its size. */
enum outcome decode_sender(struct live_event *le, unsigned arg,
			   struct value *v);
