#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 2 | nsenter is run
# beside: a process group is entered, which is nothing
here=$(dirname "$0")
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	ln -s "$here/stand_in" "$dir/nsenter"
	"$dir/nsenter" -t 1 -m -u -i -n -p
	echo "nsenter: a stand-in ran"
else
	env true
	echo "nsenter: stayed where it was"
fi
