/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expands the event tables. Knows only the schema: no event, no field, no rule.
 */
#include "event_info.h"

#include "array.h"

#define EVENT(code, symbol, name, category, class, flags, ...) \
	static const struct param_info params_##symbol[] = { __VA_ARGS__ };
#define P(name, type, format) \
	{ name, VALUE_##type, FORMAT_##format, FLAGS_NONE, -1 }
#define PF(name, type, format, flag_set) \
	{ name, VALUE_##type, FORMAT_##format, FLAGS_##flag_set, -1 }
#define PD(name, type, format, index) \
	{ name, VALUE_##type, FORMAT_##format, FLAGS_NONE, index }
#include "events.def"

static const struct event_info events[EVENT_TYPE_COUNT] = {
#define F(flag) EVENT_##flag
#define EVENT(code, symbol, text, cat, class, bits, ...) \
	[code] = { \
		.name = text, \
		.params = params_##symbol, \
		.nparams = sizeof(params_##symbol) / sizeof(struct param_info), \
		.category = CATEGORY_##cat, \
		.event_class = CLASS_##class, \
		.is_current = true, \
		.flags = bits, \
	},
#include "events.def"
#define OLD_EVENT(code, symbol, text) [code] = { .name = text },
#define UNUSED_EVENT(code, symbol)
#include "events_old.def"
};

static const struct {
	uint16_t code;
	const char *name;
} generic_calls[] = {
#define GENERIC(code, name) { code, #name },
#include "generic.def"
};

/*
 * Parameters that old events declared before any current one did, with another
 * type or alone: they decide what evt.arg.X and evt.rawarg.X mean by X.
 */
static const struct param_info old_params[] = {
	{ "fdlimit", VALUE_UINT64, FORMAT_DEC, FLAGS_NONE, -1 },
	{ "uid", VALUE_UINT32, FORMAT_DEC, FLAGS_NONE, -1 },
	{ "gid", VALUE_UINT32, FORMAT_DEC, FLAGS_NONE, -1 },
	{ "request", VALUE_UINT64, FORMAT_HEX, FLAGS_NONE, -1 },
	{ "tty", VALUE_INT32, FORMAT_DEC, FLAGS_NONE, -1 },
	{ "image", VALUE_CHARBUF, FORMAT_NA, FLAGS_NONE, -1 },
	{ "tags", VALUE_CHARBUFARRAY, FORMAT_NA, FLAGS_NONE, -1 },
	{ "res_or_fd", VALUE_DYN, FORMAT_DEC, FLAGS_NONE, -1 },
};

static const char *const category_names[] = {
	[CATEGORY_UNKNOWN] = "unknown",
	[CATEGORY_OTHER] = "other",
	[CATEGORY_FILE] = "file",
	[CATEGORY_NET] = "net",
	[CATEGORY_IPC] = "IPC",
	[CATEGORY_MEMORY] = "memory",
	[CATEGORY_PROCESS] = "process",
	[CATEGORY_SLEEP] = "sleep",
	[CATEGORY_SYSTEM] = "system",
	[CATEGORY_SIGNAL] = "signal",
	[CATEGORY_USER] = "user",
	[CATEGORY_TIME] = "time",
	[CATEGORY_WAIT] = "wait",
	[CATEGORY_IO_READ] = "unknown",
	[CATEGORY_IO_WRITE] = "unknown",
	[CATEGORY_IO_OTHER] = "unknown",
};

const struct event_info *event_info(enum event_type type)
{
	static const struct event_info none;

	return (unsigned)type < EVENT_TYPE_COUNT ? &events[type] : &none;
}

const char *generic_name(unsigned call)
{
	return call < GENERIC_COUNT ? generic_calls[call].name : "unknown";
}

unsigned generic_code(unsigned call)
{
	return call < GENERIC_COUNT ? generic_calls[call].code : 0;
}

bool event_is_wanted(const struct interest *wanted, const struct event *ev)
{
	return ev->type == EVENT_GENERIC_X && ev->generic < GENERIC_COUNT ?
		       interest_has_generic(wanted, ev->generic) :
		       interest_has(wanted, ev->type);
}

const char *event_name(const struct event *ev)
{
	const char *name = event_info(ev->type)->name;

	if (ev->type == EVENT_GENERIC_X)
		return generic_name(ev->generic);

	return name ? name : "";
}

/* The first bytes of names, to be searched as a text: loading asks very often which
 * event bears a name, and few begin as it does. */
static const char event_letters[EVENT_TYPE_COUNT] = {
#define EVENT(code, symbol, text, ...) [code] = text[0],
#include "events.def"
#define OLD_EVENT(code, symbol, text) [code] = text[0],
#define UNUSED_EVENT(code, symbol)
#include "events_old.def"
};

static const char generic_letters[GENERIC_COUNT] = {
#define GENERIC(code, name) #name[0],
#include "generic.def"
};

/* The first index from `from` on with the letter; n: none. */
static size_t next_letter(const char *letters, size_t n, size_t from, char c)
{
	const char *hit = memchr(letters + from, c, n - from);

	return hit ? (size_t)(hit - letters) : n;
}

bool event_types_named(struct span name, struct interest *ret)
{
	bool found = false;

	if (!name.n)
		return false;
	for (size_t i = 0; (i = next_letter(event_letters, EVENT_TYPE_COUNT, i,
					    name.data[0])) < EVENT_TYPE_COUNT;
	     i++) {
		if (!span_is(name, events[i].name))
			continue;
		interest_add(ret, i);
		found = true;
	}
	for (size_t i = 0; (i = next_letter(generic_letters, GENERIC_COUNT, i,
					    name.data[0])) < GENERIC_COUNT;
	     i++) {
		if (!span_is(name, generic_calls[i].name))
			continue;
		interest_add_generic(ret, (unsigned)i);
		found = true;
	}
	return found;
}

int event_param_index(enum event_type type, const char *name)
{
	const struct event_info *info = event_info(type);

	for (int i = 0; i < info->nparams; i++)
		if (strcmp(info->params[i].name, name) == 0)
			return i;

	return -1;
}

/* Keeps *best unless a parameter of the list is a longer beginning of text. */
static void longest_param(const struct param_info *params, size_t n,
			  struct span text, const struct param_info **best)
{
	for (size_t i = 0; i < n; i++) {
		struct span name;

		if (!text.n || params[i].name[0] != text.data[0])
			continue;
		name = span_of(params[i].name);
		if (!span_starts_with(text, name))
			continue;
		if (!*best || name.n > strlen((*best)->name))
			*best = &params[i];
	}
}

const struct param_info *param_named(struct span text)
{
	const struct param_info *best = NULL;

	longest_param(old_params, ARRAY_SIZE(old_params), text, &best);
	for (unsigned i = 0; i < EVENT_TYPE_COUNT; i++) {
		/* None is longer than the text itself. */
		if (best && strlen(best->name) == text.n)
			break;
		longest_param(events[i].params, events[i].nparams, text, &best);
	}

	return best;
}

const char *category_name(enum event_category category)
{
	return category_names[category];
}
