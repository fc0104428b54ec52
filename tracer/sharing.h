/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who else can write a process's memory. What was read of it at a call's entry is
 * what the kernel will read only if nobody can: other threads, processes that share
 * the address space (CLONE_VM), shared mappings. The calls that bring such sharing
 * about are intercepted (sharing_calls()), and a process of which they tell nothing,
 * because it was born before its first event, is looked at once.
 *
 * Also noted here: whoever may serve memory, so that reading it may never end.
 *
 * Not told: that somebody writes through /proc/pid/mem, or to a file whose private
 * mapping has the bytes.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "interest.h"

#include "mappings.h"

struct live_event;
struct process_entry;

enum sharing {
	SHARING_NONE,
	SHARING_MAPPINGS, /* shared mappings: it depends on the address */
	SHARING_ALL,
};

/* What is known of a process; all false for a new one. */
struct sharing_state {
	bool known;    /* the rest counts */
	bool borrowed; /* its address space is its parent's (vfork) */
	bool unsure;   /* or may be */
	bool threads;  /* it may have several */
	bool lent;     /* others run in its address space, or may */
	bool mappings; /* it may have shared ones */
	struct mappings_own own; /* some that are not */
};

/* A call that must be seen if a bit of an argument is set; bit 0: always. */
struct sharing_call {
	const char *name;
	unsigned arg;
	uint32_t bit;
};

/* The calls that bring sharing about; *ret_n of them. None, where no event that is
 * wanted has a parameter that is read from memory at entry. */
const struct sharing_call *sharing_calls(const struct interest *interest,
					 size_t *ret_n);

/* A call, at its entry, may be one of those: remembers what it brings. */
void sharing_note(struct live_event *le);

/* Who can write the memory of the event's thread now. */
enum sharing sharing_of(struct live_event *le);

/* The process runs a new image, in an address space of its own. */
void sharing_renew(struct process_entry *leader);
/* It may do so. */
void sharing_doubt(struct process_entry *leader);
