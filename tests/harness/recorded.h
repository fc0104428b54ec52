/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events whose fields are answered from a record: JSON objects of field names and
 * values, as Falco's output_fields and the dumps of the oracle have them. The engine
 * that judges and renders such an event is ours; what it would ask of the event comes
 * from the record. A program that uses this is linked with --wrap=field_value.
 *
 * What JSON does not say of a value is made good where it can be: both ends for fd.ip
 * and its kin, each ancestor for proc.aname, the variable for proc.env[X], what the
 * container plugin says on a host. Bytes are as they are printed.
 */
#pragma once

#include "fake_event.h"

struct json_object;

struct recorded {
	struct fake_event fake; /* first: the event's address is ours */
	struct json_object
		*sources[2]; /* the first that has the field; or NULL */
	struct json_object
		*texts; /* texts byte for byte, as latin-1; or NULL */
};

/* JSON with its numbers as texts that begin with byte 1, since doubles cut those of
 * 64 bits. NULL: it is none. The caller owns the result (json_object_put). */
struct json_object *recorded_parse(const char *line);

/* The newest event of that name with no parameter, at that time; false: there is
 * none. Sources are set by the caller and outlive it. */
bool recorded_init(struct recorded *r, const char *type, uint64_t time_ns);
void recorded_done(struct recorded *r);

/* The number that a parsed object has under the key; 0: it has none. */
uint64_t recorded_number(struct json_object *object, const char *key);
