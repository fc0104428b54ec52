/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A call of a 32-bit program made into what its row is written for: the call of a
 * 64-bit program that does the same.
 */
#pragma once

struct live_event;
struct syscall_entry;

/*
 * Sets the event's row, its arguments (le->call.args) and the sizes of what they
 * point to (long_size, id_size). Arguments that lie in memory are read, once; where
 * that cannot be, the event is that of the number itself (socketcall, ipc) or its
 * arguments are those in the registers.
 */
void compat_settle(struct live_event *le, const struct syscall_entry *entry);
