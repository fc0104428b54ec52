/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One case of the live resolver: a call of a child, begun, ended, and asked about.
 * The resolver under test is live_case.live, over the real /proc.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "event.h"
#include "fd_info.h"
#include "resolver.h"

#include "harness/child.h"
#include "tracer/live.h"

extern struct live_case {
	struct live *live;
	struct tracer_stats stats;
	char *last_page; /* one page with nothing behind it */
} live_case;

/* For cmocka_run_group_tests(). */
int live_case_setup(void **state);
int live_case_teardown(void **state);

/* For child_start(): in /usr/lib, having told descriptors of /etc/passwd and of
 * the directory /etc. */
void in_usr_lib(void *arg);

/* An address as an argument. */
uint64_t at(const void *p);

/* The call begins, and ends. */
struct event *entry(const struct call *call);
struct event *ended(struct call *call, int64_t result);

/* FD_PART_NAME of the event's descriptor. */
enum outcome name_of(struct event *ev, const struct fd_info **ret);

/* Parameter i is that. */
void is_outcome(struct event *ev, unsigned i, enum outcome want);
void is_number(struct event *ev, unsigned i, int64_t want);
void is_text(struct event *ev, unsigned i, const char *want);

struct call openat_call(const struct child *c, const char *path, int flags);
