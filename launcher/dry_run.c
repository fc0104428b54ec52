/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Falco's checks before it would start: see dry_run.h. In Falco's order, in its
 * words.
 */
#include "dry_run.h"

#include <errno.h>

#include "error.h"

#include "base_syscalls.h"
#include "metrics_plan.h"
#include "setup.h"

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
	base_syscalls_check(s);
	if (has_buffers(c))
		ret = say_buffers(s, err);
	if (ret == 0)
		ret = metrics_plan_check(s, err);

	return ret;
}
