/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing text buffer: the only way to build text here. `data` is never NULL
 * and always NUL-terminated, so an initialised buffer may be printed at any time.
 *
 *	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
 *	strbuf_addf(&b, "%s:%u", file, line);
 *	puts(b.data);
 */
#pragma once

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "span.h"

struct strbuf {
	char *data; /* owned when cap > 0 */
	size_t n;   /* bytes, the NUL not counted */
	size_t cap;
};

/* Never written to: cap 0 says the byte is not ours. */
#define STRBUF_INIT { (char *)(uintptr_t)"", 0, 0 }

/* Room for `more` further bytes and the NUL. */
static inline void strbuf_grow(struct strbuf *b, size_t more)
{
	size_t need;

	if (more == SIZE_MAX || __builtin_add_overflow(b->n, more + 1, &need))
		abort();
	if (need <= b->cap)
		return;
	need = need < b->cap * 2 ? b->cap * 2 : need;
	need = need < 64 ? 64 : need;
	b->data = xreallocarray(b->cap ? b->data : NULL, need, 1);
	b->cap = need;
	b->data[b->n] = '\0';
}

/* Appends n bytes. */
static inline void strbuf_add(struct strbuf *b, const void *data, size_t n)
{
	if (!n)
		return;
	strbuf_grow(b, n);
	memcpy(b->data + b->n, data, n);
	b->n += n;
	b->data[b->n] = '\0';
}

/* Appends one byte. */
static inline void strbuf_addch(struct strbuf *b, char c)
{
	strbuf_add(b, &c, 1);
}

/* Appends a string. */
static inline void strbuf_adds(struct strbuf *b, const char *s)
{
	strbuf_add(b, s, strlen(s));
}

/* Appends a span. */
static inline void strbuf_addspan(struct strbuf *b, struct span s)
{
	strbuf_add(b, s.data, s.n);
}

/* Appends as vprintf(3) would print. */
__attribute__((format(printf, 2, 0))) static inline void
strbuf_vaddf(struct strbuf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0)
		abort();
	strbuf_grow(b, (size_t)n);
	vsnprintf(b->data + b->n, (size_t)n + 1, fmt, again);
	va_end(again);
	b->n += (size_t)n;
}

/* Appends as printf(3) would print. */
__attribute__((format(printf, 2, 3))) static inline void
strbuf_addf(struct strbuf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(b, fmt, ap);
	va_end(ap);
}

/* Empties the buffer, keeping its memory. */
static inline void strbuf_reset(struct strbuf *b)
{
	b->n = 0;
	if (b->cap)
		b->data[0] = '\0';
}

/* Cuts the text to n bytes; no effect when it is shorter. */
static inline void strbuf_cut(struct strbuf *b, size_t n)
{
	if (n >= b->n)
		return;
	b->n = n;
	b->data[n] = '\0';
}

/* The text as a span, valid until the next change. */
static inline struct span strbuf_span(const struct strbuf *b)
{
	return span_make(b->data, b->n);
}

/* The text as a string that the caller frees; the buffer is empty after. */
static inline char *strbuf_take(struct strbuf *b)
{
	char *s = b->cap ? b->data : xstrdup("");

	*b = (struct strbuf)STRBUF_INIT;
	return s;
}

/* Frees the memory. For CLEANUP too. */
static inline void strbuf_done(struct strbuf *b)
{
	if (b->cap)
		free(b->data);
	b->data = NULL;
	b->n = b->cap = 0;
}
