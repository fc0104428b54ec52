/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints IP addresses. Resolves no names.
 */
#include "address.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "strbuf.h"

bool address_is_mapped(const struct ip_address *ip)
{
	static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };

	return ip->family == AF_INET6 &&
	       memcmp(ip->bytes, prefix, sizeof(prefix)) == 0;
}

void address_print(const struct ip_address *ip, struct strbuf *out)
{
	char text[INET6_ADDRSTRLEN];
	bool mapped = address_is_mapped(ip);
	int family = mapped ? AF_INET : ip->family;

	if (inet_ntop(family, mapped ? ip->bytes + 12 : ip->bytes, text,
		      sizeof(text)))
		strbuf_adds(out, text);
}
