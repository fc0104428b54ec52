/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CLONE_UNTRACED (clone(2)): a child that is made with it is not attached to whoever
 * traces its maker. That is for programs which trace; engines trace and ptrace would
 * lose it.
 */
#pragma once

#include <stdint.h>

struct call;
struct filter;
struct live;

enum untraced {
	UNTRACED_NOT,    /* the call is no such one */
	UNTRACED_SPARED, /* it goes on without the flag */
	UNTRACED_REFUSED, /* it is not run: ENOSYS, for which there is clone(2) */
};

/* Has the calls that may have the flag come to us. */
void untraced_calls(uint32_t arch, struct filter *f);

/*
 * Takes the flag off a call at whose entry the thread is stopped, in its registers and in
 * *call. clone3(2) has its flags in memory, which is not ours to change: where it is set
 * there, the call is refused. What we cannot read, the kernel cannot either.
 */
enum untraced untraced_spare(struct live *l, struct call *call);
