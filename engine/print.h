/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plain pieces that values are printed from: numbers by type and format,
 * doubles, bytes.
 */
#pragma once

#include "value.h"

struct strbuf;

/* An integer of the type, decimal, hexadecimal (upper case), octal (with a leading
 * 0) or padded to nine digits. Booleans as true and false. */
void print_number(const struct value *v, enum value_type type,
		  enum value_format format, struct strbuf *out);

/* The type as listings call it. */
const char *print_type_name(enum value_type type);

/* Bytes with '.' for what is not printable ASCII. */
void print_bytes(struct span bytes, struct strbuf *out);

/* Bytes as base64, padded. */
void print_base64(struct span bytes, struct strbuf *out);

/* The shortest text that reads back as the same number; always with a point or an
 * exponent. */
void print_double(double d, struct strbuf *out);
