/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libunwind is loaded by name (unwind.def), its headers give the types.
 */
#include "stack.h"

#include <dlfcn.h>
#include <errno.h>
#include <libunwind-ptrace.h>
#include <stdbool.h>
#include <stddef.h>

#include "alloc.h"
#include "array.h"
#include "cleanup.h"
#include "clock.h"
#include "strbuf.h"

#define NAME_MAX_SHOWN 256

#define TEXT(x) #x
#define TEXT_OF(x) TEXT(x)
#define NAME_OF(function) TEXT_OF(UNW_OBJ(function))

enum library { LIBRARY_LZMA, LIBRARY_TARGET, LIBRARY_PTRACE, LIBRARY_COUNT };

/* Debian's libunwind-ptrace uses liblzma and does not say so: it comes first, and for
 * everybody. Where it is not needed it need not be there. */
static const char *const libraries[LIBRARY_COUNT] = {
	[LIBRARY_LZMA] = "liblzma.so.5",
	[LIBRARY_PTRACE] = "libunwind-ptrace.so.0",
	[LIBRARY_TARGET] = "libunwind-" TEXT_OF(UNW_TARGET) ".so.8",
};

struct unwinder {
	void *libraries[LIBRARY_COUNT];
	unw_addr_space_t space;
#define UNWIND(library, symbol, member, type) __typeof__(type) member;
#include "unwind.def"
};

static const struct {
	enum library library;
	const char *symbol;
	size_t offset;
} symbols[] = {
#define UNWIND(library, symbol, member, type) \
	{ LIBRARY_##library, symbol, offsetof(struct unwinder, member) },
#include "unwind.def"
};

static bool load(struct unwinder *u)
{
	for (unsigned i = 0; i < LIBRARY_COUNT; i++) {
		u->libraries[i] = dlopen(libraries[i], RTLD_NOW | RTLD_GLOBAL);
		if (!u->libraries[i] && i != LIBRARY_LZMA)
			return false;
	}
	for (size_t i = 0; i < ARRAY_SIZE(symbols); i++) {
		void *found = dlsym(u->libraries[symbols[i].library],
				    symbols[i].symbol);

		if (!found)
			return false;
		memcpy((char *)u + symbols[i].offset, &found, sizeof(found));
	}
	u->space = u->make_space(u->accessors, 0);

	return u->space != NULL;
}

struct unwinder *unwinder_new(void)
{
	struct unwinder *u = xcalloc(1, sizeof(*u));

	if (load(u))
		return u;
	unwinder_free(u);
	return NULL;
}

void unwinder_free(struct unwinder *u)
{
	if (!u)
		return;
	if (u->space)
		u->free_space(u->space);
	for (unsigned i = 0; i < LIBRARY_COUNT; i++) {
		if (u->libraries[i])
			dlclose(u->libraries[i]);
	}
	free(u);
}

static int64_t now_ms(void)
{
	return (int64_t)clock_ms(CLOCK_MONOTONIC);
}

/* -UNW_ENOMEM: the name is cut, and good. */
static bool add_frame(struct unwinder *u, unw_cursor_t *cursor,
		      struct strbuf *out)
{
	char name[NAME_MAX_SHOWN] = "";
	unw_word_t ip, offset = 0;
	int r;

	if (u->reg(cursor, UNW_REG_IP, &ip) < 0 || !ip)
		return false;
	r = u->name(cursor, name, sizeof(name), &offset);
	name[sizeof(name) - 1] = '\0';
	if (out->n)
		strbuf_adds(out, " < ");
	if (*name && (!r || r == -UNW_ENOMEM))
		strbuf_addf(out, "%s+0x%llx", name, (unsigned long long)offset);
	else
		strbuf_addf(out, "0x%llx", (unsigned long long)ip);
	return true;
}

static void walk(struct unwinder *u, unw_cursor_t *cursor, struct strbuf *out)
{
	int64_t end = now_ms() + STACK_LIMIT_MS;

	for (unsigned i = 0; i < STACK_DEPTH && now_ms() < end; i++) {
		if (!add_frame(u, cursor, out) || u->step(cursor) <= 0)
			return;
	}
	strbuf_adds(out, " < ...");
}

int unwinder_stack(struct unwinder *u, pid_t tid, struct strbuf *out)
{
	CLEANUP(strbuf_done) struct strbuf frames = STRBUF_INIT;
	unw_cursor_t cursor;
	void *tracee = u->create(tid);

	if (!tracee)
		return -ENOMEM;
	if (!u->begin(&cursor, u->space, tracee))
		walk(u, &cursor, &frames);
	u->destroy(tracee);
	strbuf_add(out, frames.data, frames.n);

	return frames.n ? 0 : -EIO;
}
