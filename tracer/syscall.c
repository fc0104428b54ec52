/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of system calls and its index by number. libseccomp knows every
 * architecture's numbers, so there is no conditional compilation here.
 */
#include "syscall.h"

#include <linux/audit.h>
#include <seccomp.h>

#include "alloc.h"
#include "array.h"
#include "cleanup.h"

#include "decode.h"
#include "maps.h"

#define S(fn, ...) { .read = decode_##fn, .arg = { __VA_ARGS__ } }
#define M(fn, ...) { .read = decode_##fn, .arg = { __VA_ARGS__ }, .kept = true }
#define CALL(call, symbol, confirmed, bits, fd_from, ...) \
	static const struct source sources_##call[] = { __VA_ARGS__ };
#include "syscalls.def"

static const struct source sources_generic[] = {
	{ .read = decode_generic_id },
	{ .read = decode_generic_number },
};

/* The descriptor's column: two members of the row. */
#define NO_FD .fd = ROW_FD_NONE
#define NEW_FD .fd = ROW_FD_CREATED
#define PAIR_FD(n) .fd = ROW_FD_PAIR, .fd_arg = n
#define FD(n) .fd = ROW_FD_USED, .fd_arg = n
#define COPY_FD(n) .fd = ROW_FD_COPIED, .fd_arg = n
#define MEMBERS(...) __VA_ARGS__

static const struct syscall_row rows[] = {
#define CALL(call, symbol, confirmed, bits, fd_from, ...) \
	{ .name = #call, .type = EVENT_##symbol, \
	  .confirm = CONFIRM_##confirmed, .flags = bits, \
	  MEMBERS fd_from, \
	  .sources = sources_##call, .nsources = ARRAY_SIZE(sources_##call) },
#include "syscalls.def"
#define GENERIC(code, call) \
	{ .name = #call, .type = EVENT_GENERIC_X, .generic = GENERIC_##call, \
	  .confirm = CONFIRM_NEVER, .sources = sources_generic, \
	  .nsources = ARRAY_SIZE(sources_generic) },
#include "generic.def"
};

static const uint16_t generic_codes[] = {
#define GENERIC(code, call) code,
#include "generic.def"
};

size_t syscall_rows(void)
{
	return ARRAY_SIZE(rows);
}

const struct syscall_row *syscall_row(size_t i)
{
	return &rows[i];
}

uint16_t syscall_generic_code(unsigned generic)
{
	return generic < ARRAY_SIZE(generic_codes) ? generic_codes[generic] : 0;
}

/* Calls that a libseccomp of some age does not know. From 424 on a call has the
 * same number on every architecture that we run on (asm-generic/unistd.h). */
static const struct {
	const char *name;
	int nr;
} newer_calls[] = {
	{ "statmount", 457 },	      { "listmount", 458 },
	{ "lsm_get_self_attr", 459 }, { "lsm_set_self_attr", 460 },
	{ "lsm_list_modules", 461 },  { "mseal", 462 },
	{ "setxattrat", 463 },	      { "getxattrat", 464 },
	{ "listxattrat", 465 },	      { "removexattrat", 466 },
	{ "open_tree_attr", 467 },    { "file_getattr", 468 },
	{ "file_setattr", 469 },      { "listns", 470 },
	{ "rseq_slice_yield", 471 },
};

/* x32's numbers have a bit of their own. */
#define X32_MARK 0x40000000

int syscall_number(const char *name, uint32_t arch)
{
	int nr = seccomp_syscall_resolve_name_arch(arch, name);

	for (size_t i = 0; nr < 0 && i < ARRAY_SIZE(newer_calls); i++) {
		if (strcmp(newer_calls[i].name, name) == 0)
			return newer_calls[i].nr |
			       (arch == SCMP_ARCH_X32 ? X32_MARK : 0);
	}
	return nr;
}

static const struct syscall_row *row_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	}
	return NULL;
}

const struct syscall_row *syscall_by_number(uint32_t arch, int nr)
{
	CLEANUP(freep) char *name = seccomp_syscall_resolve_num_arch(arch, nr);

	for (size_t i = 0; !name && i < ARRAY_SIZE(newer_calls); i++) {
		if (newer_calls[i].nr == nr)
			return row_by_name(newer_calls[i].name);
	}
	return name ? row_by_name(name) : NULL;
}

/* --- 32-bit programs ------------------------------------------------------- */

/* The place of a call's row. */
enum row_id {
#define CALL(call, symbol, confirmed, bits, fd_from, ...) ROW_ID_##call,
#include "syscalls.def"
#define GENERIC(code, call) ROW_ID_##call,
#include "generic.def"
};

#define PART(multiplexer, which, call, ...)
#define COMPAT(call_name, call, how, n) \
	{ #call_name, ROW_ID_##call, SHAPE_##how, n },
static const struct {
	const char *name;
	uint16_t row;
	uint8_t shape, number;
} compat[] = {
#include "compat.def"
};

#define AT(word) (PART_AT | (word))
#define COMPAT(call_name, call, how, n)
#define PART(multiplexer, which, call, ...) \
	{ .multiplexer_row = ROW_ID_##multiplexer, \
	  .part = { .number = which, .words = { __VA_ARGS__ }, \
		    .n = sizeof((uint8_t[]){ __VA_ARGS__ }), \
		    .row = &rows[ROW_ID_##call] } },
static const struct {
	uint16_t multiplexer_row;
	struct syscall_part part;
} parts[] = {
#include "compat.def"
};

bool syscall_long_is_wide(uint32_t arch)
{
	return syscall_pointer_is_wide(arch) || arch == SCMP_ARCH_X32;
}

bool syscall_pointer_is_wide(uint32_t arch)
{
	return arch & __AUDIT_ARCH_64BIT;
}

const struct syscall_part *syscall_part(const struct syscall_row *row,
					unsigned number)
{
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (&rows[parts[i].multiplexer_row] == row &&
		    parts[i].part.number == number)
			return &parts[i].part;
	}
	return NULL;
}

/* --- The index ------------------------------------------------------------- */

/* Numbers beyond this are no system calls of any ABI we know; x32's mark apart. */
#define NUMBERS_MAX 1024
#define ARCHES_MAX 8

struct arch_index {
	uint32_t arch;
	struct syscall_entry entries[NUMBERS_MAX];
};

struct syscall_index {
	struct arch_index *arches[ARCHES_MAX];
	size_t n;
};

struct syscall_index *syscall_index_new(void)
{
	return xcalloc(1, sizeof(struct syscall_index));
}

void syscall_index_free(struct syscall_index *x)
{
	if (!x)
		return;
	for (size_t i = 0; i < x->n; i++)
		free(x->arches[i]);
	free(x);
}

/* The place of a number, NULL for one that can be no call's. */
static struct syscall_entry *place(struct arch_index *a, int nr)
{
	if (nr >= 0 && a->arch == SCMP_ARCH_X32)
		nr = nr & X32_MARK ? nr & ~X32_MARK : -1;
	return nr >= 0 && nr < NUMBERS_MAX ? &a->entries[nr] : NULL;
}

static void add(struct arch_index *a, int nr, struct syscall_entry entry)
{
	struct syscall_entry *at = place(a, nr);

	if (at && !at->row)
		*at = entry;
}

static void add_compat(struct arch_index *a)
{
	for (size_t i = 0; i < ARRAY_SIZE(compat); i++)
		add(a,
		    seccomp_syscall_resolve_name_arch(a->arch, compat[i].name),
		    (struct syscall_entry){ &rows[compat[i].row],
					    compat[i].shape,
					    compat[i].number });
}

/* For i386 libseccomp leads from the names of what socketcall and ipc do to numbers
 * that it has made up, but from their true numbers to the names. */
static void add_by_number(struct arch_index *a)
{
	for (int nr = 0; nr < NUMBERS_MAX / 2; nr++) {
		CLEANUP(freep) char *name = NULL;

		if (a->entries[nr].row)
			continue;
		name = seccomp_syscall_resolve_num_arch(a->arch, nr);
		if (name)
			a->entries[nr].row = row_by_name(name);
	}
}

static struct arch_index *arch_build(uint32_t arch)
{
	struct arch_index *a = xcalloc(1, sizeof(*a));

	a->arch = arch;
	if (!syscall_long_is_wide(arch))
		add_compat(a);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		add(a, syscall_number(rows[i].name, arch),
		    (struct syscall_entry){ .row = &rows[i] });
	if (arch == SCMP_ARCH_X86)
		add_by_number(a);
	return a;
}

/* NULL where there is no room for one more. */
static struct arch_index *find_arch(struct syscall_index *x, uint32_t arch)
{
	size_t i = 0;

	while (i < x->n && x->arches[i]->arch != arch)
		i++;
	if (i == ARCHES_MAX)
		return NULL;
	if (i == x->n)
		x->arches[x->n++] = arch_build(arch);
	return x->arches[i];
}

const struct syscall_entry *syscall_index_find(struct syscall_index *x,
					       uint32_t arch, int nr)
{
	struct arch_index *a = find_arch(x, arch);
	const struct syscall_entry *entry = a ? place(a, nr) : NULL;

	return entry && entry->row ? entry : NULL;
}

/* Of a number of many parts, one that is wanted is enough. */
static bool is_wanted(const struct syscall_entry *e,
		      bool (*wants)(const void *ctx,
				    const struct syscall_row *row),
		      const void *ctx)
{
	if (wants(ctx, e->row))
		return true;
	for (size_t i = 0; e->shape == SHAPE_PARTS && i < ARRAY_SIZE(parts);
	     i++) {
		if (&rows[parts[i].multiplexer_row] == e->row &&
		    wants(ctx, parts[i].part.row))
			return true;
	}
	return false;
}

void syscall_index_numbers(struct syscall_index *x, uint32_t arch,
			   bool (*wants)(const void *ctx,
					 const struct syscall_row *row),
			   const void *wants_ctx,
			   void (*fn)(void *ctx, uint32_t arch, int nr),
			   void *ctx)
{
	const struct arch_index *a = find_arch(x, arch);
	int mark = arch == SCMP_ARCH_X32 ? X32_MARK : 0;

	for (int nr = 0; a && nr < NUMBERS_MAX; nr++) {
		if (a->entries[nr].row &&
		    is_wanted(&a->entries[nr], wants, wants_ctx))
			fn(ctx, arch, nr | mark);
	}
}
