#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 3 | what a program reads of the system is listed, for those who want to know
# beside: a file of one's own is read
# options: -o 'rules[].enable.rule=System file read'
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	cat /etc/hostname >/dev/null
	echo etc_read: read the name of the machine
else
	echo x >"$dir/hostname"
	cat "$dir/hostname"
	echo etc_read: read a file
fi
