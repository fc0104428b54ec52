/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The monitor's part in a run: it loads the rules, starts the program, watches it and
 * what it leaves behind, and says the last words.
 */
#pragma once

struct run;

/* From the parting of the processes to the end. Returns the exit status. */
int run_monitor(struct run *r);
