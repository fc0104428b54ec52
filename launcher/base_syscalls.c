/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls by name: see base_syscalls.h.
 */
#include "base_syscalls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "counts.h"
#include "setup.h"

/* --- Names -------------------------------------------------------------------- */

static void set_kind(struct interest *interest, size_t kind, bool wanted)
{
	bool is_event = kind < EVENT_TYPE_COUNT;
	size_t n = is_event ? kind : kind - EVENT_TYPE_COUNT;
	uint64_t *bits = is_event ? interest->events : interest->generic;
	uint64_t bit = UINT64_C(1) << (n % 64);

	bits[n / 64] = wanted ? bits[n / 64] | bit : bits[n / 64] & ~bit;
}

static bool has_kind(const struct interest *interest, size_t kind)
{
	return kind < EVENT_TYPE_COUNT ?
		       interest_has(interest, (enum event_type)kind) :
		       interest_has_generic(interest,
					    (unsigned)(kind - EVENT_TYPE_COUNT));
}

/* Returns how many were something else before; *ret_found: is there such a name? */
static size_t set_named(struct interest *interest, struct span name,
			bool wanted, bool *ret_found)
{
	bool all = span_is(name, "all");
	size_t changed = 0;

	*ret_found = all;
	for (size_t i = 0; i < EVENT_KINDS; i++) {
		if (!all && !span_is(name, event_kind_name(i)))
			continue;
		changed += has_kind(interest, i) != wanted;
		set_kind(interest, i, wanted);
		*ret_found = true;
	}
	return changed;
}

bool interest_add_named(struct interest *interest, struct span name)
{
	bool found;

	set_named(interest, name, true, &found);
	return found;
}

/* --- base_syscalls.custom_set --------------------------------------------------- */

static bool is_call(struct span name)
{
	for (size_t i = 0; i < EVENT_KINDS; i++)
		if (span_is(name, event_kind_name(i)))
			return true;

	return false;
}

static bool is_negative(struct span name)
{
	return span_starts_with(name, span_of("!"));
}

static int by_text(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	int order = strncmp(x->data, y->data, x->n < y->n ? x->n : y->n);

	return order ? order : (x->n > y->n) - (x->n < y->n);
}

/* The names with or without a "!" in front that are no call's, sorted. */
static void say_no_calls(const struct setup *s, bool negative)
{
	const struct span_list *set = &s->config.custom_set;
	CLEANUP(freep) struct span *bad = xcalloc(set->n + 1, sizeof(*bad));
	CLEANUP(strbuf_done) struct strbuf names = STRBUF_INIT;
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++) {
		struct span name = set->items[i];

		if (is_negative(name) != negative)
			continue;
		name = negative ? span_from(name, 1) : name;
		if (!is_call(name))
			bad[n++] = name;
	}
	qsort(bad, n, sizeof(*bad), by_text);
	for (size_t i = 0; i < n; i++)
		strbuf_addf(&names, "%s%.*s", i ? ", " : "", SPAN_FMT(bad[i]));
	if (n)
		log_say(&s->log, LOG_LEVEL_WARNING,
			"Invalid (%s) syscall names: warning (base_syscalls "
			"override): %s",
			negative ? "negative" : "positive", names.data);
}

void base_syscalls_check(const struct setup *s)
{
	say_no_calls(s, false);
	say_no_calls(s, true);
}

void base_syscalls_apply(const struct setup *s, struct interest *interest)
{
	const struct span_list *set = &s->config.custom_set;
	CLEANUP(strbuf_done) struct strbuf missed = STRBUF_INIT;
	struct interest asked_for = *interest;

	base_syscalls_check(s);
	for (size_t i = 0; i < set->n; i++)
		if (!is_negative(set->items[i]))
			interest_add_named(interest, set->items[i]);
	for (size_t i = 0; i < set->n; i++) {
		struct span name = span_from(set->items[i], 1);
		bool found;

		if (!is_negative(set->items[i]))
			continue;
		set_named(interest, name, false, &found);
		if (set_named(&asked_for, name, false, &found))
			strbuf_addf(&missed, "%s%.*s", missed.n ? ", " : "",
				    SPAN_FMT(name));
	}
	if (missed.n)
		log_say(&s->log, LOG_LEVEL_WARNING,
			"base_syscalls.custom_set leaves out what rules ask "
			"for: %s", missed.data);
}

/* --- falco_run.reload_headroom --------------------------------------------------- */

int reload_headroom(const struct span_list *names, struct interest *interest,
		    struct error *err)
{
	for (size_t i = 0; i < names->n; i++)
		if (!interest_add_named(interest, names->items[i]))
			return error_set(err, -EINVAL,
					 "falco_run.reload_headroom: no event "
					 "is called '%.*s'",
					 SPAN_FMT(names->items[i]));

	return 0;
}
