#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 5 | a file of the system is made writable for everybody
# beside: a file of the system is made readable for everybody, elsewhere
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	chmod 666 /etc/hostname 2>/dev/null
	echo "etc_writable: tried"
else
	echo x >"$dir/hostname"
	chmod 644 "$dir/hostname"
	echo "etc_writable: done"
fi
