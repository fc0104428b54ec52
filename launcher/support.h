/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this program is and what it would work with: --version and --support. The
 * figures of compatibility (engine, schema, plugin API) are those of the Falco whose
 * language is spoken; the program's own version stands beside them.
 */
#pragma once

struct error;
struct setup;
struct strbuf;

/* --version; JSON with json_output. */
int support_version(struct setup *s, struct strbuf *out, struct error *err);

/* --support; always JSON. */
int support_bundle(struct setup *s, struct strbuf *out, struct error *err);

/* Our version as a Falco's, and the answer of /versions: JSON, no newline. */
const char *support_version_text(void);
void support_version_json(struct strbuf *out);
