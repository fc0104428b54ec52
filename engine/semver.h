/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Versions x.y.z as rules files require them of the engine and of plugins. What
 * follows the third number is ignored, as Falco does.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "span.h"

struct strbuf;

struct semver {
	uint32_t major, minor, patch;
};

/* 0, or -EINVAL when the text does not begin with three numbers. */
int semver_parse(struct span text, struct semver *ret);

/* Less than, equal to or greater than 0, as strcmp(3). */
int semver_compare(struct semver a, struct semver b);

/* Does `have` serve who asks for `want`: the same major, nothing older? */
bool semver_satisfies(struct semver have, struct semver want);

/* Appends "x.y.z". */
void semver_print(struct semver v, struct strbuf *out);
