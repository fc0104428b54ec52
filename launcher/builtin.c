/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The built-in ruleset: the file itself, taken in by the assembler, so that there
 * is no generated file. The path is relative to the top of the tree, where make
 * runs.
 */
#include "builtin.h"

__asm__(".pushsection .rodata\n"
	"builtin_rules_begin:\n"
	".incbin \"rules/falco_run_rules.yaml\"\n"
	"builtin_rules_end:\n"
	".byte 0\n"
	".popsection\n");

extern const char builtin_rules_begin[], builtin_rules_end[];

struct span builtin_rules(void)
{
	return span_make(builtin_rules_begin,
			 (size_t)(builtin_rules_end - builtin_rules_begin));
}
