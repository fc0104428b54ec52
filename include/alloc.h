/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Allocation that does not fail: it aborts. Sizes that come from a tracee are
 * capped before they get here, and a keeper process answers for a monitor that is
 * gone, so no caller checks for NULL.
 */
#pragma once

#include <stdlib.h>
#include <string.h>

/* malloc(3) that aborts instead of returning NULL; n may be 0. */
static inline void *xmalloc(size_t n)
{
	void *p = malloc(n ? n : 1);

	if (!p)
		abort();

	return p;
}

/* calloc(3) that aborts instead of returning NULL. */
static inline void *xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		abort();

	return p;
}

/* reallocarray(3) that aborts instead of returning NULL, on overflow too. */
static inline void *xreallocarray(void *old, size_t n, size_t size)
{
	size_t bytes;
	void *p;

	if (__builtin_mul_overflow(n, size, &bytes))
		abort();
	p = realloc(old, bytes ? bytes : 1);
	if (!p)
		abort();

	return p;
}

/* A NUL-terminated copy of the n bytes at s; the caller frees it. */
static inline char *xstrndup(const char *s, size_t n)
{
	char *p = xmalloc(n + 1);

	memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

/* A copy of the string s; the caller frees it. */
static inline char *xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}
