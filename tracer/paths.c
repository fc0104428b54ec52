/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lexical path arithmetic, one component at a time over one output buffer.
 */
#include "paths.h"

#include "arena.h"

static struct span next_component(struct span *rest)
{
	struct span part;
	size_t n = 0;

	while (rest->n && rest->data[0] == '/')
		*rest = span_from(*rest, 1);
	while (n < rest->n && rest->data[n] != '/')
		n++;
	part = span_make(rest->data, n);
	*rest = span_from(*rest, n);
	return part;
}

/* The length without the last component; its slash stays. */
static size_t without_last(const char *out, size_t n)
{
	if (n && out[n - 1] == '/')
		n--;
	while (n && out[n - 1] != '/')
		n--;
	return n;
}

/* The first component goes right behind the base, whatever that ends with. */
static size_t add_component(char *out, size_t n, struct span part, bool first)
{
	if (!first && n && out[n - 1] != '/')
		out[n++] = '/';
	memcpy(out + n, part.data, part.n);
	return n + part.n;
}

struct span paths_join(struct arena *a, struct span base, struct span path)
{
	bool alone = path.n == 0 || path.data[0] == '/', first = true;
	size_t n = 0, floor;
	struct span part;
	char *out;

	if (alone)
		base = span_make("", 0);
	if (base.n + path.n + 1 > PATHS_MAX)
		return SPAN("/DIR_TOO_LONG/FILENAME_TOO_LONG");
	/* One byte for each slash that is put in between, one for the NUL. */
	out = arena_alloc(a, base.n + path.n + 3);
	if (base.n)
		memcpy(out, base.data, base.n);
	n = base.n;
	if (alone && path.n)
		out[n++] = '/';
	floor = n && out[0] == '/' ? 1 : 0;
	while ((part = next_component(&path)).n) {
		if (span_is(part, "."))
			continue;
		if (span_is(part, ".."))
			n = without_last(out, n);
		else
			n = add_component(out, n, part, first);
		n = n < floor ? floor : n;
		first = false;
	}
	if (n > 1 && out[n - 1] == '/')
		n--;
	out[n] = '\0';
	return span_make(out, n);
}
