#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 4 | a second name is given to the password database
# beside: a second name is given to a file of one's own
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	ln /etc/shadow "$dir/readme" 2>/dev/null
	echo "hardlink_shadow: tried"
else
	echo x >"$dir/x"
	ln "$dir/x" "$dir/y"
	echo "hardlink_shadow: linked"
fi
