/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why the kernel refuses a file that is there: a script or a program names another one
 * that is to run it (execve(2)), and that may be missing. The file is anybody's.
 */
#pragma once

#include <stdbool.h>

struct strbuf;

/*
 * Appends the path of the interpreter ("#!", PT_INTERP) that the file, or its
 * interpreter in turn, names and that is not there. False: it is none of that.
 */
bool interpreter_missing(const char *path, struct strbuf *out);

/* Is this text without a "#!", which shells run and the kernel does not? */
bool interpreter_is_unnamed(const char *path);
