/* SPDX-License-Identifier: Apache-2.0 */
/*
 * -V: rules files are checked one after the other in the same engine, and each gets
 * its result; with -L or -l what they hold is described as well.
 */
#pragma once

struct error;
struct setup;
struct strbuf;

/* Appends the results for standard output. Returns -EINVAL, with the reports of the
 * bad files in s->report, when a file is bad; another errno when one cannot be read. */
int validate_files(struct setup *s, struct strbuf *out, struct error *err);
