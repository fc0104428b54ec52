/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking up maps.def.
 */
#include "maps.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <linux/quota.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#include "array.h"

enum map_kind {
	MAP_KIND_BITS,   /* every entry whose bits are all set is added */
	MAP_KIND_ANY,    /* every entry one of whose bits is set is added */
	MAP_KIND_VALUES, /* the entry that is equal, else the other value */
};

struct map_entry {
	uint64_t kernel;
	uint64_t falco;
};

#define E(kernel, falco) { kernel, falco }
#define MAP(symbol, kind, other, ...) \
	static const struct map_entry entries_##symbol[] = { __VA_ARGS__ };
#include "maps.def"

static const struct {
	enum map_kind kind;
	uint64_t other;
	const struct map_entry *entries;
	size_t n;
} maps[] = {
#define MAP(symbol, map_kind, other_value, ...) \
	{ MAP_KIND_##map_kind, other_value, entries_##symbol, \
	  ARRAY_SIZE(entries_##symbol) },
#include "maps.def"
};

static uint64_t map_exact(enum map_id map, uint64_t value)
{
	for (size_t i = 0; i < maps[map].n; i++) {
		if (maps[map].entries[i].kernel == value)
			return maps[map].entries[i].falco;
	}
	return maps[map].other;
}

uint64_t map_value(enum map_id map, uint64_t value)
{
	uint64_t found = 0;

	if (maps[map].kind == MAP_KIND_VALUES)
		return map_exact(map, value);
	for (size_t i = 0; i < maps[map].n; i++) {
		uint64_t bits = maps[map].entries[i].kernel;
		bool set = maps[map].kind == MAP_KIND_ANY ?
				   (value & bits) != 0 :
				   (value & bits) == bits;

		if (set)
			found |= maps[map].entries[i].falco;
	}
	return found;
}
