#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 3 | what is in a shell's start file is read by another program
# beside: another hidden file is read
# options: -o 'rules[].enable.rule=Start file read'
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	echo x >"$dir/.profile"
	cat "$dir/.profile"
else
	echo x >"$dir/.hidden"
	cat "$dir/.hidden"
fi
