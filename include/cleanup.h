/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owning locals that release themselves. Every local that owns something is
 * declared with CLEANUP, every hand-over is a TAKE_PTR or TAKE_FD, and so a reader
 * proves one function free of leaks without reading its callees.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Calls fn(&variable) when the variable leaves its scope, in reverse order. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

/*
 * Defines `<type>_freep(struct type **)` for CLEANUP, calling `fn` on what is
 * pointed to. `fn` accepts NULL.
 */
#define DEFINE_CLEANUP(type, fn) \
	static inline void type##_freep(struct type **p) \
	{ \
		fn(*p); \
	} \
	struct type

/* The pointer's value, leaving NULL behind: ownership moves to the receiver. */
#define TAKE_PTR(p) \
	({ \
		__typeof__(p) *take_p_ = &(p); \
		__typeof__(p) take_v_ = *take_p_; \
		*take_p_ = NULL; \
		take_v_; \
	})

/* The descriptor's number, leaving -1 behind. */
#define TAKE_FD(fd) \
	({ \
		int *take_fd_ = &(fd); \
		int take_n_ = *take_fd_; \
		*take_fd_ = -1; \
		take_n_; \
	})

/* For CLEANUP on a `T *` that malloc(3) gave. */
static inline void freep(void *p)
{
	free(*(void **)p);
}

/* For CLEANUP on an `int` descriptor; -1 means closed. errno is kept by close(2)
 * failing silently: nothing here can be done about it. */
static inline void closep(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* For CLEANUP on a `FILE *`. */
static inline void fclosep(FILE **f)
{
	if (*f)
		fclose(*f);
}
