/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The syslog channel: syslog(3) as Falco uses it, facility user, the rule's priority,
 * no newline. Knows nothing of the daemon: syslog(3) does not tell, so a missing
 * socket is all that can be reported.
 */
#include "output_channel.h"

#include <errno.h>
#include <paths.h>
#include <syslog.h>
#include <unistd.h>

#include "error.h"

#define IDENT "falco-run"

static const int levels[PRIORITY_COUNT] = {
	[PRIORITY_EMERGENCY] = LOG_EMERG,
	[PRIORITY_ALERT] = LOG_ALERT,
	[PRIORITY_CRITICAL] = LOG_CRIT,
	[PRIORITY_ERROR] = LOG_ERR,
	[PRIORITY_WARNING] = LOG_WARNING,
	[PRIORITY_NOTICE] = LOG_NOTICE,
	[PRIORITY_INFORMATIONAL] = LOG_INFO,
	[PRIORITY_DEBUG] = LOG_DEBUG,
};

static int syslog_init(const struct output_options *options, void **ret_ctx,
		       struct error *err)
{
	(void)options;
	(void)err;
	openlog(IDENT, 0, LOG_USER);
	*ret_ctx = NULL;
	return 0;
}

static int syslog_deliver(void *ctx, const struct message *message, int stop_fd,
			  struct error *err)
{
	(void)ctx;
	(void)stop_fd;
	syslog(LOG_USER | levels[message->priority], "%.*s",
	       (int)(message->n - 1), message->text);
	if (access(_PATH_LOG, F_OK) == 0)
		return 0;

	return error_set(err, -errno, "%s is not there: no syslog runs here",
			 _PATH_LOG);
}

static void syslog_release(void *ctx, int stop_fd)
{
	(void)ctx;
	(void)stop_fd;
	closelog();
}

static void syslog_done(void *ctx)
{
	(void)ctx;
}

const struct output_channel syslog_channel = {
	.init = syslog_init,
	.deliver = syslog_deliver,
	.release = syslog_release,
	.done = syslog_done,
};
