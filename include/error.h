/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What went wrong, for a person: a text with a fixed size, by value, on the
 * caller's stack, nothing to free. Functions return 0 or a negative errno; those
 * whose failure a person must mend (rules, options, set-up) fill a struct error
 * as well. The text says the operation, the reason and, where there is one, the
 * remedy.
 */
#pragma once

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ERROR_TEXT_SIZE 8192

struct error {
	char text[ERROR_TEXT_SIZE]; /* NUL-terminated, cut when too long */
};

/* Sets the text and returns `code`: `return error_set(err, -EINVAL, ...)`.
 * err may be NULL. */
__attribute__((format(printf, 3, 4))) static inline int
error_set(struct error *err, int code, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return code;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return code;
}

/* Puts "prefix: " before the text, on the way up. err may be NULL. */
__attribute__((format(printf, 2, 3))) static inline void
error_wrap(struct error *err, const char *fmt, ...)
{
	char tail[ERROR_TEXT_SIZE];
	va_list ap;
	size_t n, room;
	int got;

	if (!err)
		return;
	memcpy(tail, err->text, sizeof(tail));
	va_start(ap, fmt);
	got = vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	n = got < 0 ? 0 : (size_t)got;
	if (n + 3 > sizeof(err->text))
		return;
	memcpy(err->text + n, ": ", 2);
	n += 2;
	room = sizeof(err->text) - n - 1;
	room = strnlen(tail, room);
	memcpy(err->text + n, tail, room);
	err->text[n + room] = '\0';
}
