/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seccomp program: which calls come to us, from a set of numbers for each ABI of
 * the machine (regs.h). It decides on number and architecture alone where it can, so
 * that the kernel can answer for the others from its bitmap of allowed calls (5.11). A
 * call of an architecture that is none of ours comes to us whatever its number, so
 * that it is counted. It knows nothing of events.
 */
#pragma once

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct filter;

/* How a wanted call comes to us. */
enum filter_kind {
	FILTER_NOTIFY, /* SECCOMP_RET_USER_NOTIF */
	FILTER_TRACE,  /* SECCOMP_RET_TRACE */
	FILTER_NONE,   /* without a program: a mere set, of refused calls too */
	FILTER_KIND_COUNT
};

/*
 * A set of no calls. Unless io_uring is allowed, its calls are answered ENOSYS by
 * the kernel, except those that are added: whoever adds them refuses them. The
 * caller frees it.
 */
struct filter *filter_new(enum filter_kind kind, bool allow_io_uring);
void filter_free(struct filter *f);

/* Adds a call by its number in an ABI (struct regs_abi's arch); one that is there
 * already, or a negative number (no such call there), is no mistake. */
void filter_add(struct filter *f, uint32_t arch, int nr);

/* Adds a call for those times when a bit of an argument is set. One that is there for
 * another bit of it comes for either; for another argument, or after or before
 * filter_add(), always. */
void filter_add_when(struct filter *f, uint32_t arch, int nr, unsigned arg,
		     uint32_t bit);

/* Adds a call for those times when an argument is one of these numbers (bit 0: 1)
 * and the next argument is not 0. One that is there already comes always. */
void filter_add_among(struct filter *f, uint32_t arch, int nr, unsigned arg,
		      uint64_t numbers);
/* Is it such a time, the arguments being these? */
bool filter_is_among(const uint64_t args[6], unsigned arg, uint64_t numbers);

/*
 * Makes the program (none for FILTER_NONE); to be called once, after the last
 * filter_add(). -EINVAL (too many calls for a program): err says more.
 */
int filter_build(struct filter *f, struct error *err);

/* The program; borrowed from the filter, valid after filter_build(). */
const struct sock_fprog *filter_program(const struct filter *f);

/* Does this call come to us? One of an ABI that is none of ours does. */
bool filter_has(const struct filter *f, uint32_t arch, int nr,
		const uint64_t args[6]);

/* How many calls are in the set. */
size_t filter_count(const struct filter *f);
