/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Users and groups, from the target's own /etc or from a capture file. Borrowed.
 */
#pragma once

#include <stdint.h>

#include "span.h"

struct user_info {
	uint32_t uid;
	uint32_t gid;
	struct span name;
	struct span home;
	struct span shell;
};

struct group_info {
	uint32_t gid;
	struct span name;
};
