/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alerts that no event gave rise to: Falco's internal rules, in its shapes for text
 * and JSON.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "engine/engine.h"

struct strbuf;

struct internal_alert {
	enum priority priority;
	const char *rule; /* "Falco internal: ..." */
	const char *message;
	const char *hostname;
	/* an object, not owned; NULL: none but the time in JSON */
	struct json_object *fields;
	uint64_t time_ns;
};

/* Appends the alert's line, no newline. */
void internal_alert_text(const struct internal_alert *alert, bool json,
			 bool iso_8601, struct strbuf *out);
