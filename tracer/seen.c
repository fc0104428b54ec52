/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which engine can see which event: what calls make, all of them; for the others
 * there is seen.def.
 */
#include "tracer.h"

#include "strbuf.h"

/* Bits: engines. */
#define BY(engine) (1U << TRACER_##engine)
#define EVERYBODY (BY(NOTIFY) | BY(TRACE) | BY(PTRACE))

static const bool is_call[EVENT_TYPE_COUNT] = {
#define CLASS_IS(class) CLASS_IS_##class
#define CLASS_IS_SYSCALL true
#define CLASS_IS_TRACEPOINT false
#define CLASS_IS_INTERNAL false
#define CLASS_IS_META false
#define CLASS_IS_PLUGIN false
#define CLASS_IS_ITER false
#define EVENT(code, symbol, name, category, class, ...) \
	[code] = CLASS_IS(class),
#include "events.def"
};

static const uint8_t others_seen[EVENT_TYPE_COUNT] = {
#define SEEN(symbol, engine_bits) [EVENT_##symbol] = engine_bits,
#include "seen.def"
};

static const char *const names[EVENT_TYPE_COUNT] = {
#define EVENT(code, symbol, name, category, class, ...) [code] = name,
#include "events.def"
};

bool tracer_sees(enum tracer_engine engine, enum event_type type)
{
	unsigned by = is_call[type] ? EVERYBODY : others_seen[type];

	return engine == TRACER_AUTO ? by : by >> engine & 1;
}

void tracer_unseen(enum tracer_engine engine, const struct interest *wanted,
		   struct strbuf *out)
{
	const char *last = "";

	for (enum event_type i = 0; i < EVENT_TYPE_COUNT; i++) {
		if (!names[i] || strcmp(names[i], last) == 0 || tracer_sees(engine, i) ||
		    (wanted && !interest_has(wanted, i)))
			continue;
		if (out->n)
			strbuf_adds(out, ", ");
		strbuf_adds(out, names[i]);
		last = names[i];
	}
}
