/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Versions: reading, comparing, printing. The text comes from a rules file and is
 * not trusted; numbers that do not fit make it invalid.
 */
#include "semver.h"

#include <errno.h>
#include <stddef.h>

#include "strbuf.h"

static int number_parse(struct span text, size_t *at, uint32_t *ret)
{
	uint64_t n = 0;
	size_t start = *at;

	while (*at < text.n && text.data[*at] >= '0' && text.data[*at] <= '9') {
		n = n * 10 + (uint64_t)(text.data[*at] - '0');
		if (n > UINT32_MAX)
			return -EINVAL;
		(*at)++;
	}
	if (*at == start)
		return -EINVAL;

	*ret = (uint32_t)n;
	return 0;
}

static int dot_parse(struct span text, size_t *at)
{
	if (*at >= text.n || text.data[*at] != '.')
		return -EINVAL;

	(*at)++;
	return 0;
}

int semver_parse(struct span text, struct semver *ret)
{
	struct semver v;
	size_t at = 0;

	if (number_parse(text, &at, &v.major) < 0 || dot_parse(text, &at) < 0 ||
	    number_parse(text, &at, &v.minor) < 0 || dot_parse(text, &at) < 0 ||
	    number_parse(text, &at, &v.patch) < 0)
		return -EINVAL;

	*ret = v;
	return 0;
}

static int number_compare(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

int semver_compare(struct semver a, struct semver b)
{
	int order = number_compare(a.major, b.major);

	if (!order)
		order = number_compare(a.minor, b.minor);
	return order ? order : number_compare(a.patch, b.patch);
}

bool semver_satisfies(struct semver have, struct semver want)
{
	return have.major == want.major && semver_compare(have, want) >= 0;
}

void semver_print(struct semver v, struct strbuf *out)
{
	strbuf_addf(out, "%u.%u.%u", v.major, v.minor, v.patch);
}
