#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 3 | a job is left for cron
# beside: a file of the same name is written elsewhere
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	echo "# nothing" >/etc/crontab
	echo "cron_job: done"
else
	echo "# nothing" >"$dir/crontab"
	echo "cron_job: done"
fi
