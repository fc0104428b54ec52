#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 7 | a program is started with a library that its environment forces on it
# beside: ... with one of the system's
here=$(dirname "$0")
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	LD_PRELOAD=$dir/x.so "$here/stand_in" 2>/dev/null
	echo "preload: done"
else
	LD_PRELOAD='' "$here/stand_in"
	echo "preload: done"
fi
