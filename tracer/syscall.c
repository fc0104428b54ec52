/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of system calls and its index by number. libseccomp knows every
 * architecture's numbers, so there is no conditional compilation here.
 */
#include "syscall.h"

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

int syscall_number(const struct syscall_row *row, uint32_t arch)
{
	int nr = seccomp_syscall_resolve_name_arch(arch, row->name);

	for (size_t i = 0; nr < 0 && i < ARRAY_SIZE(newer_calls); i++) {
		if (strcmp(newer_calls[i].name, row->name) == 0)
			return newer_calls[i].nr;
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

/* Numbers beyond this are no system calls of any architecture we know. */
#define NUMBERS_MAX 8192
#define ARCHES_MAX 8

struct arch_index {
	uint32_t arch;
	const struct syscall_row *rows[NUMBERS_MAX];
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

static struct arch_index *arch_build(uint32_t arch)
{
	struct arch_index *a = xcalloc(1, sizeof(*a));

	a->arch = arch;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int nr = syscall_number(&rows[i], arch);

		if (nr >= 0 && nr < NUMBERS_MAX && !a->rows[nr])
			a->rows[nr] = &rows[i];
	}
	return a;
}

const struct syscall_row *syscall_index_find(struct syscall_index *x,
					     uint32_t arch, int nr)
{
	size_t i = 0;

	if (nr < 0 || nr >= NUMBERS_MAX)
		return NULL;
	while (i < x->n && x->arches[i]->arch != arch)
		i++;
	if (i == ARCHES_MAX)
		return NULL;
	if (i == x->n)
		x->arches[x->n++] = arch_build(arch);

	return x->arches[i]->rows[nr];
}
