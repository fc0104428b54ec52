/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses and networks: inet_pton(3) decides what an address is.
 */
#include "match_net.h"

#include <arpa/inet.h>
#include <errno.h>

#include "error.h"

#include "operand.h"

/* Longer than any address. */
#define ADDRESS_MAX 64

static bool parse_family(struct span text, int family, struct ip_address *ret)
{
	struct ip_address ip = { .family = (uint8_t)family };
	char buf[ADDRESS_MAX];

	if (text.n >= sizeof(buf) || memchr(text.data, '\0', text.n))
		return false;
	memcpy(buf, text.data, text.n);
	buf[text.n] = '\0';
	if (inet_pton(family, buf, ip.bytes) != 1)
		return false;

	*ret = ip;
	return true;
}

static bool has_dot(struct span text)
{
	return text.n && memchr(text.data, '.', text.n);
}

int ip_parse(struct span text, struct ip_address *ret, struct error *err)
{
	bool is_v4 = has_dot(text);

	if (!text.n || !parse_family(text, is_v4 ? AF_INET : AF_INET6, ret))
		return error_set(err, -EINVAL, "unrecognized IPv%c address %.*s",
				 is_v4 ? '4' : '6', SPAN_FMT(text));

	return 0;
}

static int parse_v4_net(struct span text, const char *slash, struct ip_net *ret,
			struct error *err)
{
	size_t at = slash ? (size_t)(slash - text.data) : 0;
	struct ip_net net;
	int64_t bits;

	if (!slash)
		return error_set(err, -EINVAL, "unrecognized IP network %.*s",
				 SPAN_FMT(text));
	if (!parse_family(span_make(text.data, at), AF_INET, &net.ip))
		return error_set(err, -EINVAL, "unrecognized IP address %.*s",
				 SPAN_FMT(text));
	if (number_parse(span_from(text, at + 1), true, &bits, err) < 0)
		return -EINVAL;
	if (bits < 0 || bits > 32)
		return error_set(err, -EINVAL, "invalid netmask %d", (int)bits);

	net.bits = (uint8_t)bits;
	*ret = net;
	return 0;
}

static int parse_v6_net(struct span text, const char *slash, struct ip_net *ret,
			struct error *err)
{
	size_t at = slash ? (size_t)(slash - text.data) : 0;
	struct ip_net net;
	int64_t bits;

	if (!slash)
		return error_set(err, -EINVAL, "invalid v6 netmask: %.*s",
				 SPAN_FMT(text));
	if (!parse_family(span_make(text.data, at), AF_INET6, &net.ip))
		return error_set(err, -EINVAL, "unrecognized IPv6 address %.*s",
				 SPAN_FMT(text));
	if (number_parse(span_from(text, at + 1), true, &bits, err) < 0)
		return -EINVAL;
	if (bits < 1 || bits > 128)
		return error_set(err, -EINVAL, "invalid v6 netmask %d",
				 (int)bits);

	net.bits = (uint8_t)bits;
	*ret = net;
	return 0;
}

int ip_net_parse(struct span text, struct ip_net *ret, struct error *err)
{
	const char *slash = text.n ? memchr(text.data, '/', text.n) : NULL;

	return has_dot(text) ? parse_v4_net(text, slash, ret, err) :
			       parse_v6_net(text, slash, ret, err);
}

struct span ip_bytes(const struct ip_address *ip)
{
	return span_make((const char *)ip->bytes,
			 ip->family == AF_INET ? 4 : 16);
}

bool ip_equal(const struct ip_address *a, const struct ip_address *b)
{
	return a->family == b->family && span_eq(ip_bytes(a), ip_bytes(b));
}

bool ip_net_has(const struct ip_net *net, const struct ip_address *ip)
{
	unsigned whole = net->bits / 8, left = net->bits % 8;
	uint8_t mask = (uint8_t)(0xff00 >> left);

	if (net->ip.family != ip->family ||
	    memcmp(net->ip.bytes, ip->bytes, whole) != 0)
		return false;

	return !left || ((net->ip.bytes[whole] ^ ip->bytes[whole]) & mask) == 0;
}
