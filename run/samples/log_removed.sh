#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: traces | a log is emptied and removed
# beside: a log of one's own is written
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	: >/var/log/falco-run-sample.log
	rm -f /var/log/falco-run-sample.log
	echo log_removed: done
else
	echo x >>"$dir/sample.log"
	: >"$dir/sample.log"
	rm -f "$dir/sample.log"
	echo log_removed: done
fi
