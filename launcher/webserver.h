/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Falco's endpoints over HTTP: health, versions, metrics for Prometheus. Off unless
 * asked for: the port is one that the program cannot have any more, so it is said.
 */
#pragma once

#include <stdbool.h>

struct error;
struct log;
struct metrics;
struct setup;
struct webserver;

/*
 * What the configuration asks for, the certificate's text included; nothing serves yet.
 * `metrics` is borrowed. Returns NULL when no web server is wanted; the caller frees it
 * with webserver_free().
 */
struct webserver *webserver_new(const struct setup *s, struct metrics *metrics);

/* Do both ask for the same? NULL: none. */
bool webserver_is_same(const struct webserver *a, const struct webserver *b);

/*
 * Starts to serve, beside `old` (NULL: none), which goes on until it is freed and may
 * have the same port. Signals must be blocked before. Returns -ENOENT (no
 * libmicrohttpd), -ENOSYS (too old), or what was wrong with the certificate or the
 * port, with err: nothing has changed then.
 */
int webserver_start(struct webserver *w, const struct webserver *old,
		    struct error *err);

/* NULL does not. */
bool webserver_serves(const struct webserver *w);

/* Says where it listens. */
void webserver_say(const struct webserver *w, const struct log *log);

/* Ends it. NULL is fine. */
void webserver_free(struct webserver *w);
