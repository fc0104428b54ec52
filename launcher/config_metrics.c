/* SPDX-License-Identifier: Apache-2.0 */
/*
 * metrics and webserver of the configuration. What Falco finds wrong with
 * metrics only when it starts to take them is found by metrics_check(), not
 * here.
 */
#include "config_checking.h"

#include <arpa/inet.h>

#include "array.h"

#include "config.h"
#include "config_check.h"

/* The units in the order in which they may stand. */
static const struct {
	const char *name;
	int64_t ms;
} units[] = {
	{ "y", INT64_C(31536000000) },
	{ "w", 604800000 },
	{ "d", 86400000 },
	{ "h", 3600000 },
	{ "m", 60000 },
	{ "s", 1000 },
	{ "ms", 1 },
};

#define DIGITS_MAX 9

/* The next unit from `first` on that stands at s, not followed by another
 * letter. */
static size_t unit_at(const char *s, size_t first)
{
	size_t n = strcspn(s, "0123456789");

	for (size_t i = first; i < ARRAY_SIZE(units); i++)
		if (strlen(units[i].name) == n && !strncmp(s, units[i].name, n))
			return i;

	return ARRAY_SIZE(units);
}

int64_t config_duration_ms(const char *text)
{
	size_t unit = 0;
	int64_t sum = 0;

	while (*text) {
		size_t digits = strspn(text, "0123456789");
		int64_t value = 0;

		for (size_t i = 0; i < digits && i <= DIGITS_MAX; i++)
			value = value * 10 + (text[i] - '0');
		unit = unit_at(text + digits, unit);
		if (!digits || digits > DIGITS_MAX || unit == ARRAY_SIZE(units))
			return 0;
		sum += value * units[unit].ms;
		text += digits + strlen(units[unit++].name);
	}
	return sum;
}

static int check_address(struct checking *k)
{
	const char *address = k->c->webserver_address;
	unsigned char ignored[sizeof(struct in6_addr)];

	if (inet_pton(AF_INET, address, ignored) == 1 ||
	    inet_pton(AF_INET6, address, ignored) == 1)
		return 0;

	return checking_bad(k,
			    "webserver listen address \"%s\" is not a valid "
			    "IP address",
			    address);
}

int check_metrics(struct checking *k)
{
	struct config *c = k->c;

	c->metrics_interval_ms = config_duration_ms(c->metrics_interval);
	return check_address(k);
}
