/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Services over changes of the configuration: see services.h.
 */
#include "services.h"

#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "cleanup.h"
#include "error.h"

#include "log.h"
#include "setup.h"
#include "webserver.h"

struct services {
	const struct log *log;
	struct metrics *metrics;
	struct webserver *web; /* that is wanted, whether it serves or not */
};

struct services *services_new(const struct metrics_options *options)
{
	struct services *s = xcalloc(1, sizeof(*s));

	s->log = options->log;
	s->metrics = metrics_new(options);
	return s;
}

static void say_no_web(const struct services *s, const struct error *err)
{
	log_say(s->log, LOG_LEVEL_ERROR, "webserver: %s", err->text);
}

static void try_web(struct services *s)
{
	struct error err = { "" };

	if (!s->web)
		return;
	if (webserver_start(s->web, NULL, &err) < 0)
		say_no_web(s, &err);
	else
		webserver_say(s->web, s->log);
}

void services_start(struct services *s, const struct setup *setup)
{
	struct metrics_plan plan = metrics_plan_of(setup);

	if (metrics_prepare(s->metrics, &plan) < 0)
		log_say(s->log, LOG_LEVEL_ERROR,
			"no thread for metrics: there are no snapshots");
	metrics_use(s->metrics, &plan);
	s->web = webserver_new(setup, s->metrics);
	try_web(s);
}

/* --- Another configuration ---------------------------------------------------- */

static int prepare_web(struct services *s, const struct setup *setup,
		       struct services_next *next, struct error *err)
{
	struct error why = { "" };
	int ret;

	next->web = webserver_new(setup, s->metrics);
	next->keeps_web = webserver_is_same(s->web, next->web);
	if (next->keeps_web) {
		webserver_free(TAKE_PTR(next->web));
		return 0;
	}
	if (!next->web)
		return 0;
	ret = webserver_start(next->web, s->web, &why);
	return ret < 0 ? error_set(err, ret, "webserver: %s", why.text) : 0;
}

int services_prepare(struct services *s, const struct setup *setup,
		     struct services_next *ret, struct error *err)
{
	struct services_next next = { .plan = metrics_plan_of(setup) };
	int got = metrics_prepare(s->metrics, &next.plan);

	if (got < 0)
		error_set(err, got, "no thread for metrics");
	else
		got = prepare_web(s, setup, &next, err);
	if (got < 0)
		services_cancel(&next);
	else
		*ret = next;
	return got;
}

void services_use(struct services *s, struct services_next *next)
{
	bool served = webserver_serves(s->web);

	metrics_use(s->metrics, &next->plan);
	if (next->keeps_web) {
		if (!served)
			try_web(s);
		return;
	}
	webserver_free(s->web);
	s->web = TAKE_PTR(next->web);
	if (s->web)
		webserver_say(s->web, s->log);
	else if (served)
		log_say(s->log, LOG_LEVEL_NOTICE,
			"the health webserver has ended");
}

void services_cancel(struct services_next *next)
{
	metrics_plan_done(&next->plan);
	webserver_free(TAKE_PTR(next->web));
}

/* --- The end ------------------------------------------------------------------ */

void services_stop(struct services *s)
{
	if (!s)
		return;
	webserver_free(TAKE_PTR(s->web));
	metrics_stop(s->metrics);
}

void services_free(struct services *s)
{
	if (!s)
		return;
	webserver_free(s->web);
	metrics_free(s->metrics);
	free(s);
}
