/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints numbers and bytes. Knows types and widths, no events.
 */
#include "print.h"

#include <math.h>
#include <stdlib.h>

#include "array.h"
#include "strbuf.h"

#include "op.h"

/* How many bits a type's values have; 64 where there is no entry. */
static const uint8_t widths[VALUE_TYPE_COUNT] = {
	[VALUE_INT8] = 8,	  [VALUE_UINT8] = 8,
	[VALUE_FLAGS8] = 8,	  [VALUE_ENUMFLAGS8] = 8,
	[VALUE_SIGTYPE] = 8,	  [VALUE_L4PROTO] = 8,
	[VALUE_SOCKFAMILY] = 8,	  [VALUE_INT16] = 16,
	[VALUE_UINT16] = 16,	  [VALUE_FLAGS16] = 16,
	[VALUE_ENUMFLAGS16] = 16, [VALUE_SYSCALLID] = 16,
	[VALUE_PORT] = 16,	  [VALUE_INT32] = 32,
	[VALUE_UINT32] = 32,	  [VALUE_FLAGS32] = 32,
	[VALUE_ENUMFLAGS32] = 32, [VALUE_UID] = 32,
	[VALUE_GID] = 32,	  [VALUE_MODE] = 32,
	[VALUE_SIGSET] = 32,	  [VALUE_FD32] = 32,
	[VALUE_PID32] = 32,
};

const char *print_type_name(enum value_type type)
{
	return type == VALUE_DYN ? "DYNAMIC" : value_type_name(type);
}

static uint64_t cut_to_width(uint64_t u, unsigned type)
{
	unsigned bits = widths[type] ? widths[type] : 64;

	return bits == 64 ? u : u & ((UINT64_C(1) << bits) - 1);
}

static int64_t with_sign(uint64_t u, unsigned type)
{
	unsigned bits = widths[type] ? widths[type] : 64;

	return (int64_t)(u << (64 - bits)) >> (64 - bits);
}

void print_number(const struct value *v, enum value_type type,
		  enum value_format format, struct strbuf *out)
{
	unsigned long long u = cut_to_width(v->u, type);

	if (value_class_of(type) == VALUE_CLASS_BOOL)
		strbuf_adds(out, v->b ? "true" : "false");
	else if (value_class_of(type) == VALUE_CLASS_DOUBLE)
		strbuf_addf(out, "%.1f", v->d);
	else if (format == FORMAT_HEX)
		strbuf_addf(out, "%llX", u);
	else if (format == FORMAT_OCT)
		strbuf_addf(out, "%#llo", u);
	else if (format == FORMAT_PADDED_DEC)
		strbuf_addf(out, "%09llu", u);
	else if (value_class_of(type) == VALUE_CLASS_INT)
		strbuf_addf(out, "%lld", (long long)with_sign(v->u, type));
	else
		strbuf_addf(out, "%llu", u);
}

void print_bytes(struct span bytes, struct strbuf *out)
{
	for (size_t i = 0; i < bytes.n; i++) {
		char c = bytes.data[i];

		strbuf_addch(out, c >= 0x20 && c < 0x7f ? c : '.');
	}
}

void print_base64(struct span bytes, struct strbuf *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < bytes.n; i += 3) {
		size_t left = bytes.n - i;
		uint32_t u = 0;

		for (size_t j = 0; j < 3; j++)
			u = u << 8 |
			    (j < left ? (unsigned char)bytes.data[i + j] : 0);
		for (size_t j = 0; j < 4; j++)
			strbuf_addch(out, j <= left ?
						  digits[u >> (18 - 6 * j) & 63] :
						  '=');
	}
}

/* Fewest digits after the first that read back as d; *ret_exponent of ten. */
static int shortest_digits(double d, int *ret_exponent)
{
	char text[40];
	int digits = 0;

	do
		snprintf(text, sizeof(text), "%.*e", digits, d);
	while (strtod(text, NULL) != d && ++digits < 17);
	*ret_exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
	return digits;
}

void print_double(double d, struct strbuf *out)
{
	int digits, exponent, decimals;

	if (!isfinite(d)) {
		strbuf_adds(out, "null");
		return;
	}
	digits = shortest_digits(d, &exponent);
	decimals = digits - exponent;
	if (exponent < -4 || exponent > 14)
		strbuf_addf(out, "%.*e", digits, d);
	else
		strbuf_addf(out, "%.*f", decimals > 0 ? decimals : 1, d);
}
