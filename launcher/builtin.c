/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The built-in ruleset: the files themselves, taken in by the assembler, so that
 * there is no generated file. Rules files are sequences, so one after the other they
 * are one file. The paths are relative to the top of the tree, where make runs.
 */
#include "builtin.h"

#include <errno.h>

#include "array.h"
#include "error.h"

/* Of this file, and said to be: by the global offset table, which GNU's linker for aarch64
 * fills for the section alone, all of them would be its beginning. */
#define LABEL extern const char __attribute__((visibility("hidden")))

#define BEGIN(name) ".pushsection .rodata\n" #name "_begin:\n"
#define FILE_TEXT(path) ".incbin \"" path "\"\n"
#define END(name) #name "_end:\n.byte 0\n.popsection\n"

__asm__(BEGIN(builtin_rules)
#define RULES_FILE(path) FILE_TEXT(path)
#define SELECTION(name, path)
#include "builtin.def"
	END(builtin_rules));

#define RULES_FILE(path)
#define SELECTION(name, path) \
	__asm__(BEGIN(builtin_##name) FILE_TEXT(path) END(builtin_##name)); \
	LABEL builtin_##name##_begin[], builtin_##name##_end[];
#include "builtin.def"

LABEL builtin_rules_begin[], builtin_rules_end[];

static const struct {
	const char *name, *begin, *end;
} selections[] = {
	{ "default", "", NULL },
#define RULES_FILE(path)
#define SELECTION(name, path) { #name, builtin_##name##_begin, builtin_##name##_end },
#include "builtin.def"
};

static struct span between(const char *begin, const char *end)
{
	return span_make(begin, end ? (size_t)(end - begin) : 0);
}

struct span builtin_rules(void)
{
	return between(builtin_rules_begin, builtin_rules_end);
}

int builtin_selection(const char *name, struct span *ret, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(selections); i++) {
		if (strcmp(selections[i].name, name) != 0)
			continue;
		*ret = between(selections[i].begin, selections[i].end);
		return 0;
	}
	return error_set(err, -EINVAL,
			 "--ruleset %s: there are default, ci and service",
			 name);
}
