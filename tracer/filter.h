/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seccomp program: which calls come to us, from a set of numbers. It decides on
 * number and architecture alone, so that the kernel can answer for the others from
 * its bitmap of allowed calls (5.11). Programs of another architecture (i386, x32)
 * pass unwatched. It knows nothing of events.
 */
#pragma once

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>

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

/* Adds a call by its native number; one that is there already, or a negative number
 * (no such call here), is no mistake. */
void filter_add(struct filter *f, int nr);

/*
 * Makes the program (none for FILTER_NONE); to be called once, after the last
 * filter_add(). -ENOMEM, -EINVAL (too many calls for a program): err says more.
 */
int filter_build(struct filter *f, struct error *err);

/* The program; borrowed from the filter, valid after filter_build(). */
const struct sock_fprog *filter_program(const struct filter *f);

/* Is this call, by its native number, in the set? */
bool filter_has(const struct filter *f, int nr);

/* How many calls are in the set. */
size_t filter_count(const struct filter *f);
