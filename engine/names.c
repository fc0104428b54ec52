/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of error numbers and of signals.
 */
#include <stddef.h>

#include "array.h"

#include "render.h"

static const char *const errnos[] = {
#define ERRNO(number, name) [number] = #name,
#include "errnos.def"
};

static const char *const signals[] = {
#define SIGNAL(number, name) [number] = #name,
#include "signals.def"
};

const char *errno_name(int number)
{
	return number > 0 && (size_t)number < ARRAY_SIZE(errnos) ?
		       errnos[number] :
		       NULL;
}

const char *signal_name(int number)
{
	return number > 0 && (size_t)number < ARRAY_SIZE(signals) ?
		       signals[number] :
		       NULL;
}
