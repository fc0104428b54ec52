#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 1 | a disk is examined in a container, past all permissions
# beside: a file system is asked how full it is
# container: yes
here=$(dirname "$0")
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	ln -s "$here/stand_in" "$dir/debugfs"
	"$dir/debugfs" -R "cat /etc/shadow" /dev/sda1
	echo debugfs: a stand-in ran
else
	df / >/dev/null
	echo debugfs: looked at the free space
fi
