/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz harness: the first line is a pattern, all behind it a text.
 */
#include <string.h>

#include "arena.h"
#include "cleanup.h"
#include "error.h"

#include "engine/env.h"
#include "engine/regex.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct event ev = { .arena = &arena };
	struct eval e = { .ev = &ev };
	struct span text = span_make((const char *)data, size);
	const char *end = size ? memchr(data, '\n', size) : NULL;
	size_t n = end ? (size_t)(end - text.data) : size;
	struct regex *regex;
	struct error err;

	if (regex_new(&arena, span_make(text.data, n), &regex, &err) < 0)
		return 0;
	regex_matches(regex, span_from(text, n + 1), &e);
	return 0;
}
