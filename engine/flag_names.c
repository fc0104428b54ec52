/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expands flags.def into one table per set. Knows nothing of which parameter uses
 * which set (events.def does) nor of how names are joined (render.c does).
 */
#include "flag_names.h"

#include "array.h"

#define FLAG_SET(symbol, ...) \
	static const struct flag_name names_##symbol[] = { __VA_ARGS__ };
#define FLAG(name, value) { name, value }
#include "flags.def"

static const struct {
	const struct flag_name *names;
	size_t n;
} sets[] = {
	[FLAGS_NONE] = { NULL, 0 },
#define FLAG_SET(symbol, ...) \
	[FLAGS_##symbol] = { names_##symbol, ARRAY_SIZE(names_##symbol) },
#define FLAG(name, value)
#include "flags.def"
};

const struct flag_name *flag_names(enum flag_set set, size_t *ret_n)
{
	*ret_n = sets[set].n;
	return sets[set].names;
}
