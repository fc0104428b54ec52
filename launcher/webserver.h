/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Falco's endpoints over HTTP: health, versions, metrics for Prometheus. Off unless
 * asked for: the port is one that the program cannot have any more, so it is said.
 */
#pragma once

struct error;
struct metrics;
struct setup;
struct webserver;

/*
 * Starts to serve as the configuration says; metrics may be NULL. Signals must be
 * blocked before. Returns -ENOENT (no libmicrohttpd), -ENOSYS (too old), or what was
 * wrong with the certificate or the port, with err. The caller frees *ret with
 * webserver_free().
 */
int webserver_start(const struct setup *s, struct metrics *metrics,
		    struct webserver **ret, struct error *err);

/* Ends it. NULL is fine. */
void webserver_free(struct webserver *w);
