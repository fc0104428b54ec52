/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses and networks as rules write them. Only numbers: no name is ever
 * resolved.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "span.h"
#include "value.h"

struct error;

/* A network; bits is the length of its prefix. */
struct ip_net {
	struct ip_address ip;
	uint8_t bits;
};

/* "1.2.3.4" or "::1". -EINVAL with Falco's message. */
int ip_parse(struct span text, struct ip_address *ret, struct error *err);
/* "10.0.0.0/8" or "fe80::/10", the slash always there. -EINVAL as above. */
int ip_net_parse(struct span text, struct ip_net *ret, struct error *err);
/* The same family and the same address. */
bool ip_equal(const struct ip_address *a, const struct ip_address *b);
/* Is the address inside? Never when the families differ. */
bool ip_net_has(const struct ip_net *net, const struct ip_address *ip);
/* The address's bytes: 4 or 16. */
struct span ip_bytes(const struct ip_address *ip);
