/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requirements on plugins. There are none to load; the `container` plugin is built
 * in and answers for the one of that name.
 */
#include <errno.h>

#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "rules.h"
#include "state.h"

static int choice_fail(const struct plugin_choice *choice, struct error *err)
{
	CLEANUP(strbuf_done) struct strbuf names = STRBUF_INIT;

	for (size_t i = 0; i < choice->any.n; i++)
		strbuf_addf(&names, "%s%.*s (>= %.*s)", i ? ", " : "",
			    SPAN_FMT(choice->any.items[i].name),
			    SPAN_FMT(choice->any.items[i].version));
	return error_set(err, -EINVAL,
			 "Plugin requirement not satisfied, must load one of: "
			 "%s",
			 names.data);
}

static int choice_check(const struct engine *e,
			const struct plugin_choice *choice, struct error *err)
{
	struct semver have = { 0, 0, 0 };
	struct semver want = { 0, 0, 0 };

	semver_parse(SPAN(CONTAINER_PLUGIN_VERSION), &have);
	for (size_t i = 0; i < choice->any.n; i++) {
		const struct plugin_requirement *p = &choice->any.items[i];

		if (!e->env.options.container_plugin ||
		    !span_is(p->name, CONTAINER_PLUGIN_NAME))
			continue;
		semver_parse(p->version, &want);
		if (semver_satisfies(have, want))
			return 0;
		return error_set(err, -EINVAL,
				 "Plugin '%s' version '%s' is not compatible "
				 "with required plugin version '%.*s'",
				 CONTAINER_PLUGIN_NAME,
				 CONTAINER_PLUGIN_VERSION,
				 SPAN_FMT(p->version));
	}
	return choice_fail(choice, err);
}

int engine_check_plugins(const struct engine *e, struct error *err)
{
	for (size_t i = 0; i < e->collector.plugins.n; i++) {
		int r = choice_check(e, &e->collector.plugins.items[i], err);

		if (r < 0)
			return r;
	}
	return 0;
}
