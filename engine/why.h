/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A rule that is watched (engine_watch): for every event that is judged, which of
 * its checks decided.
 */
#pragma once

struct engine;
struct event;
struct rule;

/* The event was judged, its evaluation is still there. `reported` is the first rule
 * that matched, NULL for none. */
void why_tell(struct engine *e, struct event *ev, const struct rule *reported);
