/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IP addresses as Falco writes them.
 */
#pragma once

#include <stdbool.h>

#include "value.h"

struct strbuf;

/* "127.0.0.1", "::1"; a mapped address (::ffff:a.b.c.d) as its IPv4 one. */
void address_print(const struct ip_address *ip, struct strbuf *out);

/* Is it ::ffff:a.b.c.d? */
bool address_is_mapped(const struct ip_address *ip);
