#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 3 | a file is moved within /etc
# beside: a file is moved within a temporary directory
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	mv -f /etc/hostname /etc/falco-run-sample 2>/dev/null
	echo "etc_move: tried"
else
	echo x >"$dir/x"
	mv -f "$dir/x" "$dir/y"
	echo "etc_move: done"
fi
