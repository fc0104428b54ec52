/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Engine trace: on its way.
 */
#include "watcher.h"

#include <errno.h>

#include "error.h"

static int trace_make(struct monitor *m, void **ret_ctx, struct error *err)
{
	(void)m;
	(void)ret_ctx;
	return error_set(err, -ENOSYS, "engine trace is not there yet");
}

const struct watcher trace_watcher = { .make = trace_make };
