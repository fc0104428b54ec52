/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text with a length, not owned and not necessarily NUL-terminated. The bytes
 * belong to whoever made the span; a span is passed by value.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "array.h"

struct span {
	const char *data;
	size_t n;
};

/* A list of texts, not owned: an argument vector, an environment. */
struct span_list {
	const struct span *items;
	size_t n;
};

/* A span of a string literal: what a variable begins with, and as a value. */
#define SPAN_INIT(literal) { "" literal, sizeof(literal) - 1 }
#define SPAN(literal) ((struct span)SPAN_INIT(literal))
/* For printf's "%.*s". */
#define SPAN_FMT(s) (int)(s).n, (s).data ? (s).data : ""

/* A span over a NUL-terminated string; NULL gives the empty span. */
static inline struct span span_of(const char *s)
{
	return (struct span){ s ? s : "", s ? strlen(s) : 0 };
}

/* A span over n bytes. */
static inline struct span span_make(const char *data, size_t n)
{
	return (struct span){ data, n };
}

/* Byte-wise equality. */
static inline bool span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.data, b.data, a.n) == 0);
}

/* Equality with a NUL-terminated string. */
static inline bool span_is(struct span a, const char *s)
{
	return span_eq(a, span_of(s));
}

/* Does s begin with prefix? */
static inline bool span_starts_with(struct span s, struct span prefix)
{
	return s.n >= prefix.n &&
	       (prefix.n == 0 || memcmp(s.data, prefix.data, prefix.n) == 0);
}

/* Does s end with suffix? */
static inline bool span_ends_with(struct span s, struct span suffix)
{
	return s.n >= suffix.n &&
	       (suffix.n == 0 || memcmp(s.data + s.n - suffix.n, suffix.data,
					suffix.n) == 0);
}

/* What is behind the last slash; all of it when there is none. */
static inline struct span span_last_part(struct span path)
{
	size_t at = path.n;

	while (at && path.data[at - 1] != '/')
		at--;
	return (struct span){ path.data + at, path.n - at };
}

/* The part from byte `from` on; empty when from is past the end. */
static inline struct span span_from(struct span s, size_t from)
{
	if (from > s.n)
		from = s.n;
	return (struct span){ s.data + from, s.n - from };
}
