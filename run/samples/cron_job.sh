#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 3 | a job is left for cron
# beside: a file of the same name is written elsewhere
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	[ -w /etc ] && mkdir -p /etc/cron.d
	echo "# nothing" >/etc/cron.d/falco-run-sample
	echo cron_job: done
else
	echo "# nothing" >"$dir/falco-run-sample"
	echo cron_job: done
fi
