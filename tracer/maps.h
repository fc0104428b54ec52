/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the kernel's bits and numbers to Falco's own constants (maps.def). Pure.
 */
#pragma once

#include <stdint.h>

enum map_id {
#define MAP(symbol, kind, other, ...) MAP_##symbol,
#include "maps.def"
	MAP_COUNT
};

/* Falco's value of a kernel value. */
uint64_t map_value(enum map_id map, uint64_t value);
