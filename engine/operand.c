/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Constants of a condition. The rules of each type are Falco's, its silent
 * truncations included: a rules file that loads there loads here.
 */
#include "operand.h"

#include <errno.h>

#include "arena.h"
#include "error.h"

struct input {
	struct arena *arena;
	const struct operand_type *type;
	struct span text;
	unsigned bits; /* of an integer's type */
};

typedef int parse_fn(const struct input *in, struct operand *ret,
		     struct error *err);

/* --- Numbers ------------------------------------------------------------------- */

static int bad_number(struct span text, struct error *err)
{
	return error_set(err, -EINVAL, "%.*s is not a valid number",
			 SPAN_FMT(text));
}

/* Digits only, as many as fit. */
static bool read_digits(struct span s, uint64_t *ret)
{
	uint64_t u = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.data[i] < '0' || s.data[i] > '9')
			return false;
		if (__builtin_mul_overflow(u, UINT64_C(10), &u) ||
		    __builtin_add_overflow(u, (uint64_t)(s.data[i] - '0'), &u)) {
			/* Stays at the end of the range, whatever follows. */
			u = UINT64_MAX;
		}
	}
	*ret = u;
	return s.n > 0;
}

static int64_t with_sign(uint64_t u, bool negative, bool is_signed)
{
	if (!is_signed)
		return (int64_t)(negative && u != UINT64_MAX ? 0 - u : u);
	if (u > INT64_MAX)
		return negative ? INT64_MIN : INT64_MAX;
	return negative ? -(int64_t)u : (int64_t)u;
}

int number_parse(struct span text, bool is_signed, int64_t *ret,
		 struct error *err)
{
	size_t i = 0;
	bool negative;
	uint64_t u;

	while (i < text.n && (text.data[i] == ' ' ||
			      (text.data[i] >= '\t' && text.data[i] <= '\r')))
		i++;
	negative = i < text.n && text.data[i] == '-';
	if (i < text.n && (text.data[i] == '-' || text.data[i] == '+'))
		i++;
	if (!read_digits(span_from(text, i), &u))
		return bad_number(text, err);

	*ret = with_sign(u, negative, is_signed);
	return 0;
}

static int parse_signed(const struct input *in, struct operand *ret,
			struct error *err)
{
	unsigned unused = 64 - in->bits;
	int64_t i;

	if (number_parse(in->text, true, &i, err) < 0)
		return -EINVAL;

	/* Cut to the width of the type, the sign from its top bit. */
	ret->value.i = (int64_t)((uint64_t)i << unused) >> unused;
	return 0;
}

static int parse_unsigned(const struct input *in, struct operand *ret,
			  struct error *err)
{
	unsigned unused = 64 - in->bits;
	int64_t i;

	if (number_parse(in->text, false, &i, err) < 0)
		return -EINVAL;

	ret->value.u = (uint64_t)i << unused >> unused;
	return 0;
}

static int parse_double(const struct input *in, struct operand *ret,
			struct error *err)
{
	int64_t i;

	if (number_parse(in->text, true, &i, err) < 0)
		return -EINVAL;

	ret->value.d = (double)(int32_t)i;
	return 0;
}

static const struct {
	struct span name;
	uint16_t port;
} services[] = {
#define SERVICE(name, port) { SPAN_INIT(name), port },
#include "services.def"
};

static int parse_port(const struct input *in, struct operand *ret,
		      struct error *err)
{
	uint64_t u;

	ret->value.u = 0;
	if (!in->text.n)
		return 0;
	if (read_digits(in->text, &u)) {
		ret->value.u = (uint16_t)u;
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(services); i++) {
		if (span_eq(services[i].name, in->text)) {
			ret->value.u = services[i].port;
			return 0;
		}
	}
	return error_set(err, -EINVAL, "unrecognized protocol %.*s",
			 SPAN_FMT(in->text));
}

static int parse_bool(const struct input *in, struct operand *ret,
		      struct error *err)
{
	ret->value.b = span_is(in->text, "true");
	if (!ret->value.b && !span_is(in->text, "false"))
		return error_set(err, -EINVAL,
				 "filter error: unrecognized boolean value %.*s",
				 SPAN_FMT(in->text));

	return 0;
}

/* --- Addresses ----------------------------------------------------------------- */

static int parse_ip(const struct input *in, struct operand *ret,
		    struct error *err)
{
	return ip_parse(in->text, &ret->ip, err);
}

static int parse_net(const struct input *in, struct operand *ret,
		     struct error *err)
{
	return ip_net_parse(in->text, &ret->net, err);
}

/* --- Texts --------------------------------------------------------------------- */

static int parse_text(const struct input *in, struct operand *ret,
		      struct error *err)
{
	if (in->text.n && memchr(in->text.data, '\0', in->text.n))
		return error_set(err, -EINVAL,
				 "filter error: filter value cannot contain a "
				 "NUL byte (\\x00)");
	if (in->text.n >= OPERAND_SIZE_MAX)
		return error_set(err, -EINVAL,
				 "filter parameter too long (used=%zu, "
				 "available=%d):%.*s",
				 in->text.n + 1, OPERAND_SIZE_MAX,
				 SPAN_FMT(in->text));

	ret->value.text = span_make(arena_strndup(in->arena, in->text.data,
						  in->text.n),
				    in->text.n);
	return 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* bcontains and bstartswith: the bytes that the digits stand for. */
static int decode_hex(struct arena *arena, struct span s, struct span *ret,
		      struct error *err)
{
	char *out = arena_alloc(arena, s.n / 2 + 1);
	bool good = s.n % 2 == 0;

	for (size_t i = 0; good && i < s.n; i += 2) {
		int high = hex_digit(s.data[i]), low = hex_digit(s.data[i + 1]);

		good = high >= 0 && low >= 0;
		out[i / 2] = (char)(good ? high << 4 | low : 0);
	}
	if (!good)
		return error_set(err, -EINVAL,
				 "filter error: bcontains and bstartswith "
				 "operator support hex strings only");

	*ret = span_make(out, s.n / 2);
	return 0;
}

static int parse_bytes(const struct input *in, struct operand *ret,
		       struct error *err)
{
	if (in->text.n >= OPERAND_SIZE_MAX)
		return error_set(err, -EINVAL,
				 "filter parameter too long (byte buf)");

	ret->value.text = span_make(arena_strndup(in->arena, in->text.data,
						  in->text.n),
				    in->text.n);
	return 0;
}

/* --- By type ------------------------------------------------------------------- */

/* Types that are not here have no constants. */
static const struct {
	parse_fn *parse;
	uint8_t bits;
} parsers[VALUE_TYPE_COUNT] = {
	[VALUE_INT8] = { parse_signed, 8 },
	[VALUE_INT16] = { parse_signed, 16 },
	[VALUE_INT32] = { parse_signed, 32 },
	[VALUE_INT64] = { parse_signed, 64 },
	[VALUE_ERRNO] = { parse_signed, 64 },
	[VALUE_FD] = { parse_signed, 64 },
	[VALUE_PID] = { parse_signed, 64 },
	[VALUE_FD32] = { parse_signed, 32 },
	[VALUE_PID32] = { parse_signed, 32 },
	[VALUE_UINT8] = { parse_unsigned, 8 },
	[VALUE_UINT16] = { parse_unsigned, 16 },
	[VALUE_UINT32] = { parse_unsigned, 32 },
	[VALUE_UINT64] = { parse_unsigned, 64 },
	[VALUE_FLAGS8] = { parse_unsigned, 8 },
	[VALUE_FLAGS16] = { parse_unsigned, 16 },
	[VALUE_FLAGS32] = { parse_unsigned, 32 },
	[VALUE_ENUMFLAGS8] = { parse_unsigned, 8 },
	[VALUE_ENUMFLAGS16] = { parse_unsigned, 16 },
	[VALUE_ENUMFLAGS32] = { parse_unsigned, 32 },
	[VALUE_L4PROTO] = { parse_unsigned, 8 },
	[VALUE_MODE] = { parse_unsigned, 32 },
	[VALUE_UID] = { parse_unsigned, 32 },
	[VALUE_GID] = { parse_unsigned, 32 },
	[VALUE_RELTIME] = { parse_unsigned, 64 },
	[VALUE_ABSTIME] = { parse_unsigned, 64 },
	[VALUE_PORT] = { parse_port, 16 },
	[VALUE_BOOL] = { parse_bool, 8 },
	[VALUE_DOUBLE] = { parse_double, 64 },
	[VALUE_IPADDR] = { parse_ip, 0 },
	[VALUE_IPV4ADDR] = { parse_ip, 0 },
	[VALUE_IPV6ADDR] = { parse_ip, 0 },
	[VALUE_IPNET] = { parse_net, 0 },
	[VALUE_IPV4NET] = { parse_net, 0 },
	[VALUE_IPV6NET] = { parse_net, 0 },
	[VALUE_CHARBUF] = { parse_text, 0 },
	[VALUE_FSPATH] = { parse_text, 0 },
	[VALUE_FSRELPATH] = { parse_text, 0 },
	[VALUE_BYTEBUF] = { parse_bytes, 0 },
};

int operand_parse(struct arena *arena, const struct operand_type *type,
		  struct span text, struct operand *ret, struct error *err)
{
	struct input in = { arena, type, text, parsers[type->type].bits };
	parse_fn *parse = parsers[type->type].parse;
	struct operand operand = { .value = { .type = (uint8_t)type->type,
					      .outcome = OUTCOME_VALUE } };

	if (type->is_hex && decode_hex(arena, text, &in.text, err) < 0)
		return -EINVAL;
	if (!parse || (type->is_rawarg && type->type == VALUE_BYTEBUF))
		return error_set(err, -EINVAL, "wrong parameter type %d",
				 (int)type->type);
	if (parse(&in, &operand, err) < 0)
		return -EINVAL;

	*ret = operand;
	if (parse == parse_ip)
		ret->value.ip = &ret->ip;
	return 0;
}
