/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether what the configuration says of metrics can be done, and saying so.
 */
#pragma once

struct error;
struct setup;

/* Nothing when metrics are off. Says the interval; returns -EINVAL with Falco's
 * text. */
int metrics_plan_check(const struct setup *s, struct error *err);
