/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of priorities (priorities.def).
 */
#include <errno.h>
#include <strings.h>

#include "array.h"

#include "engine.h"

struct priority_info {
	const char *name, *label;
};

static const struct priority_info priorities[PRIORITY_COUNT] = {
#define PRIORITY(symbol, name, label) [PRIORITY_##symbol] = { name, label },
#include "priorities.def"
};

const char *priority_name(enum priority priority)
{
	return priorities[priority].name;
}

const char *priority_label(enum priority priority)
{
	return priorities[priority].label;
}

int priority_parse(const char *text, enum priority *ret)
{
	for (unsigned i = 0; i < PRIORITY_COUNT; i++)
		if (strcasecmp(text, priorities[i].name) == 0 ||
		    strcasecmp(text, priorities[i].label) == 0) {
			*ret = i;
			return 0;
		}
	return -EINVAL;
}
