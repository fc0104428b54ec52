/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said at the end of a run: what was not seen and why, what outputs lost, who
 * turned on us, and with -v the counts. It reads what others have counted.
 */
#pragma once

struct setup;
struct sets;
struct sink;
struct tracer;

/* All borrowed. */
struct summary {
	struct setup *setup;
	struct sink *sink;
	struct sets *sets;
	struct tracer *tracer;
};

/* Once the outputs have finished. Nothing below the level of a warning with -q. */
void summary_say(const struct summary *s);
