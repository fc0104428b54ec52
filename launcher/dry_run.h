/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --dry-run: what Falco would still find wrong after it has loaded configuration and
 * rules, though there is no driver here whose buffers could have a size.
 */
#pragma once

struct error;
struct setup;

/* For a setup whose rules are loaded. Returns -EINVAL with Falco's text. */
int dry_run(const struct setup *s, struct error *err);
