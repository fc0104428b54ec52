#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 5 | a program is made to run with its group's rights
# beside: a program is made executable
here=$(dirname "$0")
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	cp "$here/stand_in" "$dir/x"
	chmod 2755 "$dir/x"
	echo "setgid_bit: done"
else
	cp "$here/stand_in" "$dir/x"
	chmod 755 "$dir/x"
	echo "setgid_bit: done"
fi
