/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of flag bits and of enumerated values (flags.def), as tables.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "event.h"

struct flag_name {
	const char *name;
	uint32_t value;
};

/* The names of a set in the order of look-up; *ret_n of them (0 for FLAGS_NONE). */
const struct flag_name *flag_names(enum flag_set set, size_t *ret_n);
