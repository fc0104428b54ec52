/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the filter language says what is wrong and where: one statement, as
 * error_set() does it for the rest.
 */
#pragma once

#include <stdarg.h>
#include <stdio.h>

#include "error.h"

#include "filter.h"

/* Fills err (may be NULL) and returns `code`. */
__attribute__((format(printf, 4, 5))) static inline int
filter_fail(struct filter_error *err, struct filter_pos pos, int code,
	    const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return code;
	err->pos = pos;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return code;
}
