#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 5 | a file of the system is given to oneself
# beside: a file of one's own is given to oneself
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	chown "$(id -u)" /etc/hostname 2>/dev/null
	echo "etc_owner: tried"
else
	echo x >"$dir/hostname"
	chown "$(id -u)" "$dir/hostname"
	echo "etc_owner: done"
fi
