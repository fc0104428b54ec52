/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel took, where others could write a call's arguments between our
 * reading and the kernel's: asked of what the call has made. The file of a new
 * descriptor and the peer of a socket are known afterwards; of other calls nothing
 * is, but that an argument which was changed meanwhile may have been another.
 */
#pragma once

struct live_event;

/* The call of an event has ended, or its end will not be seen: puts what the kernel
 * took in place of what was read, where it is another, and sets ev.claim. */
void truth_check(struct live_event *le);
