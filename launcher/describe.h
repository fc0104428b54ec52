/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Falco's own modes that list something: fields, events, rules, plugins. Each
 * appends to `out` what goes to standard output and returns 0 or a negative errno
 * with err. The texts themselves are the engine's.
 */
#pragma once

struct error;
struct setup;
struct strbuf;

/* --list, --list-events, with --format, --markdown, -N, -v. */
int describe_fields(struct setup *s, struct strbuf *out, struct error *err);
int describe_events(struct setup *s, struct strbuf *out, struct error *err);

/* -L and -l; the rules are loaded. */
int describe_rules(struct setup *s, struct strbuf *out, struct error *err);

/* --list-plugins and --plugin-info. */
int describe_plugins(struct setup *s, struct strbuf *out, struct error *err);
int describe_plugin(struct setup *s, struct strbuf *out, struct error *err);
