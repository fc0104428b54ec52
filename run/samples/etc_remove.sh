#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 3 | a file of the system is removed
# beside: a file of one's own is removed
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	rm -f /etc/hostname 2>/dev/null
	echo etc_remove: done
else
	echo x >"$dir/hostname"
	rm -f "$dir/hostname"
	echo etc_remove: done
fi
