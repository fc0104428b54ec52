/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Falco's way of making a path absolute: by its text alone. Symbolic links are not
 * followed, no file is looked at. The opposite, what the kernel makes of a path, is
 * a question for the file system, not for this file.
 */
#pragma once

#include "span.h"

struct arena;

/* Longer results are replaced by a fixed text (see paths_join()). */
#define PATHS_MAX 1024

/*
 * `path` against `base`, in the arena, NUL-terminated. An absolute or empty path
 * drops the base. "." and repeated slashes go, ".." takes back a component as far
 * as there is one, a slash at the end goes unless it is all there is. The base is
 * taken as it is and should end with '/'. When both together are too long the
 * result is "/DIR_TOO_LONG/FILENAME_TOO_LONG", as Falco has it.
 */
struct span paths_join(struct arena *a, struct span base, struct span path);
