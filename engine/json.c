/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints JSON and escapes text for it. Text is hostile: any bytes may come. What is
 * not UTF-8 becomes U+FFFD, one for each longest beginning of a character.
 */
#include "json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "array.h"
#include "cleanup.h"
#include "json_node.h"
#include "strbuf.h"

#include "engine.h"
#include "render.h"

/* --- Text ------------------------------------------------------------------ */

/* What the first byte of a character says of the rest (Unicode, table 3-7): how
 * many bytes, and the range of the second. */
static const struct utf8_lead {
	unsigned char first, last;
	unsigned char n;
	unsigned char second_min, second_max;
} leads[] = {
	{ 0xc2, 0xdf, 2, 0x80, 0xbf }, { 0xe0, 0xe0, 3, 0xa0, 0xbf },
	{ 0xe1, 0xec, 3, 0x80, 0xbf }, { 0xed, 0xed, 3, 0x80, 0x9f },
	{ 0xee, 0xef, 3, 0x80, 0xbf }, { 0xf0, 0xf0, 4, 0x90, 0xbf },
	{ 0xf1, 0xf3, 4, 0x80, 0xbf }, { 0xf4, 0xf4, 4, 0x80, 0x8f },
};

static const struct utf8_lead *lead_of(unsigned char c)
{
	for (size_t i = 0; i < ARRAY_SIZE(leads); i++)
		if (c >= leads[i].first && c <= leads[i].last)
			return &leads[i];

	return NULL;
}

/* How many bytes at the start of s belong together; *ret_valid: as a character. */
static size_t utf8_length(struct span s, bool *ret_valid)
{
	const unsigned char *bytes = (const unsigned char *)s.data;
	const struct utf8_lead *lead = lead_of(bytes[0]);
	size_t i;

	*ret_valid = false;
	if (!lead)
		return 1;
	for (i = 1; i < lead->n; i++) {
		unsigned char min = i == 1 ? lead->second_min : 0x80;
		unsigned char max = i == 1 ? lead->second_max : 0xbf;

		if (i == s.n || bytes[i] < min || bytes[i] > max)
			return i;
	}
	*ret_valid = true;
	return i;
}

static void escape_ascii(unsigned char c, struct strbuf *out)
{
	static const char *const escapes[128] = {
		['"'] = "\\\"", ['\\'] = "\\\\", ['\b'] = "\\b",
		['\f'] = "\\f", ['\n'] = "\\n",	 ['\r'] = "\\r",
		['\t'] = "\\t",
	};

	if (escapes[c])
		strbuf_adds(out, escapes[c]);
	else if (c < 0x20)
		strbuf_addf(out, "\\u%04x", c);
	else
		strbuf_addch(out, (char)c);
}

void json_escape(struct span text, struct strbuf *out)
{
	while (text.n) {
		unsigned char c = (unsigned char)text.data[0];
		size_t n = 1;
		bool valid;

		if (c < 0x80) {
			escape_ascii(c, out);
		} else {
			n = utf8_length(text, &valid);
			if (valid)
				strbuf_add(out, text.data, n);
			else
				strbuf_adds(out, "\xef\xbf\xbd");
		}
		text = span_from(text, n);
	}
}

/* --- Lenient UTF-8 --------------------------------------------------------- */

#define REPLACEMENT 0xfffd

static void add_character(uint32_t c, struct strbuf *out)
{
	unsigned shift = c < 0x80 ? 0 : c < 0x800 ? 6 : c < 0x10000 ? 12 : 18;
	static const unsigned char heads[] = { 0x00, 0xc0, 0xe0, 0xf0 };

	strbuf_addch(out, (char)(heads[shift / 6] | c >> shift));
	for (; shift; shift -= 6)
		strbuf_addch(out, (char)(0x80 | (c >> (shift - 6) & 0x3f)));
}

/* The character that the n bytes from the first on say. */
static uint32_t lenient_character(const unsigned char *bytes, size_t n)
{
	/* the least that n bytes may say */
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t c = bytes[0] & (n == 2 ? 0x1f : 0xff >> (n + 1));

	for (size_t i = 1; i < n; i++)
		c = c << 6 | (bytes[i] & 0x3f);
	if (c < least[n] || (c >= 0xd800 && c <= 0xdfff))
		return REPLACEMENT;
	/* written as two surrogates, which have no room for more */
	return c < 0x110000 ? c : 0x10000 + ((c - 0x10000) & 0xfffff);
}

void json_lenient_utf8(struct span text, struct strbuf *out)
{
	while (text.n) {
		const unsigned char *bytes = (const unsigned char *)text.data;
		size_t n = bytes[0] < 0x80 ? 1 :
			   bytes[0] < 0xe0 ? 2 :
			   bytes[0] < 0xf0 ? 3 : 4;

		if (bytes[0] >= 0xf8 || n > text.n) {
			add_character(REPLACEMENT, out);
			n = 1;
		} else if (n == 1) {
			strbuf_addch(out, text.data[0]);
		} else {
			add_character(lenient_character(bytes, n), out);
		}
		text = span_from(text, n);
	}
}

/* --- Values ---------------------------------------------------------------- */

static void print_text(const char *text, struct strbuf *out)
{
	strbuf_addch(out, '"');
	json_escape(span_of(text), out);
	strbuf_addch(out, '"');
}

/* With as few digits as say it. */
static void print_number_json(double number, struct strbuf *out)
{
	char text[32];

	if (fabs(number) < 1e15 && number == (double)(long long)number) {
		strbuf_addf(out, "%lld", (long long)number);
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, number);
		if (strtod(text, NULL) == number)
			break;
	}
	strbuf_adds(out, isfinite(number) ? text : "null");
}

/* A line of its own, indented; nothing when everything goes on one line. */
static void new_line(int depth, struct strbuf *out)
{
	if (depth < 0)
		return;
	strbuf_addf(out, "\n%*s", 2 * depth, "");
}

static void print_value(struct json_object *value, int depth,
			struct strbuf *out);

static void print_object(struct json_object *object, int depth,
			 struct strbuf *out)
{
	int inner = depth < 0 ? depth : depth + 1;
	CLEANUP(freep) struct json_member *members = json_members(object);
	size_t n = json_count(object);

	strbuf_addch(out, '{');
	for (size_t i = 0; i < n; i++) {
		if (i)
			strbuf_addch(out, ',');
		new_line(inner, out);
		print_text(members[i].key, out);
		strbuf_adds(out, depth < 0 ? ":" : ": ");
		print_value(members[i].value, inner, out);
	}
	if (n)
		new_line(depth, out);
	strbuf_addch(out, '}');
}

static void print_array(struct json_object *array, int depth,
			struct strbuf *out)
{
	int inner = depth < 0 ? depth : depth + 1;
	size_t n = json_count(array);

	strbuf_addch(out, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			strbuf_addch(out, ',');
		new_line(inner, out);
		print_value(json_at(array, i), inner, out);
	}
	if (n)
		new_line(depth, out);
	strbuf_addch(out, ']');
}

static void print_value(struct json_object *value, int depth,
			struct strbuf *out)
{
	/* of a number: how it is written, see json_digits() */
	const char *digits;

	switch (json_object_get_type(value)) {
	case json_type_object:
		print_object(value, depth, out);
		break;
	case json_type_array:
		print_array(value, depth, out);
		break;
	case json_type_string:
		print_text(json_text(value), out);
		break;
	case json_type_double:
	case json_type_int:
		digits = json_object_get_userdata(value);
		if (digits)
			strbuf_adds(out, digits);
		else
			print_number_json(json_object_get_double(value), out);
		break;
	case json_type_boolean:
		strbuf_adds(out, json_is_true(value) ? "true" : "false");
		break;
	case json_type_null:
		strbuf_adds(out, "null");
		break;
	}
}

void json_print(struct json_object *value, struct strbuf *out)
{
	print_value(value, -1, out);
}

void engine_json_print(struct json_object *value, struct strbuf *out)
{
	json_print(value, out);
}

void json_print_pretty(struct json_object *value, struct strbuf *out)
{
	print_value(value, 0, out);
}
