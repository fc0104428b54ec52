/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Falco's checks before it would start: see dry_run.h. In Falco's order, in its
 * words.
 */
#include "dry_run.h"

#include <errno.h>
#include <stdlib.h>

#include "event.h"

#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "metrics_plan.h"
#include "setup.h"

/* --- base_syscalls ----------------------------------------------------------
 */

static bool is_call(struct span name)
{
	static const char *const names[] = {
#define EVENT(code, symbol, name, category, class, flags, ...) name,
#include "events.def"
#define GENERIC(code, name) #name,
#include "generic.def"
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (span_is(name, names[i]))
			return true;

	return false;
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

		if (span_starts_with(name, span_of("!")) != negative)
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

/* --- Buffers ----------------------------------------------------------------
 */

#define PRESET_MAX 10
#define MEGABYTE (1u << 20)

/* The preset of the kind, or what a conversion that fails would leave of it. */
static int64_t preset_of(const struct config *c)
{
	int64_t preset = c->kmod_buffer;

	if (c->engine_kind && !strcmp(c->engine_kind, "modern_ebpf"))
		preset = c->ebpf_buffer;

	return preset >= 0 && preset <= UINT16_MAX ? preset : 4;
}

static bool has_buffers(const struct config *c)
{
	return !c->engine_kind || !strcmp(c->engine_kind, "kmod") ||
	       !strcmp(c->engine_kind, "modern_ebpf");
}

static int say_buffers(const struct setup *s, struct error *err)
{
	int64_t preset = preset_of(&s->config);
	unsigned long megabytes;

	if (preset < 1 || preset > PRESET_MAX)
		return error_set(err, -EINVAL,
				 "The 'buf_size_preset' value must be between "
				 "'1' and '%d'\n",
				 PRESET_MAX);
	megabytes = 1ul << (preset - 1);
	log_say(&s->log, LOG_LEVEL_INFO,
		"The chosen syscall buffer dimension is: %lu bytes (%lu MBs)",
		megabytes * MEGABYTE, megabytes);
	return 0;
}

/* --- Together ---------------------------------------------------------------
 */

static bool has_outputs(const struct config *c)
{
	return c->stdout_enabled || c->file_enabled || c->syslog_enabled ||
	       c->program_enabled || c->http_enabled;
}

int dry_run(const struct setup *s, struct error *err)
{
	const struct config *c = &s->config;
	int ret = 0;

	if (!has_outputs(c))
		return error_set(err, -EINVAL,
				 "No output configured, please make sure at "
				 "least one output is configured and "
				 "enabled.");
	say_no_calls(s, false);
	say_no_calls(s, true);
	if (has_buffers(c))
		ret = say_buffers(s, err);
	if (ret == 0)
		ret = metrics_plan_check(s, err);

	return ret;
}
