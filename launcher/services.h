/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Metrics and the web server of a run, as the configuration in use wants them. A reload
 * gets ready what the next configuration wants beside what there is, and then takes
 * either all of it or nothing. Everything but the services' own work is called from one
 * thread at a time; the configurations may go after each call.
 */
#pragma once

#include "metrics.h"
#include "metrics_plan.h"

struct error;
struct services;
struct setup;
struct webserver;

/* What a configuration wants, ready to be used. */
struct services_next {
	struct metrics_plan plan;
	struct webserver *web; /* NULL: none, or the one that there is */
	bool keeps_web;
};

/* Nothing runs. The caller frees it with services_free(). */
struct services *services_new(const struct metrics_options *options);

/* As the setup's configuration says; the run goes on without what cannot be had, which
 * is said. Signals must be blocked before. */
void services_start(struct services *s, const struct setup *setup);

/*
 * Gets ready what the next configuration wants; a new web server listens from here on.
 * Returns -EAGAIN, or another errno as webserver_start(), with err; a web server that
 * is wanted as before and could not be had before is no mistake.
 * The caller hands *ret to services_use() or services_cancel().
 */
int services_prepare(struct services *s, const struct setup *setup,
		     struct services_next *ret, struct error *err);
void services_use(struct services *s, struct services_next *next);
void services_cancel(struct services_next *next);

/* The last snapshot, and nothing more. Before the outputs are finished. NULL is fine. */
void services_stop(struct services *s);

/* NULL is fine. */
void services_free(struct services *s);
