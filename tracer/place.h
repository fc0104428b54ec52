/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run in place (tracer.h), its inside: the process that asked for it becomes the
 * program, and its child the monitor. They share the page and, until the exec, the
 * table of descriptors, so that the listener is the monitor's the instant that it
 * exists.
 */
#pragma once

#include <sys/types.h>

struct error;
struct page;
struct tracer_place;

/* In the monitor. Borrowed. */
struct page *place_page(const struct tracer_place *p);

/* Readable once the program has ended. */
int place_fd(const struct tracer_place *p);

/* May we look into a process that does not descend from us? -EPERM: err says why
 * not. */
int place_check(const struct tracer_place *p, struct error *err);

/* Who waits to become the program, and does not take us with it any more when it ends:
 * it is about to be released. */
pid_t place_take(const struct tracer_place *p);
