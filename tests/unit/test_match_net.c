/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match_net.h: addresses and networks as text, and who is inside of which.
 */
#include "harness/test.h"

#include <arpa/inet.h>
#include <errno.h>

#include "error.h"

#include "engine/match_net.h"

static void ip_fails(const char *text, const char *why)
{
	struct ip_address ip;
	struct error err;

	assert_int_equal(ip_parse(span_of(text), &ip, &err), -EINVAL);
	assert_string_equal(err.text, why);
}

static void net_fails(const char *text, const char *why)
{
	struct ip_net net;
	struct error err;

	assert_int_equal(ip_net_parse(span_of(text), &net, &err), -EINVAL);
	assert_string_equal(err.text, why);
}

static struct ip_address ip_of(const char *text)
{
	struct ip_address ip = { 0 };

	assert_int_equal(ip_parse(span_of(text), &ip, NULL), 0);
	return ip;
}

static bool inside(const char *net_text, const char *ip_text)
{
	struct ip_address ip = ip_of(ip_text);
	struct ip_net net;

	assert_int_equal(ip_net_parse(span_of(net_text), &net, NULL), 0);
	return ip_net_has(&net, &ip);
}

static void a_dot_makes_it_version_four(void **state)
{
	struct ip_address ip = ip_of("1.2.3.4");

	(void)state;
	assert_int_equal(ip.family, AF_INET);
	assert_int_equal(ip_bytes(&ip).n, 4);
	ip = ip_of("2001:db8::1");
	assert_int_equal(ip.family, AF_INET6);
	assert_int_equal(ip_bytes(&ip).n, 16);
}

static void bad_addresses_are_named(void **state)
{
	(void)state;
	ip_fails("1.2.3", "unrecognized IPv4 address 1.2.3");
	ip_fails("01.02.03.04", "unrecognized IPv4 address 01.02.03.04");
	ip_fails("::ffff:1.2.3.4", "unrecognized IPv4 address ::ffff:1.2.3.4");
	ip_fails("1::2::3", "unrecognized IPv6 address 1::2::3");
	ip_fails("", "unrecognized IPv6 address ");
	ip_fails("host", "unrecognized IPv6 address host");
}

static void bad_networks_are_named(void **state)
{
	(void)state;
	net_fails("10.0.0.1", "unrecognized IP network 10.0.0.1");
	net_fails("1.2.3/8", "unrecognized IP address 1.2.3/8");
	net_fails("10.0.0.0/33", "invalid netmask 33");
	net_fails("10.0.0.0/-1", "invalid netmask -1");
	net_fails("10.0.0.0/", " is not a valid number");
	net_fails("10.0.0.0/8x", "8x is not a valid number");
	net_fails("::1", "invalid v6 netmask: ::1");
	net_fails("gg::/8", "unrecognized IPv6 address gg::/8");
	net_fails("::/0", "invalid v6 netmask 0");
	net_fails("::/129", "invalid v6 netmask 129");
}

static void prefixes_end_inside_bytes(void **state)
{
	(void)state;
	assert_true(inside("10.0.0.0/8", "10.255.1.2"));
	assert_false(inside("10.0.0.0/8", "11.0.0.1"));
	assert_true(inside("192.168.128.0/17", "192.168.200.1"));
	assert_false(inside("192.168.128.0/17", "192.168.127.1"));
	assert_true(inside("1.2.3.4/32", "1.2.3.4"));
	assert_false(inside("1.2.3.4/32", "1.2.3.5"));
	assert_true(inside("1.2.3.4/0", "255.0.0.1"));
	assert_true(inside("fe80::/10", "febf::1"));
	assert_false(inside("fe80::/10", "fec0::1"));
	assert_true(inside("::1/128", "::1"));
	assert_true(inside("10.0.0.0/ 8", "10.1.1.1"));
}

static void families_never_meet(void **state)
{
	struct ip_address a = ip_of("0.0.0.0"), b = ip_of("::");

	(void)state;
	assert_false(inside("0.0.0.0/0", "::"));
	assert_false(inside("::/1", "1.1.1.1"));
	assert_false(ip_equal(&a, &b));
	assert_true(ip_equal(&a, &a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dot_makes_it_version_four),
		cmocka_unit_test(bad_addresses_are_named),
		cmocka_unit_test(bad_networks_are_named),
		cmocka_unit_test(prefixes_end_inside_bytes),
		cmocka_unit_test(families_never_meet),
	};

	return RUN_TESTS(tests);
}
