/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One small function for each shape of compat.def.
 */
#include "compat.h"

#include <seccomp.h>

#include "array.h"

#include "live_event.h"

#define PAGE_BYTES 4096
/* The lower half of ipc(2)'s number; the upper one is a version. */
#define IPC_NUMBER 0xffff

static void put_pair(struct live_event *le, unsigned to, unsigned from)
{
	uint64_t *args = le->call.args;

	args[to] = args[from] | args[from + 1] << 32;
}

static void same(struct live_event *le, unsigned number)
{
	(void)le;
	(void)number;
}

static void ids(struct live_event *le, unsigned number)
{
	le->id_size = sizeof(uint16_t);
	for (unsigned i = 0; i < 6; i++) {
		uint16_t id = (uint16_t)le->call.args[i];

		if (number & 1U << i)
			le->call.args[i] = id == UINT16_MAX ? UINT32_MAX : id;
	}
}

static void wide(struct live_event *le, unsigned number)
{
	(void)number;
	le->long_size = sizeof(uint64_t);
}

static void pair(struct live_event *le, unsigned number)
{
	bool even = le->call.arch == SCMP_ARCH_ARM;

	put_pair(le, number, even ? (number + 1) & ~1U : number);
}

static void halves(struct live_event *le, unsigned number)
{
	put_pair(le, number, number);
}

static void has_sign(struct live_event *le, unsigned number)
{
	le->call.args[number] = (uint64_t)(int32_t)le->call.args[number];
}

static void seek(struct live_event *le, unsigned number)
{
	uint64_t *args = le->call.args;

	(void)number;
	args[1] = args[1] << 32 | args[2];
	args[2] = args[4];
}

static void pages(struct live_event *le, unsigned number)
{
	le->call.args[number] *= PAGE_BYTES;
}

static void none(struct live_event *le, unsigned number)
{
	le->call.args[number] = 0;
}

static bool read_words(struct live_event *le, uint64_t address, uint32_t *words,
		       size_t n)
{
	struct remote memory = live_event_memory(le);
	ssize_t want = (ssize_t)(n * sizeof(*words));
	ssize_t got = remote_read(&memory, address, words, (size_t)want);

	if (got < 0)
		live_event_unread(le, (int)got);
	return got == want && live_event_valid(le);
}

static void block(struct live_event *le, unsigned number)
{
	uint32_t words[6];

	if (!read_words(le, le->call.args[0], words, number))
		return;
	for (unsigned i = 0; i < number; i++)
		le->call.args[i] = words[i];
}

/* The words that the parts' arguments are taken from: how many are read. */
static size_t words_needed(const struct syscall_part *part)
{
	size_t n = 0;

	for (unsigned i = 0; i < part->n; i++) {
		if (part->words[i] >= n)
			n = part->words[i] + 1U;
	}
	return n;
}

static bool take_words(struct live_event *le, const struct syscall_part *part,
		       const uint32_t *from)
{
	uint64_t args[6] = { 0 };

	for (unsigned i = 0; i < part->n; i++) {
		uint32_t word = from[part->words[i] & ~PART_AT];

		if (part->words[i] & PART_AT &&
		    !read_words(le, word, &word, 1))
			return false;
		args[i] = word;
	}
	memcpy(le->call.args, args, sizeof(args));
	return true;
}

static void parts(struct live_event *le, unsigned number)
{
	bool is_ipc = le->row->generic == GENERIC_ipc;
	uint32_t which = (uint32_t)le->call.args[0];
	const struct syscall_part *part = syscall_part(
		le->row, is_ipc ? which & IPC_NUMBER : which);
	uint32_t words[PART_WORDS] = { 0 };

	(void)number;
	if (!part)
		return;
	if (is_ipc) {
		for (unsigned i = 0; i < 5; i++)
			words[i] = (uint32_t)le->call.args[i + 1];
	} else if (!read_words(le, le->call.args[1], words,
			       words_needed(part))) {
		return;
	}
	if (take_words(le, part, words))
		le->row = part->row;
}

static void (*const shapes[SHAPE_COUNT])(struct live_event *le,
					 unsigned number) = {
	[SHAPE_SAME] = same,
	[SHAPE_IDS] = ids,
	[SHAPE_WIDE] = wide,
	[SHAPE_PAIR] = pair,
	[SHAPE_HALVES] = halves,
	[SHAPE_SIGNED] = has_sign,
	[SHAPE_SEEK] = seek,
	[SHAPE_PAGES] = pages,
	[SHAPE_NONE] = none,
	[SHAPE_BLOCK] = block,
	[SHAPE_PARTS] = parts,
};

void compat_settle(struct live_event *le, const struct syscall_entry *entry)
{
	le->row = entry->row;
	le->long_size = syscall_long_is_wide(le->call.arch) ? 8 : 4;
	le->id_size = sizeof(uint32_t);
	shapes[entry->shape](le, entry->number);
}
