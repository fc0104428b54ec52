/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A typed value and what is known of it. Values are borrowed: what they point to
 * lives in the event's arena, in the process table or in a ruleset, and at least
 * until the event's call returns.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "span.h"

/* Falco's types (types.def): VALUE_INT8, VALUE_CHARBUF, ... */
enum value_type {
#define TYPE(name, class) VALUE_##name,
#include "types.def"
	VALUE_TYPE_COUNT
};

/* How a value of a type is stored. */
enum value_class {
	VALUE_CLASS_NONE,
	VALUE_CLASS_INT,
	VALUE_CLASS_UINT,
	VALUE_CLASS_BOOL,
	VALUE_CLASS_DOUBLE,
	VALUE_CLASS_TEXT,
	VALUE_CLASS_BYTES,
	VALUE_CLASS_IP,
	VALUE_CLASS_NET,
	VALUE_CLASS_ADDR,
	VALUE_CLASS_TUPLE,
	VALUE_CLASS_POLL,
	VALUE_CLASS_TEXTS,
	VALUE_CLASS_DYN,
};

/* How numbers are printed: decimal, an identifier, hexadecimal, octal, decimal
 * padded with zeros to nine digits, a direction; NA where it does not apply. */
enum value_format {
	FORMAT_NA,
	FORMAT_DEC,
	FORMAT_ID,
	FORMAT_HEX,
	FORMAT_OCT,
	FORMAT_PADDED_DEC,
	FORMAT_DIR,
};

/*
 * What asking for a value came to. FAILED (it exists, we could not read it) is
 * counted and shown at the end of a run, and matches like ABSENT. UNKNOWN only
 * occurs while a call has not ended: the value depends on its result.
 */
enum outcome {
	OUTCOME_PENDING, /* not asked yet; never returned */
	OUTCOME_VALUE,
	OUTCOME_ABSENT,
	OUTCOME_UNKNOWN,
	OUTCOME_FAILED,
};

/* The result of a condition in three values. UNKNOWN: the call must end first. */
enum truth {
	TRUTH_FALSE,
	TRUTH_TRUE,
	TRUTH_UNKNOWN,
};

/* An IP address; family is AF_INET (4 bytes used) or AF_INET6 (16). */
struct ip_address {
	uint8_t family;
	uint8_t bytes[16];
};

/* A socket address as the schema's SOCKADDR: port in host order, path without the
 * leading NUL of an abstract name. Other families carry the family alone. */
struct sock_addr {
	uint16_t family; /* AF_INET, AF_INET6, AF_UNIX, ... */
	uint16_t port;
	struct ip_address ip;
	struct span path;
};

/* Both ends of a socket as the schema's SOCKTUPLE. For AF_UNIX the kernel's
 * pointers (0 where only the kernel knows them) and the path. */
struct sock_tuple {
	uint16_t family;
	uint16_t source_port;
	uint16_t dest_port;
	struct ip_address source;
	struct ip_address dest;
	uint64_t source_pointer;
	uint64_t dest_pointer;
	struct span path;
};

struct poll_item {
	int64_t fd;
	int16_t flags; /* poll_flags of flags.def */
};

struct poll_list {
	const struct poll_item *items;
	size_t n;
};

struct value_list;

struct value {
	uint8_t type;    /* enum value_type */
	uint8_t outcome; /* enum outcome; the rest counts for OUTCOME_VALUE only */
	bool partial;    /* entry: right so far, the result may add bits */
	bool maybe;      /* entry: in the end this (or one of .list), or absent */
	bool is_list;    /* .list, each element of `type` */
	union {
		int64_t i;
		uint64_t u;
		double d;
		bool b;
		struct span text;
		struct span_list texts;
		const struct ip_address *ip;
		const struct sock_addr *addr;
		const struct sock_tuple *tuple;
		const struct poll_list *poll;
		const struct value_list *list;
	};
};

struct value_list {
	const struct value *items;
	size_t n;
};
