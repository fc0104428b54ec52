/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The call stack of a thread in user space, with names, through libunwind, which is
 * loaded at the first question and never without one. It works on a thread that is
 * attached to the caller and stopped. What it reads (memory, the files that are mapped,
 * their tables) is the program's: depth and time are bounded here, the rest is
 * libunwind's to withstand, which is why nobody asks unless a person has configured it.
 */
#pragma once

#include <sys/types.h>

struct strbuf;
struct unwinder;

/* The most frames of a stack, and how long a look may take. */
#define STACK_DEPTH 64
#define STACK_LIMIT_MS 200

/* NULL: there is no libunwind here that we know. The caller frees it. */
struct unwinder *unwinder_new(void);
void unwinder_free(struct unwinder *u);

/*
 * Appends "inner+0x1c < outer+0x9 < main+0x40", the innermost first, "0x7f..." for what
 * has no name, and "..." where the bounds cut it. 0; -EIO: not one frame could be read;
 * -ENOMEM.
 */
int unwinder_stack(struct unwinder *u, pid_t tid, struct strbuf *out);
